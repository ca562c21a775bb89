"""What the files that the managed HDF5 reader is tested on hold: one function for each variant."""
import json
import zlib

import h5py
import numpy as np

RANDOM = np.random.default_rng(7)


def values(*shape, dtype="<f4"):
    kind = np.dtype(dtype).kind
    if kind == "f":
        return RANDOM.standard_normal(shape).astype(dtype)
    info = np.iinfo(dtype)
    return RANDOM.integers(info.min, info.max, shape, dtype=np.dtype(dtype).newbyteorder("="), endpoint=True).astype(dtype)


def numbers(file):
    for dtype in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|i1", "|u1", "<i2", ">i2", "<u2", ">u2",
                  "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8"):
        order = {"<": "little", ">": "big", "|": "one"}[dtype[0]]
        file.create_dataset(f"{order}_{dtype[1:]}", data=values(3, 5, dtype=dtype))
    file.create_dataset("scalar", data=np.float32(2.5))
    file.create_dataset("scalar_int", data=np.int64(-(2**53) - 1))
    file.create_dataset("bool", data=np.array([True, False, True]))
    file.create_dataset("special", data=np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38], "<f4"))
    file.create_dataset("half_special", data=np.array([np.inf, -0.0, 6e-8, 65504], "<f2"))
    file.create_dataset("none", data=np.zeros((0, 4), "<f4"))
    file.create_dataset("null", data=h5py.Empty("f4"))
    file.create_dataset("never_written", shape=(4, 3), dtype="<f4")
    file.create_dataset("never_written_filled", shape=(4, 3), dtype=">f4", fillvalue=1.5)
    file.create_dataset("rank8", data=values(1, 2, 1, 3, 1, 2, 1, 2))
    file.create_dataset("compound", data=np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f4")]))
    file.create_dataset("complex", data=np.array([1 + 2j]))
    file.create_dataset("piece", data=values(40_000))


def strings(file):
    file.create_dataset("fixed", data=np.array([b"conv1", b"", b"a longer name"], "S16"))
    texts = ["eins", "", "zwei \u00e4\u00f6\u00fc \u6f22\u5b57", "x" * 5000]
    file.create_dataset("variable", data=texts, dtype=h5py.string_dtype())
    file.create_dataset("variable_ascii", data=["a", "b"], dtype=h5py.string_dtype("ascii"))
    file.create_dataset("fixed_utf8", data=np.array(["\u00e4".encode(), b"b"], dtype=h5py.string_dtype("utf-8", 6)))
    file.create_dataset("scalar", data="one string")
    file.create_dataset("many", data=[f"layer_{i}" for i in range(3000)], dtype=h5py.string_dtype())
    table = np.array([[b"a", b"bc"], [b"", b"def"], [b"g", b"h"]], "S4")
    file.create_dataset("chunked", data=table, chunks=(2, 2), compression="gzip")
    file.create_dataset("chunked_variable", data=["p", "qq", "rrr"], dtype=h5py.string_dtype(), chunks=(2,))


def space_padded(size):
    kind = h5py.h5t.TypeID.copy(h5py.h5t.FORTRAN_S1)
    kind.set_size(size)
    return kind


def nul_terminated(size):
    kind = h5py.h5t.TypeID.copy(h5py.h5t.C_S1)
    kind.set_size(size)
    return kind


def low_level_strings(file):
    for name, kind, data in (("padded", space_padded(6), np.array([b"ab    ", b"cdef  "], "S6")),
                             ("terminated", nul_terminated(6), np.array([b"ab", b"cdefg"], "S6"))):
        space = h5py.h5s.create_simple((2,))
        h5py.h5d.create(file.id, name.encode(), kind, space).write(h5py.h5s.ALL, h5py.h5s.ALL, data, mtype=kind)


def attributes(file):
    group = file.create_group("layer")
    for holder in (file, group, file.create_dataset("data", data=values(2, 2))):
        holder.attrs["text"] = "a string"
        holder.attrs["bytes"] = b"bytes"
        holder.attrs["fixed"] = np.bytes_("fixed text")
        holder.attrs["unicode"] = "\u00fcber \u6f22\u5b57"
        holder.attrs["layer_names"] = np.array([b"conv1", b"conv2", b"a/b"])
        holder.attrs["names"] = ["kernel:0", "bias:0"]
    group.attrs["int"] = 7
    group.attrs["float"] = 0.1
    group.attrs["single"] = np.float32(0.1)
    group.attrs["true"] = True
    group.attrs["array"] = np.arange(6, dtype=">i2").reshape(2, 3)
    group.attrs["one"] = np.array([3.5])
    group.attrs["none"] = np.array([])
    group.attrs["empty"] = h5py.Empty("S10")
    group.attrs["no_text"] = ""
    group.attrs["model_config"] = json.dumps({"layers": ["x" * 100] * 2000})
    group.attrs["complex"] = 1 + 2j


def many_attributes(file):
    for i in range(300):
        file.attrs[f"attribute {i}"] = i
    for i in range(20):
        file.attrs[f"text {i}"] = f"value {i} " + "y" * 60
    group = file.create_group("big")
    for i in range(12):
        group.attrs[f"names{i}"] = np.array([f"layer_{i}_{k}".encode() for k in range(400)])


def large_attributes(file):
    """More than 64 KB, which only the newer file format holds."""
    many_attributes(file)
    file.attrs["large"] = values(30_000, dtype="<f4")
    file.attrs["large_names"] = np.array([f"a_long_layer_name_number_{k}".encode() for k in range(4000)])


def many_groups(file):
    for i in range(700):
        group = file.create_group(f"layer_{i}")
        group.create_dataset("kernel:0", data=np.float32(i))
    deep = file
    for i in range(10):
        deep = deep.create_group(f"level {i}")
    deep.create_dataset("w", data=values(3))
    names = file.create_group("names")
    for name in ("caf\u00e9", "\u6f22\u5b57", "with space", "a:0", "\U0001f600", "n" * 300, "..."):
        names.create_dataset(name, data=values(2))
    file.create_group("no links")


def few_links(file):
    """Links in the object header itself, and one header that had to be continued."""
    for i in range(6):
        name = "weights with a rather long name, so that headers are continued " * 2
        file.create_group(f"group {i}").create_dataset(name, data=values(4))
    for i in range(6):
        file.attrs[f"later {i}"] = "z" * 500


def chunks(file):
    data = values(13, 17)
    for level in range(10):
        file.create_dataset(f"gzip{level}", data=data, chunks=(4, 5), compression="gzip", compression_opts=level)
    file.create_dataset("plain", data=data, chunks=(4, 5))
    file.create_dataset("exact", data=values(8, 10), chunks=(4, 5))
    file.create_dataset("shuffle", data=data, chunks=(4, 5), shuffle=True)
    file.create_dataset("shuffle_gzip", data=data, chunks=(4, 5), shuffle=True, compression="gzip")
    file.create_dataset("fletcher32", data=data, chunks=(4, 5), fletcher32=True)
    file.create_dataset("all", data=data, chunks=(4, 5), shuffle=True, compression="gzip", fletcher32=True)
    file.create_dataset("odd_checksum", data=values(7, 3, dtype="|u1"), chunks=(3, 3), fletcher32=True)
    file.create_dataset("zeros_checksum", data=np.zeros((9, 4), "<f4"), chunks=(4, 4), fletcher32=True)
    file.create_dataset("large_checksum", data=np.full(70_000, -1, "<i2"), chunks=(70_000,), fletcher32=True)
    file.create_dataset("single_chunk", data=data, chunks=(13, 17))
    file.create_dataset("single_chunk_gzip", data=data, chunks=(13, 17), compression="gzip")
    file.create_dataset("big_endian", data=values(9, 9, dtype=">f4"), chunks=(2, 9), compression="gzip", shuffle=True)
    file.create_dataset("half", data=values(9, 9, dtype="<f2"), chunks=(9, 2), compression="gzip", shuffle=True)
    file.create_dataset("kernel", data=values(3, 3, 5, 7), chunks=(2, 3, 2, 4), compression="gzip", shuffle=True)
    file.create_dataset("many_chunks", data=values(5000), chunks=(2,))
    file.create_dataset("many_gzip", data=values(3000), chunks=(1,), compression="gzip")
    file.create_dataset("automatic", data=values(300, 200), chunks=True, compression="gzip")
    file.create_dataset("unwritten", shape=(10, 10), chunks=(3, 3), dtype="<f4", fillvalue=-2)
    partly = file.create_dataset("partly", shape=(20, 20), chunks=(3, 4), dtype="<f8", fillvalue=0.25, compression="gzip")
    partly[5:9, 7:15] = values(4, 8)


def growing(file):
    for name, options in (("plain", {}), ("gzip", {"compression": "gzip", "shuffle": True})):
        file.create_dataset(f"rows_{name}", data=values(50, 3), maxshape=(None, 3), chunks=(4, 2), **options)
        file.create_dataset(f"columns_{name}", data=values(3, 50), maxshape=(3, None), chunks=(2, 4), **options)
        file.create_dataset(f"middle_{name}", data=values(3, 20, 4), maxshape=(6, None, 9), chunks=(2, 4, 3), **options)
        file.create_dataset(f"both_{name}", data=values(31, 33), maxshape=(None, None), chunks=(4, 5), **options)
        file.create_dataset(f"bounded_{name}", data=values(7, 9), maxshape=(20, 40), chunks=(4, 5), **options)
        file.create_dataset(f"long_{name}", data=values(30_000), maxshape=(None,), chunks=(2,), **options)
        file.create_dataset(f"many_both_{name}", data=values(90, 80), maxshape=(None, None), chunks=(1, 2), **options)
        file.create_dataset(f"small_{name}", data=values(3), maxshape=(None,), **options)
        shrunk = file.create_dataset(f"shrunk_{name}", data=values(30, 30), maxshape=(None, None), chunks=(4, 4), **options)
        shrunk.resize((7, 11))
        grown = file.create_dataset(f"grown_{name}", data=values(5, 5), maxshape=(None, 50), chunks=(4, 4), **options)
        grown.resize((21, 30))
        sparse = file.create_dataset(f"sparse_{name}", shape=(400_000,), maxshape=(None,), chunks=(2,), dtype="<f4", **options)
        sparse[399_990:] = values(10)
        sparse[290_000:290_010] = values(10)
        fixed = file.create_dataset(f"paged_{name}", shape=(20_000,), chunks=(3,), dtype="<f4", **options)
        fixed[15_000:15_100] = values(100)


def layouts(file):
    """What h5py's own interface does not offer: compact data, early allocation."""
    def create(name, data, setup):
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        setup(plan)
        space = h5py.h5s.create_simple(data.shape)
        kind = h5py.h5t.py_create(data.dtype, logical=True)
        h5py.h5d.create(file.id, name.encode(), kind, space, plan).write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(data))

    create("compact", values(10, 10), lambda plan: plan.set_layout(h5py.h5d.COMPACT))
    create("compact_text", np.array([b"abc", b"de"], "S5"), lambda plan: plan.set_layout(h5py.h5d.COMPACT))

    def implicit(plan):
        plan.set_chunk((3, 4))
        plan.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)

    create("implicit", values(10, 10), implicit)


