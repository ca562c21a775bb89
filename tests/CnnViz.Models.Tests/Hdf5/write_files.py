"""Writes HDF5 files of many variants with h5py, and what h5py reads back from each, for the managed reader to be compared with.

usage: write_files.py FOLDER [--vgg16]

Every file NAME.h5 gets a NAME.json: {"groups": {path: {"names": [...], "attributes": {...}}},
"datasets": {path: {"shape": [...], "kind": "numbers" | "strings", "bits": ..., "values": [...],
"contiguous": bool, "offset": ..., "attributes": {...}}}}. Numbers are given as the float32 values' bits in hexadecimal,
row-major, so that nothing is lost on the way.
"""
import json
import sys

import h5py
import numpy as np

import hdf5_variants as variants

FOLDER = sys.argv[1]


def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def described(value):
    """An attribute's or dataset's value: strings, numbers or nothing."""
    if isinstance(value, h5py.Empty):
        return {"empty": True}
    array = np.asarray(value)
    if array.size == 0:
        return {"empty": True}
    if array.dtype.kind in "SUO":
        return {"strings": [text(item) for item in array.ravel()]}
    if array.dtype.kind in "fiub":
        return {"numbers": [float(item) for item in array.ravel().astype("f8")]}
    return {"other": True}


def describe(file):
    groups, datasets = {}, {}

    def visit(path, node):
        attributes = {name: described(value) for name, value in node.attrs.items()}
        if isinstance(node, h5py.Group):
            groups[path] = {"names": sorted(node.keys(), key=lambda name: name.encode("utf-16-be")), "attributes": attributes}
            for name in node.keys():
                visit(f"{path}/{name}" if path else name, node[name])
            return
        entry = {"attributes": attributes}
        if node.shape is None:
            entry |= {"shape": [0], "kind": "empty"}
        else:
            entry["shape"] = list(node.shape)
            data = node[()]
            kind = np.asarray(data).dtype.kind
            if kind in "SO":
                entry |= {"kind": "strings", "values": described(data).get("strings", [])}
            elif kind in "fiub":
                entry |= {"kind": "numbers", "bits": np.asarray(data).astype("<f4").tobytes().hex()}
            else:
                entry["kind"] = "other"
        entry["contiguous"] = node.id.get_offset() is not None
        entry["offset"] = node.id.get_offset() or 0
        datasets[path] = entry

    visit("", file)
    return {"groups": groups, "datasets": datasets}


def write(name, fill, sizes=None, **options):
    path = f"{FOLDER}/{name}.h5"
    if sizes:
        plan = h5py.h5p.create(h5py.h5p.FILE_CREATE)
        plan.set_sizes(*sizes)
        h5py.h5f.create(path.encode(), h5py.h5f.ACC_TRUNC, fcpl=plan).close()
    with h5py.File(path, "a" if sizes else "w", **options) as file:
        fill(file)
    with h5py.File(path, "r") as file:
        expected = describe(file)
    with open(f"{FOLDER}/{name}.json", "w", encoding="utf-8") as out:
        json.dump(expected, out)


if "--vgg16" in sys.argv:
    variants.vgg16(FOLDER)
    sys.exit()
for version in ("earliest", "latest"):
    with h5py.File(f"{FOLDER}/refused-{version}.hdf5", "w", libver=(version, "latest")) as odd:
        variants.refused(odd)
with h5py.File(f"{FOLDER}/bomb-inflates.hdf5", "w") as bomb:
    variants.bomb_that_inflates(bomb)
with h5py.File(f"{FOLDER}/bomb-declares.hdf5", "w") as bomb:
    variants.bomb_that_declares(bomb)
for version in ("earliest", "v108", "latest"):
    for variant, fill in variants.VARIANTS.items():
        # Between the oldest and the newest form nothing differs in how these large ones are stored.
        if version == "v108" and variant in ("growing", "many_groups"):
            continue
        write(f"{variant}-{version}", fill, libver=(version, "latest" if version == "earliest" else version))
write("large_attributes-latest", variants.large_attributes, libver="latest")
write("many_links-latest", variants.many_links, libver="latest")
write("old_keras-user_block", variants.old_keras, libver="earliest", userblock_size=1024)
write("few_links-user_block_latest", variants.few_links, libver="latest", userblock_size=512)
write("ordered-latest", variants.many_groups, libver="latest", track_order=True)
write("ordered-earliest", variants.many_attributes, libver="earliest", track_order=True)
write("small-sizes2", variants.small, sizes=(2, 2))
write("small-sizes4", variants.small, sizes=(4, 4))
write("strings-sizes4", variants.strings, sizes=(4, 4))
write("few_links-sizes4_latest", variants.few_links, sizes=(4, 4), libver="latest")
