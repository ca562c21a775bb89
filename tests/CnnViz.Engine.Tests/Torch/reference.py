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
    """A weight in canonical order, or None: kernels (out, in/groups, kh, kw), transposed convolutions' (in, out/groups, kh, kw),
    dense ones (in, out); constants and alphas as they are; other vectors flat."""
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
        elif w["layout"] == "Hwoi":
            t = t.permute(3, 2, 0, 1)
        elif w["layout"] == "OutIn":
            t = t.t()
        return t if role in ("kernel", "constant", "alpha") else t.reshape(-1)
    return None


def pad(x, padding, value):
    n, c, h, w = x.shape
    rows = torch.full((n, c, padding["Top"], w), value, dtype=x.dtype), torch.full((n, c, padding["Bottom"], w), value, dtype=x.dtype)
    x = torch.cat([rows[0], x, rows[1]], 2)
    h = x.shape[2]
    columns = torch.full((n, c, h, padding["Left"]), value, dtype=x.dtype), torch.full((n, c, h, padding["Right"]), value, dtype=x.dtype)
    return torch.cat([columns[0], x, columns[1]], 3)


def conv2d(x, a, layer, values):
    x = pad(x, a["Padding"], 0.0)
    stride, dilation = [(a[k]["Height"], a[k]["Width"]) for k in ("Stride", "Dilation")]
    return F.conv2d(x, weight(layer, "kernel", values), weight(layer, "bias", values), stride, 0, dilation, a["Groups"])


def conv_transpose2d(x, a, layer, values):
    """Each input cell adds its kernel, scaled, to the output at its place."""
    kernel = weight(layer, "kernel", values)
    groups, (height, width) = a["Groups"], kernel.shape[2:]
    stride, dilation = [(a[k]["Height"], a[k]["Width"]) for k in ("Stride", "Dilation")]
    p, added = a["Padding"], (a["OutputPaddingHeight"], a["OutputPaddingWidth"])
    span = [(x.shape[i + 2] - 1) * stride[i] + 1 for i in range(2)]
    full = [span[0] + (height - 1) * dilation[0] + added[0], span[1] + (width - 1) * dilation[1] + added[1]]
    grouped = x.reshape(x.shape[0], groups, -1, *x.shape[2:])
    parts = kernel.reshape(groups, -1, *kernel.shape[1:])
    y = torch.zeros(x.shape[0], groups, kernel.shape[1], *full, dtype=x.dtype)
    for i in range(height):
        for j in range(width):
            top, left = i * dilation[0], j * dilation[1]
            rows, columns = slice(top, top + span[0], stride[0]), slice(left, left + span[1], stride[1])
            y[:, :, :, rows, columns] += torch.einsum("ngchw,gco->ngohw", grouped, parts[..., i, j])
    y = y.reshape(x.shape[0], -1, *full)[:, :, p["Top"]:full[0] - p["Bottom"], p["Left"]:full[1] - p["Right"]]
    bias = weight(layer, "bias", values)
    return y if bias is None else y + bias[:, None, None]


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
    alpha, beta = a["Alpha"], a["Beta"]

    def elu(scale, over=1.0):
        return torch.where(x > 0, x, scale * (torch.exp(torch.minimum(x, zero) / over) - 1))

    def softplus():
        return torch.maximum(x, zero) + torch.log(1 + torch.exp(-torch.abs(x)))
    return {
        "Linear": lambda: x,
        "Relu": lambda: torch.where(x > 0, x, zero),
        "Relu6": lambda: torch.clamp(x, 0, 6),
        "LeakyRelu": lambda: torch.where(x > 0, x, alpha * x),
        "Elu": lambda: elu(alpha),
        "Sigmoid": lambda: 1 / (1 + torch.exp(-x)),
        "Tanh": lambda: (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x)),
        "HardSigmoid": lambda: torch.clamp(alpha * x + beta, 0, 1),
        "HardSwish": lambda: x * torch.clamp(x / 6 + 0.5, 0, 1),
        "Silu": lambda: x / (1 + torch.exp(-x)),
        "Selu": lambda: beta * elu(alpha),
        "Celu": lambda: elu(alpha, alpha),
        "Gelu": lambda: x * (1 + torch.erf(x / math.sqrt(2))) / 2,
        "GeluTanh": lambda: x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3))) / 2,
        "Softplus": softplus,
        "Softsign": lambda: x / (1 + torch.abs(x)),
        "Mish": lambda: x * torch.tanh(softplus()),
        "ThresholdedRelu": lambda: torch.where(x > alpha, x, zero),
        "Exp": lambda: torch.exp(x),
        "Log": lambda: torch.log(x),
        "Sqrt": lambda: x ** 0.5,
        "Abs": lambda: torch.where(x > 0, x, -x),
        "Negative": lambda: -x,
        "Erf": lambda: torch.erf(x),
    }[a["Kind"]]()


