"""Cells that tifffile and libtiff write."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from tiff_cells.making import ORDERS, TILE, Form, Tags, container, tags_of
from tiff_cells.meaning import (
    GRAY, GRAY16, RGB, RGB48, Array, Cell, Picture, meaning, of_ycbcr, sample_numbers, scale,
)  # fmt: skip


def of_tifffile() -> Iterator[Cell]:
    kinds = {"minisblack": "black", "miniswhite": "white", "rgb": "rgb"}
    every = itertools.product(kinds, ("u1", "u2", "f4"), ORDERS, (False, True), ("none", "lzw", "deflate", "packbits"))
    for at, (photometric, kind, order, big, compression) in enumerate(every):
        bits = int(kind[1]) * 8
        samples = sample_numbers(3 if photometric == "rgb" else 1, bits, kind[0])
        planar = photometric == "rgb" and at % 2 == 0
        tile = (TILE, TILE * 2) if at % 3 == 0 else None
        array = np.moveaxis(samples, 2, 0) if planar else samples if samples.shape[2] == 3 else samples[..., 0]
        predictor = compression in ("lzw", "deflate") and at % 4 < 2
        buffer = io.BytesIO()
        tifffile.imwrite(
            buffer, array, photometric=photometric, byteorder=order, bigtiff=big, tile=tile,
            rowsperstrip=None if tile else 7,
            compression=None if compression == "none" else compression, predictor=predictor, metadata=None,
            planarconfig=("separate" if planar else "contig") if photometric == "rgb" else None,
        )  # fmt: skip
        name = f"tifffile/{photometric} {kind} {order} {'big ' * big}{compression} {at}"
        yield Cell(name, buffer.getvalue(), meaning(samples, bits, kinds[photometric]))
    rgb = sample_numbers(3, 8)
    arguments: dict[str, dict[str, Any]] = {
        "zstd": {}, "lzma": {}, "webp": {"compressionargs": {"lossless": True}},
        "jpeg 2000": {"compressionargs": {"level": 0}}, "lerc": {},
        "jpeg xl": {"compressionargs": {"lossless": True}}, "png": {},
    }  # fmt: skip
    names = {"jpeg 2000": "jpeg2000", "jpeg xl": "jpegxl"}
    for name, more in arguments.items():
        buffer = io.BytesIO()
        tifffile.imwrite(buffer, rgb, photometric="rgb", compression=names.get(name, name), metadata=None, **more)
        yield Cell(f"compression/{name}", buffer.getvalue(), meaning(rgb, 8, "rgb"))
    for name, samples, bits, order, tile in itertools.product(
        ("jpeg 2000", "png"), (1, 3, 4), (8, 16), "<>", (None, (TILE, TILE))
    ):
        if order == ">" and bits == 16:
            continue  # the codecs are given bytes in the order of the file, and refuse those
        numbers = sample_numbers(samples, bits)
        buffer = io.BytesIO()
        tifffile.imwrite(
            buffer, numbers[..., 0] if samples == 1 else numbers, photometric="minisblack" if samples == 1 else "rgb",
            extrasamples=["unassalpha"] if samples == 4 else None, byteorder=order, tile=tile,
            rowsperstrip=None if tile else 7, compression=names.get(name, name), metadata=None, **arguments[name],
        )  # fmt: skip
        kind = ("black",) if samples == 1 else ("rgb",) if samples == 3 else ("rgb", "straight")
        where = f"{samples} samples of {bits} bits {order} {'tiles' if tile else 'strips'}"
        yield Cell(f"{name}/{where}", buffer.getvalue(), meaning(numbers, bits, *kind))
    for size in (8, 16):
        buffer = io.BytesIO()
        tifffile.imwrite(buffer, sample_numbers(1, 32, "f")[..., 0].astype(f"c{size}"), metadata=None)
        yield Cell(f"complex/{size}", buffer.getvalue(), meaning(rgb, 8, "rgb"))


def of_libtiff() -> Iterator[Cell]:
    gray, rgb, inks = sample_numbers(1, 8), sample_numbers(3, 8), sample_numbers(4, 8)
    bilevel = sample_numbers(1, 1)
    sixteen = sample_numbers(1, 16)
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
                image.save(
                    buffer,
                    "TIFF",
                    compression=compression,
                    tiffinfo={317: predictor} if predictor == 2 else {},
                    strip_size=500,
                )
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


def of_jpeg() -> Iterator[Cell]:
    """JPEG in strips and tiles, in planes, with tables of the page, and with subsampled chroma."""
    smooth = np.add.outer(np.arange(64) * 2, np.arange(96))[..., None] + np.array([0, 20, 40])
    smooth = smooth.clip(0, 255).astype(np.uint8)
    every = itertools.product(("minisblack", "rgb", "ycbcr"), ((1, 1), (2, 1), (2, 2)), (False, True), (False, True))
    for photometric, subsampling, tile, planar in every:
        if photometric != "ycbcr" and subsampling != (1, 1) or planar and photometric != "rgb":
            continue
        array = smooth[..., 0] if photometric == "minisblack" else np.moveaxis(smooth, 2, 0) if planar else smooth
        buffer = io.BytesIO()
        tifffile.imwrite(
            buffer, array, photometric=photometric, compression="jpeg", compressionargs={"level": 97}, metadata=None,
            tile=(32, 32) if tile else None, rowsperstrip=None if tile else 16, subsampling=subsampling,
            planarconfig=None if photometric == "minisblack" else "separate" if planar else "contig",
        )  # fmt: skip
        colours = of_ycbcr(smooth) if photometric == "ycbcr" else smooth
        picture = Picture(GRAY, array[..., None], 4) if photometric == "minisblack" else Picture(RGB, colours, 16)
        name = f"jpeg/{photometric} {subsampling} {'tiles' if tile else 'strips'}{' planar' * planar}"
        yield Cell(name, buffer.getvalue(), picture)


def of_deep_jpeg() -> Iterator[Cell]:
    """JPEG of 12 bits, which is near, and lossless JPEG, which is exact."""
    for photometric, bits, lossless, tile in itertools.product(
        ("minisblack", "rgb", "ycbcr"), (8, 12, 16), (False, True), (False, True)
    ):
        if not lossless and bits != 12 or lossless and photometric == "ycbcr":
            continue
        slopes = np.add.outer(np.arange(64) * 2, np.arange(96))[..., None] + np.array([0, 20, 40])
        smooth = (slopes * ((1 << bits) - 1) // slopes.max()).astype(np.uint8 if bits == 8 else np.uint16)
        array = smooth[..., 0] if photometric == "minisblack" else smooth
        arguments = {"lossless": True, "bitspersample": bits} if lossless else {"level": 95}
        buffer = io.BytesIO()
        tifffile.imwrite(
            buffer, array, photometric=photometric, compression="jpeg", compressionargs=arguments, metadata=None,
            tile=(32, 32) if tile else None, rowsperstrip=None if tile else 16, bitspersample=bits,
        )  # fmt: skip
        back = tifffile.imread(io.BytesIO(buffer.getvalue()))
        if lossless:
            assert np.array_equal(back, array)
        formats = (GRAY, RGB) if bits == 8 else (GRAY16, RGB48)
        pixels = scale(back if back.ndim == 3 else back[..., None], bits)
        picture = Picture(formats[back.ndim - 2], pixels, 0 if lossless else 40)
        kind = "lossless" if lossless else "deep"
        yield Cell(f"jpeg/{kind} {bits} bits {photometric} {'tiles' if tile else 'strips'}", buffer.getvalue(), picture)


def of_old_jpeg() -> Iterator[Cell]:
    """Old-style JPEG, which nobody writes any more: made of streams of libjpeg-turbo, and read by libtiff, bit by bit."""
    smooth = np.add.outer(np.arange(64) * 2, np.arange(96))[..., None] + np.array([0, 20, 90])
    smooth = (smooth + (np.indices((64, 96)).sum(0) // 16 % 2 * 60)[..., None]).clip(0, 255).astype(np.uint8)
    for factors, order in itertools.product(((1, 1), (2, 1), (2, 2), None), ORDERS):
        array = smooth if factors else np.ascontiguousarray(smooth[..., 0])
        name = f"{factors or 'gray'} {order}"
        form = Form(order=order, rows=64)
        tags: Tags = {259: (3, [6]), 530: (3, list(factors or ()))}
        photometric = 6 if factors else 1

        def encode(rows: Array, factors: tuple[int, int] | None = factors) -> bytes:
            sampling = {(1, 1): "444", (2, 1): "422", (2, 2): "420", None: None}[factors]
            return bytes(imagecodecs.jpeg8_encode(rows, level=85, subsampling=sampling, optimize=False))

        def cell(
            name: str, tags: Tags, data: bytes, streams: list[bytes], photometric: int = photometric, form: Form = form
        ) -> Cell:
            page = tags_of(array if array.ndim == 3 else array[..., None], form, photometric) | tags, [data]
            # libtiff loses its way in strips of data in files with the high byte first.
            little = container([page], replace(form, order="<"))
            if photometric == 6:
                picture = Picture(RGB, np.asarray(Image.open(io.BytesIO(little))))
            else:
                # It reads no grays.
                rows = [imagecodecs.jpeg8_decode(stream) for stream in streams]
                picture = Picture(GRAY, np.concatenate(rows)[..., None])
            return Cell(f"old jpeg/{name}", container([page], form), picture)

        whole = encode(array)
        parts, scan = segments(whole)
        # The one chunk lies behind the header of 8 bytes.
        within = {513: (4, [8]), 514: (4, [len(whole)]), 273: (4, [8 + scan]), 279: (4, [len(whole) - scan])}
        yield cell(f"{name} stream", tags | within, whole, [whole])
        alone = {513: (4, [8]), 514: (4, [len(whole)]), 273: (4, [8]), 279: (4, [len(whole)])}
        yield cell(f"{name} stream as the strip", tags | alone, whole, [whole])
        yield cell(f"{name} wrong subsampling", tags | within | {530: (3, [1, 2] if factors else [])}, whole, [whole])

        strips = [encode(array[top : top + 16]) for top in range(0, 64, 16)]
        blob, places, lens = b"".join(body[1:] for _, body in parts), [], []
        at = dict(zip([key for key, _ in parts], itertools.accumulate([8, *(len(body) - 1 for _, body in parts)])))
        for strip in strips:
            own_parts, scan = segments(strip)
            assert own_parts == parts
            places.append(8 + len(blob))
            lens.append(len(strip) - 2 - scan)
            blob += strip[scan:-2]
        numbers = range(3 if factors else 1)
        tables = {
            tag: (4, [at[kind, min(number, 1)] for number in numbers])
            for tag, kind in ((519, "q"), (520, "dc"), (521, "ac"))
        }
        rows: Tags = {278: (3, [16]), 273: (4, places), 279: (4, lens), 512: (3, [1])}
        yield cell(f"{name} strips of data", tags | tables | rows, blob, strips)


def segments(stream: bytes) -> tuple[list[tuple[tuple[str, int], bytes]], int]:
    """The tables of a JPEG stream by kind and number, and where its data begins."""
    parts, at = [], 2
    while True:
        marker, size = stream[at + 1], int.from_bytes(stream[at + 2 : at + 4])
        body = stream[at + 4 : at + 2 + size]
        at += 2 + size
        if marker == 0xDA:
            return parts, at
        while body and marker in (0xDB, 0xC4):
            size = 65 if marker == 0xDB else 17 + sum(body[1:17])
            kind = "q" if marker == 0xDB else "ac" if body[0] & 16 else "dc"
            parts.append(((kind, body[0] & 15), body[:size]))
            body = body[size:]


GROUPS = (of_tifffile, of_libtiff, of_jpeg, of_deep_jpeg, of_old_jpeg)