def old_keras(file):
    """The layout of the official weight files."""
    names = []
    for block in range(1, 3):
        for conv in range(1, 3):
            name = f"block{block}_conv{conv}"
            group = file.create_group(name)
            weights = [f"{name}_W_1:0", f"{name}_b_1:0"]
            group.create_dataset(weights[0], data=values(3, 3, 3, 4))
            group.create_dataset(weights[1], data=values(4))
            group.attrs["weight_names"] = np.array([weight.encode() for weight in weights])
            names.append(name)
    file.attrs["layer_names"] = np.array([name.encode() for name in names])
    file.attrs["backend"] = b"tensorflow"
    file.attrs["keras_version"] = np.bytes_("2.0.8")


def hard_links(file):
    file.create_dataset("a", data=values(3))
    file["b"] = file["a"]
    file.create_group("g")["again"] = file["a"]


def small(file):
    """A little of everything, so that mutations of a small file meet every structure."""
    for i in range(12):
        group = file.create_group(f"layer_{i}")
        compression = "gzip" if i % 2 else None
        group.create_dataset("kernel:0", data=values(2, 3), chunks=(1, 2), compression=compression, shuffle=i % 3 == 0)
        group.attrs["weight_names"] = np.array([b"kernel:0", b"bias:0"])
    for i in range(12):
        file.attrs[f"text {i}"] = f"value {i}"
        file.attrs[f"names {i}"] = np.array([b"a", b"bc"])
    file.create_dataset("rows", data=values(12, 2), maxshape=(None, 2), chunks=(1, 1), fletcher32=True)
    file.create_dataset("both", data=values(9, 9), maxshape=(None, None), chunks=(1, 2), compression="gzip")
    file.create_dataset("names", data=["a", "bc", ""], dtype=h5py.string_dtype())