class RelievedRelu(torch.autograd.Function):
    """Redirected gradients of dead units: Lucid's rule, of what is to rise, sample by sample."""

    @staticmethod
    def forward(ctx, x, most):
        ctx.save_for_backward(x)
        ctx.most = most
        return torch.clamp(x, 0, most)

    @staticmethod
    def backward(ctx, gradient):
        x, = ctx.saved_tensors
        handed = torch.where((x > 0) & (x < ctx.most), gradient, torch.zeros_like(gradient))
        for sample in range(x.shape[0]):
            if not handed[sample].any():
                lower = (x[sample] < 0) & (gradient[sample] < 0)
                higher = (x[sample] > ctx.most) & (gradient[sample] > 0)
                handed[sample] = gradient[sample].masked_fill(lower | higher, 0)
        return handed, None


def prelu(x, layer, values):
    return torch.where(x > 0, x, weight(layer, "alpha", values) * x)


def softmax(x, a):
    axis = a["Axis"] if a["Axis"] < 0 else a["Axis"] + 1
    e = torch.exp(x - x.max(axis, keepdim=True).values)
    return e / e.sum(axis, keepdim=True)


def pool_axis(extent, window, stride, dilation, before, after, ceil):
    """Cell indices per window, (windows, cells of the window), from 0 at the map's first cell."""
    reach = (window - 1) * dilation + 1
    free = extent + before + after - reach
    count = (math.ceil(free / stride) if ceil else free // stride) + 1
    while ceil and (count - 1) * stride >= extent + before:
        count -= 1
    return torch.arange(count)[:, None] * stride - before + torch.arange(window)[None, :] * dilation


def pool(x, a):
    p, dilation = a["Padding"], a["Dilation"] or {"Height": 1, "Width": 1}
    axes = [(x.shape[2], "Height", p["Top"], p["Bottom"]), (x.shape[3], "Width", p["Left"], p["Right"])]
    cells = [pool_axis(n, a["Window"][k], a["Stride"][k], dilation[k], before, after, a["CeilMode"]) for n, k, before, after in axes]
    rows, columns = [c.clamp(0, n - 1) for c, (n, *_) in zip(cells, axes)]
    # (n, c, window row, row in it, window column, column in it)
    taken = x[:, :, rows][:, :, :, :, columns]

    def both(marks):
        return marks[0][:, :, None, None] & marks[1][None, None]
    inside = both([(c >= 0) & (c < n) for c, (n, *_) in zip(cells, axes)])
    if a["Kind"] == "Max":
        return torch.where(inside, taken, torch.full_like(taken, -math.inf)).amax((3, 5))
    counted = both([(c >= -before) & (c < n + after) for c, (n, _, before, after) in zip(cells, axes)]) if a["CountPadding"] else inside
    return torch.where(inside, taken, torch.zeros_like(taken)).sum((3, 5)) / counted.sum((1, 3))


def pad_by_index(x, a):
    for axis, before, after in ((2, "Top", "Bottom"), (3, "Left", "Right")):
        last = x.shape[axis] - 1
        cells = torch.arange(-a["Padding"][before], last + 1 + a["Padding"][after])
        cells = last - (last - cells.abs()).abs() if a["Mode"] == "Reflect" else cells.clamp(0, last)
        x = x.index_select(axis, cells)
    return x


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
    return {"Add": torch.add, "Subtract": torch.sub, "Multiply": torch.mul, "Divide": torch.div,
            "Power": lambda base, exponent: torch.exp(exponent * torch.log(base)),
            "Maximum": lambda l, r: torch.where(l > r, l, r), "Minimum": lambda l, r: torch.where(l < r, l, r)}[a["Kind"]](left, right)


def cubic(distance):
    """Cubic convolution's kernel with a = -0.75."""
    a, d = -0.75, np.abs(distance)
    near = (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1
    far = a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))


