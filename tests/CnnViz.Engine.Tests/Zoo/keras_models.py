"""VGG16 and ResNet50V2 without their tops as plain torch modules, evaluated in float64.

Usage: keras_models.py vgg16|resnet50v2 FOLDER LAYER

FOLDER holds weights.json (name: [offset, shape]), weights.bin, input.bin and cotangent.bin (float32, little-endian) and receives
activation.bin and gradient.bin (float64). Written from the architectures' published descriptions and Keras' own order of
weights; it shares nothing with the product's graph but the weights' names and values.
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F


class Weights:
    """Keras' get_weights() by layer: convolution kernels (kh, kw, in, out), vectors as they are."""

    def __init__(self, folder):
        with open(f"{folder}/weights.json", encoding="utf-8") as f:
            self.table = json.load(f)
        self.values = np.fromfile(f"{folder}/weights.bin", "<f4")

    def __call__(self, name):
        offset, shape = self.table[name]
        return torch.from_numpy(self.values[offset:offset + math.prod(shape)].astype(np.float64)).reshape(shape)

    def conv(self, x, layer, stride=1, padding=0, bias=True):
        kernel = self(f"{layer}/kernel").permute(3, 2, 0, 1)
        return F.conv2d(x, kernel, self(f"{layer}/bias") if bias else None, stride, padding)

    def norm(self, x, layer):
        mean, variance, gamma, beta = (self(f"{layer}/{role}") for role in ("moving_mean", "moving_variance", "gamma", "beta"))
        return F.batch_norm(x, mean, variance, gamma, beta, training=False, eps=1.001e-5)


def vgg16(w, x):
    """Yields the layers' names and outputs in order."""
    for block, convolutions in enumerate([2, 2, 3, 3, 3], 1):
        for i in range(1, convolutions + 1):
            name = f"block{block}_conv{i}"
            x = F.relu(w.conv(x, name, padding=1))
            yield name, x
        x = F.max_pool2d(x, 2)
        yield f"block{block}_pool", x


def resnet50v2(w, x):
    """Yields the blocks' names and outputs in order, then the last activation's."""
    x = w.conv(x, "conv1_conv", stride=2, padding=3)
    # Keras pads with zeros before the pool, which take part in the maximum.
    x = F.max_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 2)
    for stage, (blocks, last_stride) in enumerate([(3, 2), (4, 2), (6, 2), (3, 1)], 2):
        for block in range(1, blocks + 1):
            name = f"conv{stage}_block{block}"
            stride = last_stride if block == blocks else 1
            pre = F.relu(w.norm(x, f"{name}_preact_bn"))
            if block == 1:
                shortcut = w.conv(pre, f"{name}_0_conv", stride=stride)
            else:
                shortcut = x[:, :, ::stride, ::stride]
            y = F.relu(w.norm(w.conv(pre, f"{name}_1_conv", bias=False), f"{name}_1_bn"))
            y = F.relu(w.norm(w.conv(y, f"{name}_2_conv", stride=stride, padding=1, bias=False), f"{name}_2_bn"))
            x = shortcut + w.conv(y, f"{name}_3_conv")
            yield f"{name}_out", x
    yield "post_relu", F.relu(w.norm(x, "post_bn"))


def main(model, folder, layer):
    torch.set_num_threads(1)
    w = Weights(folder)
    images = torch.from_numpy(np.fromfile(f"{folder}/input.bin", "<f4").astype(np.float64))
    side = math.isqrt(images.numel() // 3)
    images = images.reshape(1, 3, side, side).requires_grad_()
    network = {"vgg16": vgg16, "resnet50v2": resnet50v2}[model]
    activation = next(output for name, output in network(w, images) if name == layer)
    cotangent = torch.from_numpy(np.fromfile(f"{folder}/cotangent.bin", "<f4").astype(np.float64)).reshape(activation.shape)
    gradient, = torch.autograd.grad((activation * cotangent).sum(), images)
    activation.detach().numpy().astype("<f8").tofile(f"{folder}/activation.bin")
    gradient.numpy().astype("<f8").tofile(f"{folder}/gradient.bin")


if __name__ == "__main__":
    main(*sys.argv[1:])
