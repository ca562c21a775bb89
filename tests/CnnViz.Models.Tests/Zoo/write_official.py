"""Writes weights as Keras Applications' files have them: a group per layer, in Keras' order, each array filled with one number.

Usage: write_official.py LAYERS.json FILE.h5

LAYERS.json lists [layer, [[weight, shape, dtype, value], ...]].
"""
import json
import sys

import h5py
import numpy as np

with open(sys.argv[1], encoding="utf-8") as f:
    layers = json.load(f)
with h5py.File(sys.argv[2], "w") as file:
    file.attrs["layer_names"] = np.array([layer.encode() for layer, _ in layers])
    file.attrs["backend"] = b"tensorflow"
    for layer, weights in layers:
        group = file.create_group(layer)
        group.attrs["weight_names"] = np.array([f"{layer}/{weight}:0".encode() for weight, *_ in weights])
        for weight, shape, dtype, value in weights:
            group.create_dataset(f"{layer}/{weight}:0", data=np.full(shape, value, dtype))
