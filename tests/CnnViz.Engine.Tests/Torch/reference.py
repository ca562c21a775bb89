"""Evaluates exported networks in float64: activations of the targets and the gradient of sum(cotangent * activation).

Usage: reference.py JOB_FOLDER...

A folder holds graph.json, weights.bin, input.bin and cotangent-I.bin (float32, little-endian) and receives
activation-I.bin and gradient.bin (float64). Convolution is torch's float64 kernel, which shares no code with its float32
one; pooling, padding, resizing, normalization and activations are written out here from their definitions.
"""
import json
import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F


def weight(layer, role, values):
    """A weight in canonical order, or None: kernels (out, in/groups, kh, kw) or (in, out); vectors flat."""
    for w in layer["weights"]:
        if w["role"] != role:
            continue
        count = math.prod(w["shape"])
        t = torch.from_numpy(values[w["offset"]:w["offset"] + count].astype(np.float64)).reshape(w["shape"])
        if w["layout"] == "Hwio":
            t = t.permute(3, 2, 0, 1)
        elif w["layout"] == "Hwim":
            h, width, channels, multiplier = w["shape"]
            t = t.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, h, width)
        elif w["layout"] == "OutIn":
            t = t.t()
        return t if role in ("kernel", "constant") else t.reshape(-1)
    return None


def pad(x, padding, value):
    n, c, h, w = x.shape
    rows = torch.full((n, c, padding["Top"], w), value, dtype=x.dtype), torch.full((n, c, padding["Bottom"], w), value, dtype=x.dtype)
    x = torch.cat([rows[0], x, rows[1]], 2)
    h = x.shape[2]
    columns = torch.full((n, c, h, padding["Left"]), value, dtype=x.dtype), torch.full((n, c, h, padding["Right"]), value, dtype=x.dtype)
    return torch.cat([columns[0], x, columns[1]], 3)


def windows(x, window, stride):
    """(n, c, out height, out width, cells of the window)."""
    out = [(extent - window[k]) // stride[k] + 1 for extent, k in ((x.shape[2], "Height"), (x.shape[3], "Width"))]
    rows = torch.arange(out[0])[:, None] * stride["Height"] + torch.arange(window["Height"])[None, :]
    columns = torch.arange(out[1])[:, None] * stride["Width"] + torch.arange(window["Width"])[None, :]
    cells = x[:, :, rows][:, :, :, :, columns]
    return cells.permute(0, 1, 2, 4, 3, 5).reshape(x.shape[0], x.shape[1], out[0], out[1], -1)


def conv2d(x, a, layer, values):
    x = pad(x, a["Padding"], 0.0)
    stride, dilation = [(a[k]["Height"], a[k]["Width"]) for k in ("Stride", "Dilation")]
    return F.conv2d(x, weight(layer, "kernel", values), weight(layer, "bias", values), stride, 0, dilation, a["Groups"])


def dense(x, a, layer, values):
    y = x @ weight(layer, "kernel", values)
    bias = weight(layer, "bias", values)
    return y if bias is None else y + bias


def batch_normalization(x, a, layer, values):
    def channel(role, default):
        v = weight(layer, role, values)
        return default if v is None else v.reshape([1, -1] + [1] * (x.dim() - 2))
    scale = channel("gamma", 1.0) / torch.sqrt(channel("moving_variance", None) + a["Epsilon"])
    return (x - channel("moving_mean", None)) * scale + channel("beta", 0.0)


def activation(x, a):
    zero = torch.zeros_like(x)
    hard = torch.clamp(x / 6 + 0.5, 0, 1)
    alpha = a["Alpha"]
    return {
        "Linear": lambda: x,
        "Relu": lambda: torch.where(x > 0, x, zero),
        "Relu6": lambda: torch.clamp(x, 0, 6),
        "LeakyRelu": lambda: torch.where(x > 0, x, alpha * x),
        "Elu": lambda: torch.where(x > 0, x, alpha * (torch.exp(torch.minimum(x, zero)) - 1)),
        "Sigmoid": lambda: 1 / (1 + torch.exp(-x)),
        "Tanh": lambda: (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x)),
        "HardSigmoid": lambda: hard,
        "HardSwish": lambda: x * hard,
        "Silu": lambda: x / (1 + torch.exp(-x)),
    }[a["Kind"]]()


def softmax(x, a):
    axis = a["Axis"] if a["Axis"] < 0 else a["Axis"] + 1
    e = torch.exp(x - x.max(axis, keepdim=True).values)
    return e / e.sum(axis, keepdim=True)


def pool(x, a):
    if a["Kind"] == "Max":
        return windows(pad(x, a["Padding"], -math.inf), a["Window"], a["Stride"]).max(-1).values
    inside = windows(pad(torch.ones_like(x), a["Padding"], 0.0), a["Window"], a["Stride"]).sum(-1)
    return windows(pad(x, a["Padding"], 0.0), a["Window"], a["Stride"]).sum(-1) / inside


def global_pool(x, a):
    flat = x.reshape(x.shape[0], x.shape[1], -1)
    y = flat.max(-1).values if a["Kind"] == "Max" else flat.sum(-1) / flat.shape[-1]
    return y.reshape(*y.shape, 1, 1) if a["KeepDims"] else y


