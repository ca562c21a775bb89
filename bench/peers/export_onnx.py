"""export_onnx.py NETWORK HEIGHT WIDTH FILE: a network that the bench wrote, as an ONNX file with an output per target."""

import sys

import torch

from network import Network


def main():
    network, height, width, file = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    module = Network(network)
    names = [f"target_{i}" for i in range(len(module.targets))]
    picture = torch.zeros(1, 3, height, width)
    torch.onnx.export(module, picture, file, input_names=["picture"], output_names=names, opset_version=13)


if __name__ == "__main__":
    main()
