#!/usr/bin/env python3
"""Follows a maximization run that anyone has started, from any replica, and goes on by itself after a broken connection."""

import argparse
import hashlib
import itertools
import json
import sys
import time

import grpc

import cnnviz_client as cnnviz
from cnnviz.v1 import maximization_pb2, maximization_pb2_grpc

ATTEMPTS = 20  # Without an event in between, half a second apart.
PAUSE = 0.5

# A replica that hangs holds its connections; one that does not answer a ping in time is left for the next.
KEEPALIVE = [("grpc.keepalive_time_ms", 10_000), ("grpc.keepalive_timeout_ms", 5_000), ("grpc.http2.max_pings_without_data", 0)]


class MissingEvent(Exception):
    """An event came where another one should: the stream breaks the contract."""


def follow(stubs, run_id, first=1):
    """Yields the run's events in order, each once, until it ends; tries one replica after another.

    Raises grpc.RpcError for how the run ended, if not well, or where no replica answers any more.
    """
    failures = 0
    for stub in itertools.cycle(stubs):
        try:
            for response in stub.Watch(maximization_pb2.MaximizationServiceWatchRequest(run_id=run_id, from_sequence=first)):
                event = response.event
                if event.sequence != first:
                    raise MissingEvent(f"event {event.sequence} came where {first} should")
                yield event
                first += 1
                failures = 0
            return
        except grpc.RpcError as error:
            failures += 1
            if error.code() != grpc.StatusCode.UNAVAILABLE or failures > ATTEMPTS:
                raise
            print(f"the connection broke; going on from event {first}", file=sys.stderr, flush=True)
            time.sleep(PAUSE)


def line(event):
    """A line for an event; None for the bytes of a tensor."""
    kind = event.WhichOneof("event")
    if kind == "started":
        run = event.started
        return f"{run.execution.model} {run.layer}: {len(run.filters)} filters, {run.steps} steps"
    if kind == "progress":
        now = event.progress
        return f"filters {','.join(str(entry.filter) for entry in now.filters)} iteration {now.iteration}/{now.steps}"
    if kind == "result":
        return f"filter {event.result.filter} done, objective {event.result.objective:.6g}"
    return "completed" if kind == "completed" else None


def as_json(event):
    """An event as one JSON value, for programs; of bytes their SHA-256."""
    kind = event.WhichOneof("event")
    value = {"sequence": event.sequence, "kind": kind}
    if kind == "progress":
        value["iteration"] = event.progress.iteration
        value["filters"] = [{"filter": entry.filter, "variant": entry.variant, "objective": entry.objective}
                            for entry in event.progress.filters]
    elif kind == "preview":
        preview = event.preview
        value.update(filter=preview.filter, iteration=preview.iteration, png=hashlib.sha256(preview.png).hexdigest())
    elif kind == "result":
        value.update(filter=event.result.filter, variant=event.result.variant, objective=event.result.objective)
        value["image"] = event.result.image.sha256.hex()
    elif kind == "chunk":
        value.update(offset=event.chunk.offset, sha256=hashlib.sha256(event.chunk.data).hexdigest())
    return json.dumps(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", default="127.0.0.1:5001", metavar="HOST:PORT[,HOST:PORT...]",
                        help="the inference service's replicas (default %(default)s)")
    parser.add_argument("--from", dest="first", type=int, default=1, metavar="SEQUENCE", help="the first event wanted (default 1)")
    parser.add_argument("--json", action="store_true", help="print every event as a JSON value")
    parser.add_argument("run_id", metavar="RUN_ID")
    cnnviz.add_credentials(parser)
    options = parser.parse_args()

    channels = [cnnviz.channel(endpoint, options, KEEPALIVE) for endpoint in options.endpoint.split(",")]
    stubs = [maximization_pb2_grpc.MaximizationServiceStub(channel) for channel in channels]
    try:
        for event in follow(stubs, options.run_id, max(1, options.first)):
            text = as_json(event) if options.json else line(event)
            if text:
                print(text if options.json else f"{event.sequence}: {text}", flush=True)
    except grpc.RpcError as error:
        sys.exit(cnnviz.describe(error, options.endpoint))
    except MissingEvent as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        for channel in channels:
            channel.close()


if __name__ == "__main__":
    main()
