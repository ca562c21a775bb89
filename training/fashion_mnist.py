"""Reads Fashion-MNIST from Debian's package dataset-fashion-mnist."""

import gzip
import pathlib

import numpy as np

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
LABELS = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def read(part):
    """part: "train" (60,000) or "t10k" (10,000). Returns images (n, 28, 28) uint8 and labels (n,) uint8."""
    images = _values(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    labels = _values(f"{part}-labels-idx1-ubyte.gz", 8)
    return images, labels


def _values(name, header):
    with gzip.open(FOLDER / name) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)