def small_growing(file):
    for name, options in (("plain", {}), ("gzip", {"compression": "gzip"})):
        file.create_dataset(f"rows_{name}", data=values(260), maxshape=(None,), chunks=(2,), **options)
        file.create_dataset(f"both_{name}", data=values(20, 20), maxshape=(None, None), chunks=(2, 3), **options)
        file.create_dataset(f"fixed_{name}", data=values(20, 20), chunks=(3, 3), **options)
        file.create_dataset(f"single_{name}", data=values(4, 4), chunks=(4, 4), **options)


def many_links(file):
    """So many links that the heap that holds them has tables of tables."""
    target = file.create_dataset("target", data=values(3))
    for i in range(5500):
        file[f"link {i} " + "n" * 90] = target


def refused(file):
    """What the managed reader must refuse by name; the rest of the file stays readable."""
    file.create_dataset("lzf", data=np.zeros((20, 20), "<f4"), chunks=(5, 5), compression="lzf")
    file.create_dataset("scale_offset", data=values(20, 20, dtype="<i4") % 100, chunks=(5, 5), scaleoffset=0)
    file.create_dataset("good", data=np.arange(4, dtype="<f4"))
    virtual = h5py.VirtualLayout(shape=(4,), dtype="<f4")
    virtual[:] = h5py.VirtualSource("elsewhere.h5", "good", shape=(4,))
    file.create_virtual_dataset("virtual", virtual)
    file.create_dataset("external", data=values(4), external="elsewhere.raw")
    file["soft"] = h5py.SoftLink("/good")
    file["away"] = h5py.ExternalLink("elsewhere.h5", "/good")
    file.create_group("group")["loop"] = file["/"]
    file["committed"] = np.dtype("<f4")
    file.create_dataset("of_committed", data=values(4), dtype=file["committed"])
    deep = file.create_group("deep")
    for _ in range(80):
        deep = deep.create_group("d")


