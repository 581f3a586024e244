"""Reads TIFF files of other writers with libdio, cell by cell, and compares every pixel.

The files come from tifffile with imagecodecs, from libtiff (through Pillow), and, for what those two cannot be made to
write, from a small writer in this file. What must be returned is computed here, with numpy, from the samples that were
written: see `meaning`. Lossy cells, and those whose colours are computed in another precision, allow for a difference.

usage: tiff_matrix.py path/to/libdio.so [folder for the files]
"""

from __future__ import annotations

import ctypes
import io
import itertools
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.generic]

WIDTH, HEIGHT, TILE = 37, 29, 16
FEATURE_NOT_SUPPORTED = -1005
BINARY, GRAY, RGB, ARGB, RGB48, ARGB64, GRAY16 = 0, 2, 6, 7, 8, 9, 256
# Bytes of a sample, and the samples of a pixel in the order of memory.
LAYOUTS = {GRAY: (1, "y"), RGB: (1, "bgr"), ARGB: (1, "bgra"), RGB48: (2, "bgr"), ARGB64: (2, "bgra"), GRAY16: (2, "y")}

# Cells that are refused, by the beginning of their names, and what the message must say. A cell that a later version
# reads must be exact, too.
UNSUPPORTED = {
    "depth/predictor 2/1 ": "predictor 2 with 1 bits",
    "depth/predictor 2/4 ": "predictor 2 with 4 bits",
    "depth/predictor 2/12 ": "predictor 2 with 12 bits",
    "compression/zstd": "compression 50000 (Zstandard)",
    "compression/lzma": "compression 34925 (LZMA)",
    "compression/webp": "compression 50001 (WebP)",
    "compression/jpeg 2000": "compression 34712 (JPEG 2000)",
    "compression/lerc": "compression 34887 (LERC)",
    "compression/jpeg xl": "compression 50002 (JPEG XL)",
    "compression/png": "compression 34933",
    "inks/3": "separated colours of 3 inks",
    "inks/5": "separated colours of 5 inks",
    "inks/set 2": "ink set 2",
    "complex/": "sample format",
    "bits 5-6-5": "bits per sample that differ between samples (5 and 6)",
    "formats differ": "sample format that differ between samples (1 and 2)",
    "ycbcr/24 bits": "YCbCr of 24 bits",
    "ycbcr/planar 2x2": "YCbCr subsampling 2 x 2 in planes",
    "photometric/32803": "photometric interpretation 32803",
    "photometric/10": "photometric interpretation 10",
    "photometric/34892": "photometric interpretation 34892",
    "photometric/999": "photometric interpretation 999",
}


@dataclass
class Picture:
    """What a read must return: a pixel format and its samples, as gray, R G B or R G B A."""

    format: int
    samples: Array
    tolerance: int = 0


@dataclass
class Cell:
    name: str
    data: bytes
    picture: Picture
    facts: dict[str, object] = field(default_factory=dict)


# ---- what samples mean ----------------------------------------------------------------------------------------------


