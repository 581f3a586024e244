#!/usr/bin/env python3
"""Reads WebP files that Pillow (libwebp) writes with libdio and with Pillow, pixel for pixel.

    tests/webp_read.py LIBRARY
"""

from __future__ import annotations

import ctypes
import io
import itertools
import sys
from pathlib import Path
from typing import Any, Iterator

import numpy as np
from PIL import Image
from tiff_written import Dio, struct

DATA = Path(__file__).parent / "data"
SIZES = ((1, 1), (7, 5), (16, 16), (65, 33), (240, 150))
# Pixel formats whose memory is R, G, B, or that and alpha.
BGR, ABGR = 12, 10
RANDOM = np.random.default_rng(7)


class Reader:
    """The pages of a file in memory."""

    def __init__(self, path: str) -> None:
        self.check = Dio(path).check
        self.lib = ctypes.CDLL(path)
        pointer = ctypes.c_void_p
        self.lib.DIO_ReaderOpenMemory.argtypes = [pointer, ctypes.c_size_t, pointer, pointer]
        self.lib.DIO_ReaderReadPageInto.argtypes = [pointer, ctypes.c_size_t, pointer, pointer]
        self.lib.DIO_FreeReader.argtypes = [pointer]

    def pages(self, data: bytes, shape: tuple[int, int], number: int) -> Iterator[Any]:
        reader, count = ctypes.c_void_p(), ctypes.c_size_t()
        self.check(self.lib.DIO_ReaderOpenMemory(data, len(data), None, ctypes.byref(reader)))
        self.check(self.lib.DIO_ReaderGetPageCount(reader, ctypes.byref(count)))
        for page in range(count.value):
            pixels = np.empty((*shape, 4 if number == ABGR else 3), "uint8")
            layout: Any = struct("DIO_PixelLayout")()
            layout.struct_size, layout.format = ctypes.sizeof(layout), number
            layout.height, layout.width = shape
            layout.stride, layout.size = pixels.strides[0], pixels.nbytes
            to = pixels.ctypes.data_as(ctypes.c_void_p)
            self.check(self.lib.DIO_ReaderReadPageInto(reader, page, to, ctypes.byref(layout)))
            yield pixels
        self.lib.DIO_FreeReader(reader)


def pictures(width: int, height: int) -> Iterator[tuple[str, Any]]:
    """Shades with grain, noise, one colour, few colours; without and with alpha."""
    y, x = np.mgrid[0:height, 0:width]
    shades = np.stack([x * 3 + y, y * 2 + 40 * (x // 9 % 2), 200 - x // 2], 2) + RANDOM.integers(0, 9, (height, width, 3))
    noise = RANDOM.integers(0, 256, (height, width, 3))
    few = (shades // 90 * 80) % 256
    for name, colours in (("shades", shades), ("noise", noise), ("flat", shades[:1, :1] + 0 * noise), ("few", few)):
        yield name, (colours % 256).astype("uint8")
        alpha = (x * 5 + y) % 256 if name != "noise" else RANDOM.integers(0, 256, (height, width))
        yield name + ", alpha", np.dstack([colours % 256, alpha]).astype("uint8")


def stills() -> Iterator[tuple[str, bytes]]:
    lossy = [{"quality": quality, "method": method} for quality, method in ((0, 0), (30, 4), (75, 6), (100, 3))]
    lossy.append({"quality": 60, "alpha_quality": 20})
    lossless = [{"lossless": True, "quality": quality, "method": method} for quality, method in ((0, 0), (60, 4), (100, 6))]
    lossless.append({"lossless": True, "exact": True})
    for size, how in itertools.product(SIZES, lossy + lossless):
        for name, pixels in pictures(*size):
            out = io.BytesIO()
            Image.fromarray(pixels).save(out, "WebP", **how)
            yield f"{name}, {size}, {how}", out.getvalue()


def animations() -> Iterator[tuple[str, bytes]]:
    """Frames that change in parts, in all the ways that the encoder stores them."""
    for lossless, kmax, mixed in itertools.product((True, False), (0, 1, 3), (True, False)):
        frames, pixels = [], np.zeros((50, 70, 4), "uint8")
        for _ in range(6):
            left, top = RANDOM.integers(0, 40), RANDOM.integers(0, 30)
            pixels = np.zeros_like(pixels) if RANDOM.random() < 0.3 else pixels.copy()
            pixels[top : top + 20, left : left + 30] = RANDOM.integers(0, 256, 4)
            frames.append(Image.fromarray(pixels))
        out = io.BytesIO()
        how = {"lossless": lossless, "kmin": 0, "kmax": kmax, "allow_mixed": mixed, "duration": 40}
        frames[0].save(out, "WebP", save_all=True, append_images=frames[1:], **how)
        yield f"animation, {how}", out.getvalue()


def main() -> None:
    reader, cells, wrong = Reader(sys.argv[1]), 0, []
    samples = [(path.name, path.read_bytes()) for path in sorted(DATA.glob("*.webp"))]
    for name, data in [*samples, *stills(), *animations()]:
        picture = Image.open(io.BytesIO(data))
        has_alpha = picture.mode == "RGBA"
        shape, number = (picture.height, picture.width), ABGR if has_alpha else BGR
        for page, pixels in enumerate(reader.pages(data, shape, number)):
            picture.seek(page)
            expected = np.asarray(picture.convert("RGBA" if has_alpha else "RGB"))
            cells += 1
            if not np.array_equal(pixels, expected):
                wrong.append(f"{name}, page {page}: {np.abs(pixels.astype(int) - expected).max()} apart")
    print(f"{cells} pages are those of libwebp" if not wrong else "\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
