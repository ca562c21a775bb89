"""What every CnnViz program in Python needs: a channel, streams put back together, errors in words.

    import cnnviz_client as cnnviz
    with cnnviz.channel("127.0.0.1:5002") as channel:
        stub = cnnviz.render_pb2_grpc.RenderServiceStub(channel)
        for kind, value, data in cnnviz.receive(stub.RenderFilters(request)):
            if kind == "picture": open("filters.png", "wb").write(data)
"""

import hashlib
import os
import pathlib
import re

import grpc

import stubs  # noqa: F401  Makes the imports below possible.
import error_details_pb2
from cnnviz.v1 import inference_pb2, inference_pb2_grpc, job_pb2, model_pb2, render_pb2, render_pb2_grpc, tensor_pb2  # noqa: F401


class ProtocolError(Exception):
    """A stream that breaks the contract: bytes are missing, out of order or damaged."""


def add_credentials(parser):
    """The options of who calls and whom to trust, for an argparse parser; `channel` takes what they say."""
    parser.add_argument("--ca", metavar="FILE", help="PEM file of the authorities that vouch for the service")
    parser.add_argument("--cert", metavar="FILE", help="PEM file of a client certificate, with --key")
    parser.add_argument("--key", metavar="FILE", help="PEM file of its private key")
    parser.add_argument("--api-key", metavar="KEY", help="API key or token; better in $CNNVIZ_API_KEY, which other users cannot see")


def channel(endpoint, options=None, arguments=()):
    """A channel to "host:port" (cleartext, or TLS where `options` has ca or cert), "http://host:port" or "https://host[:port]".

    `options` is what a parser with `add_credentials` gives; without it the key comes from CNNVIZ_API_KEY alone. `arguments` are
    further channel arguments of gRPC.
    """
    scheme, _, target = endpoint.rpartition("://")
    target = target.rstrip("/")
    # A proxy for the internet cannot reach this machine's own loopback.
    loopback = re.match(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|$)", target)
    arguments = [*arguments, ("grpc.enable_http_proxy", 0)] if loopback else list(arguments)
    ca, cert, key = (getattr(options, name, None) for name in ("ca", "cert", "key"))
    if scheme == "https" or (not scheme and (ca or cert)):
        credentials = grpc.ssl_channel_credentials(*(_read(file) for file in (ca, key, cert)))
        plain = grpc.secure_channel(target, credentials, arguments)
    else:
        plain = grpc.insecure_channel(target, arguments)
    api_key = getattr(options, "api_key", None) or os.environ.get("CNNVIZ_API_KEY")
    return grpc.intercept_channel(plain, _ShowKey(api_key)) if api_key else plain


def _read(file):
    return pathlib.Path(file).read_bytes() if file else None


class _CallDetails(grpc.ClientCallDetails):
    def __init__(self, details, metadata):
        self.method, self.timeout, self.credentials = details.method, details.timeout, details.credentials
        self.wait_for_ready, self.compression = details.wait_for_ready, details.compression
        self.metadata = metadata


class _ShowKey(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor,
               grpc.StreamStreamClientInterceptor):
    """Shows an API key with each call, also where the channel is cleartext and grpcio's own call credentials are not sent."""

    def __init__(self, key):
        self._entry = ("authorization", f"Bearer {key}")

    def _intercept(self, continuation, details, request):
        return continuation(_CallDetails(details, [*(details.metadata or ()), self._entry]), request)

    intercept_unary_unary = intercept_unary_stream = intercept_stream_unary = intercept_stream_stream = _intercept


def receive(messages):
    """Yields (kind, value, data) for a stream's messages, each of which carries one of several things.

    `kind` names which. Chunks are not yielded: they are joined, checked against length and SHA-256, and come as `data` (bytes)
    with the value that announced them: kinds "tensor", "picture", and "result" if it has an image. Elsewhere `data` is None.
    For MaximizeFilter pass `(response.event for response in call)`.
    """
    pending = None
    for message in messages:
        kind = message.WhichOneof(message.DESCRIPTOR.oneofs[0].name)
        if kind is None:  # Something newer than this client.
            continue
        value = getattr(message, kind)
        if kind == "chunk":
            if pending is None or value.offset != len(pending[3]):
                raise ProtocolError(f"a chunk at offset {value.offset} was not expected")
            pending[3].extend(value.data)
        elif pending is not None:
            raise ProtocolError(f"{kind} came before the {pending[0]}'s bytes were complete")
        else:
            header = _header(kind, value)
            if header is None:
                yield kind, value, None
                continue
            pending = (kind, value, header, bytearray())
        if len(pending[3]) >= pending[2].byte_length:
            kind, value, header, data = pending
            pending = None
            if len(data) != header.byte_length or hashlib.sha256(data).digest() != header.sha256:
                raise ProtocolError(f"the {kind}'s bytes do not match its checksum")
            yield kind, value, bytes(data)
    if pending is not None:
        raise ProtocolError(f"the stream ended inside a {pending[0]}")


def _header(kind, value):
    if kind in ("tensor", "picture"):
        return value
    return value.image if kind == "result" and value.HasField("image") else None


def to_array(header, data):
    """A received tensor as a numpy array of its own shape."""
    import numpy
    dtype = {tensor_pb2.DATA_TYPE_FLOAT32: "<f4", tensor_pb2.DATA_TYPE_UINT8: "u1"}[header.dtype]
    return numpy.frombuffer(data, dtype).reshape(tuple(header.shape))


def describe(error, endpoint):
    """A grpc.RpcError in words: its message, then a line for each field that was refused, or what to start."""
    if error.code() == grpc.StatusCode.UNAVAILABLE:
        return f"{endpoint} cannot be reached or went away ({error.details()}). The services start with: ./cnnviz up"
    lines = [f"{error.code().name}: {error.details()}"]
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in error_details_pb2.Status.FromString(value).details:
                if detail.type_url.endswith("/google.rpc.BadRequest"):
                    for violation in error_details_pb2.BadRequest.FromString(detail.value).field_violations:
                        if violation.description not in lines[0]:  # The message often lists them already.
                            lines.append(f"  {violation.field}: {violation.description}")
    return "\n".join(lines)
