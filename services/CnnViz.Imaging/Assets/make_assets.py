#!/usr/bin/env python3
"""Writes text.font and ../Color/Internal/ColorTables.cs. Run by hand; both results are committed.

Needs Pillow, numpy and matplotlib, and the fonts of Debian's fonts-roboto-unhinted:
    make_assets.py /usr/share/fonts/truetype/roboto/unhinted/RobotoTTF

text.font, little-endian, zlib-compressed after the 4 magic bytes "CVF1":
    u8 number of faces, then per face
        u8 size in px, u8 ascent, u8 descent, u16 number of glyphs, then per glyph, by code point
            u16 code point, u8 width, u8 height, i8 left, i8 top, u8 advance, width*height coverage bytes
left: from the pen to the glyph's first column. top: from the baseline up to its first row. advance: to the next pen.
"""
import pathlib
import struct
import sys
import zlib

import numpy as np
from matplotlib import colormaps
from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).resolve().parent
FACES = [(13, "Roboto-Regular.ttf"), (16, "Roboto-Regular.ttf"), (22, "Roboto-Medium.ttf")]
CHARACTERS = "".join(map(chr, range(0x20, 0x7F))) + "°±²µ·×–—‘’“”…−"


def face(size, path):
    font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    ascent, descent = font.getmetrics()
    out = bytearray(struct.pack("<BBBH", size, ascent, descent, len(CHARACTERS)))
    for char in sorted(CHARACTERS):
        canvas = Image.new("L", (4 * size, 3 * size))
        pen = (size, 2 * size)
        ImageDraw.Draw(canvas).text(pen, char, font=font, fill=255, anchor="ls")
        # A hinted space is rounded down, and words would run together: a quarter em, rounded up.
        advance = -(-size // 4) if char == " " else round(font.getlength(char))
        box = canvas.getbbox()
        if box is None:
            out += struct.pack("<HBBbbB", ord(char), 0, 0, 0, 0, advance)
            continue
        x0, y0, x1, y1 = box
        out += struct.pack("<HBBbbB", ord(char), x1 - x0, y1 - y0, x0 - pen[0], pen[1] - y0, advance)
        out += canvas.crop(box).tobytes()
    return bytes(out)


def oklab(rgb):
    rgb = np.asarray(rgb) / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(linear @ TO_LMS.T)
    return lms @ TO_LAB.T


def srgb(lab):
    lms = (lab @ np.linalg.inv(TO_LAB).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(TO_LMS).T, 0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(rgb * 255).astype(np.uint8)


# Bjorn Ottosson's Oklab matrices.
TO_LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                   [0.2119034982, 0.6806995451, 0.1073969566],
                   [0.0883024619, 0.2817188376, 0.6299787005]])
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                   [1.9779984951, -2.4285922050, 0.4505937099],
                   [0.0259040371, 0.7827717662, -0.8086757660]])
# Deep blue, blue, white, red, deep red: joined by straight lines in Oklab, white exactly in the middle.
DIVERGING = [(0.0, (12, 44, 110)), (0.25, (60, 132, 214)), (0.5, (255, 255, 255)), (0.75, (222, 84, 66)), (1.0, (112, 10, 28))]


def diverging():
    places = [p for p, _ in DIVERGING]
    anchors = oklab([c for _, c in DIVERGING])
    # 256 entries have no middle one: entries 127 and 128 both lie half a step from it and both are made white.
    t = np.abs(np.arange(256) - 127.5) - 0.5
    t = 0.5 + np.sign(np.arange(256) - 127.5) * t / 254
    return srgb(np.stack([np.interp(t, places, anchors[:, i]) for i in range(3)], 1))


def matplotlib(name):
    return np.round(np.array(colormaps[name].colors) * 255).astype(np.uint8)


def constant(name, comment, table):
    text = table.tobytes().hex()
    lines = [f'        "{text[i:i + 96]}"' for i in range(0, len(text), 96)]
    return f"    /// <summary>{comment}</summary>\n    public const string {name} =\n" + " +\n".join(lines) + ";\n"


def main():
    fonts = pathlib.Path(sys.argv[1])
    faces = b"".join(face(size, fonts / name) for size, name in FACES)
    (HERE / "text.font").write_bytes(b"CVF1" + zlib.compress(bytes([len(FACES)]) + faces, 9))
    tables = [
        constant("Viridis", "matplotlib's viridis (CC0, Smith and van der Walt).", matplotlib("viridis")),
        constant("Magma", "matplotlib's magma (CC0, Smith and van der Walt).", matplotlib("magma")),
        constant("Diverging", "Blue, white, red: straight lines in Oklab between five anchors.", diverging()),
    ]
    (HERE.parent / "Color" / "Internal" / "ColorTables.cs").write_text(
        "namespace CnnViz.Imaging.Color;\n\n"
        "/// <summary>256 sRGB entries each, in hexadecimal, from the lowest value to the highest. Written by Assets/make_assets.py.</summary>\n"
        "internal static class ColorTables\n{\n" + "\n".join(tables) + "}\n")


if __name__ == "__main__":
    main()
