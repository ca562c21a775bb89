"""Tests of cnnviz_client: how streams are joined and damage is noticed."""

import hashlib
import unittest

import cnnviz_client as cnnviz
from cnnviz_client import job_pb2, render_pb2, tensor_pb2


def picture_stream(data, cuts, sha256=None):
    """RenderFilters' messages for one picture whose bytes are cut at the given offsets."""
    yield render_pb2.RenderFiltersResponse(picture=render_pb2.PictureHeader(
        name="p", byte_length=len(data), sha256=sha256 or hashlib.sha256(data).digest()))
    bounds = [0, *cuts, len(data)]
    for begin, end in zip(bounds, bounds[1:]):
        yield render_pb2.RenderFiltersResponse(chunk=render_pb2.PictureChunk(offset=begin, data=data[begin:end]))


class ReceiveTests(unittest.TestCase):
    def test_receive_chunks_joined(self):
        (kind, value, data), = cnnviz.receive(picture_stream(b"0123456789", [3, 7]))
        self.assertEqual(("picture", "p", b"0123456789"), (kind, value.name, data))

    def test_receive_wrong_checksum_refused(self):
        with self.assertRaisesRegex(cnnviz.ProtocolError, "checksum"):
            list(cnnviz.receive(picture_stream(b"0123456789", [3], hashlib.sha256(b"x").digest())))

    def test_receive_missing_chunk_refused(self):
        messages = list(picture_stream(b"0123456789", [3, 7]))
        with self.assertRaisesRegex(cnnviz.ProtocolError, "not expected"):
            list(cnnviz.receive(messages[:2] + messages[3:]))

    def test_receive_stream_cut_short_refused(self):
        with self.assertRaisesRegex(cnnviz.ProtocolError, "ended inside"):
            list(cnnviz.receive(list(picture_stream(b"0123456789", [3]))[:-1]))

    def test_receive_run_with_dead_filter_results_in_order(self):
        values = b"\0\0\x80\x3f" * 4
        image = tensor_pb2.TensorHeader(dtype=tensor_pb2.DATA_TYPE_FLOAT32, shape=[1, 2, 2], byte_length=16,
                                        sha256=hashlib.sha256(values).digest())
        events = [
            job_pb2.MaximizationEvent(result=job_pb2.MaximizationResult(filter=3, zero_gradient=True)),
            job_pb2.MaximizationEvent(result=job_pb2.MaximizationResult(filter=4, image=image)),
            job_pb2.MaximizationEvent(chunk=tensor_pb2.TensorChunk(data=values)),
            job_pb2.MaximizationEvent(completed=job_pb2.MaximizationCompleted(zero_gradient_filters=[3])),
        ]
        received = list(cnnviz.receive(events))
        self.assertEqual([("result", None), ("result", values), ("completed", None)], [(kind, data) for kind, _, data in received])
        self.assertEqual([[[1.0, 1.0], [1.0, 1.0]]], cnnviz.to_array(received[1][1].image, values).tolist())


if __name__ == "__main__":
    unittest.main()
