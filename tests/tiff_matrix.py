"""Reads TIFF files of other writers with libdio, cell by cell, and compares every pixel.

The files come from tifffile with imagecodecs, from libtiff (through Pillow), and, for what those two cannot be made to
write, from `tiff_cells.making`. What must be returned is computed with numpy from the samples that were written, in
`tiff_cells.meaning`. Lossy cells, and those whose colours are computed in another precision, allow for a difference.

usage: tiff_matrix.py path/to/libdio.so [folder for the files]
"""

from __future__ import annotations

import ctypes
import itertools
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from tiff_cells import files, pixels, writers
from tiff_cells.meaning import ARGB, ARGB64, BINARY, GRAY, GRAY16, RGB, RGB48, Cell, Picture

FEATURE_NOT_SUPPORTED, FILE_DAMAGED = -1005, -10013
# Bytes of a sample, and the samples of a pixel in the order of memory.
LAYOUTS = {GRAY: (1, "y"), RGB: (1, "bgr"), ARGB: (1, "bgra"), RGB48: (2, "bgr"), ARGB64: (2, "bgra"), GRAY16: (2, "y")}

# Cells that are refused, by the beginning of their names, and what the message must say. A cell that a later version
# reads must be exact, too.
UNSUPPORTED = {
    "depth/predictor 2/1 ": "predictor 2 with 1 bits",
    "depth/predictor 2/4 ": "predictor 2 with 4 bits",
    "depth/predictor 2/12 ": "predictor 2 with 12 bits",
    "compression/lerc": "compression 34887 (LERC)",
    "compression/jpeg xl": "compression 50002 (JPEG XL)",
    "inks/3": "separated colours of 3 inks",
    "inks/5": "separated colours of 5 inks",
    "inks/set 2": "ink set 2",
    "complex/": "sample format 6",
    "lab/light alone": "photometric interpretation 8 (CIELab)",
    "bits 5-6-5": "bits per sample that differ between samples (5 and 6)",
    "formats differ": "sample format that differ between samples (1 and 2)",
    "palette/floats": "a palette of 16 bits and sample format 3",
    "ycbcr/subsampled with alpha": "subsampled YCbCr in 4 samples per pixel",
    "ycbcr/24 bits": "YCbCr of 24 bits",
    "ycbcr/planar 2x2": "YCbCr subsampling 2 x 2 in planes",
    "photometric/32803": "photometric interpretation 32803",
    "photometric/10": "photometric interpretation 10",
    "photometric/34892": "photometric interpretation 34892",
    "photometric/999": "photometric interpretation 999",
}

# Cells that are damaged, though a careless reader would make pixels of them.
DAMAGED = {
    "damaged/offset 0": "the offset of strip 0 is missing",
    "damaged/strip too short": "strip 1 ends after 7 of 296 bytes",
    "damaged/strip into the directory": "strip 0 ends after 1000 of 1073 bytes",
    "damaged/too few offsets": "the offset of strip 3 is missing",
    "damaged/negative width": "tag 256 is negative",
    "damaged/width 0": "0 x 29",
}


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
            ("DIO_ImageDataGetMetadata", ctypes.c_int32, [pointer, ctypes.c_int32, out, ctypes.POINTER(size)]),
            ("DIO_ImageDataGetWarningCount", size, [pointer]),
            ("DIO_GetLastErrorMessage", ctypes.c_char_p, []),
        ]:
            function = getattr(self.lib, name)
            function.restype, function.argtypes = result, arguments

    def read(self, data: bytes) -> tuple[int, str, Picture | None, dict[str, Any]]:
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
        facts: dict[str, Any] = {
            "pages": count.value,
            "orientation": lib.DIO_ImageDataGetOrientation(image),
            "dpi": x.value,
        }
        facts |= {
            "icc": self.metadata(image, 0),
            "exif": self.metadata(image, 1) != b"",
            "xmp": self.metadata(image, 2),
            "warnings": lib.DIO_ImageDataGetWarningCount(image),
        }
        picture = self.picture(image)
        lib.DIO_FreeImageData(image)
        lib.DIO_FreeReader(reader)
        return 0, "", picture, facts

    def metadata(self, image: ctypes.c_void_p, kind: int) -> bytes:
        place, size = ctypes.c_void_p(), ctypes.c_size_t()
        self.lib.DIO_ImageDataGetMetadata(image, kind, ctypes.byref(place), ctypes.byref(size))
        return ctypes.string_at(place, size.value) if place else b""

    def picture(self, image: ctypes.c_void_p) -> Picture:
        lib = self.lib
        width, height, stride = (
            lib.DIO_ImageDataGetWidth(image),
            lib.DIO_ImageDataGetHeight(image),
            lib.DIO_ImageDataGetStride(image),
        )
        raw = ctypes.string_at(lib.DIO_ImageDataGetBytes(image), lib.DIO_ImageDataGetBytesLength(image))
        rows = np.frombuffer(raw.ljust(stride * height, b"\0")[: stride * height], np.uint8).reshape(height, stride)
        number = lib.DIO_ImageDataGetPixelFormat(image)
        if number == BINARY:
            return Picture(number, np.unpackbits(rows, axis=1)[:, :width, None] * np.uint8(255))
        if number not in LAYOUTS:
            return Picture(number, rows[..., None])
        size, order = LAYOUTS[number]
        samples = (
            np.ascontiguousarray(rows[:, : width * size * len(order)])
            .view(f"u{size}")
            .reshape(height, width, len(order))
        )
        return Picture(
            number, samples if len(order) == 1 else samples[..., ["bgra".index(name) for name in "rgba"[: len(order)]]]
        )


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
    unsupported = next((text for start, text in UNSUPPORTED.items() if cell.name.startswith(start)), None)
    damaged = DAMAGED.get(cell.name)
    code, message, picture, facts = dio.read(cell.data)
    if picture is None:
        reasons = ((FEATURE_NOT_SUPPORTED, unsupported), (FILE_DAMAGED, damaged))
        if any(code == wanted and text is not None and text in message for wanted, text in reasons):
            return "refused", ""
        return "failed", f"{code}: {message}"
    if damaged is not None:
        return "failed", "read, though it is damaged"
    wrong = difference(picture, cell.picture)
    wrong = wrong or "; ".join(
        f"{name} is {facts[name]}, not {value}" for name, value in cell.facts.items() if facts[name] != value
    )
    return ("failed", wrong) if wrong else ("read", "")


def main() -> int:
    dio = Dio(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        totals = dict.fromkeys(("read", "refused", "failed"), 0)
        groups = (*pixels.GROUPS, *files.GROUPS, *writers.GROUPS)
        for at, cell in enumerate(itertools.chain.from_iterable(group() for group in groups)):
            (folder / f"{at:04}.tif").write_bytes(cell.data)
            outcome, why = judge(cell, dio)
            totals[outcome] += 1
            if outcome == "failed":
                print(f"{at:04}.tif  {cell.name}: {why}")
    count = sum(totals.values())
    read, refused, failed = totals.values()
    print(f"{count} cells: {read} read exactly, {refused} refused by name, {failed} failed")
    return int(totals["failed"] > 0 or count < 400)


if __name__ == "__main__":
    sys.exit(main())
