"""Photographs that the Debian packages python3-skimage and python3-sklearn carry, and random crops of them.

Camera, brick, grass and gravel are grey."""

import pathlib

import numpy as np
from PIL import Image

PACKAGES = pathlib.Path("/usr/lib/python3/dist-packages")
PATHS = {
    "astronaut": "skimage/data/astronaut.png",
    "chelsea": "skimage/data/chelsea.png",
    "coffee": "skimage/data/coffee.png",
    "rocket": "skimage/data/rocket.jpg",
    "camera": "skimage/data/camera.png",
    "brick": "skimage/data/brick.png",
    "grass": "skimage/data/grass.png",
    "gravel": "skimage/data/gravel.png",
    "china": "sklearn/datasets/images/china.jpg",
    "flower": "sklearn/datasets/images/flower.jpg",
}


def color(name):
    """The photograph as (height, width, 3) float32 in 0..1."""
    return np.asarray(Image.open(PACKAGES / PATHS[name]).convert("RGB"), np.float32) / 255


def gray(name):
    """The photograph's luma, 0.299 R + 0.587 G + 0.114 B, as (height, width) float32 in 0..1."""
    return color(name) @ np.float32([0.299, 0.587, 0.114])


def halved(picture):
    """Half the size, each pixel the mean of four."""
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    parts = [picture[i:height:2, j:width:2] for i in (0, 1) for j in (0, 1)]
    return sum(parts) / 4


def crops(pictures, size, count, random):
    """count random squares of the given size, equally many of each picture, mirrored left to right half the time."""
    out = []
    for i in range(count):
        picture = pictures[i % len(pictures)]
        top, left = (random.integers(0, extent - size + 1) for extent in picture.shape[:2])
        crop = picture[top:top + size, left:left + size]
        out.append(crop[:, ::-1] if random.random() < 0.5 else crop)
    return np.stack(out)
