"""A network that the bench wrote to a file, as ordinary PyTorch modules: what one writes by hand, layer by layer.

The file is JSON: the picture input, the layers in order with their ops' numbers, and for each weight its place in a file of
little-endian float32 values beside it. Layers are run one after another, as their modules' own code does it.
"""

import json
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Network(nn.Module):
    """A network up to some target layers; its forward pass gives the targets' outputs in their order."""

    def __init__(self, file, targets=None):
        super().__init__()
        path = pathlib.Path(file)
        self.description = json.loads(path.read_text())
        self._values = np.memmap(path.with_suffix(".f32"), dtype="<f4", mode="r")
        self.targets = list(targets or self.description["targets"])
        self.steps = []
        self.parts = nn.ModuleList()
        for layer in self.description["layers"]:
            part = self._part(layer)
            if isinstance(part, nn.Module):
                self.parts.append(part)
            self.steps.append((layer["name"], layer["inputs"], part))
        self.eval()
        for parameter in self.parameters():
            parameter.requires_grad_(False)

    def forward(self, picture):
        values = {}
        for name, inputs, part in self.steps:
            values[name] = part(*(values[source] for source in inputs)) if inputs else picture
        return [values[name] for name in self.targets]

    def _tensor(self, layer, role):
        weight = layer["weights"].get(role)
        if weight is None:
            return None
        count = int(np.prod(weight["shape"], dtype=np.int64))
        return np.array(self._values[weight["offset"]:weight["offset"] + count]).reshape(weight["shape"])

    def _part(self, layer):
        op, kind = layer["op"], layer["kind"]
        if kind == "InputOp":
            return None
        if kind == "Conv2DOp":
            return self._convolution(layer, op)
        if kind == "BatchNormalizationOp":
            return self._normalization(layer, op)
        if kind == "ActivationOp":
            return activation(op)
        if kind == "Pad2DOp":
            if op["Mode"] != "Constant":
                raise ValueError(f"layer '{layer['name']}': padding mode {op['Mode']}")
            return nn.ConstantPad2d(sides(op["Padding"]), float(op["Value"]))
        if kind == "Pool2DOp":
            return pooling(layer, op)
        if kind == "BinaryOp":
            return self._binary(layer, op)
        if kind == "GlobalPool2DOp":
            return global_pooling(op)
        if kind == "DropoutOp":
            return nn.Dropout(op["Rate"])
        if kind == "ReshapeOp":
            return nn.Unflatten(1, op["Dims"])
        if kind == "ConcatenateOp":
            return lambda *maps: torch.cat(maps, dim=op["Axis"] + 1)
        raise ValueError(f"layer '{layer['name']}': op {kind} has no module here")

    def _convolution(self, layer, op):
        kernel = self._tensor(layer, "kernel")
        layout = layer["weights"]["kernel"]["layout"]
        if layout == "Hwio":
            kernel = kernel.transpose(3, 2, 0, 1)
        elif layout == "Hwim":
            kernel = kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])
        elif layout != "Oihw":
            raise ValueError(f"layer '{layer['name']}': kernel layout {layout}")
        bias = self._tensor(layer, "bias")
        pad = op["Padding"]
        even = pad["Top"] == pad["Bottom"] and pad["Left"] == pad["Right"]
        module = nn.Conv2d(
            kernel.shape[1] * op["Groups"],
            kernel.shape[0],
            kernel.shape[2:],
            stride=size(op["Stride"]),
            padding=(pad["Top"], pad["Left"]) if even else 0,
            dilation=size(op["Dilation"]),
            groups=op["Groups"],
            bias=bias is not None,
        )
        module.weight = nn.Parameter(torch.from_numpy(np.ascontiguousarray(kernel)))
        if bias is not None:
            module.bias = nn.Parameter(torch.from_numpy(bias))
        return module if even else nn.Sequential(nn.ZeroPad2d(sides(pad)), module)

    def _normalization(self, layer, op):
        mean, variance = self._tensor(layer, "moving_mean"), self._tensor(layer, "moving_variance")
        gamma, beta = self._tensor(layer, "gamma"), self._tensor(layer, "beta")
        module = nn.BatchNorm2d(len(mean), eps=op["Epsilon"])
        module.running_mean = torch.from_numpy(mean)
        module.running_var = torch.from_numpy(variance)
        module.weight = nn.Parameter(torch.ones(len(mean)) if gamma is None else torch.from_numpy(gamma))
        module.bias = nn.Parameter(torch.zeros(len(mean)) if beta is None else torch.from_numpy(beta))
        return module

    def _binary(self, layer, op):
        function = {"Add": torch.add, "Subtract": torch.sub, "Multiply": torch.mul, "Divide": torch.div}[op["Kind"]]
        constant = self._tensor(layer, "constant")
        if constant is None:
            return function
        fixed = torch.from_numpy(constant)
        if op["ConstantFirst"]:
            return lambda value: function(fixed, value)
        return lambda value: function(value, fixed)


def activation(op):
    """The module of an elementwise function."""
    modules = {
        "Linear": nn.Identity,
        "Relu": nn.ReLU,
        "Relu6": nn.ReLU6,
        "LeakyRelu": lambda: nn.LeakyReLU(op["Alpha"]),
        "Sigmoid": nn.Sigmoid,
        "Silu": nn.SiLU,
    }
    return modules[op["Kind"]]()


def pooling(layer, op):
    """The module of a pooling layer whose windows lie evenly."""
    pad = op["Padding"]
    if pad["Top"] != pad["Bottom"] or pad["Left"] != pad["Right"] or op["Dilation"]:
        raise ValueError(f"layer '{layer['name']}': uneven padding or dilated windows")
    arguments = {
        "kernel_size": size(op["Window"]),
        "stride": size(op["Stride"]),
        "padding": (pad["Top"], pad["Left"]),
        "ceil_mode": op["CeilMode"],
    }
    if op["Kind"] == "Max":
        return nn.MaxPool2d(**arguments)
    return nn.AvgPool2d(**arguments, count_include_pad=op["CountPadding"])


def global_pooling(op):
    """The module of a pooling layer over the whole map."""
    pool = nn.AdaptiveMaxPool2d(1) if op["Kind"] == "Max" else nn.AdaptiveAvgPool2d(1)
    return pool if op["KeepDims"] else nn.Sequential(pool, nn.Flatten())


def size(extent):
    return extent["Height"], extent["Width"]


def sides(pad):
    """PyTorch counts paddings from the last axis."""
    return pad["Left"], pad["Right"], pad["Top"], pad["Bottom"]


def picture_input(description):
    """The affine map from [-1, 1] red, green, blue pictures to the network's input, as PyTorch code would write it."""
    order = description["order"]
    if order not in ("Rgb", "Bgr"):
        raise ValueError(f"the network's input is {order}")
    mean = torch.tensor(description["mean"]).reshape(1, -1, 1, 1)
    std = torch.tensor(description["std"]).reshape(1, -1, 1, 1)

    def apply(picture):
        picture = (picture + 1) * 127.5
        return ((picture.flip(1) if order == "Bgr" else picture) - mean) / std

    return apply
