"""Independent answers, by Pillow and numpy. reference.py WHAT FOLDER [ARGUMENT...] writes into FOLDER the files WHAT describes.

Every case is a line of manifest.txt; the fields are told at each function. ".raw" files hold bytes, ".f32" little-endian floats.
"""
import io
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

RANDOM = np.random.default_rng(20240607)
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def pack(row, depth):
    flat = row.reshape(-1)
    if depth == 16:
        return flat.astype(">u2").tobytes()
    if depth == 8:
        return flat.astype(np.uint8).tobytes()
    bits = np.unpackbits(flat.astype(np.uint8)[:, None], axis=1)[:, 8 - depth:].reshape(-1)
    return np.packbits(bits).tobytes()


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, step):
    out, above = bytearray(), None
    for row in rows:
        above = above or bytes(len(row))
        kind = int(RANDOM.integers(5))
        out.append(kind)
        for i, value in enumerate(row):
            a = row[i - step] if i >= step else 0
            c = above[i - step] if i >= step else 0
            guess = (0, a, above[i], (a + above[i]) // 2, paeth(a, above[i], c))[kind]
            out.append((value - guess) & 255)
        above = row
    return bytes(out)


def png(samples, depth, kind, interlaced, palette=None, trns=None):
    """samples: (height, width, samples per pixel), values of the full depth."""
    height, width, count = samples.shape
    step = max(1, count * depth // 8)
    data = b""
    for x, y, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size:
            data += filtered([pack(row, depth) for row in part], step)
    data = zlib.compress(data)
    cut = len(data) // 3
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))
    out += chunk(b"gAMA", struct.pack(">I", 45455))
    if palette is not None:
        out += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if trns is not None:
        out += chunk(b"tRNS", trns)
    # Three chunks, one of them empty.
    return out + chunk(b"IDAT", data[:cut]) + chunk(b"IDAT", b"") + chunk(b"IDAT", data[cut:]) + chunk(b"IEND", b"")


