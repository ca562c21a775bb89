#!/usr/bin/python3
"""Makes photographs.bin and spectrum.bin from photographs of Debian's python3-skimage. README.md says what they hold."""
import os
import zlib

import numpy as np
import skimage
from PIL import Image

DATA = os.path.join(os.path.dirname(skimage.__file__), "data")
SIZE = 128
COLOR = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]]) / 0.46195

# File and square (left, top, side); the square is reduced to 128 pixels.
CROPS = [
    ("chelsea.png", (90, 0, 300)),
    ("chelsea.png", (140, 40, 128)),
    ("coffee.png", (100, 0, 400)),
    ("coffee.png", (60, 150, 200)),
    ("astronaut.png", (0, 0, 512)),
    ("astronaut.png", (150, 0, 180)),
    ("astronaut.png", (300, 300, 200)),
    ("rocket.jpg", (140, 0, 427)),
    ("rocket.jpg", (230, 200, 200)),
    ("camera.png", (0, 0, 512)),
]
# Each photograph counts once in the spectrum, however large it is.
SPECTRUM = ["chelsea.png", "coffee.png", "astronaut.png", "rocket.jpg", "camera.png"]


def load(name):
    return Image.open(os.path.join(DATA, name)).convert("RGB")


def photographs():
    out = []
    for name, (left, top, side) in CROPS:
        crop = load(name).crop((left, top, left + side, top + side)).resize((SIZE, SIZE), Image.LANCZOS)
        out.append(np.asarray(crop))
    planes = np.stack(out).transpose(0, 3, 1, 2).astype(np.int16)
    residual = planes.copy()
    # What a pixel differs from the mean of its left and upper neighbours, rounded down; outside the plane is 0.
    left = np.pad(planes, ((0, 0), (0, 0), (0, 0), (1, 0)))[..., :-1]
    upper = np.pad(planes, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]
    residual -= (left + upper) // 2
    return zlib.compress((residual & 255).astype(np.uint8).tobytes(), 9)


def spectrum():
    window = np.hanning(SIZE + 1)[:SIZE]
    window = window[:, None] * window
    inverse = np.linalg.inv(COLOR)
    fy, fx = np.fft.fftfreq(SIZE)[:, None], np.fft.rfftfreq(SIZE)
    frequency = np.hypot(fy, fx)
    total = np.zeros((3, SIZE, SIZE // 2 + 1))
    for name in SPECTRUM:
        photo = load(name)
        power = np.zeros_like(total)
        for reduction in (1, 2):
            image = np.asarray(photo.resize((photo.width // reduction, photo.height // reduction), Image.LANCZOS)) / 255.0
            for top in range(0, image.shape[0] - SIZE + 1, SIZE // 4):
                for left in range(0, image.shape[1] - SIZE + 1, SIZE // 4):
                    crop = image[top:top + SIZE, left:left + SIZE]
                    for view in (crop, crop[:, ::-1]):
                        planes = np.einsum("rc,hwc->rhw", inverse, view)
                        planes = (planes - planes.mean((1, 2), keepdims=True)) * window
                        power += np.abs(np.fft.rfft2(planes)) ** 2
        total += power / power.sum()
    whitened = np.sqrt(total) * frequency
    return zlib.compress((whitened / whitened[0].max()).astype("<f2").tobytes(), 9)


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    for name, content in (("photographs.bin", photographs()), ("spectrum.bin", spectrum())):
        with open(os.path.join(here, name), "wb") as file:
            file.write(content)
        print(name, len(content), "bytes")
