"""gRPC's interoperability test cases with grpcio, the C core.

usage: interop_client.py HOST:PORT PROTOS
Prints one line for each case: its name, a tab, and "ok" or what went wrong.
"""

import os
import queue
import subprocess
import sys
import tempfile

import grpc

TARGET, PROTOS = sys.argv[1], sys.argv[2]


def generate():
    """Compile the protos; flat paths, because a module grpc.testing would hide behind the installed package grpc."""
    out = tempfile.mkdtemp(prefix="interop-")
    for root, files in (
        ("grpc/testing", ["test.proto"]),
        ("grpc/health/v1", ["health.proto"]),
        ("grpc/reflection", ["v1/reflection.proto", "v1alpha/reflection.proto"]),
    ):
        subprocess.run(
            [sys.executable, "-m", "grpc_tools.protoc", "-I" + os.path.join(PROTOS, root),
             "--python_out=" + out, "--grpc_python_out=" + out, *files],
            check=True)
    sys.path.insert(0, out)


generate()
import health_pb2
import health_pb2_grpc
import test_pb2 as pb
import test_pb2_grpc
from v1 import reflection_pb2 as v1
from v1 import reflection_pb2_grpc as v1_grpc
from v1alpha import reflection_pb2 as v1alpha
from v1alpha import reflection_pb2_grpc as v1alpha_grpc

CHANNEL = grpc.insecure_channel(TARGET, options=[("grpc.max_send_message_length", -1)])
STUB = test_pb2_grpc.TestServiceStub(CHANNEL)
# Only a hang waits this long.
PATIENCE = 60
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def payload(size):
    return pb.Payload(body=bytes(size))


def output_request(*sizes):
    return pb.StreamingOutputCallRequest(response_parameters=[pb.ResponseParameters(size=size) for size in sizes])


class Requests:
    """A request stream that is fed by hand and stays open until it is closed."""

    def __init__(self):
        self._queue = queue.Queue()

    def send(self, message):
        self._queue.put(message)

    def close(self):
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)


def equal(expected, actual):
    if expected != actual:
        raise AssertionError("expected %r, got %r" % (expected, actual))


def fails(code, call, details=None):
    try:
        call()
    except grpc.RpcError as error:
        equal(code, error.code())
        if details is not None:
            equal(details, error.details())
        return
    raise AssertionError("expected %s, got a response" % code)


@case
def empty_unary():
    equal(pb.Empty(), STUB.EmptyCall(pb.Empty(), timeout=PATIENCE))


@case
def large_unary():
    response = STUB.UnaryCall(pb.SimpleRequest(response_size=314159, payload=payload(271828)), timeout=PATIENCE)
    equal(bytes(314159), response.payload.body)


@case
def client_compressed_unary():
    def request(expected):
        return pb.SimpleRequest(
            response_size=314159, payload=payload(271828), expect_compressed=pb.BoolValue(value=expected))
    fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: STUB.UnaryCall(request(True), timeout=PATIENCE))
    compressed = STUB.UnaryCall(request(True), timeout=PATIENCE, compression=grpc.Compression.Gzip)
    equal(314159, len(compressed.payload.body))
    deflated = STUB.UnaryCall(request(True), timeout=PATIENCE, compression=grpc.Compression.Deflate)
    equal(314159, len(deflated.payload.body))
    equal(314159, len(STUB.UnaryCall(request(False), timeout=PATIENCE).payload.body))


@case
def server_compressed_unary():
    for compressed in (True, False):
        response = STUB.UnaryCall(
            pb.SimpleRequest(response_size=314159, response_compressed=pb.BoolValue(value=compressed)), timeout=PATIENCE)
        equal(bytes(314159), response.payload.body)


@case
def client_streaming():
    requests = (pb.StreamingInputCallRequest(payload=payload(size)) for size in (27182, 8, 1828, 45904))
    equal(74922, STUB.StreamingInputCall(requests, timeout=PATIENCE).aggregated_payload_size)


@case
def server_streaming():
    sizes = [31415, 9, 2653, 58979]
    equal(sizes, [len(r.payload.body) for r in STUB.StreamingOutputCall(output_request(*sizes), timeout=PATIENCE)])


@case
def ping_pong():
    requests = Requests()
    call = STUB.FullDuplexCall(iter(requests), timeout=PATIENCE)
    for asked, sent in ((31415, 27182), (9, 8), (2653, 1828), (58979, 45904)):
        request = output_request(asked)
        request.payload.CopyFrom(payload(sent))
        requests.send(request)
        equal(asked, len(next(call).payload.body))
    requests.close()
    equal([], list(call))


@case
def empty_stream():
    call = STUB.FullDuplexCall(iter(()), timeout=PATIENCE)
    equal([], list(call))
    equal(grpc.StatusCode.OK, call.code())