def resize_axis(x, axis, a, scale):
    extent = x.shape[axis]
    out = math.floor(extent * scale)
    target = np.arange(out, dtype=np.float64)
    half = (target + 0.5) / scale - 0.5
    source = {
        "HalfPixel": lambda: half,
        "AlignCorners": lambda: target * ((extent - 1) / (out - 1) if out > 1 else 0.0),
        "Asymmetric": lambda: target / scale,
        "TorchHalfPixel": lambda: half if out > 1 else 0.0 * target,
    }[a["Coordinates"]]()
    if a["Kind"] == "Nearest":
        usual = "Floor" if a["Coordinates"] == "Asymmetric" else "PreferCeiling"
        cell = {
            "Floor": lambda: np.floor(source),
            "Ceiling": lambda: np.ceil(source),
            "PreferFloor": lambda: np.where(source % 1 == 0.5, np.floor(source), np.rint(source)),
            "PreferCeiling": lambda: np.where(source % 1 == 0.5, np.ceil(source), np.rint(source)),
        }[usual if a["Rounding"] == "Usual" else a["Rounding"]]()
        return x.index_select(axis, torch.from_numpy(np.clip(cell, 0, extent - 1).astype(np.int64)))
    if a["Kind"] == "Bilinear":
        # Every output cell is a tent-weighted sum over all input cells, the position clamped to the axis.
        position = np.clip(source, 0, extent - 1)
        weights = np.maximum(0, 1 - np.abs(position[:, None] - np.arange(extent)[None, :]))
    else:
        # Likewise over the axis continued by its end cells, whose weights then fall to those.
        cells = np.arange(-4, extent + 4)
        weights = np.zeros((out, extent))
        np.add.at(weights.T, np.clip(cells, 0, extent - 1), cubic(source[:, None] - cells[None, :]).T)
    return torch.moveaxis(torch.moveaxis(x, axis, -1) @ torch.from_numpy(weights.T.copy()), -1, axis)


def evaluate(layer, x, values, relief):
    a, op = layer["attributes"], layer["op"]
    if op == "ActivationOp" and relief and a["Kind"] in ("Relu", "Relu6"):
        return RelievedRelu.apply(x[0], 6 if a["Kind"] == "Relu6" else math.inf)
    if op == "Conv2DOp":
        return conv2d(x[0], a, layer, values)
    if op == "ConvTranspose2DOp":
        return conv_transpose2d(x[0], a, layer, values)
    if op == "DenseOp":
        return dense(x[0], a, layer, values)
    if op == "BatchNormalizationOp":
        return batch_normalization(x[0], a, layer, values)
    if op == "ActivationOp":
        return activation(x[0], a)
    if op == "PReluOp":
        return prelu(x[0], layer, values)
    if op == "ClipOp":
        least, most = (torch.full_like(x[0], float(a[k])) for k in ("Minimum", "Maximum"))
        return torch.minimum(torch.maximum(x[0], least), most)
    if op == "DropoutOp":
        return x[0]
    if op == "SoftmaxOp":
        return softmax(x[0], a)
    if op == "Pool2DOp":
        return pool(x[0], a)
    if op == "GlobalPool2DOp":
        return global_pool(x[0], a)
    if op == "ReduceMeanOp":
        axes = [i if i < 0 else i + 1 for i in a["Axes"]]
        return x[0].sum(axes, keepdim=a["KeepDims"]) / math.prod(x[0].shape[i] for i in axes)
    if op == "Pad2DOp":
        return pad(x[0], a["Padding"], float(a["Value"])) if a["Mode"] == "Constant" else pad_by_index(x[0], a)
    if op == "BinaryOp":
        return binary(x, a, layer, values)
    if op == "ConcatenateOp":
        return torch.cat(x, a["Axis"] if a["Axis"] < 0 else a["Axis"] + 1)
    if op == "SliceOp":
        axis = a["Axis"] if a["Axis"] < 0 else a["Axis"] + 1
        return x[0].index_select(axis, a["Start"] + a["Step"] * torch.arange(a["Length"]))
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
            outputs[layer["name"]] = evaluate(layer, [outputs[name] for name in layer["inputs"]], values, graph["relief"])
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
