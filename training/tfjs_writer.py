"""Writes TensorFlow.js graph models: model.json (a GraphDef and a weights manifest) and one file of float32 weights.

Only what the networks of this folder need. Feature maps are NHWC, as in Keras: the writer takes PyTorch's axis orders and
turns them. Names follow Keras: a convolution "conv2d_1" becomes a fused node "conv2d_1/BiasAdd" with the constants
"conv2d_1/kernel" and "conv2d_1/bias".
"""

import base64
import json
import pathlib

import numpy as np


def _text(value):
    return {"s": base64.b64encode(value.encode()).decode()}


def _texts(*values):
    return {"list": {"s": [_text(value)["s"] for value in values]}}


def _ints(*values):
    return {"list": {"i": [str(value) for value in values]}}


def _shape(dims):
    return {"dim": [{"size": str(dim)} for dim in dims]}


def _array(values):
    return np.asarray(values.detach().cpu().numpy() if hasattr(values, "detach") else values)


class GraphModelWriter:
    """Collects nodes in order; every method that adds a layer returns the name to use as the next layer's input."""

    def __init__(self, height, width, channels, name="input_1"):
        self._nodes = []
        self._weights = []
        self._bytes = bytearray()
        self.input = name
        self._input_shape = (-1, height, width, channels)
        self._node("Placeholder", name, [], shape={"shape": _shape(self._input_shape)}, dtype={"type": "DT_FLOAT"})

    def conv2d(self, name, source, kernel, bias, stride=1):
        """kernel: (out, in, kh, kw) as PyTorch has it; bias: (out,). Padding is TensorFlow's SAME."""
        kernel = _array(kernel).transpose(2, 3, 1, 0)
        inputs = [source, self._constant(f"{name}/kernel", kernel), self._constant(f"{name}/bias", bias)]
        return self._node(
            "_FusedConv2D", f"{name}/BiasAdd", inputs, T={"type": "DT_FLOAT"}, num_args={"i": "1"}, fused_ops=_texts("BiasAdd"),
            padding=_text("SAME"), data_format=_text("NHWC"), strides=_ints(1, stride, stride, 1), dilations=_ints(1, 1, 1, 1),
            explicit_paddings={"list": {}}, epsilon={"f": 0})

    def dense(self, name, source, kernel, bias):
        """kernel: (out, in) as PyTorch has it; rows follow the flattened NHWC order."""
        inputs = [source, self._constant(f"{name}/kernel", _array(kernel).T), self._constant(f"{name}/bias", bias)]
        return self._node(
            "_FusedMatMul", f"{name}/BiasAdd", inputs, T={"type": "DT_FLOAT"}, num_args={"i": "1"}, fused_ops=_texts("BiasAdd"),
            transpose_a={"b": False}, transpose_b={"b": False}, epsilon={"f": 0})

    def batch_normalization(self, name, source, layer):
        """layer: a torch.nn.BatchNorm2d in inference mode."""
        parts = {
            "gamma": layer.weight,
            "beta": layer.bias,
            "moving_mean": layer.running_mean,
            "moving_variance": layer.running_var,
        }
        inputs = [source] + [self._constant(f"{name}/{role}", values) for role, values in parts.items()]
        return self._node(
            "FusedBatchNormV3", name, inputs, T={"type": "DT_FLOAT"}, U={"type": "DT_FLOAT"}, data_format=_text("NHWC"),
            epsilon={"f": layer.eps}, is_training={"b": False})

    def activation(self, kind, name, source):
        """kind: "Relu", "Sigmoid" or "Softmax"."""
        return self._node(kind, name, [source], T={"type": "DT_FLOAT"})

    def max_pooling2d(self, name, source):
        """2x2 cells, stride 2."""
        return self._node(
            "MaxPool", name, [source], T={"type": "DT_FLOAT"}, padding=_text("VALID"), data_format=_text("NHWC"),
            ksize=_ints(1, 2, 2, 1), strides=_ints(1, 2, 2, 1), explicit_paddings={"list": {}})

    def global_average_pooling2d(self, name, source):
        axes = self._constant(f"{name}/axes", np.array([1, 2], np.int32))
        return self._node("Mean", name, [source, axes], T={"type": "DT_FLOAT"}, Tidx={"type": "DT_INT32"}, keep_dims={"b": False})

    def up_sampling2d(self, name, source, height, width):
        """Nearest neighbour to (height, width), which is twice the input's size."""
        size = self._constant(f"{name}/size", np.array([height, width], np.int32))
        return self._node(
            "ResizeNearestNeighbor", name, [source, size], T={"type": "DT_FLOAT"}, align_corners={"b": False},
            half_pixel_centers={"b": True})

    def flatten(self, name, source, length):
        shape = self._constant(f"{name}/shape", np.array([-1, length], np.int32))
        return self._node("Reshape", name, [source, shape], T={"type": "DT_FLOAT"}, Tshape={"type": "DT_INT32"})

    def save(self, folder, output, output_shape, generated_by):
        """Writes <folder>/model.json and <folder>/weights.bin; returns their sizes in bytes together."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        described = lambda name, dims: {name: {"name": f"{name}:0", "dtype": "DT_FLOAT", "tensorShape": _shape(dims)}}
        model = {
            "format": "graph-model",
            "generatedBy": generated_by,
            "signature": {
                "inputs": described(self.input, self._input_shape),
                "outputs": described(output, (-1, *output_shape)),
            },
            "modelTopology": {"node": self._nodes, "versions": {"producer": 1395}},
            "weightsManifest": [{"paths": ["weights.bin"], "weights": self._weights}],
        }
        (folder / "model.json").write_text(json.dumps(model, indent=1) + "\n")
        (folder / "weights.bin").write_bytes(self._bytes)
        return sum((folder / name).stat().st_size for name in ("model.json", "weights.bin"))

    def _node(self, op, name, inputs, **attributes):
        self._nodes.append({"name": name, "op": op, "input": inputs, "attr": attributes})
        return name

    def _constant(self, name, values):
        values = _array(values)
        integer = values.dtype == np.int32
        kind = "DT_INT32" if integer else "DT_FLOAT"
        tensor = {"dtype": kind, "tensorShape": _shape(values.shape)}
        self._node("Const", name, [], dtype={"type": kind}, value={"tensor": tensor})
        self._weights.append({"name": name, "shape": list(values.shape), "dtype": "int32" if integer else "float32"})
        self._bytes += np.ascontiguousarray(values, "<i4" if integer else "<f4").tobytes()
        return name
