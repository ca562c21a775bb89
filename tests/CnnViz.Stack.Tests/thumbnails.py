"""Compares thumbnails with the pictures they are of.

    thumbnails.py <list.json>

The list holds {tensor, shape, thumbnail, strip}: little-endian float32 of (channels, height, width) in [-1, 1], and PNG files. Prints,
for each, the thumbnail's width and height, its largest difference from the picture scaled down in 0..255 units, the strip's width
and height, and the largest difference of the strip's last part from the thumbnail.

A target pixel is the mean over the area that it covers: the difference of the picture's integral at its edges, read between cells
by straight lines.
"""
import json
import sys

import numpy as np
from PIL import Image


def along(values, axis, count):
    """Means over count equal parts of an axis."""
    values = np.moveaxis(values, axis, -1)
    extent = values.shape[-1]
    integral = np.concatenate([np.zeros(values.shape[:-1] + (1,)), np.cumsum(values, -1)], -1)
    edges = np.arange(count + 1) * (extent / count)
    at = np.apply_along_axis(lambda row: np.interp(edges, np.arange(extent + 1), row), -1, integral)
    return np.moveaxis(np.diff(at, axis=-1) * (count / extent), -1, axis)


def pixels(path):
    with Image.open(path) as image:
        image.load()
        return np.asarray(image.convert("RGB"), dtype="f8")


for entry in json.load(open(sys.argv[1], encoding="utf-8")):
    tensor = np.fromfile(entry["tensor"], "<f4").reshape(entry["shape"]).astype("f8")
    levels = np.floor((np.clip(tensor, -1, 1) + 1) * 127.5 + 0.5).transpose(1, 2, 0)
    thumbnail, strip = pixels(entry["thumbnail"]), pixels(entry["strip"])
    height, width, _ = thumbnail.shape
    expected = along(along(levels, 0, height), 1, width)
    print(width, height, np.abs(thumbnail - expected).max(), strip.shape[1], strip.shape[0],
          np.abs(strip[:height, strip.shape[1] - width:] - thumbnail).max())