@case
def custom_metadata():
    sent = (("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"))

    def check(call):
        equal("test_initial_metadata_value", dict(call.initial_metadata())["x-grpc-test-echo-initial"])
        equal(b"\xab\xab\xab", dict(call.trailing_metadata())["x-grpc-test-echo-trailing-bin"])

    _, unary = STUB.UnaryCall.with_call(pb.SimpleRequest(), metadata=sent, timeout=PATIENCE)
    check(unary)
    duplex = STUB.FullDuplexCall(iter((output_request(1),)), metadata=sent, timeout=PATIENCE)
    equal(1, len(list(duplex)))
    check(duplex)


def echo_status(message):
    status = pb.EchoStatus(code=2, message=message)
    fails(grpc.StatusCode.UNKNOWN, lambda: STUB.UnaryCall(pb.SimpleRequest(response_status=status), timeout=PATIENCE), message)
    requests = (pb.StreamingOutputCallRequest(response_status=status),)
    fails(grpc.StatusCode.UNKNOWN, lambda: list(STUB.FullDuplexCall(iter(requests), timeout=PATIENCE)), message)


@case
def status_code_and_message():
    echo_status("test status message")


@case
def special_status_message():
    echo_status("\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n")
    echo_status("100% of %41")


@case
def unimplemented_method():
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: STUB.UnimplementedCall(pb.Empty(), timeout=PATIENCE))


@case
def unimplemented_service():
    stub = test_pb2_grpc.UnimplementedServiceStub(CHANNEL)
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.UnimplementedCall(pb.Empty(), timeout=PATIENCE))


@case
def cancel_after_begin():
    requests = Requests()
    call = STUB.StreamingInputCall.future(
        iter(requests), metadata=(("x-call-id", "grpcio-cancel_after_begin"),), timeout=PATIENCE)
    call.initial_metadata()  # The server has begun.
    call.cancel()
    equal(grpc.StatusCode.CANCELLED, call.code())
    requests.close()


@case
def cancel_after_first_response():
    requests = Requests()
    call = STUB.FullDuplexCall(
        iter(requests), metadata=(("x-call-id", "grpcio-cancel_after_first_response"),), timeout=PATIENCE)
    requests.send(output_request(31415))
    equal(31415, len(next(call).payload.body))
    call.cancel()
    fails(grpc.StatusCode.CANCELLED, lambda: next(call))
    requests.close()


@case
def timeout_on_sleeping_server():
    requests = Requests()
    call = STUB.FullDuplexCall(iter(requests), timeout=0.5)
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(call))
    requests.close()


@case
def gzip_bomb():
    bomb = pb.SimpleRequest(payload=payload(64 * 1024 * 1024))
    fails(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        lambda: STUB.UnaryCall(bomb, timeout=PATIENCE, compression=grpc.Compression.Gzip))
    equal(pb.Empty(), STUB.EmptyCall(pb.Empty(), timeout=PATIENCE))


@case
def health():
    stub = health_pb2_grpc.HealthStub(CHANNEL)
    status = health_pb2.HealthCheckResponse
    equal(status.SERVING, stub.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE).status)
    unknown = health_pb2.HealthCheckRequest(service="no.such.Service")
    fails(grpc.StatusCode.NOT_FOUND, lambda: stub.Check(unknown, timeout=PATIENCE))
    watch = stub.Watch(unknown, timeout=PATIENCE)
    equal(status.SERVICE_UNKNOWN, next(watch).status)
    equal(True, watch.is_active())
    watch.cancel()


def reflect(stub, messages):
    def ask(**question):
        return next(stub.ServerReflectionInfo(iter((messages.ServerReflectionRequest(**question),)), timeout=PATIENCE))
    services = [service.name for service in ask(list_services="").list_services_response.service]
    equal(True, "grpc.testing.TestService" in services)
    found = ask(file_containing_symbol="grpc.testing.TestService").file_descriptor_response.file_descriptor_proto
    from google.protobuf import descriptor_pb2
    equal("grpc.testing", descriptor_pb2.FileDescriptorProto.FromString(found[0]).package)
    equal(grpc.StatusCode.NOT_FOUND.value[0], ask(file_by_filename="no/such.proto").error_response.error_code)


@case
def reflection_v1():
    reflect(v1_grpc.ServerReflectionStub(CHANNEL), v1)


@case
def reflection_v1alpha():
    reflect(v1alpha_grpc.ServerReflectionStub(CHANNEL), v1alpha)


for name, run in CASES.items():
    try:
        run()
        print(name, "ok", sep="\t", flush=True)
    except Exception as error:  # Every case is to be reported.
        print(name, repr(error).replace("\n", " "), sep="\t", flush=True)
CHANNEL.close()