def binary(x, a, layer, values):
    constant = weight(layer, "constant", values)
    left, right = (x[0], x[1]) if constant is None else (constant, x[0]) if a["ConstantFirst"] else (x[0], constant)
    rank = max(t.dim() - (t is not constant) for t in (left, right))

    def align(t):
        batch = [] if t is constant else [t.shape[0]]
        sample = list(t.shape[len(batch):])
        return t.reshape((batch or [1]) + [1] * (rank - len(sample)) + sample)
    left, right = align(left), align(right)
    return {"Add": torch.add, "Subtract": torch.sub, "Multiply": torch.mul, "Divide": torch.div}[a["Kind"]](left, right)


def resize_axis(x, axis, a, scale):
    extent = x.shape[axis]
    out = math.floor(extent * scale)
    target = np.arange(out, dtype=np.float64)
    source = {
        "HalfPixel": lambda: (target + 0.5) / scale - 0.5,
        "AlignCorners": lambda: target * ((extent - 1) / (out - 1) if out > 1 else 0.0),
        "Asymmetric": lambda: target / scale,
    }[a["Coordinates"]]()
    if a["Kind"] == "Nearest":
        cell = np.floor(source if a["Coordinates"] == "Asymmetric" else source + 0.5)
        return x.index_select(axis, torch.from_numpy(np.clip(cell, 0, extent - 1).astype(np.int64)))
    # Every output cell is a tent-weighted sum over all input cells, the position clamped to the axis.
    position = np.clip(source, 0, extent - 1)
    tent = np.maximum(0, 1 - np.abs(position[:, None] - np.arange(extent)[None, :]))
    return torch.moveaxis(torch.moveaxis(x, axis, -1) @ torch.from_numpy(tent.T.copy()), -1, axis)


def evaluate(layer, x, values):
    a, op = layer["attributes"], layer["op"]
    if op == "Conv2DOp":
        return conv2d(x[0], a, layer, values)
    if op == "DenseOp":
        return dense(x[0], a, layer, values)
    if op == "BatchNormalizationOp":
        return batch_normalization(x[0], a, layer, values)
    if op == "ActivationOp":
        return activation(x[0], a)
    if op == "SoftmaxOp":
        return softmax(x[0], a)
    if op == "Pool2DOp":
        return pool(x[0], a)
    if op == "GlobalPool2DOp":
        return global_pool(x[0], a)
    if op == "Pad2DOp":
        return pad(x[0], a["Padding"], float(a["Value"]))
    if op == "BinaryOp":
        return binary(x, a, layer, values)
    if op == "ConcatenateOp":
        return torch.cat(x, a["Axis"] if a["Axis"] < 0 else a["Axis"] + 1)
    if op == "SliceOp":
        axis = a["Axis"] if a["Axis"] < 0 else a["Axis"] + 1
        return x[0].index_select(axis, torch.arange(a["Start"], a["Start"] + a["Length"]))
    if op == "ResizeOp":
        return resize_axis(resize_axis(x[0], 2, a, a["ScaleHeight"]), 3, a, a["ScaleWidth"])
    if op == "ReshapeOp":
        return x[0].reshape([x[0].shape[0]] + [x[0].shape[i + 1] if d == 0 else d for i, d in enumerate(a["Dims"])])
    if op == "TransposeOp":
        return x[0].permute([0] + [axis + 1 for axis in a["Permutation"]])
    if op == "FlattenOp":
        y = x[0].permute(0, 2, 3, 1) if a["ChannelsLast"] and x[0].dim() == 4 else x[0]
        return y.reshape(y.shape[0], -1)
    raise SystemExit(f"no rule for {op} of layer {layer['name']}")


def run(folder):
    def floats(name):
        return np.fromfile(os.path.join(folder, name), "<f4")
    with open(os.path.join(folder, "graph.json"), encoding="utf-8") as f:
        graph = json.load(f)
    values = floats("weights.bin")
    images = torch.from_numpy(floats("input.bin").astype(np.float64)).reshape([-1] + graph["input"]).requires_grad_()
    outputs = {}
    for layer in graph["layers"]:
        if layer["op"] == "InputOp":
            outputs[layer["name"]] = images
        else:
            outputs[layer["name"]] = evaluate(layer, [outputs[name] for name in layer["inputs"]], values)
    total = 0.0
    for i, name in enumerate(graph["targets"]):
        activations = outputs[name]
        cotangent = torch.from_numpy(floats(f"cotangent-{i}.bin").astype(np.float64)).reshape(activations.shape)
        # Cells of minus infinity (padding) count for nothing where their cotangent is zero.
        total = total + torch.where(cotangent == 0, torch.zeros_like(activations), cotangent * activations).sum()
        activations.detach().numpy().astype("<f8").tofile(os.path.join(folder, f"activation-{i}.bin"))
    gradient, = torch.autograd.grad(total, images)
    gradient.numpy().astype("<f8").tofile(os.path.join(folder, "gradient.bin"))


if __name__ == "__main__":
    torch.set_num_threads(1)
    for job in sys.argv[1:]:
        run(job)