def scale(samples: Array, bits: int) -> Array:
    """Unsigned numbers of so many bits as 8 or 16 bits, rounded."""
    full, top = (1 << bits) - 1, 255 if bits <= 8 else 65535
    wide = samples.astype(object)
    return ((wide * top + full // 2) // full).astype(np.uint8 if bits <= 8 else np.uint16)


def unit_floats(samples: Array) -> Array:
    clean = np.clip(np.nan_to_num(samples.astype(np.float64), nan=0.0), 0, 1)
    return np.floor(clean * 65535 + 0.5).astype(np.uint16)


def plain(samples: Array, bits: int) -> Array:
    return unit_floats(samples) if samples.dtype.kind == "f" else scale(unsigned(samples, bits), bits)


def unsigned(samples: Array, bits: int) -> Array:
    if samples.dtype.kind != "i":
        return samples
    return samples.astype(object) % (1 << bits)


def straight(colours: Array, alpha: Array) -> Array:
    """Colours before they were multiplied by alpha."""
    top = int(np.iinfo(colours.dtype).max)
    wide, shares = colours.astype(np.int64), alpha.astype(np.int64)[..., None]
    divided = (wide * top + shares // 2) // np.maximum(shares, 1)
    return np.where(shares == 0, 0, np.minimum(divided, top)).astype(colours.dtype)


def of_inks(inks: Array) -> Array:
    """C, M, Y, K as R, G, B."""
    top = int(np.iinfo(inks.dtype).max)
    wide = top - inks.astype(np.int64)
    return ((wide[..., :3] * wide[..., 3:4] + top // 2) // top).astype(inks.dtype)


def of_ycbcr(
    samples: Array, bits: int = 8, levels: list[float] | None = None, weights: tuple[float, float, float] = (0.299, 0.587, 0.114)
) -> Array:
    full, half, top = (1 << bits) - 1, 1 << (bits - 1), 255 if bits <= 8 else 65535
    y0, y1, b0, b1, r0, r1 = levels or [0, full, half, full, half, full]
    r, g, b = weights
    y = (samples[..., 0] - np.float64(y0)) * full / (y1 - y0)
    cb = (samples[..., 1] - np.float64(b0)) * (full - half) / (b1 - b0)
    cr = (samples[..., 2] - np.float64(r0)) * (full - half) / (r1 - r0)
    red, blue = y + cr * (2 - 2 * r), y + cb * (2 - 2 * b)
    green = (y - r * red - b * blue) / g
    colours = np.stack([red, green, blue], -1) * top / full
    return np.clip(np.round(colours), 0, top).astype(np.uint8 if bits <= 8 else np.uint16)


def of_lab(lab: Array, top: int) -> Array:
    """CIE L*a*b* of D50 as sRGB: Bradford's adaptation, then the curve of sRGB."""
    light, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    fy = (light + 16) / 116
    f = np.stack([fy + a / 500, fy, fy - b / 200], -1)
    ratio = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    xyz = ratio * np.array([0.96422, 1.0, 0.82521])
    to_rgb = np.array([[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]])
    return of_linear(xyz @ to_rgb.T, top)


def of_linear(rgb: Array, top: int) -> Array:
    """Linear light of 0 to 1 with the curve of sRGB."""
    linear = np.clip(rgb, 0, 1)
    curve = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.power(linear, 1 / 2.4) - 0.055)
    return np.round(curve * top).astype(np.uint8 if top == 255 else np.uint16)


def meaning(samples: Array, bits: int, photometric: str, alpha: str = "", palette: Array | None = None) -> Picture:
    """The picture that samples, height x width x samples, are. `alpha` is the kind of the last one that counts."""
    colours = {"white": 1, "black": 1, "mask": 1, "palette": 1, "rgb": 3, "cmyk": 4, "ycbcr": 3}[photometric]
    if photometric == "palette":
        assert palette is not None
        values = (palette >> 8).astype(np.uint8).T[samples[..., 0].astype(np.int64)]
        if alpha:
            full = (1 << bits) - 1
            opacity = (samples[..., 1].astype(np.int64) * 255 + full // 2) // full
            return Picture(ARGB, np.dstack([values, opacity.astype(np.uint8)]))
        return Picture(RGB, values)
    own = opacities = plain(samples, bits)
    if photometric == "white":
        own = np.invert(own)
    base = own[..., :colours]
    if photometric == "cmyk":
        base = of_inks(base)
    if photometric == "ycbcr":
        base = of_ycbcr(samples, bits)
    narrow = own.dtype == np.uint8
    if alpha:
        opacity = opacities[..., colours]
        base = np.repeat(base, 3, axis=-1) if colours == 1 else base
        base = straight(base, opacity) if alpha == "associated" else base
        return Picture(ARGB if narrow else ARGB64, np.dstack([base, opacity]))
    if colours == 1:
        return Picture(BINARY if bits == 1 else GRAY if narrow else GRAY16, base)
    return Picture(RGB if narrow else RGB48, base)


def test_samples(count: int, bits: int, kind: str = "u", seed: int = 0, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Array:
    """Numbers over the whole range, with runs, edges and noise."""
    random = np.random.default_rng([seed, count, bits, ord(kind)])
    height, width = size
    ramp = np.add.outer(np.arange(height) * 3, np.arange(width) * 5)[..., None] + np.arange(count) * 11
    shares = (ramp % 97) / 96.0
    shares = np.where(random.random(shares.shape) < 0.2, random.random(shares.shape), shares)
    shares[:3] = 0
    shares[3:5] = 1
    if kind == "f":
        return (shares * 1.5 - 0.25).astype({16: np.float16, 32: np.float32, 64: np.float64}[bits])
    whole = (shares.astype(object) * ((1 << 53) - 1)).astype(np.int64).astype(object) * ((1 << bits) - 1) // ((1 << 53) - 1)
    size_of = next(size for size in (8, 16, 32, 64) if bits <= size)
    if kind == "i":
        whole = np.where(whole >= 1 << (bits - 1), whole - (1 << bits), whole)
    return whole.astype(f"{kind}{size_of // 8}")


# ---- a writer of its own --------------------------------------------------------------------------------------------

TYPES = {1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
Tags = dict[int, tuple[int, list[float]]]

COMPRESSORS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "none": (1, bytes),
    "lzw": (5, imagecodecs.lzw_encode),
    "deflate": (8, zlib.compress),
    "old deflate": (32946, zlib.compress),
    "packbits": (32773, imagecodecs.packbits_encode),
    "zstd": (50000, imagecodecs.zstd_encode),
    "lzma": (34925, imagecodecs.lzma_encode),
}


@dataclass
class Form:
    """How samples are stored."""

    bits: int = 8
    order: str = "<"
    big: bool = False
    planar: bool = False
    tile: bool = False
    rows: int = 8
    compression: str = "none"
    predictor: int = 1
    reversed: bool = False

    def __str__(self) -> str:
        shape = "tiles" if self.tile else "strips"
        parts = [f"{self.bits} bits", self.compression, "planar" if self.planar else "chunky", shape, "II" if self.order == "<" else "MM"]
        parts += ["big"] * self.big + [f"predictor {self.predictor}"] * (self.predictor > 1) + ["fill order 2"] * self.reversed
        return " ".join(parts)


def packed(chunk: Array, form: Form) -> bytes:
    """Rows of samples as bytes; each row begins a byte."""
    rows = chunk.reshape(chunk.shape[0], -1)
    if form.predictor == 3:
        return b"".join(float_differences(row, chunk.shape[2], form) for row in rows)
    if form.predictor == 2 and form.bits in (8, 16, 32, 64):
        whole = chunk.view(f"u{chunk.dtype.itemsize}").copy()
        whole[:, 1:] -= chunk.view(whole.dtype)[:, :-1]
        rows = whole.reshape(rows.shape)
    if form.bits == 8 * rows.dtype.itemsize:
        return rows.astype(rows.dtype.newbyteorder(form.order)).tobytes()
    numbers = unsigned(rows, form.bits).astype(object)
    if form.bits == 24:
        return b"".join(int(n).to_bytes(3, "little" if form.order == "<" else "big") for n in numbers.ravel())
    out = b""
    for row in numbers:
        text = "".join(f"{int(n):0{form.bits}b}" for n in row)
        text += "0" * (-len(text) % 8)
        out += int(text, 2).to_bytes(len(text) // 8, "big")
    return out


def float_differences(row: Array, step: int, form: Form) -> bytes:
    planes = np.frombuffer(row.astype(row.dtype.newbyteorder(">")).tobytes(), np.uint8)
    planes = planes.reshape(-1, form.bits // 8).T.ravel()
    out = planes.copy()
    out[step:] -= planes[:-step]
    return out.tobytes()


def chunks_of(samples: Array, form: Form) -> Iterator[Array]:
    planes = [samples[..., at : at + 1] for at in range(samples.shape[2])] if form.planar else [samples]
    height, width = samples.shape[:2]
    for plane in planes:
        if not form.tile:
            yield from (plane[top : top + form.rows] for top in range(0, height, form.rows))
            continue
        for top, left in itertools.product(range(0, height, TILE), range(0, width, TILE)):
            piece = plane[top : top + TILE, left : left + TILE]
            padding = ((0, TILE - piece.shape[0]), (0, TILE - piece.shape[1]), (0, 0))
            yield np.pad(piece, padding, mode="edge")


def encoded(chunks: list[bytes], form: Form) -> list[bytes]:
    chunks = [COMPRESSORS[form.compression][1](chunk) for chunk in chunks]
    return [chunk.translate(REVERSED) for chunk in chunks] if form.reversed else chunks


def tags_of(samples: Array, form: Form, photometric: int) -> Tags:
    height, width, count = samples.shape
    kinds = {"u": 1, "i": 2, "f": 3, "c": 6}
    tags: Tags = {
        256: (3, [width]),
        257: (3, [height]),
        258: (3, [form.bits] * count),
        259: (3, [COMPRESSORS[form.compression][0]]),
        262: (3, [photometric]),
        277: (3, [count]),
        339: (3, [kinds[samples.dtype.kind]] * count),
    }
    tags |= {322: (3, [TILE]), 323: (3, [TILE])} if form.tile else {278: (3, [form.rows])}
    tags |= {266: (3, [2])} if form.reversed else {}
    tags |= {284: (3, [2])} if form.planar else {}
    tags |= {317: (3, [form.predictor])} if form.predictor > 1 else {}
    return tags


def container(pages: list[tuple[Tags, list[bytes]]], form: Form, sort: bool = True, loop: int | None = None) -> bytes:
    """A file of these directories and their strips or tiles. The last directory leads back to page `loop`."""
    order, offset = form.order, "Q" if form.big else "I"
    out = bytearray(b"II" if order == "<" else b"MM")
    out += struct.pack(order + ("HHHQ" if form.big else "HI"), *((43, 8, 0, 0) if form.big else (42, 0)))
    link, starts = len(out) - struct.calcsize(offset), []
    for own, chunks in pages:
        tags, places = dict(own), []
        for chunk in chunks:
            places.append(len(out))
            out += chunk + b"\0" * (len(chunk) % 2)
        at, lens = (324, 325) if form.tile else (273, 279)
        tags.setdefault(at, (16 if form.big else 4, places))
        tags.setdefault(lens, (4, [len(chunk) for chunk in chunks]))
        tags = {tag: value for tag, value in tags.items() if value[1]}
        fields = []
        for tag, (kind, values) in sorted(tags.items()) if sort else reversed(sorted(tags.items())):
            code = TYPES[kind]
            body = b"".join(struct.pack(order + code, *([value] if len(code) == 1 else value)) for value in values)
            head = struct.pack(order + "HH" + offset, tag, kind, len(values))
            if len(body) > struct.calcsize(offset):
                place = struct.pack(order + offset, len(out))
                out += body + b"\0" * (len(body) % 2)
                body = place
            fields.append(head + body.ljust(struct.calcsize(offset), b"\0"))
        starts.append(len(out))
        struct.pack_into(order + offset, out, link, len(out))
        out += struct.pack(order + ("Q" if form.big else "H"), len(fields)) + b"".join(fields)
        link = len(out)
        out += b"\0" * struct.calcsize(offset)
    if loop is not None:
        struct.pack_into(order + offset, out, link, starts[loop])
    return bytes(out)


def page_of(samples: Array, form: Form, photometric: int, **more: object) -> tuple[Tags, list[bytes]]:
    """Tags and chunks; `more` are further tags, t306=(2, ...), where one that is empty takes a tag away."""
    tags = tags_of(samples, form, photometric)
    tags |= {int(name[1:]): value for name, value in more.items()}  # type: ignore[misc]
    return tags, encoded([packed(chunk, form) for chunk in chunks_of(samples, form)], form)


def own(samples: Array, form: Form, photometric: int, sort: bool = True, **more: object) -> bytes:
    return container([page_of(samples, form, photometric, **more)], form, sort)


PHOTOMETRIC = {"white": 0, "black": 1, "rgb": 2, "palette": 3, "mask": 4, "cmyk": 5, "ycbcr": 6}


def depths() -> Iterator[Cell]:
    """Every depth and kind of number, gray and colour, both byte orders and fill orders, chunky and planar."""
    every = [("u", bits) for bits in (*range(1, 17), 20, 24, 31, 32, 48, 64)]
    every += [("i", bits) for bits in (4, 8, 12, 16, 24, 32, 64)] + [("f", bits) for bits in (16, 32, 64)]
    for at, (kind, bits) in enumerate(every):
        for turn, name in enumerate(["white", "black", "rgb"]):
            samples = test_samples(3 if name == "rgb" else 1, bits, kind)
            for tile, order in itertools.product([False, True], "<>"):
                form = Form(bits, order, big=(at + turn + tile) % 3 == 0, tile=tile, planar=name == "rgb" and (at + tile) % 2 == 0)
                form.compression = ["none", "lzw", "packbits", "deflate"][(at + turn + tile) % 4]
                form.reversed = (at + turn) % 5 == 0
                picture = meaning(samples, bits, name)
                yield Cell(f"depth/{kind} {name} {form}", own(samples, form, PHOTOMETRIC[name]), picture)
    for bits, predictor, order, tile in itertools.product((1, 4, 8, 12, 16, 32, 64), (2, 3), "<>", (False, True)):
        floats = predictor == 3
        if floats and bits < 16 or (bits == 12 and floats):
            continue
        samples = test_samples(3, bits, "f" if floats else "u")
        form = Form(bits, order, predictor=predictor, compression="lzw" if tile else "deflate", tile=tile, planar=bits == 32)
        yield Cell(f"depth/predictor {predictor}/{bits} {form}", own(samples, form, 2), meaning(samples, bits, "rgb"))


def colours() -> Iterator[Cell]:
    """Palettes, inks, alpha and further samples."""
    random = np.random.default_rng(5)
    for bits, order in itertools.product((1, 2, 4, 8, 16), "<>"):
        palette = random.integers(0, 65536, (3, 1 << bits), dtype=np.int64)
        map_tag = (3, [int(n) for n in palette.ravel()])
        samples = test_samples(1, bits)
        form = Form(bits, order, compression="lzw", tile=bits == 4)
        yield Cell(f"palette/{form}", own(samples, form, 3, t320=map_tag), meaning(samples, bits, "palette", palette=palette))
        both = test_samples(2, bits)
        data = own(both, form, 3, t320=map_tag, t338=(3, [2]))
        yield Cell(f"palette/alpha {form}", data, meaning(both, bits, "palette", "straight", palette))
    for bits, planar in itertools.product((8, 16), (False, True)):
        form = Form(bits, planar=planar, compression="deflate")
        for count in (4, 5):
            samples = test_samples(count, bits)
            more = {"t338": (3, [0])} if count == 5 else {}
            yield Cell(f"cmyk/{count} samples {form}", own(samples, form, 5, **more), meaning(samples[..., :4], bits, "cmyk"))
        samples = test_samples(5, bits)
        yield Cell(f"cmyk/alpha {form}", own(samples, form, 5, t338=(3, [2])), meaning(samples, bits, "cmyk", "straight"))
        yield Cell(f"inks/3 {form}", own(samples[..., :3].copy(), form, 5, t334=(3, [3])), meaning(samples[..., :3], bits, "rgb"))
        yield Cell(f"inks/5 {form}", own(samples, form, 5, t334=(3, [5])), meaning(samples, bits, "cmyk"))
        yield Cell(f"inks/set 2 {form}", own(samples[..., :4].copy(), form, 5, t332=(3, [2])), meaning(samples, bits, "cmyk"))
    for name, bits, planar, tile in itertools.product(("black", "white", "rgb"), (1, 4, 8, 12, 16, 32), (False, True), (False, True)):
        used = PHOTOMETRIC[name] == 2 and 3 or 1
        form = Form(bits, planar=planar, tile=tile, compression="lzw")
        for kind, extra in (("associated", [1]), ("straight", [2]), ("", [0]), ("straight", [2, 0, 0])):
            samples = test_samples(used + len(extra), bits)
            picture = meaning(samples, bits, name, kind)
            data = own(samples, form, PHOTOMETRIC[name], t338=(3, extra))
            yield Cell(f"alpha/{name} {extra} {form}", data, picture)


def blocks(samples: Array, across: int, down: int) -> tuple[Array, Array]:
    """Samples of luma with one pair of chroma for each block: as stored, and as seen."""
    height, width = samples.shape[:2]
    seen = samples.copy()
    seen[..., 1:] = samples[::down, ::across, 1:].repeat(down, 0).repeat(across, 1)[:height, :width]
    padded = np.pad(seen, ((0, -height % down), (0, -width % across), (0, 0)), mode="edge")
    rows, columns = padded.shape[0] // down, padded.shape[1] // across
    cut = padded.reshape(rows, down, columns, across, 3).transpose(0, 2, 1, 3, 4)
    luma = cut[..., 0].reshape(rows, columns, down * across)
    return np.concatenate([luma, cut[:, :, 0, 0, 1:]], -1), seen


def luma_chroma() -> Iterator[Cell]:
    """YCbCr, every subsampling."""
    for (across, down), bits, tile, odd in itertools.product(itertools.product((1, 2, 4), repeat=2), (8, 16), (False, True), (False, True)):
        if tile and odd:
            continue
        form = Form(bits, "<" if tile else ">", compression="lzw", tile=tile, rows=5 if odd else 8)
        samples = test_samples(3, bits, size=(HEIGHT, WIDTH))
        _, seen = blocks(samples, across, down)
        size = form.rows
        if odd:
            seen = np.concatenate([blocks(samples[top : top + size], across, down)[1] for top in range(0, HEIGHT, size)])
        stored = [packed(blocks(chunk, across, down)[0], form) for chunk in chunks_of(seen, form)]
        tags = tags_of(samples, form, 6) | {530: (3, [across, down])}
        picture = meaning(seen, bits, "ycbcr")
        picture.tolerance = 1 if bits == 8 else 2
        yield Cell(f"ycbcr/{across}x{down} rows {size} {form}", container([(tags, encoded(stored, form))], form), picture)
    samples = test_samples(3, 8)
    form = Form(planar=True)
    yield Cell("ycbcr/planar", own(samples, form, 6, t530=(3, [1, 1])), Picture(RGB, of_ycbcr(samples), 1))
    yield Cell("ycbcr/planar 2x2", own(samples, form, 6, t530=(3, [2, 2])), Picture(RGB, of_ycbcr(samples), 1))
    levels: list[float] = [16, 235, 128, 240, 128, 240]
    fractions = (5, [(int(level), 1) for level in levels])
    data = own(samples, Form(), 6, t530=(3, [1, 1]), t532=fractions)
    yield Cell("ycbcr/reference black and white", data, Picture(RGB, of_ycbcr(samples, 8, levels), 3))
    weights = (0.2126, 0.7152, 0.0722)
    data = own(samples, Form(), 6, t530=(3, [1, 1]), t529=(11, list(weights)))
    yield Cell("ycbcr/coefficients", data, Picture(RGB, of_ycbcr(samples, 8, None, weights), 1))
    for bits in (4, 12, 24):
        samples = test_samples(3, bits)
        picture = meaning(samples % 16, 4, "ycbcr") if bits == 24 else meaning(samples, bits, "ycbcr")
        picture.tolerance = 3
        yield Cell(f"ycbcr/{bits} bits", own(samples, Form(bits), 6, t530=(3, [1, 1])), picture)


def lab() -> Iterator[Cell]:
    for bits, number, planar in itertools.product((8, 16), (8, 9), (False, True)):
        random = np.random.default_rng(8)
        lab = np.dstack([random.uniform(0, 100, (HEIGHT, WIDTH)), random.uniform(-60, 60, (HEIGHT, WIDTH, 2))])
        lab[0] = [100, 0, 0]
        unit = 1 if bits == 8 else 256
        top = (1 << bits) - 1 if number == 8 or bits == 8 else 0xFF00
        light = np.round(lab[..., :1] * top / 100)
        shift = 128 * unit if number == 9 else 0
        stored = np.concatenate([light, np.round(lab[..., 1:] * unit) + shift], -1).astype(np.int64) % (1 << bits)
        stored = stored.astype(f"u{bits // 8}")
        back = stored.astype(np.float64)
        signed = stored[..., 1:].astype(np.int64) - (shift if number == 9 else 0)
        signed = np.where(signed >= 1 << (bits - 1), signed - (1 << bits), signed) if number == 8 else signed
        seen = np.concatenate([back[..., :1] * 100 / top, signed / unit], -1)
        picture = Picture(RGB if bits == 8 else RGB48, of_lab(seen, 255 if bits == 8 else 65535), 1 if bits == 8 else 24)
        form = Form(bits, planar=planar, compression="deflate")
        yield Cell(f"lab/{number} {form}", own(stored, form, number), picture)


def odd_tags() -> Iterator[Cell]:
    """What other readers bear: tags that are missing, wrong, in disorder, and pages that are none."""
    gray, rgb = test_samples(1, 8), test_samples(3, 8)
    form, whole = Form(), Form(rows=HEIGHT)
    seen, colour = meaning(gray, 8, "black"), meaning(rgb, 8, "rgb")
    gone: tuple[int, list[float]] = (3, [])
    for name, own_form, more in [
        ("strip lengths 0", whole, {"t279": (4, [0])}),
        ("strip lengths missing", whole, {"t279": gone}),
        ("strip lengths missing, several", form, {"t279": gone}),
        ("strip lengths too small", whole, {"t279": (4, [7])}),
        ("rows per strip missing", whole, {"t278": gone}),
        ("rows per strip 0", whole, {"t278": (3, [0])}),
        ("rows per strip huge", whole, {"t278": (4, [0xFFFFFFFF])}),
        ("compression missing", form, {"t259": gone}),
        ("photometric missing", form, {"t262": gone}),
        ("sample format missing", form, {"t339": gone}),
        ("samples missing", form, {"t277": gone}),
        ("bits longer", form, {"t258": (3, [8, 8, 8])}),
        ("longs for shorts", form, {"t256": (4, [WIDTH]), "t258": (4, [8]), "t259": (4, [1]), "t262": (4, [1]), "t277": (4, [1])}),
        ("signed for unsigned", form, {"t256": (8, [WIDTH]), "t257": (9, [HEIGHT])}),
        ("bytes for shorts", form, {"t258": (1, [8]), "t277": (1, [1])}),
        ("orientation 0", form, {"t274": (3, [0])}),
        ("predictor without compression", form, {"t317": (3, [2])}),
        ("a tag of an unknown type", form, {"t65000": (7, [1, 2, 3])}),
    ]:
        for order in "<>":
            own_form = Form(order=order, rows=own_form.rows)
            yield Cell(f"tags/{name} {order}", own(gray, own_form, 1, **more), seen)
    yield Cell("tags/unsorted", own(gray, form, 1, sort=False), seen)
    yield Cell("tags/bits shorter", own(rgb, form, 2, t258=(3, [8])), colour)
    yield Cell("tags/rgb: samples missing", own(rgb, form, 2, t277=gone), colour)
    yield Cell("tags/rgb: photometric missing", own(rgb, form, 2, t262=gone), colour)
    for compression in ("lzw", "deflate", "packbits"):
        own_form = Form(compression=compression, rows=HEIGHT)
        yield Cell(f"tags/{compression}: strip lengths 0", own(gray, own_form, 1, t279=(4, [0])), seen)
    tiled = Form(tile=True)
    tags, chunks = page_of(gray, tiled, 1)
    data = container([(tags, chunks)], tiled).replace(struct.pack("<H", 324) + b"\4\0", struct.pack("<H", 273) + b"\4\0")
    yield Cell("tags/tiles with the tags of strips", data.replace(struct.pack("<H", 325) + b"\4\0", struct.pack("<H", 279) + b"\4\0"), seen)
    yield Cell("bits 5-6-5", own(rgb, form, 2, t258=(3, [5, 6, 5])), colour)
    yield Cell("formats differ", own(rgb, form, 2, t339=(3, [1, 2, 1])), colour)
    for number in (10, 999, 32803, 34892):
        yield Cell(f"photometric/{number}", own(rgb, form, number), colour)
    for orientation in range(1, 9):
        turned = {1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}[orientation]
        shown = np.flip(gray, 1) if orientation in (2, 4, 5, 7) else gray
        facts: dict[str, object] = {"orientation": turned}
        yield Cell(f"tags/orientation {orientation}", own(gray, form, 1, t274=(3, [orientation])), meaning(shown, 8, "black"), facts)
    for unit, dpi in ((1, 0.0), (2, 300.0), (3, 762.0)):
        data = own(gray, form, 1, t282=(5, [(300, 1)]), t283=(5, [(300, 1)]), t296=(3, [unit]))
        yield Cell(f"tags/resolution unit {unit}", data, seen, {"dpi": dpi})


def pages() -> Iterator[Cell]:
    """Which directories are pages."""
    gray, other = test_samples(1, 8), test_samples(1, 8, seed=1, size=(8, 8))
    form, seen = Form(), meaning(gray, 8, "black")
    main, small = page_of(gray, form, 1), page_of(other, form, 1)
    reduced = page_of(other, form, 1, t254=(4, [1]))
    for name, order, count in [
        ("one", [main], 1),
        ("three", [main, small, main], 3),
        ("reduced after", [main, reduced], 1),
        ("reduced first", [reduced, main], 1),
        ("reduced only", [page_of(gray, form, 1, t254=(4, [1]))] * 2, 2),
        ("reduced, old tag", [main, page_of(other, form, 1, t255=(3, [2])), small], 2),
        ("page of several", [page_of(gray, form, 1, t254=(4, [2]))] * 3, 3),
        ("mask by type", [main, page_of(other, form, 1, t254=(4, [4]))], 1),
        ("mask by photometric", [main, page_of(test_samples(1, 1), Form(1), 4)], 1),
    ]:
        for big in (False, True):
            data = container(order, Form(big=big))
            yield Cell(f"pages/{name}{' big' * big}", data, seen, {"pages": count})
    yield Cell("pages/a loop", container([main, small], form, loop=0), seen, {"pages": 2})
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        for _ in range(2):
            writer.write(gray[..., 0], subifds=1, metadata=None)
            writer.write(other[..., 0], subfiletype=1, metadata=None)
    yield Cell("pages/sub-directories", buffer.getvalue(), seen, {"pages": 2})


def of_tifffile() -> Iterator[Cell]:
    kinds = {"minisblack": "black", "miniswhite": "white", "rgb": "rgb"}
    every = itertools.product(kinds, ("u1", "u2", "f4"), "<>", (False, True), ("none", "lzw", "deflate", "packbits"))
    for at, (photometric, kind, order, big, compression) in enumerate(every):
        bits = int(kind[1]) * 8
        samples = test_samples(3 if photometric == "rgb" else 1, bits, kind[0])
        planar = photometric == "rgb" and at % 2 == 0
        tile = (TILE, TILE * 2) if at % 3 == 0 else None
        array = np.moveaxis(samples, 2, 0) if planar else samples if samples.shape[2] == 3 else samples[..., 0]
        predictor = compression in ("lzw", "deflate") and at % 4 < 2
        buffer = io.BytesIO()
        tifffile.imwrite(
            buffer, array, photometric=photometric, byteorder=order, bigtiff=big, tile=tile, rowsperstrip=None if tile else 7,
            compression=None if compression == "none" else compression, predictor=predictor, metadata=None,
            planarconfig=("separate" if planar else "contig") if photometric == "rgb" else None,
        )  # fmt: skip
        name = f"tifffile/{photometric} {kind} {order} {'big ' * big}{compression} {at}"
        yield Cell(name, buffer.getvalue(), meaning(samples, bits, kinds[photometric]))
    rgb = test_samples(3, 8)
    arguments: dict[str, dict[str, object]] = {
        "zstd": {}, "lzma": {}, "webp": {"compressionargs": {"lossless": True}},
        "jpeg 2000": {"compressionargs": {"level": 0}}, "lerc": {}, "jpeg xl": {"compressionargs": {"lossless": True}}, "png": {},
    }  # fmt: skip
    names = {"jpeg 2000": "jpeg2000", "jpeg xl": "jpegxl"}
    for name, more in arguments.items():
        buffer = io.BytesIO()
        tifffile.imwrite(buffer, rgb, photometric="rgb", compression=names.get(name, name), metadata=None, **more)
        yield Cell(f"compression/{name}", buffer.getvalue(), meaning(rgb, 8, "rgb"))
    for size in (8, 16):
        buffer = io.BytesIO()
        tifffile.imwrite(buffer, test_samples(1, 32, "f")[..., 0].astype(f"c{size}"), metadata=None)
        yield Cell(f"complex/{size}", buffer.getvalue(), meaning(rgb, 8, "rgb"))


def of_libtiff() -> Iterator[Cell]:
    gray, rgb, inks = test_samples(1, 8), test_samples(3, 8), test_samples(4, 8)
    bilevel = test_samples(1, 1)
    sixteen = test_samples(1, 16)
    pictures = {
        "1": (Image.fromarray(bilevel[..., 0] > 0), meaning(bilevel, 1, "black")),
        "L": (Image.fromarray(gray[..., 0]), meaning(gray, 8, "black")),
        "I;16": (Image.fromarray(sixteen[..., 0]), meaning(sixteen, 16, "black")),
        "RGB": (Image.fromarray(rgb), meaning(rgb, 8, "rgb")),
        "RGBA": (Image.fromarray(inks, "RGBA"), meaning(inks, 8, "rgb", "straight")),
        "CMYK": (Image.fromarray(inks, "CMYK"), meaning(inks, 8, "cmyk")),
    }
    for mode, (image, picture) in pictures.items():
        for compression in ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate"):
            for predictor in (1, 2):
                if predictor == 2 and (mode == "1" or compression not in ("tiff_lzw", "tiff_adobe_deflate")):
                    continue
                buffer = io.BytesIO()
                image.save(buffer, "TIFF", compression=compression, tiffinfo={317: predictor} if predictor == 2 else {}, strip_size=500)
                yield Cell(f"libtiff/{mode} {compression} predictor {predictor}", buffer.getvalue(), picture)
    for compression in ("tiff_ccitt", "group3", "group4"):
        for photometric, options, order in itertools.product((0, 1), (0, 1, 4, 5), (1, 2)):
            if options and compression != "group3":
                continue
            info = {262: photometric, 266: order} | ({292: options} if compression == "group3" else {})
            buffer = io.BytesIO()
            pictures["1"][0].save(buffer, "TIFF", compression=compression, tiffinfo=info)
            # Pillow hands the same bits to libtiff, whatever it is told that they mean.
            name = f"libtiff/{compression} photometric {photometric} options {options} fill order {order}"
            wanted = np.asarray(Image.open(io.BytesIO(buffer.getvalue())))[..., None].astype(np.uint8)
            yield Cell(name, buffer.getvalue(), meaning(wanted, 1, "black"))
    smooth = np.add.outer(np.arange(64) * 2, np.arange(80))[..., None] + np.array([0, 20, 40])
    smooth = smooth.clip(0, 255).astype(np.uint8)
    for mode in ("L", "RGB", "YCbCr"):
        for quality in (75, 100):
            image = Image.fromarray(smooth).convert(mode)
            buffer = io.BytesIO()
            image.save(buffer, "TIFF", compression="jpeg", quality=quality)
            back = np.asarray(Image.open(io.BytesIO(buffer.getvalue())).convert("L" if mode == "L" else "RGB"))
            picture = Picture(GRAY, back[..., None], 3) if mode == "L" else Picture(RGB, back, 3)
            yield Cell(f"libtiff/jpeg {mode} quality {quality}", buffer.getvalue(), picture)


# ---- libdio ---------------------------------------------------------------------------------------------------------


class Dio:
    """The few functions of dio.h that are needed."""

    def __init__(self, path: str) -> None:
        self.lib = ctypes.CDLL(path)
        pointer, out, size = ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t
        real = ctypes.POINTER(ctypes.c_double)
        for name, result, arguments in [
            ("DIO_ReaderOpenMemory", ctypes.c_int32, [pointer, size, pointer, out]),
            ("DIO_ReaderGetPageCount", ctypes.c_int32, [pointer, ctypes.POINTER(size)]),
            ("DIO_ReaderReadPage", ctypes.c_int32, [pointer, size, out]),
            ("DIO_FreeReader", None, [pointer]),
            ("DIO_FreeImageData", None, [pointer]),
            ("DIO_ImageDataGetBytes", pointer, [pointer]),
            ("DIO_ImageDataGetBytesLength", size, [pointer]),
            ("DIO_ImageDataGetWidth", ctypes.c_uint32, [pointer]),
            ("DIO_ImageDataGetHeight", ctypes.c_uint32, [pointer]),
            ("DIO_ImageDataGetStride", size, [pointer]),
            ("DIO_ImageDataGetPixelFormat", ctypes.c_int32, [pointer]),
            ("DIO_ImageDataGetOrientation", ctypes.c_int32, [pointer]),
            ("DIO_ImageDataGetResolution", ctypes.c_int32, [pointer, real, real]),
            ("DIO_GetLastErrorMessage", ctypes.c_char_p, []),
        ]:
            function = getattr(self.lib, name)
            function.restype, function.argtypes = result, arguments

    def read(self, data: bytes) -> tuple[int, str, Picture | None, dict[str, object]]:
        """Code, message, picture and facts of the first page."""
        lib, reader, image, count = self.lib, ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_size_t()
        code = lib.DIO_ReaderOpenMemory(data, len(data), None, ctypes.byref(reader))
        code = code or lib.DIO_ReaderGetPageCount(reader, ctypes.byref(count))
        code = code or lib.DIO_ReaderReadPage(reader, 0, ctypes.byref(image))
        if code:
            message = (lib.DIO_GetLastErrorMessage() or b"").decode()
            lib.DIO_FreeReader(reader)
            return code, message, None, {}
        x, y = ctypes.c_double(), ctypes.c_double()
        lib.DIO_ImageDataGetResolution(image, ctypes.byref(x), ctypes.byref(y))
        facts: dict[str, object] = {"pages": count.value, "orientation": lib.DIO_ImageDataGetOrientation(image), "dpi": x.value}
        picture = self.picture(image)
        lib.DIO_FreeImageData(image)
        lib.DIO_FreeReader(reader)
        return 0, "", picture, facts

    def picture(self, image: ctypes.c_void_p) -> Picture:
        lib = self.lib
        width, height, stride = lib.DIO_ImageDataGetWidth(image), lib.DIO_ImageDataGetHeight(image), lib.DIO_ImageDataGetStride(image)
        raw = ctypes.string_at(lib.DIO_ImageDataGetBytes(image), lib.DIO_ImageDataGetBytesLength(image))
        rows = np.frombuffer(raw.ljust(stride * height, b"\0")[: stride * height], np.uint8).reshape(height, stride)
        number = lib.DIO_ImageDataGetPixelFormat(image)
        if number == BINARY:
            return Picture(number, np.unpackbits(rows, axis=1)[:, :width, None] * np.uint8(255))
        if number not in LAYOUTS:
            return Picture(number, rows[..., None])
        size, order = LAYOUTS[number]
        samples = np.ascontiguousarray(rows[:, : width * size * len(order)]).view(f"u{size}").reshape(height, width, len(order))
        return Picture(number, samples if len(order) == 1 else samples[..., ["bgra".index(name) for name in "rgba"[: len(order)]]])


def difference(found: Picture, wanted: Picture) -> str:
    if found.format != wanted.format:
        return f"pixel format {found.format}, not {wanted.format}"
    if found.samples.shape != wanted.samples.shape:
        return f"shape {found.samples.shape}, not {wanted.samples.shape}"
    distance = np.abs(found.samples.astype(np.int64) - wanted.samples.astype(np.int64))
    if distance.max() <= wanted.tolerance:
        return ""
    y, x = (int(n) for n in np.argwhere(distance.max(-1) > wanted.tolerance)[0])
    worst = f"{(distance > wanted.tolerance).mean():.1%} of the samples differ, by up to {distance.max()}"
    return f"{worst}; first at {x}, {y}: {found.samples[y, x].tolist()}, not {wanted.samples[y, x].tolist()}"


def judge(cell: Cell, dio: Dio) -> tuple[str, str]:
    """What became of it: "read", "refused", or "failed" and why."""
    reason = next((text for start, text in UNSUPPORTED.items() if cell.name.startswith(start)), None)
    code, message, picture, facts = dio.read(cell.data)
    if picture is None:
        if reason is not None and code == FEATURE_NOT_SUPPORTED and reason in message:
            return "refused", ""
        return "failed", f"{code}: {message}"
    wrong = difference(picture, cell.picture)
    wrong = wrong or "; ".join(f"{name} is {facts[name]}, not {value}" for name, value in cell.facts.items() if facts[name] != value)
    return ("failed", wrong) if wrong else ("read", "")


def main() -> int:
    dio = Dio(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        totals = dict.fromkeys(("read", "refused", "failed"), 0)
        groups = (depths(), colours(), luma_chroma(), lab(), odd_tags(), pages(), of_tifffile(), of_libtiff())
        for at, cell in enumerate(itertools.chain(*groups)):
            (folder / f"{at:04}.tif").write_bytes(cell.data)
            outcome, why = judge(cell, dio)
            totals[outcome] += 1
            if outcome == "failed":
                print(f"{at:04}.tif  {cell.name}: {why}")
    count = sum(totals.values())
    print(f"{totals['read']} cells read exactly, {totals['refused']} refused by name, {totals['failed']} failed, of {count}")
    return int(totals["failed"] > 0 or count < 400)


if __name__ == "__main__":
    sys.exit(main())
