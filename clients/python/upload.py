#!/usr/bin/env python3
"""Uploads a model to a running inference service (started with CNNVIZ_MODEL_UPLOADS=1), or deletes one that was uploaded.

    upload.py --endpoint 127.0.0.1:5001 --name my-net my-net.onnx
    upload.py --endpoint 127.0.0.1:5001 --name my-net --std 255 model.json weights.bin
    upload.py --endpoint 127.0.0.1:5001 --delete my-net
"""

import argparse
import hashlib
import pathlib
import sys

import grpc

import cnnviz_client as cnnviz
from cnnviz.v1 import upload_pb2, upload_pb2_grpc

CHUNK = 1 << 20


def numbers(text):
    """"103.5,116.3,123.7" -> [103.5, 116.3, 123.7]."""
    return [float(number) for number in text.split(",")]


def messages(name, files, metadata):
    """The header, then every file's bytes in chunks."""
    header = upload_pb2.ModelUpload(name=name, metadata=metadata)
    for file in files:
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            while block := stream.read(CHUNK):
                digest.update(block)
        header.files.add(name=file.name, byte_length=file.stat().st_size, sha256=digest.digest())
    yield upload_pb2.RegisterModelRequest(header=header)
    for index, file in enumerate(files):
        offset = 0
        with file.open("rb") as stream:
            while block := stream.read(CHUNK):
                yield upload_pb2.RegisterModelRequest(chunk=upload_pb2.ModelFileChunk(file=index, offset=offset, data=block))
                offset += len(block)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", required=True, help="gRPC endpoint of the inference service, host:port")
    parser.add_argument("--name", help="the model's name in requests; default: the first file's name")
    parser.add_argument("--delete", metavar="NAME", help="delete this uploaded model instead")
    parser.add_argument("--mean", type=numbers, default=[], metavar="A,B,C", help="subtracted per channel, in 0..255 units")
    parser.add_argument("--std", type=numbers, default=[], metavar="A,B,C", help="divides per channel, each above 0")
    parser.add_argument("--labels", type=pathlib.Path, help="a text file of class names, one per line")
    cnnviz.add_credentials(parser)
    parser.add_argument("files", type=pathlib.Path, nargs="*", help="the model's file, then further files that it needs")
    options = parser.parse_args()
    if bool(options.files) == bool(options.delete):
        parser.error("give a model's files, or --delete NAME")
    try:
        with cnnviz.channel(options.endpoint, options) as channel:
            stub = upload_pb2_grpc.ModelServiceStub(channel)
            if options.delete:
                stub.DeleteModel(upload_pb2.DeleteModelRequest(name=options.delete))
                print(f"{options.delete} was deleted")
                return
            metadata = upload_pb2.ModelMetadata(
                mean=options.mean, std=options.std,
                labels=options.labels.read_text(encoding="utf-8").splitlines() if options.labels else [])
            name = options.name or options.files[0].stem.lower()
            answer = stub.RegisterModel(messages(name, options.files, metadata))
            print(f"{answer.name}: {answer.layers} layers, {answer.total_parameters} weights, sha256 {answer.digest}")
            for layer in answer.unsupported:
                print(f"  cannot be computed: {layer}")
    except grpc.RpcError as error:
        sys.exit(cnnviz.describe(error, options.endpoint))
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