def bomb_that_inflates(file):
    """A chunk that is declared to be small, and whose compressed form is much larger."""
    file.create_dataset("bomb", shape=(1000,), dtype="<f4", chunks=(1000,), compression="gzip")
    file["bomb"].id.write_direct_chunk((0,), zlib.compress(bytes(2**22), 9)[:4000])


def bomb_that_declares(file):
    file.create_dataset("never_written", shape=(2**14, 2**14), dtype="<f4", fillvalue=1)
    file.create_dataset("large_chunk", shape=(10,), maxshape=(None,), dtype="<f4", chunks=(2**28,))


def vgg16(folder):
    """An untrained network of VGG16's shapes in the layout of the official file: 553 MB."""
    plan = [("block1_conv1", 3, 64), ("block1_conv2", 64, 64), ("block2_conv1", 64, 128), ("block2_conv2", 128, 128),
            ("block3_conv1", 128, 256), ("block3_conv2", 256, 256), ("block3_conv3", 256, 256), ("block4_conv1", 256, 512),
            ("block4_conv2", 512, 512), ("block4_conv3", 512, 512), ("block5_conv1", 512, 512), ("block5_conv2", 512, 512),
            ("block5_conv3", 512, 512), ("fc1", 25088, 4096), ("fc2", 4096, 4096), ("predictions", 4096, 1000)]
    with h5py.File(f"{folder}/vgg16.h5", "w") as file:
        for name, before, after in plan:
            shape = (3, 3, before, after) if "conv" in name else (before, after)
            group = file.create_group(name)
            group.create_dataset(f"{name}_W_1:0", data=RANDOM.random(shape, "f4"))
            group.create_dataset(f"{name}_b_1:0", data=RANDOM.random(after, "f4"))
            group.attrs["weight_names"] = np.array([f"{name}_W_1:0".encode(), f"{name}_b_1:0".encode()])
        file.attrs["layer_names"] = np.array([name.encode() for name, _, _ in plan])


VARIANTS = {"numbers": numbers, "attributes": attributes, "many_attributes": many_attributes, "many_groups": many_groups,
            "few_links": few_links, "chunks": chunks, "growing": growing, "layouts": layouts, "old_keras": old_keras,
            "hard_links": hard_links, "strings": strings, "small": small, "small_growing": small_growing,
            "low_level_strings": low_level_strings}
