"""Fits a photograph to 416x416 with Pillow and writes it twice: as a PNG, and as NanoDet's input computed with numpy.

Usage: photo_input.py PHOTO OUT.png OUT.f32
"""

import sys

import numpy
import PIL.Image

MEAN = numpy.array([103.53, 116.28, 123.675], dtype=numpy.float32)  # blue, green, red
DEVIATION = numpy.array([57.375, 57.12, 58.395], dtype=numpy.float32)

photo, png, raw = sys.argv[1:]
picture = PIL.Image.open(photo).convert("RGB").resize((416, 416), PIL.Image.BILINEAR)
picture.save(png)
pixels = numpy.asarray(picture, dtype=numpy.float32)[:, :, ::-1]
((pixels - MEAN) / DEVIATION).transpose(2, 0, 1).astype("<f4").tofile(raw)
