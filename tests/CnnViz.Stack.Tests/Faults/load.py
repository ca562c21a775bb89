"""Calls of several kinds, some at a time, until standard input ends; says then how many there were, what failed and what came back.

    load.py CLIENT_FOLDER PICTURE PARALLEL HOST:PORT,HOST:PORT...

It is a client as the documentation wants it: round robin over the replicas, and gRPC's own retries on UNAVAILABLE.
"""

import hashlib
import json
import pathlib
import sys
import threading
import time

folder, picture_file, parallel, endpoints = sys.argv[1:]
sys.path.insert(0, folder)
import grpc  # noqa: E402

import cnnviz_client  # noqa: E402,F401
from cnnviz_client import inference_pb2, inference_pb2_grpc  # noqa: E402

SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [{
        "name": [{}],
        "retryPolicy": {"maxAttempts": 5, "initialBackoff": "0.1s", "maxBackoff": "2s", "backoffMultiplier": 2,
                        "retryableStatusCodes": ["UNAVAILABLE"]},
    }],
}
channel = grpc.insecure_channel(f"ipv4:{endpoints}", [
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)), ("grpc.enable_retries", 1), ("grpc.enable_http_proxy", 0),
    # A list of addresses is no host's name, which this library would make of it.
    ("grpc.default_authority", "cnnviz")])
stub = inference_pb2_grpc.InferenceServiceStub(channel)
picture = inference_pb2.Picture(data=pathlib.Path(picture_file).read_bytes())


def digest(messages):
    """The digest of all bytes of a stream's tensors."""
    found = hashlib.sha256()
    for message in messages:
        message = message.event if hasattr(message, "event") else message
        if message.HasField("chunk"):
            found.update(message.chunk.data)
    return found.hexdigest()


def maximize(seed):
    settings = inference_pb2.MaximizationSettings(
        recipe=inference_pb2.RECIPE_LUCID, height=64, width=64, steps=4, seed=seed)
    return digest(stub.MaximizeFilter(inference_pb2.MaximizeFilterRequest(
        model="nanodet", layer="Add_10", filters=[seed], no_cache=seed == 2, threads=1, settings=settings)))


KINDS = [
    ("info", lambda: str(len(stub.ModelInfo(inference_pb2.ModelInfoRequest(model="nanodet")).layers))),
    ("weights", lambda: digest(stub.FilterWeights(inference_pb2.FilterWeightsRequest(model="nanodet", layer="Add_10")))),
    ("maps", lambda: digest(stub.FeatureMaps(inference_pb2.FeatureMapsRequest(
        model="nanodet", layers=["Add_4"], height=96, width=96, picture=picture)))),
    *((f"maximize {seed}", lambda seed=seed: maximize(seed)) for seed in range(3)),
]
said = {"calls": 0, "again": 0, "failed": [], "wrong": [], "answers": {}, "worst_ms": 0}
gate, over = threading.Lock(), threading.Event()


def once(call):
    try:
        return call()
    except grpc.RpcError as error:
        # A stream that had begun is not gRPC's to repeat.
        if error.code() != grpc.StatusCode.UNAVAILABLE:
            raise
        with gate:
            said["again"] += 1
        return call()


def call_on(number):
    while not over.is_set():
        name, call = KINDS[number % len(KINDS)]
        number += 1
        began = time.monotonic()
        try:
            answer, failure = once(call), None
        except grpc.RpcError as error:
            answer, failure = None, f"{name}: {error.code().name} {error.details()}"
        with gate:
            said["calls"] += 1
            said["worst_ms"] = max(said["worst_ms"], 1000 * (time.monotonic() - began))
            if failure:
                said["failed"].append(failure)
            elif said["answers"].setdefault(name, answer) != answer:
                said["wrong"].append(name)
            if said["calls"] == 3 * len(KINDS):
                print("flowing", flush=True)


threads = [threading.Thread(target=call_on, args=(i,)) for i in range(int(parallel))]
for thread in threads:
    thread.start()
sys.stdin.read()
over.set()
for thread in threads:
    thread.join()
channel.close()
print(json.dumps(said), flush=True)
