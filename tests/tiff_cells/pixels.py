"""Cells of samples: depths, interpretations, compressions, arrangements."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from tiff_cells.making import (
    ORDERS,
    PHOTOMETRIC,
    Form,
    Tags,
    chunks_of,
    container,
    encoded,
    own,
    packed,
    page_of,
    tags_of,
)
from tiff_cells.meaning import (
    GRAY16,
    HEIGHT,
    RGB,
    RGB48,
    WIDTH,
    Array,
    Cell,
    Picture,
    meaning,
    of_lab,
    of_linear,
    of_ycbcr,
    sample_numbers,
)


def depths() -> Iterator[Cell]:
    """Every depth and kind of number, gray and colour, both byte orders and fill orders, chunky and planar."""
    every = [("u", bits) for bits in (*range(1, 17), 20, 24, 31, 32, 48, 64)]
    every += [("i", bits) for bits in (4, 8, 12, 16, 24, 32, 64)] + [("f", bits) for bits in (16, 32, 64)]
    for at, (kind, bits) in enumerate(every):
        for turn, name in enumerate(["white", "black", "rgb"]):
            samples = sample_numbers(3 if name == "rgb" else 1, bits, kind)
            for tile, order in itertools.product([False, True], ORDERS):
                form = Form(
                    bits,
                    order,
                    big=(at + turn + tile) % 3 == 0,
                    tile=tile,
                    planar=name == "rgb" and (at + tile) % 2 == 0,
                )
                form.compression = ["none", "lzw", "packbits", "deflate"][(at + turn + tile) % 4]
                form.reversed = (at + turn) % 5 == 0
                picture = meaning(samples, bits, name)
                yield Cell(f"depth/{kind} {name} {form}", own(samples, form, PHOTOMETRIC[name]), picture)
    for order, tile in itertools.product(ORDERS, (False, True)):
        # Of 11 bits of fraction, so that 24 bits hold them.
        samples = sample_numbers(3, 16, "f").astype(np.float32)
        form = Form(24, order, tile=tile, compression="lzw")
        yield Cell(f"depth/f {form}", own(samples, form, 2), meaning(samples, 24, "rgb"))
    for bits, predictor, order, tile in itertools.product((1, 4, 8, 12, 16, 32, 64), (2, 3), ORDERS, (False, True)):
        floats = predictor == 3
        if floats and bits < 16 or (bits == 12 and floats):
            continue
        samples = sample_numbers(3, bits, "f" if floats else "u")
        form = Form(
            bits, order, predictor=predictor, compression="lzw" if tile else "deflate", tile=tile, planar=bits == 32
        )
        yield Cell(f"depth/predictor {predictor}/{bits} {form}", own(samples, form, 2), meaning(samples, bits, "rgb"))


def colours() -> Iterator[Cell]:
    """Palettes, inks, alpha and further samples."""
    random = np.random.default_rng(5)
    for bits, order in itertools.product((1, 2, 4, 8, 16), ORDERS):
        palette = random.integers(0, 65536, (3, 1 << bits), dtype=np.int64)
        map_tag = (3, [int(n) for n in palette.ravel()])
        samples = sample_numbers(1, bits)
        form = Form(bits, order, compression="lzw", tile=bits == 4)
        yield Cell(
            f"palette/{form}", own(samples, form, 3, t320=map_tag), meaning(samples, bits, "palette", palette=palette)
        )
        both = sample_numbers(2, bits)
        data = own(both, form, 3, t320=map_tag, t338=(3, [2]))
        yield Cell(f"palette/alpha {form}", data, meaning(both, bits, "palette", "straight", palette))
    floats = sample_numbers(1, 16, "f")
    data = own(floats, Form(16), 3, t320=(3, [7] * (3 << 16)))
    yield Cell("palette/floats", data, meaning(floats, 16, "black"))
    for bits, planar in itertools.product((8, 16), (False, True)):
        form = Form(bits, planar=planar, compression="deflate")
        for count in (4, 5):
            samples = sample_numbers(count, bits)
            more: Tags = {338: (3, [0])} if count == 5 else {}
            yield Cell(
                f"cmyk/{count} samples {form}",
                container([(tags_of(samples, form, 5) | more, page_of(samples, form, 5)[1])], form),
                meaning(samples[..., :4], bits, "cmyk"),
            )
        samples = sample_numbers(5, bits)
        yield Cell(
            f"cmyk/alpha {form}", own(samples, form, 5, t338=(3, [2])), meaning(samples, bits, "cmyk", "straight")
        )
        yield Cell(
            f"inks/3 {form}",
            own(samples[..., :3].copy(), form, 5, t334=(3, [3])),
            meaning(samples[..., :3], bits, "rgb"),
        )
        yield Cell(f"inks/5 {form}", own(samples, form, 5, t334=(3, [5])), meaning(samples, bits, "cmyk"))
        yield Cell(
            f"inks/set 2 {form}", own(samples[..., :4].copy(), form, 5, t332=(3, [2])), meaning(samples, bits, "cmyk")
        )
    for name, bits, planar, tile in itertools.product(
        ("black", "white", "rgb"), (1, 4, 8, 12, 16, 32), (False, True), (False, True)
    ):
        used = PHOTOMETRIC[name] == 2 and 3 or 1
        form = Form(bits, planar=planar, tile=tile, compression="lzw")
        for kind, extra in (("associated", [1]), ("straight", [2]), ("", [0]), ("straight", [2, 0, 0])):
            samples = sample_numbers(used + len(extra), bits)
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
    for (across, down), bits, tile, odd in itertools.product(
        itertools.product((1, 2, 4), repeat=2), (8, 16), (False, True), (False, True)
    ):
        if tile and odd:
            continue
        form = Form(bits, "<" if tile else ">", compression="lzw", tile=tile, rows=5 if odd else 8)
        samples = sample_numbers(3, bits, size=(HEIGHT, WIDTH))
        _, seen = blocks(samples, across, down)
        size = form.rows
        if odd:
            seen = np.concatenate(
                [blocks(samples[top : top + size], across, down)[1] for top in range(0, HEIGHT, size)]
            )
        stored = [packed(blocks(chunk, across, down)[0], form) for chunk in chunks_of(seen, form)]
        tags = tags_of(samples, form, 6) | {530: (3, [across, down])}
        picture = meaning(seen, bits, "ycbcr")
        picture.tolerance = 1 if bits == 8 else 2
        yield Cell(
            f"ycbcr/{across}x{down} rows {size} {form}", container([(tags, encoded(stored, form))], form), picture
        )
    samples = sample_numbers(3, 8)
    form = Form(planar=True)
    yield Cell("ycbcr/planar", own(samples, form, 6, t530=(3, [1, 1])), Picture(RGB, of_ycbcr(samples), 1))
    yield Cell("ycbcr/planar 2x2", own(samples, form, 6, t530=(3, [2, 2])), Picture(RGB, of_ycbcr(samples), 1))
    both = sample_numbers(4, 8)
    for planar in (False, True):
        form = Form(planar=planar)
        data = own(both, form, 6, t530=(3, [1, 1]), t338=(3, [2]))
        picture = meaning(both, 8, "ycbcr", "straight")
        picture.tolerance = 1
        yield Cell(f"ycbcr/alpha {form}", data, picture)
    data = own(both, Form(), 6, t530=(3, [2, 2]), t338=(3, [2]))
    yield Cell("ycbcr/subsampled with alpha", data, meaning(both, 8, "ycbcr", "straight"))
    levels: list[float] = [16, 235, 128, 240, 128, 240]
    fractions = (5, [(int(level), 1) for level in levels])
    data = own(samples, Form(), 6, t530=(3, [1, 1]), t532=fractions)
    yield Cell("ycbcr/reference black and white", data, Picture(RGB, of_ycbcr(samples, 8, levels), 3))
    weights = (0.2126, 0.7152, 0.0722)
    data = own(samples, Form(), 6, t530=(3, [1, 1]), t529=(11, list(weights)))
    yield Cell("ycbcr/coefficients", data, Picture(RGB, of_ycbcr(samples, 8, None, weights), 1))
    for bits in (4, 12, 24):
        samples = sample_numbers(3, bits)
        picture = meaning(samples % 16, 4, "ycbcr") if bits == 24 else meaning(samples, bits, "ycbcr")
        picture.tolerance = 3
        yield Cell(f"ycbcr/{bits} bits", own(samples, Form(bits), 6, t530=(3, [1, 1])), picture)


def lab() -> Iterator[Cell]:
    light = sample_numbers(1, 8)
    yield Cell("lab/light alone", own(light, Form(), 8), meaning(light, 8, "black"))
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
        picture = Picture(
            RGB if bits == 8 else RGB48, of_lab(seen, 255 if bits == 8 else 65535), 1 if bits == 8 else 24
        )
        form = Form(bits, planar=planar, compression="deflate")
        yield Cell(f"lab/{number} {form}", own(stored, form, number), picture)


def cross() -> Iterator[Cell]:
    """Every interpretation with every compression and arrangement."""
    random = np.random.default_rng(6)
    arrangements = itertools.product((False, True), (False, True), ORDERS)
    every = itertools.product(PHOTOMETRIC, (1, 4, 8, 16), ("none", "lzw", "deflate", "packbits"), arrangements)
    for name, bits, compression, (planar, tile, order) in every:
        count = {"rgb": 3, "cmyk": 4, "ycbcr": 3}.get(name, 1)
        if (planar and count == 1) or (name == "ycbcr" and bits == 1):
            continue
        samples = sample_numbers(count, bits, seed=2)
        palette = random.integers(0, 65536, (3, 1 << bits), dtype=np.int64) if name == "palette" else None
        more: dict[str, Any] = {} if palette is None else {"t320": (3, palette.ravel().tolist())}
        more |= {"t530": (3, [1, 1])} if name == "ycbcr" else {}
        form = Form(bits, order, planar=planar, tile=tile, compression=compression)
        picture = meaning(samples, bits, name, palette=palette)
        picture.tolerance = 2 if name == "ycbcr" else 0
        yield Cell(f"cross/{name} {form}", own(samples, form, PHOTOMETRIC[name], **more), picture)


def logarithms() -> Iterator[Cell]:
    """LogL and LogLuv as SGILog has them: rows of runs, the high bytes of all pixels first."""
    random = np.random.default_rng(7)
    for name, number, tile, order in itertools.product(("l", "luv"), (32844, 32845), (False, True), ORDERS):
        if (name == "luv") != (number == 32845):
            continue
        codes = random.integers(54 * 256, 63 * 256, (HEIGHT, WIDTH))
        light = np.exp2((codes + 0.5) / 256 - 64)
        form = Form(16, order, tile=tile)
        if name == "l":
            stored, size = codes, 2
            picture = Picture(GRAY16, of_linear(light, 65535)[..., None], 8)
        else:
            u, v = random.integers(80, 95, codes.shape), random.integers(185, 200, codes.shape)
            stored, size = codes << 16 | u << 8 | v, 4
            picture = Picture(RGB48, of_linear(of_chromaticity(light, (u + 0.5) / 410, (v + 0.5) / 410), 65535), 24)
        chunks = [runs(chunk[..., 0], size) for chunk in chunks_of(stored[..., None], form)]
        tags = tags_of(np.zeros((HEIGHT, WIDTH, 1 if name == "l" else 3), np.int16), form, number)
        tags |= {259: (3, [34676])}
        yield Cell(f"log/{name} {form}", container([(tags, chunks)], form), picture)


def of_chromaticity(light: Array, u: Array, v: Array) -> Array:
    scale = 1 / (6 * u - 16 * v + 12)
    x, y = 9 * u * scale, 4 * v * scale
    xyz = np.stack([x / y * light, light, (1 - x - y) / y * light], -1)
    to_rgb: Array = np.array([[2.690, -1.276, -0.414], [-1.022, 1.978, 0.044], [0.061, -0.224, 1.163]])
    return np.asarray(xyz @ to_rgb.T)


def runs(chunk: Array, size: int) -> bytes:
    """Rows as bytes that stand for themselves, at most 100 in a run, and as one run where all are equal."""
    out = bytearray()
    for row in chunk:
        for byte in reversed(range(size)):
            plane = bytes((row >> 8 * byte & 255).astype(np.uint8))
            if len(set(plane)) == 1 and len(plane) > 1:
                out += bytes([len(plane) - 2 + 128, plane[0]])
                continue
            for at in range(0, len(plane), 100):
                part = plane[at : at + 100]
                out += bytes([len(part)]) + part
    return bytes(out)


GROUPS = (depths, colours, cross, luma_chroma, lab, logarithms)