def expected(samples, depth, kind, palette, trns):
    """What a decoder to 8 bits must give, straight from the samples."""
    eight = (samples >> 8) if depth == 16 else samples * 255 // ((1 << depth) - 1)
    opaque = np.full(samples.shape[:2] + (1,), 255)
    if kind == 3:
        index = samples[:, :, 0]
        rgb = palette[index]
        if trns is None:
            return rgb
        alpha = np.array(list(trns) + [255] * (256 - len(trns)))
        return np.concatenate([rgb, alpha[index][:, :, None]], 2)
    if kind == 4:
        return np.concatenate([np.repeat(eight[:, :, :1], 3, 2), eight[:, :, 1:]], 2)
    if kind == 6 or trns is None:
        return eight
    key = np.frombuffer(trns, ">u2").astype(int)
    alpha = np.where((samples == key).all(2, keepdims=True), 0, opaque)
    return np.concatenate([np.repeat(eight, 3 // eight.shape[2], 2), alpha], 2)


def check_with_pil(data, want, depth, kind, trns):
    """Pillow must agree wherever it supports the case."""
    image = Image.open(io.BytesIO(data))
    image.load()
    if kind == 0 and depth == 16:
        got = np.array(image).astype(int)[:, :, None] >> 8
        want = want[:, :, :1]
    elif trns is not None and kind != 3 and depth != 8:
        return  # Pillow compares the key with samples already scaled.
    else:
        mode = {1: "L", 3: "RGB", 4: "RGBA"}[want.shape[2]]
        got = np.array(image.convert(mode)).reshape(want.shape).astype(int)
    assert (got == want).all(), (depth, kind, trns)


def pngs(folder, lines):
    """name width height channels; name.png, name.raw."""
    for kind, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (0, 1):
                for width, height in ((1, 1), (2, 3), (5, 4), (33, 17)):
                    for keyed in (False, True) if kind in (0, 2, 3) else (False,):
                        samples = RANDOM.integers(0, 1 << depth, (height, width, SAMPLES[kind]))
                        palette = RANDOM.integers(0, 256, (1 << depth, 3)) if kind == 3 else None
                        trns = None
                        if keyed and kind == 3:
                            trns = bytes(RANDOM.integers(0, 256, (1 << depth) - 1).astype(np.uint8))
                        elif keyed:
                            trns = samples[0, 0].astype(">u2").tobytes()
                        data = png(samples, depth, kind, interlaced, palette, trns)
                        want = expected(samples, depth, kind, palette, trns)
                        check_with_pil(data, want, depth, kind, trns)
                        name = f"type{kind}-{depth}bit-i{interlaced}-{width}x{height}-t{int(keyed)}"
                        (folder / f"{name}.png").write_bytes(data)
                        (folder / f"{name}.raw").write_bytes(want.astype(np.uint8).tobytes())
                        lines.append(f"{name} {width} {height} {want.shape[2]}")


def photo(width, height, mode):
    """A smooth picture with some noise, so that JPEG and filters have something to do."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [128 + 100 * np.sin(x / (7 + 3 * c) + c) * np.cos(y / (5 + 2 * c)) for c in range(len(mode))]
    values = np.stack(planes, 2) + RANDOM.normal(0, 6, (height, width, len(mode)))
    values = np.clip(values, 0, 255).astype(np.uint8)
    return Image.fromarray(values[:, :, 0] if mode == "L" else values, mode)


def jpegs(folder, lines):
    """name width height channels; name.jpg, name.raw."""
    number = 0
    for mode in ("L", "RGB", "CMYK"):
        for width, height in ((1, 1), (8, 8), (37, 23), (64, 48)):
            for options in ({"quality": 90}, {"quality": 60, "subsampling": 0}, {"quality": 75, "subsampling": 1},
                            {"quality": 75, "progressive": True}):
                if mode == "L" and "subsampling" in options:
                    continue
                if mode == "CMYK" and options.get("subsampling", 1) != 0:
                    # libjpeg-turbo's simple API takes no CMYK whose black is sampled coarser than cyan.
                    options["subsampling"] = 0
                name = f"jpeg{number}-{mode}-{width}x{height}"
                number += 1
                photo(width, height, mode).save(folder / f"{name}.jpg", **options)
                got = Image.open(folder / f"{name}.jpg")
                got = got.convert("RGB") if mode == "CMYK" else got
                (folder / f"{name}.raw").write_bytes(got.tobytes())
                lines.append(f"{name} {width} {height} {1 if mode == 'L' else 3}")


def resizes(folder, lines):
    """name width height channels newWidth newHeight policy; name.raw, name.out.raw."""
    number = 0
    for mode in ("L", "RGB"):
        for width, height in ((1, 1), (7, 5), (40, 90), (451, 300)):
            source = photo(width, height, mode)
            for size in ((1, 1), (224, 224), (31, 77), (width, height)):
                for policy in ("Stretch", "CenterCrop", "Letterbox"):
                    if policy == "Stretch":
                        out = source.resize(size, Image.BILINEAR)
                    elif policy == "CenterCrop":
                        out = ImageOps.fit(source, size, Image.BILINEAR)
                    else:
                        fit = min(size[0] / width, size[1] / height)
                        inner = (max(1, round(width * fit)), max(1, round(height * fit)))
                        out = Image.new(mode, size, 77 if mode == "L" else (77, 77, 77))
                        out.paste(source.resize(inner, Image.BILINEAR), ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
                    name = f"resize{number}"
                    number += 1
                    (folder / f"{name}.raw").write_bytes(source.tobytes())
                    (folder / f"{name}.out.raw").write_bytes(out.tobytes())
                    lines.append(f"{name} {width} {height} {len(mode)} {size[0]} {size[1]} {policy}")


def normalized(values, mode, low, high):
    """values: (tiles, length) float32."""
    axis = 1 if mode.endswith("PerTile") else None
    finite = np.where(np.isfinite(values), values, np.nan)
    if mode.startswith("MinMax"):
        a, b = np.nanmin(finite, axis, keepdims=True), np.nanmax(finite, axis, keepdims=True)
    elif mode == "StandardizePerTile":
        wide = finite.astype(np.float64)
        mean, reach = np.nanmean(wide, 1, keepdims=True), 0.5 / 0.15 * (np.nanstd(wide, 1, keepdims=True) + 1e-5)
        a, b = (mean - reach).astype(np.float32), (mean + reach).astype(np.float32)
    elif mode.startswith("Symmetric"):
        b = np.nanmax(np.abs(finite), axis, keepdims=True)
        a = -b
    else:
        wide = finite.astype(np.float64)
        a = np.nanpercentile(wide, low, axis, keepdims=True).astype(np.float32)
        b = np.nanpercentile(wide, high, axis, keepdims=True).astype(np.float32)
    a, b = np.broadcast_to(a, values.shape), np.broadcast_to(b, values.shape)
    flat = np.float32(0.5 if mode.startswith("Symmetric") else 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.where(a == b, flat, np.clip((finite - a) / (b - a), 0, 1))
    return np.where(np.isfinite(values), out, np.nan).astype(np.float32)


def normalize(folder, lines):
    """name tileLength mode low high; name.f32, name.out.f32."""
    number = 0
    for mode in ("MinMax", "MinMaxPerTile", "Symmetric", "SymmetricPerTile", "Percentile", "PercentilePerTile",
                 "StandardizePerTile"):
        for tiles, length in ((1, 1), (64, 9), (5, 1000), (3, 4097)):
            for odd in (False, True):
                values = (RANDOM.normal(0, 1, (tiles, length)) * RANDOM.gamma(1, 1, (tiles, 1))).astype(np.float32)
                if tiles > 1:
                    values[1] = 0
                if odd and length > 1:
                    values[0, :3] = [np.nan, np.inf, -np.inf]
                low, high = (1, 99) if number % 2 else (12.5, 80)
                name = f"normalize{number}"
                number += 1
                values.tofile(folder / f"{name}.f32")
                normalized(values, mode, low, high).tofile(folder / f"{name}.out.f32")
                lines.append(f"{name} {length} {mode} {low} {high}")


def keras(folder, lines):
    """tiles.f32: 64 pictures of 180x180x3, channels last. exact.raw, verbatim.raw: the stitched grids, 1075x1075x3.

    exact: mean and deviation in 64 bits, as specified. verbatim: all in 32 bits, as the Keras example computes.
    """
    tiles = (RANDOM.normal(0, 1, (64, 180, 180, 3)) * RANDOM.gamma(2, 3, (64, 1, 1, 1)) + 0.4).astype(np.float32)
    tiles.tofile(folder / "tiles.f32")
    for name, kind in (("exact", np.float64), ("verbatim", np.float32)):
        grid = np.zeros((1075, 1075, 3), np.uint8)
        for i, tile in enumerate(tiles.astype(kind)):
            picture = tile - tile.mean()
            picture /= picture.std() + 1e-5
            picture *= 0.15
            picture = picture[25:-25, 25:-25]
            picture = np.clip(picture + 0.5, 0, 1) * 255
            y, x = i // 8 * 135, i % 8 * 135
            grid[y:y + 130, x:x + 130] = picture.astype(np.uint8)
        (folder / f"{name}.raw").write_bytes(grid.tobytes())
    lines.append("keras")


def grids(folder, lines):
    """name count width height columns scale margin outer map; name.f32 (0..1), name.raw: the grid on #0f1115."""
    from matplotlib import colormaps

    number = 0
    for name, table in (("grey", "gray"), ("viridis", "viridis"), ("magma", "magma")):
        for count, width, height, columns, scale, margin, outer in (
                (1, 3, 3, 1, 1, 0, 0), (18, 3, 3, 3, 8, 2, 0), (7, 5, 4, 3, 3, 1, 6), (64, 9, 9, 8, 1, 5, 0), (5, 1, 2, 9, 4, 0, 1)):
            values = RANDOM.random((count, height, width), np.float32)
            values.reshape(-1)[0] = 1
            used = min(columns, count)
            rows = -(-count // used)
            w, h = width * scale, height * scale
            grid = np.empty((rows * h + (rows - 1) * margin + 2 * outer, used * w + (used - 1) * margin + 2 * outer, 3), np.uint8)
            grid[:] = (0x0F, 0x11, 0x15)
            for i, tile in enumerate(values):
                y, x = outer + i // used * (h + margin), outer + i % used * (w + margin)
                # matplotlib's index rule; its own bytes=True truncates the colours, the nearest byte is meant.
                entry = np.minimum((tile.astype(np.float64) * 256).astype(int), 255)
                rgb = np.round(colormaps[table](entry)[:, :, :3] * 255).astype(np.uint8)
                grid[y:y + h, x:x + w] = rgb.repeat(scale, 0).repeat(scale, 1)
            case = f"grid{number}"
            number += 1
            values.tofile(folder / f"{case}.f32")
            (folder / f"{case}.raw").write_bytes(grid.tobytes())
            lines.append(f"{case} {count} {width} {height} {columns} {scale} {margin} {outer} {name}")


def decode(folder, lines):
    """For each *.png of the folder, as Pillow reads it: name width height channels key=value...; name.raw."""
    for path in sorted(folder.glob("*.png")):
        image = Image.open(path)
        image.load()
        path.with_suffix(".raw").write_bytes(image.tobytes())
        text = "\t".join(f"{k}={v}" for k, v in image.text.items())
        lines.append(f"{path.stem}\t{image.width}\t{image.height}\t{len(image.getbands())}\t{text}")


def frames(folder, lines):
    """For each *.jpg, *.webp, *.gif and *.apng of the folder, as Pillow reads it:
    name frames width height plays durations-in-ms; name.N.raw per frame. A name-qQ.jpg beside a name.ppm: name.pil.raw is what
    Pillow's own encoder makes of it at that quality."""
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".jpg", ".webp", ".gif", ".apng")):
        image = Image.open(path)
        count, durations = getattr(image, "n_frames", 1), []
        for i in range(count):
            image.seek(i)
            durations.append(round(image.info.get("duration", 0)))
            (folder / f"{path.stem}.{i}.raw").write_bytes(image.convert("RGB").tobytes())
        lines.append(f"{path.stem} {count} {image.width} {image.height} {image.info.get('loop', 'none')} {','.join(map(str, durations))}")
        if path.suffix == ".jpg":
            own = folder / f"{path.stem}.pil"
            Image.open(folder / f"{path.stem}.ppm").save(own, "JPEG", quality=int(path.stem.split("-q")[1]), subsampling=0)
            (folder / f"{path.stem}.pil.raw").write_bytes(Image.open(own).convert("RGB").tobytes())


def blocks(folder, lines):
    """name rows columns blockRows blockColumns; name.f32, name.out.f32: means of blocks."""
    for number, (rows, columns, down, across) in enumerate(((1, 1, 1, 1), (6, 9, 2, 3), (7, 5, 3, 2), (2050, 11, 3, 1))):
        values = RANDOM.normal(0, 1, (rows, columns)).astype(np.float32)
        out = [[values[y:y + down, x:x + across].astype(np.float64).mean() for x in range(0, columns, across)]
               for y in range(0, rows, down)]
        values.tofile(folder / f"block{number}.f32")
        np.array(out, np.float32).tofile(folder / f"block{number}.out.f32")
        lines.append(f"block{number} {rows} {columns} {down} {across}")


def main():
    folder = pathlib.Path(sys.argv[2])
    lines = []
    globals()[sys.argv[1]](folder, lines)
    (folder / "manifest.txt").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
