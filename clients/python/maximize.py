#!/usr/bin/env python3
"""Finds the pictures that most excite filters of a network, shows how the search goes, and saves the result."""

import argparse
import pathlib
import sys
import time

import grpc

import cnnviz_client as cnnviz
from cnnviz_client import inference_pb2, inference_pb2_grpc, render_pb2, render_pb2_grpc


def filter_numbers(text):
    """"0-7,12" -> [0, 1, ..., 7, 12]."""
    numbers = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        try:
            low = int(first)
            high = int(last) if dash else low
        except ValueError:
            raise argparse.ArgumentTypeError(f"'{part}' is neither a number nor a range such as 0-7") from None
        if not 0 <= high - low < 512:
            raise argparse.ArgumentTypeError(f"'{part}' must go upwards and hold at most 512 filters")
        numbers.extend(range(low, high + 1))
    return numbers


class Progress:
    """One line that is rewritten on a terminal, a line for every tenth in a pipe."""

    def __init__(self, stream=sys.stderr):
        self._stream, self._live = stream, stream.isatty()
        self._begin, self._shown, self._width = time.monotonic(), -1, 0

    def show(self, event):
        """Takes a MaximizationEvent."""
        kind = event.WhichOneof("event")
        if kind == "started":
            run = event.started
            self._line(f"{run.execution.model} {run.layer}: {len(run.filters)} filters, {run.width} x {run.height} px, {run.steps} "
                       f"steps, recipe {run.recipe}, {run.execution.engine} on {run.execution.device}")
        elif kind == "progress":
            now = event.progress
            tenth = int(now.fraction * 10)
            if not self._live and tenth == self._shown:
                return
            self._shown = tenth
            mean = sum(entry.objective for entry in now.filters) / max(1, len(now.filters))
            left = (time.monotonic() - self._begin) * (1 - now.fraction) / max(now.fraction, 1e-6)
            text = f"{now.fraction:4.0%}  iteration {now.iteration}/{now.steps}  objective {mean:.4g}  {left:.0f} s left"
            if self._live:
                self._stream.write("\r" + text.ljust(self._width))
                self._stream.flush()
                self._width = len(text)
            else:
                self._line(text)
        elif kind == "result" and event.result.zero_gradient:
            self._line(f"filter {event.result.filter} never had a gradient: it is dead")
        elif kind == "completed":
            done = event.completed
            dead = list(done.zero_gradient_filters)
            self._line(f"done in {done.seconds:.1f} s, {done.seconds * 1000 / max(1, done.image_steps):.1f} ms per image and step"
                       + (f"; dead filters: {dead}" if dead else ""))

    def _line(self, text):
        if self._width:
            self._stream.write("\n")
            self._width = 0
        print(text, file=self._stream, flush=True)


def save_picture(call, output):
    """Writes the stitched picture of a RenderMaximization call to a file."""
    progress = Progress()
    for kind, value, data in cnnviz.receive(call):
        if kind == "event":
            progress.show(value)
        elif kind == "picture":
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_bytes(data)
            print(f"{output}: {value.width} x {value.height} px, {value.tiles} tiles. {value.caption}")
            return
    raise cnnviz.ProtocolError("the stream ended without a picture")


def save_arrays(call, folder):
    """Writes each filter's image of a MaximizeFilter call as float32 .npy, (channels, height, width), about [-1, 1]."""
    import numpy
    folder.mkdir(parents=True, exist_ok=True)
    progress, events, completed = Progress(), [], False

    def tap():
        for response in call:
            progress.show(response.event)
            yield response.event

    for kind, value, data in cnnviz.receive(tap()):
        if data is not None:
            file = folder / f"filter_{value.filter:03d}.npy"
            numpy.save(file, cnnviz.to_array(value.image, data))
            print(f"{file}: objective {value.objective:.4g}")
        completed = kind == "completed"
    if not completed:
        raise cnnviz.ProtocolError("the stream ended before the run did")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", default="127.0.0.1:5002", help="the render service, for -o (default %(default)s)")
    parser.add_argument("--inference-endpoint", default="127.0.0.1:5001", help="the inference service, for --raw (default %(default)s)")
    parser.add_argument("--model", default="nanodet")
    parser.add_argument("--layer", default="Add_10")
    parser.add_argument("--filters", type=filter_numbers, default=list(range(8)), metavar="0-7,12", help="default 0-7")
    parser.add_argument("--recipe", choices=("lucid", "keras"), default="lucid")
    parser.add_argument("--steps", type=int, help="default 160 (lucid) or 30 (keras)")
    parser.add_argument("--learning-rate", type=float, help="default 0.05 (lucid) or 10 (keras)")
    parser.add_argument("--size", type=int, help="pixels a side, default 128 (lucid) or 180 (keras)")
    parser.add_argument("--seed", type=int, help="default 0")
    parser.add_argument("-o", "--output", type=pathlib.Path, help="write the stitched picture (PNG) here")
    parser.add_argument("--raw", type=pathlib.Path, metavar="DIR", help="write each filter's image as a numpy array here")
    cnnviz.add_credentials(parser)
    options = parser.parse_args()
    if not (options.output or options.raw):
        parser.error("one of -o and --raw is needed")

    settings = inference_pb2.MaximizationSettings(
        recipe=inference_pb2.Recipe.Value("RECIPE_" + options.recipe.upper()), steps=options.steps, seed=options.seed,
        learning_rate=options.learning_rate, height=options.size, width=options.size)
    request = inference_pb2.MaximizeFilterRequest(
        model=options.model, layer=options.layer, filters=options.filters, settings=settings)

    jobs = []
    if options.output:
        jobs.append((options.endpoint, lambda channel: render_pb2_grpc.RenderServiceStub(channel).RenderMaximization(
            render_pb2.RenderMaximizationRequest(maximize=request)), save_picture, options.output))
    if options.raw:
        jobs.append((options.inference_endpoint, lambda channel: inference_pb2_grpc.InferenceServiceStub(channel).MaximizeFilter(
            request), save_arrays, options.raw))
    for endpoint, start, save, target in jobs:
        with cnnviz.channel(endpoint, options) as channel:
            call = start(channel)
            try:
                save(call, target)
            except grpc.RpcError as error:
                sys.exit(cnnviz.describe(error, endpoint))
            except cnnviz.ProtocolError as error:
                sys.exit(f"The answer of {endpoint} is damaged: {error}")
            except KeyboardInterrupt:
                sys.stderr.write("\ncancelled\n")
                sys.exit(130)
            finally:
                call.cancel()  # Ends the work on the server too; nothing happens to a call that is over.


if __name__ == "__main__":
    main()
