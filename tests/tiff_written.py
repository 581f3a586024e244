#!/usr/bin/env python3
"""Writes TIFFs with libdio and reads them with tifffile (imagecodecs) and Pillow (libtiff), pixel for pixel.

    tests/tiff_written.py LIBRARY
"""

from __future__ import annotations

import ctypes
import io
import itertools
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from PIL import Image, ImageSequence

HEADER = Path(__file__).parent.parent / "include/dio.h"
TIFF = 256
# Compressions by name, and those that Pillow's libtiff has.
COMPRESSIONS = {
    "none": 1, "g3": 3, "g4": 4, "lzw": 5, "jpeg": 7, "deflate": 8, "packbits": 32773, "zstd": 50000,
}  # fmt: skip
BILEVEL = ("g3", "g4")
LAYOUTS: dict[str, dict[str, int]] = {
    "strips": {},
    "strips of 5 rows": {"rows_per_strip": 5},
    "tiles": {"tile_width": 32, "tile_height": 16},
    "big strips": {"big_tiff": 1},
    "big tiles": {"big_tiff": 1, "tile_width": 16, "tile_height": 48},
    "no predictor": {"predictor": 1},
}
# Pixel formats: number, samples, type, and the order that makes R, G, B of memory.
FORMATS: dict[str, tuple[int, int, Any, slice]] = {
    "bilevel": (0, 1, np.bool_, slice(None)),
    "gray": (2, 1, np.uint8, slice(None)),
    "rgb": (12, 3, np.uint8, slice(None)),
    "rgba": (10, 4, np.uint8, slice(None)),
    "gray 16": (256, 1, np.uint16, slice(None)),
    "rgb 16": (8, 3, np.uint16, slice(None, None, -1)),
    "rgba 16": (11, 4, np.uint16, slice(None)),
    "cmyk": (257, 4, np.uint8, slice(None)),
}


