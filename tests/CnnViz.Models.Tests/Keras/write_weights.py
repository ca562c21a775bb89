"""Writes weight files in the layouts of Keras Applications with h5py.

usage: write_weights.py FOLDER            small.*.h5, model.h5 and model.keras for readers' tests
       write_weights.py FOLDER --vgg16    vgg16_weights_tf_dim_ordering_tf_kernels.h5, as large as the official file

Value i of array a of layer l is (l + 10 a + i % 7) / 64, so that readers' tests can tell them all apart.
"""
import json
import sys
import zipfile

import h5py
import numpy as np

# Layer, then its arrays: name in the new layout, name in the old one, shape.
SMALL = [
    ("block1_conv1", [("kernel", "W_1", (3, 3, 3, 4)), ("bias", "b_1", (4,))]),
    ("block1_bn", [("gamma", "gamma", (4,)), ("beta", "beta", (4,)), ("moving_mean", "running_mean", (4,)),
                   ("moving_variance", "running_std", (4,))]),
    ("block1_pool", []),
    ("block2_conv1", [("kernel", "W_1", (3, 3, 4, 5)), ("bias", "b_1", (5,))]),
    ("flatten", []),
    ("predictions", [("kernel", "W_1", (80, 3)), ("bias", "b_1", (3,))]),
]
VGG16 = [(f"block{block}_conv{i}", (3, 3, (before if i == 1 else filters), filters))
         for block, before, filters, count in (
             (1, 3, 64, 2), (2, 64, 128, 2), (3, 128, 256, 3), (4, 256, 512, 3), (5, 512, 512, 3))
         for i in range(1, count + 1)] + [("fc1", (25088, 4096)), ("fc2", (4096, 4096)), ("predictions", (4096, 1000))]


def values(layer, array, shape):
    return np.resize(((layer + 10 * array + np.arange(7)) / 64).astype("<f4"), shape)


def write(path, layers, old, rename=None, root=None):
    with h5py.File(path, "w") as file:
        top = file.create_group(root) if root else file
        top.attrs["layer_names"] = np.array([(rename or {}).get(name, name).encode() for name, _ in layers])
        for index, (name, arrays) in enumerate(layers):
            name = (rename or {}).get(name, name)
            group = top.create_group(name)
            paths = [f"{name}_{legacy}:0" if old else f"{name}/{new}:0" for new, legacy, _ in arrays]
            group.attrs["weight_names"] = np.array([path.encode() for path in paths]) if paths else np.zeros(0)
            for i, (path, (_, _, shape)) in enumerate(zip(paths, arrays)):
                group[path] = values(index, i, shape)


def main(folder, *options):
    if "--vgg16" in options:
        layers = [(name, [("kernel", "W_1", shape), ("bias", "b_1", shape[-1:])]) for name, shape in VGG16]
        write(f"{folder}/vgg16_weights_tf_dim_ordering_tf_kernels.h5", layers, old=True)
        return
    write(f"{folder}/small.old.h5", SMALL, old=True)
    write(f"{folder}/small.new.h5", SMALL, old=False)
    write(f"{folder}/small.whole.h5", SMALL, old=False, root="model_weights")
    write(f"{folder}/small.numbered.h5", SMALL, old=False, rename={"block1_conv1": "conv2d_7", "block2_conv1": "conv2d_8"})
    wrong = [(name, [(new, legacy, (3, 3, 4, 6) if shape == (3, 3, 4, 5) else shape) for new, legacy, shape in arrays])
             for name, arrays in SMALL]
    write(f"{folder}/small.wrong.h5", wrong, old=False)
    write(f"{folder}/small.short.h5", SMALL[:-1], old=False)
    with h5py.File(f"{folder}/archive.weights.h5", "w") as file:
        for i, shape in enumerate(((3, 3, 3, 4), (4,))):
            file[f"layers/conv2d/vars/{i}"] = values(0, i, shape)
    models(folder)


def models(folder):
    """One convolution as a whole model: model.h5 of Keras 2, model.keras of Keras 3."""
    picture = {"class_name": "InputLayer", "config": {"name": "image", "batch_input_shape": [None, 8, 8, 3]}}
    conv = {"class_name": "Conv2D", "config": {"name": "conv", "filters": 4, "kernel_size": [3, 3], "activation": "relu"}}
    config = json.dumps({"class_name": "Sequential", "config": {"name": "net", "layers": [picture, conv]}})
    write(f"{folder}/model.h5", [("conv", SMALL[0][1])], old=False, root="model_weights")
    with h5py.File(f"{folder}/model.h5", "a") as file:
        file.attrs["model_config"] = config
    with zipfile.ZipFile(f"{folder}/model.keras", "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("metadata.json", '{"keras_version": "3.5.0"}')
        archive.write(f"{folder}/archive.weights.h5", "model.weights.h5")


if __name__ == "__main__":
    main(*sys.argv[1:])
