"""Writes a TensorFlow.js layers model in Keras' own formats, with h5py alone, so that readers can be checked without Keras.

    python3 convert_layers_model.py <model-dir>

<model-dir> holds model.json and one weight file, as tests/Parity/tfjs/layers-models.mjs writes them. Beside them come
  model.h5           model.save of Keras 2: attribute model_config, group model_weights
  split.h5           the same with lists of names split over several attributes, and compressed datasets
  model.keras        Keras 3: config.json with keras_history inbound nodes, model.weights.h5 numbered by class
  first.keras        Keras 2.12: the first form of that archive, deflated
"""
import io
import json
import os
import re
import sys
import zipfile

import h5py
import numpy as np

MODELS = ("Sequential", "Functional", "Model")


def snake_case(name):
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def read(folder):
    with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
        document = json.load(file)
    topology = document["modelTopology"]
    weights, offset = {}, 0
    with open(os.path.join(folder, document["weightsManifest"][0]["paths"][0]), "rb") as file:
        data = file.read()
    for entry in document["weightsManifest"][0]["weights"]:
        count = int(np.prod(entry["shape"]))
        weights[entry["name"]] = np.frombuffer(data, "<f4", count, offset).reshape(entry["shape"])
        offset += 4 * count
    return topology, weights


def functional(layer):
    """Keras calls functional models so; TensorFlow.js keeps their first name, Model."""
    if layer["class_name"] not in MODELS:
        return layer
    config = dict(layer["config"], layers=[functional(child) for child in layers_of(layer["config"])])
    return dict(layer, class_name=layer["class_name"].replace("Model", "Functional"), config=config)


def layers_of(config):
    return config if isinstance(config, list) else config["layers"]


def name_of(layer):
    return layer.get("name") or layer["config"]["name"]


def own_weights(layer, weights):
    """A layer's weights in get_weights() order: (name, values)."""
    prefix = name_of(layer) + "/"
    return [(name, values) for name, values in weights.items() if name.startswith(prefix)]


def legacy_weights(layer, weights):
    """As Keras 2 lists a layer's weights: those that are trained first, over all layers of a nested model."""
    if layer["class_name"] not in MODELS:
        return own_weights(layer, weights)
    inner = [entry for child in layers_of(layer["config"]) for entry in legacy_weights(child, weights)]
    moving = [entry for entry in inner if "/moving_" in entry[0]]
    return [entry for entry in inner if "/moving_" not in entry[0]] + moving


def names_attribute(group, attribute, names, split):
    encoded = [name.encode() for name in names]
    if split and len(encoded) > 1:
        for i, part in enumerate(np.array_split(np.array(encoded), 2)):
            group.attrs[f"{attribute}{i}"] = part
    else:
        group.attrs[attribute] = np.array(encoded) if encoded else np.zeros(0)


def write_h5(path, topology, weights, split):
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.13.1"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps({key: topology[key] for key in ("class_name", "config")})
        root = file.create_group("model_weights")
        layers = layers_of(topology["config"])
        names_attribute(root, "layer_names", [name_of(layer) for layer in layers], split)
        for layer in layers:
            group = root.create_group(name_of(layer))
            entries = legacy_weights(layer, weights)
            names_attribute(group, "weight_names", [name + ":0" for name, _ in entries], split)
            for name, values in entries:
                if split:
                    group.create_dataset(name + ":0", data=values, compression="gzip", shuffle=True, chunks=True)
                else:
                    group[name + ":0"] = values


def keras3(layer):
    """A layer's configuration as Keras 3 writes it."""
    config = layer["config"]
    if layer["class_name"] in MODELS:
        config = dict(config, layers=[keras3(child) for child in config["layers"]])
        for end in ("input_layers", "output_layers"):
            if end in config and len(config[end]) == 1:
                config[end] = config[end][0]
    config = dict(config)
    if "batch_input_shape" in config:
        key = "batch_shape" if layer["class_name"] == "InputLayer" else "batch_input_shape"
        config[key] = config.pop("batch_input_shape")
    if isinstance(config.get("dtype"), str):
        policy = {"name": config["dtype"]}
        config["dtype"] = {"module": "keras", "class_name": "DTypePolicy", "config": policy, "registered_name": None}
    new = {
        "module": "keras.layers",
        "class_name": layer["class_name"],
        "config": config,
        "registered_name": None,
        "build_config": {"input_shape": None},
    }
    if "name" in layer:
        new["name"] = layer["name"]
    if "inbound_nodes" in layer:
        new["inbound_nodes"] = [node3(node) for node in layer["inbound_nodes"]]
    return new


def node3(node):
    tensors = [
        {"class_name": "__keras_tensor__", "config": {"shape": [None], "dtype": "float32", "keras_history": tensor[:3]}}
        for tensor in node
    ]
    return {"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}


def write_vars(group, layers, weights, container, twice):
    """One group per class and number, as Keras' saving does; twice: the counter runs twice for layers with weights."""
    parent, used = group.create_group(container), {}

    def numbered(kind):
        used[kind] = used.get(kind, -1) + 1
        return kind if used[kind] == 0 else f"{kind}_{used[kind]}"

    for layer in layers:
        kind = snake_case(layer["class_name"])
        child = parent.create_group(numbered(kind))
        if layer["class_name"] in MODELS:
            write_vars(child, layers_of(layer["config"]), weights, container, twice)
            weighted = True
        else:
            entries = own_weights(layer, weights)
            weighted = bool(entries)
            variables = child.create_group("vars")
            for i, (_, values) in enumerate(entries):
                variables[str(i)] = values
        if twice and weighted:
            numbered(kind)


def write_keras(path, topology, weights, first):
    layers = layers_of(topology["config"])
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_vars(file, layers, weights, "_layer_checkpoint_dependencies" if first else "layers", first)
    config = {key: topology[key] for key in ("class_name", "config")} if first else keras3(topology)
    version = "2.12.0" if first else "3.5.0"
    method = zipfile.ZIP_DEFLATED if first else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version, "date_saved": "2025-01-01@00:00:00"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", buffer.getvalue())


def main(folder):
    topology, weights = read(folder)
    topology = functional(topology)
    write_h5(os.path.join(folder, "model.h5"), topology, weights, split=False)
    write_h5(os.path.join(folder, "split.h5"), topology, weights, split=True)
    write_keras(os.path.join(folder, "model.keras"), topology, weights, first=False)
    write_keras(os.path.join(folder, "first.keras"), topology, weights, first=True)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        main(argument)
