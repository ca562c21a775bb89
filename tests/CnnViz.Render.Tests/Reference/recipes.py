#!/usr/bin/env python3
"""The pictures of recipes 1 to 4, drawn by numpy, Pillow and matplotlib alone: recipes.py SAMPLES FOLDER.

Each case writes NAME.f32 (the tensor, row-major) and NAME.raw (the picture's RGB bytes), and a line of manifest.txt:
name width height. Values are seeded, so both sides see the same ones.
"""
import json
import pathlib
import sys

import numpy as np
from matplotlib import colormaps
from PIL import Image

RANDOM = np.random.default_rng(20)
INK = (0x0F, 0x11, 0x15)


def unit(values):
    low, high = values.min(), values.max()
    return (values - low) / (high - low)


def colored(values, name):
    entry = np.minimum((values.astype(np.float64) * 256).astype(int), 255)
    return np.round(colormaps[name](entry)[:, :, :3] * 255).astype(np.uint8)


def sheet(tiles, columns, scale, margin, background):
    """Pastes RGB tiles with Pillow, enlarged by nearest neighbour."""
    height, width = tiles[0].shape[0] * scale, tiles[0].shape[1] * scale
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    canvas = Image.new("RGB", (columns * width + (columns - 1) * margin, rows * height + (rows - 1) * margin), background)
    for i, tile in enumerate(tiles):
        picture = Image.fromarray(tile).resize((width, height), Image.NEAREST)
        canvas.paste(picture, (i % columns * (width + margin), i // columns * (height + margin)))
    return canvas


def kernel(inputs, filters):
    """Recipe 1: whole-kernel min-max, filters as rows, their input channels as columns, grey."""
    weights = RANDOM.normal(0, 0.1, (3, 3, inputs, 64)).astype(np.float32)
    normalized = unit(weights)
    tiles = [colored(normalized[:, :, i, f], "gray") for f in range(filters) for i in range(inputs)]
    return weights, tiles


def deprocessed(image):
    """Recipe 4."""
    image = image.astype(np.float64)
    image -= image.mean()
    image /= image.std() + 1e-5
    image *= 0.15
    image = image[25:-25, 25:-25]
    return (np.clip(image + 0.5, 0, 1) * 255).astype(np.uint8)


def block_means(matrix, rows, columns):
    out = np.empty((-(-matrix.shape[0] // rows), -(-matrix.shape[1] // columns)))
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[y, x] = matrix[y * rows:(y + 1) * rows, x * columns:(x + 1) * columns].astype(np.float64).mean()
    return out.astype(np.float32)


def main():
    samples, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    lines = []

    def keep(name, values, canvas):
        np.ascontiguousarray(values, np.float32).tofile(folder / f"{name}.f32")
        (folder / f"{name}.raw").write_bytes(canvas.tobytes())
        lines.append(f"{name} {canvas.width} {canvas.height}")

    weights, tiles = kernel(3, 6)
    keep("first_six", weights, sheet(tiles, 3, 16, 2, INK))
    weights, tiles = kernel(3, 64)
    keep("all_sixty_four", weights, sheet(tiles, 3, 4, 1, INK))
    weights, tiles = kernel(64, 64)
    keep("whole_kernel", weights, sheet(tiles, 64, 4, 2, INK))

    maps = (RANDOM.normal(0, 1, (64, 28, 28)) * RANDOM.gamma(1, 2, (64, 1, 1))).astype(np.float32)
    keep("feature_maps", maps, sheet([colored(unit(m), "viridis") for m in maps], 8, 3, 4, INK))

    layer = json.loads((samples / "autoencoder_conv2d_1.json").read_text("utf-8"))
    weights = np.array(layer["kernel"], np.float32).reshape(3, 3, 1, 32)
    tiles = [colored(unit(weights[:, :, 0, f]), "viridis") for f in range(32)]
    keep("autoencoder", weights, sheet(tiles, 8, 32, 6, INK))

    images = (RANDOM.normal(0, 1, (64, 180, 180, 3)) * RANDOM.gamma(2, 3, (64, 1, 1, 1)) + 0.4).astype(np.float32)
    grid = np.zeros((1075, 1075, 3), np.uint8)
    for i, image in enumerate(images):
        y, x = i // 8 * 135, i % 8 * 135
        grid[y:y + 130, x:x + 130] = deprocessed(image)
    keep("stitched", images.transpose(0, 3, 1, 2), Image.fromarray(grid))

    dense = RANDOM.normal(0, 1, (40, 30)).astype(np.float32)
    keep("dense", dense, sheet([colored(unit(dense), "viridis")], 1, 5, 0, INK))
    large = RANDOM.normal(0, 1, (1500, 2050)).astype(np.float32)
    keep("large_dense", large, sheet([colored(unit(block_means(large, 2, 3)), "viridis")], 1, 1, 0, INK))
    (folder / "manifest.txt").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