def struct(name: str) -> type[ctypes.Structure]:
    """A struct as the header declares it."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    body = re.search(rf"typedef struct {name} {{(.*?)}} {name};", text, re.S)
    assert body is not None, name
    kinds = {"double": ctypes.c_double, "size_t": ctypes.c_size_t, "uint64_t": ctypes.c_uint64}
    fields = []
    for line in filter(None, (line.strip() for line in body[1].split(";"))):
        kind, field = line.rsplit(None, 1)
        if field.startswith("*") or kind.endswith("Fn"):
            fields.append((field.lstrip("*"), ctypes.c_void_p))
        else:
            fields.append((field, kinds.get(kind, ctypes.c_int32)))
    return type(name, (ctypes.Structure,), {"_fields_": fields})


SaveOptions, PixelLayout = struct("DIO_SaveOptions"), struct("DIO_PixelLayout")


class Dio:
    """The functions that write."""

    def __init__(self, path: str) -> None:
        self.lib = ctypes.CDLL(path)
        self.lib.DIO_GetLastErrorMessage.restype = ctypes.c_char_p
        for name in ("DIO_FreeImageData", "DIO_FreeWriter", "DIO_FreeBytes"):
            getattr(self.lib, name).argtypes = [ctypes.c_void_p]

    def check(self, code: int) -> None:
        if code:
            raise RuntimeError(self.lib.DIO_GetLastErrorMessage().decode())

    def options(self, **fields: int) -> Any:
        options: Any = SaveOptions()
        self.check(self.lib.DIO_SaveOptions_Init(ctypes.byref(options), ctypes.sizeof(options)))
        for name, value in {"format": TIFF, **fields}.items():
            setattr(options, name, value)
        return options

    def image(self, name: str, pixels: np.ndarray[Any, Any]) -> ctypes.c_void_p:
        number, _, _, order = FORMATS[name]
        height, width = pixels.shape[:2]
        memory = np.packbits(pixels, axis=1) if name == "bilevel" else pixels
        memory = np.ascontiguousarray(memory[..., order] if memory.ndim == 3 else memory)
        layout: Any = PixelLayout()
        layout.struct_size, layout.width, layout.height = ctypes.sizeof(layout), width, height
        layout.format, layout.stride, layout.size = number, memory.strides[0], memory.nbytes
        image = ctypes.c_void_p()
        data = ctypes.c_void_p(memory.ctypes.data)
        self.check(self.lib.DIO_ReadFromPixels(data, ctypes.byref(layout), ctypes.byref(image)))
        return image

    def document(self, pages: list[tuple[str, np.ndarray[Any, Any], dict[str, int]]]) -> bytes:
        writer = ctypes.c_void_p()
        big = {"big_tiff": pages[0][2].get("big_tiff", 0)}
        options = self.options(**big)
        self.check(self.lib.DIO_WriterOpenMemory(ctypes.byref(options), ctypes.byref(writer)))
        try:
            for name, pixels, fields in pages:
                image, options = self.image(name, pixels), self.options(**fields)
                self.check(self.lib.DIO_WriterAddPage(writer, image, ctypes.byref(options)))
                self.lib.DIO_FreeImageData(image)
            return self.finished(writer)
        finally:
            self.lib.DIO_FreeWriter(writer)

    def finished(self, writer: Any) -> bytes:
        """The document of a writer into memory."""
        out, size = ctypes.c_void_p(), ctypes.c_size_t()
        self.check(self.lib.DIO_WriterFinishToMemory(writer, ctypes.byref(out), ctypes.byref(size)))
        data = ctypes.string_at(out, size.value)
        self.lib.DIO_FreeBytes(out)
        return data


def made(name: str, width: int, height: int, smooth: bool) -> np.ndarray[Any, Any]:
    """Runs, gradients and noise."""
    _, samples, kind, _ = FORMATS[name]
    y, x, s = np.mgrid[0:height, 0:width, 0:samples]
    values = x * 2 + y + s * 20
    if not smooth:
        noise = np.random.default_rng(width * height).integers(0, 256, values.shape)
        values = np.where(y % 4 == 0, 255, np.where(y % 4 == 1, values, np.where(y % 4 == 2, noise, x // 9 % 2 * 255)))
    values %= 256
    if kind == np.uint16:
        values = values * 257 - values % 7
    pixels = (values > 127) if kind == np.bool_ else np.clip(values, 0, 65535).astype(kind)
    return pixels[..., 0] if samples == 1 else pixels


def same(read: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], far: int) -> bool:
    if read.shape != wanted.shape:
        return False
    return int(np.abs(read.astype(np.int64) - wanted.astype(np.int64)).max()) <= far


def by_tifffile(page: Any, name: str) -> np.ndarray[Any, Any]:
    pixels: np.ndarray[Any, Any] = page.asarray()
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        pixels = pixels == 0
    return pixels.astype(np.bool_) if name == "bilevel" else pixels


def by_pillow(page: Image.Image, name: str) -> np.ndarray[Any, Any] | None:
    """None where Pillow has no such pixels."""
    if name in ("rgb 16", "rgba 16"):
        return None
    return np.asarray(page)


def cells() -> list[tuple[str, str, str, dict[str, int]]]:
    found = []
    for name, compression, (layout, fields) in itertools.product(FORMATS, COMPRESSIONS, LAYOUTS.items()):
        if (compression in BILEVEL) != (name == "bilevel") and compression in (*BILEVEL, "jpeg"):
            if compression in BILEVEL or name == "bilevel":
                continue
        if compression == "jpeg" and (name == "bilevel" or "16" in name or name == "rgba"):
            continue
        found.append((name, compression, layout, {**fields, "compression": COMPRESSIONS[compression]}))
        if compression == "g3":
            found.append((name, "g3 2-D", layout, {**found[-1][3], "two_dimensional": 1}))
    return found


def main(library: str) -> int:
    dio, failed, count = Dio(library), [], 0
    pages: list[tuple[str, np.ndarray[Any, Any], dict[str, int]]] = []
    for name, compression, layout, fields in cells():
        count += 1
        jpeg = compression == "jpeg"
        if jpeg:
            fields |= {"quality": 95, "subsampling": 2}
        pixels = made(name, 70 + count % 9, 50 + count % 5, jpeg)
        pages.append((name, pixels, fields))
        try:
            data, far = dio.document([pages[-1]]), 12 if jpeg else 0
            with tifffile.TiffFile(io.BytesIO(data)) as file:
                if not same(by_tifffile(file.pages[0], name), pixels, far):
                    failed.append(f"{name}, {compression}, {layout}: tifffile reads other pixels")
            with Image.open(io.BytesIO(data)) as page:
                read = by_pillow(page, name)
                if read is not None and not same(read, pixels, far):
                    failed.append(f"{name}, {compression}, {layout}: Pillow reads other pixels")
        except Exception as error:
            failed.append(f"{name}, {compression}, {layout}: {error}")
    failed += whole_document(dio, pages)
    print(*failed, sep="\n", end="\n" if failed else "")
    print(f"{count} cells and a document of them: {len(failed)} failed")
    return bool(failed)


def whole_document(dio: Dio, pages: list[tuple[str, np.ndarray[Any, Any], dict[str, int]]]) -> list[str]:
    """All pages in one file."""
    pages = [page for page in pages if "16" not in page[0] or "rgb" not in page[0]]
    data, failed = dio.document(pages), []
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        if len(file.pages) != len(pages):
            failed.append(f"tifffile finds {len(file.pages)} of {len(pages)} pages")
        numbers = [tuple(page.tags["PageNumber"].value) for page in file.pages]
        if numbers != [(number, len(pages)) for number in range(len(pages))]:
            failed.append("the pages are numbered otherwise")
    with Image.open(io.BytesIO(data)) as image:
        for (name, pixels, fields), page in zip(pages, ImageSequence.Iterator(image), strict=True):
            far = 12 if fields["compression"] == COMPRESSIONS["jpeg"] else 0
            if not same(np.asarray(page), pixels, far):
                failed.append(f"page {image.tell()} of the document, {name}: Pillow reads other pixels")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
