"""The whole of VGG16, classifier included, as a plain torch function in float64.

Usage: vgg16_top.py FOLDER

FOLDER holds weights.bin, the kernels (kh, kw, in, out) or (in, out) and biases of all layers in order, input.bin (float32,
little-endian) and receives activation.bin (float64). Written from the architecture's published description.
"""
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F


def vgg16(take, x):
    for filters, convolutions in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(convolutions):
            kernel = take(3, 3, x.shape[1], filters).permute(3, 2, 0, 1)
            x = F.relu(F.conv2d(x, kernel, take(filters), padding=1))
        x = F.max_pool2d(x, 2)
    # Keras flattens height, width, channels.
    x = x.permute(0, 2, 3, 1).reshape(1, -1)
    for units, activation in [(4096, F.relu), (4096, F.relu), (1000, lambda y: torch.softmax(y, 1))]:
        x = activation(x @ take(x.shape[1], units) + take(units))
    return x


def main(folder):
    torch.set_num_threads(1)
    values = np.memmap(f"{folder}/weights.bin", "<f4", "r")
    used = 0

    def take(*shape):
        nonlocal used
        used += math.prod(shape)
        return torch.from_numpy(values[used - math.prod(shape):used].astype(np.float64)).reshape(shape)

    images = torch.from_numpy(np.fromfile(f"{folder}/input.bin", "<f4").astype(np.float64)).reshape(1, 3, 224, 224)
    with torch.no_grad():
        vgg16(take, images).numpy().astype("<f8").tofile(f"{folder}/activation.bin")
    assert used == values.size, f"{values.size} weights came, {used} were used"


if __name__ == "__main__":
    main(*sys.argv[1:])
