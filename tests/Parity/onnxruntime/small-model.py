"""Writes a small ONNX network with seeded random weights, most of them in a file of their own beside it.

    small-model.py <folder>

The folder receives model.onnx and weights.data: 3 x 24 x 20 in; convolution, normalization, leaky ReLU, pooling, a transposed
convolution, a sum of two branches, a grouped convolution, a mean and a dense layer. Each node is named after its output.
"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RANDOM = np.random.default_rng(11)


def weight(name, *shape, positive=False):
    values = RANDOM.uniform(-1, 1, shape) * np.sqrt(3 / max(1, int(np.prod(shape[1:]))))
    return numpy_helper.from_array((np.abs(values) + 0.3 if positive else values).astype("float32"), name)


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs, [output], name=output, **attributes)


WEIGHTS = [
    weight("w1", 8, 3, 3, 3), weight("b1", 8), weight("scale", 8, positive=True), weight("shift", 8), weight("mean", 8),
    weight("variance", 8, positive=True), weight("w2", 8, 6, 2, 2), weight("b2", 6), weight("w3", 6, 8, 1, 1),
    weight("w4", 12, 2, 3, 3), weight("w5", 12, 7), weight("b5", 7),
]
NODES = [
    node("Conv", ["picture", "w1", "b1"], "conv", pads=[1, 1, 1, 1]),
    node("BatchNormalization", ["conv", "scale", "shift", "mean", "variance"], "norm", epsilon=1e-3),
    node("LeakyRelu", ["norm"], "leaky", alpha=0.1),
    node("MaxPool", ["leaky"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
    node("ConvTranspose", ["pool", "w2", "b2"], "up", kernel_shape=[2, 2], strides=[2, 2]),
    node("Conv", ["leaky", "w3"], "side"),
    node("Add", ["up", "side"], "sum"),
    node("Conv", ["sum", "w4"], "grouped", group=3, strides=[2, 2], pads=[1, 1, 1, 1]),
    node("Relu", ["grouped"], "relu"),
    node("GlobalAveragePool", ["relu"], "average"),
    node("Flatten", ["average"], "flat"),
    node("Gemm", ["flat", "w5", "b5"], "logits"),
]


def main(folder):
    graph = helper.make_graph(
        NODES, "small",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 24, 20])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 7])], WEIGHTS)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.checker.check_model(model)
    onnx.save_model(model, os.path.join(folder, "model.onnx"), save_as_external_data=True, location="weights.data", size_threshold=100)


if __name__ == "__main__":
    main(sys.argv[1])
