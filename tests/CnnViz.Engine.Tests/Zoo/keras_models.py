"""The zoo's networks without their tops as plain torch functions, evaluated in float64.

Usage: keras_models.py MODEL FOLDER LAYER

FOLDER holds weights.json (name: [offset, shape]), weights.bin, input.bin and cotangent.bin (float32, little-endian) and receives
activation.bin and gradient.bin (float64). Written from the architectures' published descriptions and the frameworks' own order
of weights; it shares nothing with the product's graph but the weights' names and values. Each network yields the names and
outputs of some of its layers in order.
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F

import keras_models_small as small


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

    def depthwise(self, x, layer, stride=1, padding=0):
        kernel = self(f"{layer}/kernel").permute(2, 3, 0, 1)
        return F.conv2d(x, kernel, None, stride, padding, groups=x.shape[1])

    def torch_conv(self, x, layer, stride=1, padding=0, bias=False):
        """PyTorch's own kernels (out, in, kh, kw)."""
        return F.conv2d(x, self(f"{layer}/kernel"), self(f"{layer}/bias") if bias else None, stride, padding)

    def norm(self, x, layer, eps=1.001e-5, scale=True):
        mean, variance, beta = (self(f"{layer}/{role}") for role in ("moving_mean", "moving_variance", "beta"))
        return F.batch_norm(x, mean, variance, self(f"{layer}/gamma") if scale else None, beta, training=False, eps=eps)


def vgg(convolutions):
    def network(w, x):
        for block, count in enumerate(convolutions, 1):
            for i in range(1, count + 1):
                name = f"block{block}_conv{i}"
                x = F.relu(w.conv(x, name, padding=1))
                yield name, x
            x = F.max_pool2d(x, 2)
            yield f"block{block}_pool", x
    return network


def torch_vgg(convolutions):
    def network(w, x):
        index = 0
        for count in convolutions:
            for _ in range(count):
                x = F.relu(w.torch_conv(x, f"features.{index}", padding=1, bias=True))
                index += 2
            x = F.max_pool2d(x, 2)
            yield f"features.{index}", x
            index += 1
        x = torch.flatten(x, 1)
        for index in (0, 3, 6):
            x = F.linear(x, w(f"classifier.{index}/kernel"), w(f"classifier.{index}/bias"))
            yield f"classifier.{index}", x
            x = F.relu(x)
    return network


def stem(w, x):
    """Keras pads with zeros before the pool, which take part in the maximum."""
    return F.max_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 2)


def resnet(blocks):
    def network(w, x):
        x = stem(w, F.relu(w.norm(w.conv(x, "conv1_conv", stride=2, padding=3), "conv1_bn")))
        for stage, count in enumerate(blocks, 2):
            for block in range(1, count + 1):
                name = f"conv{stage}_block{block}"
                stride = 2 if block == 1 and stage > 2 else 1
                y = F.relu(w.norm(w.conv(x, f"{name}_1_conv", stride=stride), f"{name}_1_bn"))
                y = F.relu(w.norm(w.conv(y, f"{name}_2_conv", padding=1), f"{name}_2_bn"))
                y = w.norm(w.conv(y, f"{name}_3_conv"), f"{name}_3_bn")
                if block == 1:
                    x = w.norm(w.conv(x, f"{name}_0_conv", stride=stride), f"{name}_0_bn")
                x = F.relu(x + y)
                yield f"{name}_out", x
    return network


def resnetv2(blocks):
    def network(w, x):
        x = stem(w, w.conv(x, "conv1_conv", stride=2, padding=3))
        for stage, (count, last_stride) in enumerate(zip(blocks, (2, 2, 2, 1)), 2):
            for block in range(1, count + 1):
                name = f"conv{stage}_block{block}"
                stride = last_stride if block == count else 1
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
    return network


def torch_resnet(blocks, bottleneck):
    """The stride is in the 3x3; ReLUs count up within a block."""
    def norm(w, x, layer):
        return w.norm(x, layer, eps=1e-5)

    def network(w, x):
        x = F.relu(norm(w, w.torch_conv(x, "conv1", 2, 3), "bn1"))
        x = F.max_pool2d(x, 3, 2, 1)
        for stage, count in enumerate(blocks, 1):
            for block in range(count):
                name = f"layer{stage}.{block}"
                stride = 2 if block == 0 and stage > 1 else 1
                sizes = [(1, 1), (3, stride), (1, 1)] if bottleneck else [(3, stride), (3, 1)]
                y = x
                for i, (size, step) in enumerate(sizes, 1):
                    y = norm(w, w.torch_conv(y, f"{name}.conv{i}", step, size // 2), f"{name}.bn{i}")
                    y = F.relu(y) if i < len(sizes) else y
                if f"{name}.downsample.0/kernel" in w.table:
                    x = norm(w, w.torch_conv(x, f"{name}.downsample.0", stride), f"{name}.downsample.1")
                x = F.relu(x + y)
                yield f"{name}.relu_{len(sizes) - 1}", x
        yield "fc", F.linear(x.mean((2, 3)), w("fc/kernel"), w("fc/bias"))
    return network


NETWORKS = {
    "vgg16": vgg([2, 2, 3, 3, 3]),
    "vgg19": vgg([2, 2, 4, 4, 4]),
    "vgg16-torchvision": torch_vgg([2, 2, 3, 3, 3]),
    "vgg19-torchvision": torch_vgg([2, 2, 4, 4, 4]),
    "resnet50": resnet([3, 4, 6, 3]),
    "resnet101": resnet([3, 4, 23, 3]),
    "resnet152": resnet([3, 8, 36, 3]),
    "resnet50v2": resnetv2([3, 4, 6, 3]),
    "resnet101v2": resnetv2([3, 4, 23, 3]),
    "resnet152v2": resnetv2([3, 8, 36, 3]),
    "resnet18-torchvision": torch_resnet([2, 2, 2, 2], False),
    "resnet34-torchvision": torch_resnet([3, 4, 6, 3], False),
    "resnet50-torchvision": torch_resnet([3, 4, 6, 3], True),
    "resnet101-torchvision": torch_resnet([3, 4, 23, 3], True),
    "resnet152-torchvision": torch_resnet([3, 8, 36, 3], True),
    "mobilenet": small.mobilenet,
    "mobilenetv2": small.mobilenetv2,
    "densenet121": small.densenet121,
    "inceptionv3": small.inceptionv3,
    "efficientnetb0": small.efficientnetb0,
    "squeezenet": small.squeezenet,
}


def main(model, folder, layer):
    torch.set_num_threads(1)
    w = Weights(folder)
    images = torch.from_numpy(np.fromfile(f"{folder}/input.bin", "<f4").astype(np.float64))
    side = math.isqrt(images.numel() // 3)
    images = images.reshape(1, 3, side, side).requires_grad_()
    activation = next(output for name, output in NETWORKS[model](w, images) if name == layer)
    cotangent = torch.from_numpy(np.fromfile(f"{folder}/cotangent.bin", "<f4").astype(np.float64)).reshape(activation.shape)
    gradient, = torch.autograd.grad((activation * cotangent).sum(), images)
    activation.detach().numpy().astype("<f8").tofile(f"{folder}/activation.bin")
    gradient.numpy().astype("<f8").tofile(f"{folder}/gradient.bin")


if __name__ == "__main__":
    main(*sys.argv[1:])
