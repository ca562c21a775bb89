"""Writes Keras models of layers and parameters that TensorFlow.js does not have, and what PyTorch says of every layer.

    python3 torch_models.py <out-dir>

Each model is a folder: model.h5 (Keras 2's model.save) or model.keras (Keras 3); input.f32, little-endian float32 in the model's
own axis order; outputs.json, which lists layer, file and shape (batch first) of each layer's output. Every layer is computed by
its definition in Keras' documentation, in double precision.
"""
import io
import json
import os
import sys
import zipfile

import h5py
import numpy as np
import torch
import torch.nn.functional as F

RANDOM = np.random.default_rng(5)


def weight(*shape, positive=False):
    fan_in = int(np.prod(shape[:-1])) if len(shape) > 1 else 4
    values = RANDOM.uniform(-1, 1, shape) * np.sqrt(3 / fan_in)
    return (np.abs(values) + 0.3 if positive else values).astype("<f4")


def tensor(array):
    return torch.from_numpy(np.asarray(array, dtype="f8"))


def same(extent, window, stride):
    """Cells that TensorFlow's SAME padding adds before and after."""
    total = max((-(-extent // stride) - 1) * stride + window - extent, 0)
    return total // 2, total - total // 2


class Model:
    """Layers in a functional model, channels-last unless told; tensors are torch's (batch, channels, height, width) inside."""

    def __init__(self, name, shape, channels_first=False):
        self.name, self.first = name, channels_first
        channels, height, width = shape
        self.entries, self.weights, self.values = [], {}, {}
        self.input = RANDOM.uniform(-1, 1, (1, channels, height, width)).astype("<f4")
        self.values["picture"] = tensor(self.input)
        declared = [None, channels, height, width] if channels_first else [None, height, width, channels]
        self.add("InputLayer", "picture", [], self.values["picture"], batch_input_shape=declared)

    def add(self, kind, name, inputs, value, weights=(), **config):
        if self.first and kind not in ("InputLayer", "Activation", "ReLU", "BatchNormalization"):
            config["data_format"] = "channels_first"
        self.entries.append((kind, name, inputs, config))
        self.weights[name] = list(weights)
        self.values[name] = value
        return name

    def axes(self, value):
        array = value.numpy()
        return np.moveaxis(array, 1, -1) if array.ndim == 4 and not self.first else array


def convolution(x, kernel, stride=1, dilation=1, groups=1, pad="valid"):
    """kernel: (kh, kw, in / groups, out)."""
    if pad == "same":
        reach = [(kernel.shape[i] - 1) * dilation + 1 for i in (0, 1)]
        (top, bottom), (left, right) = (same(x.shape[2 + i], reach[i], stride) for i in (0, 1))
        x = F.pad(x, (left, right, top, bottom))
    return F.conv2d(x, tensor(kernel).permute(3, 2, 0, 1), stride=stride, dilation=dilation, groups=groups)


def depthwise(x, kernel, **options):
    """kernel: (kh, kw, in, multiplier)."""
    height, width, channels, multiplier = kernel.shape
    return convolution(x, kernel.reshape(height, width, 1, channels * multiplier), groups=channels, **options)


def odd_convolutions():
    model = Model("odd_convolutions", (4, 11, 13))
    x = model.values["picture"]
    mean, variance = weight(4), weight(4, positive=True)
    x = (x - tensor(mean).view(1, -1, 1, 1)) / tensor(np.sqrt(variance)).view(1, -1, 1, 1)
    model.add("Normalization", "normal", ["picture"], x, [("mean", mean), ("variance", variance), ("count", np.int64(3))],
              axis=[-1])
    kernel, bias = weight(3, 3, 2, 6), weight(6)
    x = convolution(x, kernel, groups=2, pad="same") + tensor(bias).view(1, -1, 1, 1)
    model.add("Conv2D", "grouped", ["normal"], x, [("kernel", kernel), ("bias", bias)], filters=6, kernel_size=[3, 3], groups=2,
              padding="same", strides=[1, 1])
    deep, point, bias = weight(3, 3, 6, 2), weight(1, 1, 12, 5), weight(5)
    x = convolution(depthwise(x, deep, stride=2, pad="same"), point) + tensor(bias).view(1, -1, 1, 1)
    model.add("SeparableConv2D", "separable", ["grouped"], x,
              [("depthwise_kernel", deep), ("pointwise_kernel", point), ("bias", bias)], filters=5, kernel_size=[3, 3],
              strides=[2, 2], padding="same", depth_multiplier=2)
    deep = weight(2, 3, 5, 2)
    x = depthwise(x, deep, dilation=2)
    model.add("DepthwiseConv2D", "spread", ["separable"], x, [("depthwise_kernel", deep)], kernel_size=[2, 3],
              dilation_rate=[2, 2], depth_multiplier=2, use_bias=False)
    kernel = weight(3, 3, 4, 10)
    as_torch = tensor(kernel).permute(3, 2, 0, 1)
    y = F.conv_transpose2d(x, as_torch, stride=2, output_padding=1)
    model.add("Conv2DTranspose", "up_valid", ["spread"], y, [("kernel", kernel)], filters=4, kernel_size=[3, 3], strides=[2, 2],
              output_padding=[1, 1], use_bias=False)
    # SAME with output_padding 1: extent (in - 1) 2 + 3 - 2 + 1 = 2 in, of the full 2 in + 1, the last cell taken away.
    y = F.conv_transpose2d(x, as_torch, stride=2)[:, :, :2 * x.shape[2], :2 * x.shape[3]]
    model.add("Conv2DTranspose", "up_same", ["spread"], y, [("kernel", kernel)], filters=4, kernel_size=[3, 3], strides=[2, 2],
              padding="same", output_padding=[1, 1], use_bias=False)
    y = F.conv_transpose2d(x, as_torch, dilation=2)
    model.add("Conv2DTranspose", "up_spread", ["spread"], y, [("kernel", kernel)], filters=4, kernel_size=[3, 3],
              dilation_rate=[2, 2], use_bias=False)
    return model


def odd_layers():
    model = Model("odd_layers", (3, 8, 6))
    x = model.values["picture"]
    scale, offset = [0.5, 2.0, -1.0], [0.1, 0.0, 0.3]
    view = (1, 3, 1, 1)
    x = x * tensor(scale).view(view) + tensor(offset).view(view)
    model.add("Rescaling", "scaled", ["picture"], x, scale=scale, offset=offset)
    model.add("Subtract", "difference", ["scaled", "picture"], x - model.values["picture"])
    model.add("GlobalAveragePooling2D", "mean", ["scaled"], x.mean((2, 3), keepdim=True), keepdims=True)
    model.add("GlobalMaxPooling2D", "peak", ["scaled"], x.amax((2, 3), keepdim=True), keepdims=True)
    model.add("Multiply", "gated", ["scaled", "mean"], x * x.mean((2, 3), keepdim=True))
    model.add("ReLU", "relu_slope", ["scaled"], torch.where(x > 0, x, 0.2 * x).clamp(max=0.6), max_value=0.6, negative_slope=0.2)
    model.add("ReLU", "relu_threshold", ["scaled"], torch.where(x > 0.3, x, 0 * x).clamp(max=1), max_value=1.0, threshold=0.3)
    model.add("LeakyReLU", "leaky", ["scaled"], torch.where(x > 0, x, 0.05 * x), negative_slope=0.05)
    model.add("Softmax", "softmax_rows", ["scaled"], F.softmax(x, 2), axis=1)
    bilinear = F.interpolate(x, scale_factor=(2, 3), mode="bilinear", align_corners=False)
    model.add("UpSampling2D", "bilinear", ["scaled"], bilinear, size=[2, 3], interpolation="bilinear")
    functions = {
        "hard_sigmoid": lambda v: (v / 6 + 0.5).clamp(0, 1), "exponential": torch.exp, "hard_silu": F.hardswish,
        "celu": F.celu, "leaky_relu": lambda v: F.leaky_relu(v, 0.2), "hard_tanh": lambda v: v.clamp(-1, 1), "silu": F.silu,
    }
    for name, function in functions.items():
        model.add("Activation", f"act_{name}", ["scaled"], function(x), activation=name)
    return model


def channels_first():
    model = Model("odd_channels_first", (3, 9, 7), channels_first=True)
    x = model.values["picture"]
    gamma, beta, mean, variance = weight(3), weight(3), weight(3), weight(3, positive=True)
    x = F.batch_norm(x, tensor(mean), tensor(variance), tensor(gamma), tensor(beta), eps=1e-3)
    model.add("BatchNormalization", "bn", ["picture"], x,
              [("gamma", gamma), ("beta", beta), ("moving_mean", mean), ("moving_variance", variance)], axis=1, epsilon=1e-3)
    kernel = weight(3, 2, 3, 4)
    x = convolution(x, kernel, stride=2, pad="same")
    model.add("Conv2D", "conv", ["bn"], x, [("kernel", kernel)], filters=4, kernel_size=[3, 2], strides=[2, 2], padding="same",
              use_bias=False, activation="linear")
    model.add("Cropping2D", "crop", ["conv"], x[:, :, 1:, :-2], cropping=[[1, 0], [0, 2]])
    return model


def write_h5(path, model):
    layers = [
        {"class_name": kind, "name": name, "config": dict(config, name=name),
         "inbound_nodes": [[[source, 0, 0, {}] for source in inputs]] if inputs else []}
        for kind, name, inputs, config in model.entries
    ]
    ends = {"input_layers": [["picture", 0, 0]], "output_layers": [[model.entries[-1][1], 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": model.name, "layers": layers, **ends}}
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.13.1"
        file.attrs["model_config"] = json.dumps(config)
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [name.encode() for _, name, _, _ in model.entries]
        for name, entries in model.weights.items():
            group = root.create_group(name)
            group.attrs["weight_names"] = np.array([f"{name}/{role}:0".encode() for role, _ in entries] or [], dtype="S")
            for role, values in entries:
                group[f"{name}/{role}:0"] = values


def write_keras(path, model):
    def history(source):
        return {"class_name": "__keras_tensor__", "config": {"shape": [], "dtype": "float32", "keras_history": [source, 0, 0]}}

    assert not any(model.weights.values()), "convert_layers_model.py writes archives with weights"
    layers, buffer = [], io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_group("layers")
    for kind, name, inputs, config in model.entries:
        config = dict(config, name=name)
        if kind == "InputLayer":
            config["batch_shape"] = config.pop("batch_input_shape")
        tensors = [history(source) for source in inputs]
        nodes = [{"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}] if tensors else []
        layers.append({"module": "keras.layers", "class_name": kind, "name": name, "config": config, "registered_name": None,
                       "build_config": {"input_shape": []}, "inbound_nodes": nodes})
    config = {"name": model.name, "trainable": True, "layers": layers, "input_layers": ["picture", 0, 0],
              "output_layers": [model.entries[-1][1], 0, 0]}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.6.0"}))
        archive.writestr("config.json", json.dumps({"module": "keras", "class_name": "Functional", "config": config}))
        archive.writestr("model.weights.h5", buffer.getvalue())


def main(folder):
    for model, write, file in (
            (odd_convolutions(), write_h5, "model.h5"), (odd_layers(), write_keras, "model.keras"),
            (channels_first(), write_h5, "model.h5")):
        own = os.path.join(folder, model.name)
        os.makedirs(own)
        write(os.path.join(own, file), model)
        np.ascontiguousarray(model.axes(torch.from_numpy(model.input))).tofile(os.path.join(own, "input.f32"))
        listing = []
        for i, (_, name, _, _) in enumerate(model.entries[1:]):
            value = np.ascontiguousarray(model.axes(model.values[name])).astype("<f4")
            value.tofile(os.path.join(own, f"{i}.f32"))
            listing.append({"layer": name, "file": f"{i}.f32", "shape": list(value.shape)})
        with open(os.path.join(own, "outputs.json"), "w", encoding="utf-8") as out:
            json.dump(listing, out)


if __name__ == "__main__":
    main(sys.argv[1])
