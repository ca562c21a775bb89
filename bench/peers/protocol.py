"""The lines between the bench and a peer: the peer says {"ready": ...} once; each line it then reads is answered by one line.

run                one timed repetition: {"ms": milliseconds}
check IN OUT       reads float32 values from IN, writes what the job computes of them to OUT: {"done": true}
"""

import json
import sys
import time

import numpy as np


def serve(ready, repeat, check):
    """Answers lines until the input ends.

    ready: what to say of oneself. repeat: does one repetition. check: maps an array to a list of arrays.
    """
    say({"ready": ready})
    for line in sys.stdin:
        command, *arguments = line.rstrip("\n").split("\t")
        if command == "run":
            start = time.perf_counter()
            repeat()
            say({"ms": (time.perf_counter() - start) * 1000})
        elif command == "check":
            outputs = check(np.fromfile(arguments[0], dtype="<f4"))
            with open(arguments[1], "wb") as file:
                for output in outputs:
                    file.write(np.ascontiguousarray(output, dtype="<f4").tobytes())
            say({"done": True})
        else:
            say({"error": f"unknown command '{command}'"})


def say(message):
    print(json.dumps(message), flush=True)
