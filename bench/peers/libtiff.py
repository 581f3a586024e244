"""libtiff by its own functions, from and to memory of this process."""

from __future__ import annotations

import ctypes as c
from typing import Any, Optional

import numpy as np
from native import Call, fresh, prototypes
from pictures import Case

READ = c.CFUNCTYPE(c.c_ssize_t, c.c_void_p, c.c_void_p, c.c_ssize_t)
SEEK = c.CFUNCTYPE(c.c_uint64, c.c_void_p, c.c_uint64, c.c_int)
CLOSE = c.CFUNCTYPE(c.c_int, c.c_void_p)
SIZE = c.CFUNCTYPE(c.c_uint64, c.c_void_p)
MAP = c.CFUNCTYPE(c.c_int, c.c_void_p, c.POINTER(c.c_void_p), c.POINTER(c.c_uint64))
UNMAP = c.CFUNCTYPE(None, c.c_void_p, c.c_void_p, c.c_uint64)
(WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, STRIP, PLANAR, PREDICTOR, TILE_WIDTH, COLOUR_MODE) = (
    256, 257, 258, 259, 262, 277, 278, 284, 317, 322, 65538,
)  # fmt: skip
JPEG = 7


class Source:
    """A file that is mapped as it lies; read where the library does not want it mapped (its header)."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0
        self.address = c.cast(c.c_char_p(data), c.c_void_p).value or 0
        self.calls = (
            READ(self.read),
            READ(lambda *_: -1),
            SEEK(self.seek),
            CLOSE(lambda _: 0),
            SIZE(lambda _: len(data)),
            MAP(self.map),
            UNMAP(lambda *_: None),
        )

    def read(self, _handle: Any, to: int, size: int) -> int:
        size = max(0, min(size, len(self.data) - self.place))
        c.memmove(to, self.address + self.place, size)
        self.place += size
        return size

    def seek(self, _handle: Any, by: int, whence: int) -> int:
        self.place = by + (0, self.place, len(self.data))[whence]
        return self.place

    def map(self, _handle: Any, base: Any, size: Any) -> int:
        base[0], size[0] = self.address, len(self.data)
        return 1


class Target:
    """Memory that grows, as the C library would keep it."""

    def __init__(self) -> None:
        self.data, self.place, self.size = np.empty(1 << 20, "uint8"), 0, 0
        self.calls = (
            READ(self.read),
            READ(self.write),
            SEEK(self.seek),
            CLOSE(lambda _: 0),
            SIZE(lambda _: self.size),
            MAP(lambda *_: 0),
            UNMAP(lambda *_: None),
        )

    def read(self, _handle: Any, to: int, size: int) -> int:
        size = max(0, min(size, self.size - self.place))
        c.memmove(to, self.data.ctypes.data + self.place, size)
        self.place += size
        return size

    def write(self, _handle: Any, start: int, size: int) -> int:
        while self.place + size > len(self.data):
            self.data.resize(2 * len(self.data), refcheck=False)
        c.memmove(self.data.ctypes.data + self.place, start, size)
        self.place += size
        self.size = max(self.size, self.place)
        return size

    def seek(self, _handle: Any, by: int, whence: int) -> int:
        self.place = by + (0, self.place, self.size)[whence]
        return self.place


class Libtiff:
    name = "libtiff"

    def __init__(self) -> None:
        self.lib = prototypes(
            c.CDLL("libtiff.so.6"),
            TIFFClose="-p",
            TIFFIsTiled="ip",
            TIFFNumberOfStrips="up",
            TIFFReadEncodedStrip="zpupz",
            TIFFReadEncodedTile="zpupz",
            TIFFWriteEncodedStrip="zpupz",
            TIFFStripSize="zp",
            TIFFTileSize="zp",
            TIFFDefaultStripSize="upu",
        )
        self.lib.TIFFClientOpen.restype = c.c_void_p
        self.lib.TIFFSetWarningHandler(None)

    def open(self, memory: Any, mode: bytes) -> Any:
        memory.place = 0
        return c.c_void_p(self.lib.TIFFClientOpen(b"", mode, None, *memory.calls))

    def _decode(self, case: Case, kept: Any) -> Optional[Call]:
        if case.group != "TIFF":
            return None
        source, bilevel = Source(case.data), case.name.endswith("G4")
        height, width = case.pixels.shape[:2]

        def call(keep: bool) -> Any:
            tiff = self.open(source, b"r")
            if "JPEG" in case.name:
                self.lib.TIFFSetField(tiff, COLOUR_MODE, c.c_int(1))
            out = np.empty((height, (width + 7) // 8), "uint8") if bilevel else fresh(case) if kept is None else kept
            (self.tiles if self.lib.TIFFIsTiled(tiff) else self.strips)(tiff, out)
            self.lib.TIFFClose(tiff)
            if keep and bilevel:
                return np.unpackbits(out, axis=1)[:, :width] * 255
            return out if keep else None

        return call

    def strips(self, tiff: Any, out: Any) -> None:
        place, left = out.ctypes.data, out.nbytes
        for number in range(self.lib.TIFFNumberOfStrips(tiff)):
            read = self.lib.TIFFReadEncodedStrip(tiff, number, place, left)
            place, left = place + read, left - read

    def tiles(self, tiff: Any, out: Any) -> None:
        size = self.lib.TIFFTileSize(tiff)
        side = int((size // samples_of(out)) ** 0.5)
        tile, number = np.empty((side, side, *out.shape[2:]), "uint8"), 0
        for top in range(0, out.shape[0], side):
            for left in range(0, out.shape[1], side):
                self.lib.TIFFReadEncodedTile(tiff, number, tile.ctypes.data, size)
                part = out[top : top + side, left : left + side]
                part[:] = tile[: part.shape[0], : part.shape[1]]
                number += 1

    def read(self, case: Case, _threads: int) -> Optional[Call]:
        return self._decode(case, None)

    def read_into(self, case: Case, _threads: int) -> Optional[Call]:
        wanted = case.group == "TIFF" and not case.name.endswith("G4")
        return self._decode(case, fresh(case)) if wanted else None

    def write(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group != "TIFF":
            return None
        height, width = case.pixels.shape[:2]
        tags = {
            WIDTH: width,
            HEIGHT: height,
            BITS: 8,
            COMPRESSION: case.how["compression"],
            PHOTOMETRIC: 2,
            SAMPLES: 3,
            PLANAR: 1,
        }
        if "predictor" in case.how:
            tags[PREDICTOR] = case.how["predictor"]

        def call(_keep: bool) -> int:
            to = Target()
            tiff = self.open(to, b"w")
            for tag, value in tags.items():
                self.lib.TIFFSetField(tiff, tag, c.c_int(value))
            # As rows compress badly one by one: about as much as libdio puts in a strip.
            rows = max(1, (1 << 18) // case.pixels.strides[0])
            self.lib.TIFFSetField(tiff, STRIP, c.c_int(rows))
            # The library turns what it is given into differences where it lies.
            scratch = np.empty((rows, *case.pixels.shape[1:]), "uint8")
            for number, top in enumerate(range(0, height, rows)):
                part = case.pixels[top : top + rows]
                if PREDICTOR in tags:
                    scratch[: len(part)] = part
                    part = scratch[: len(part)]
                self.lib.TIFFWriteEncodedStrip(tiff, number, part.ctypes.data, part.nbytes)
            self.lib.TIFFClose(tiff)
            return to.size

        return call


def samples_of(pixels: Any) -> int:
    return 1 if pixels.ndim == 2 else int(pixels.shape[2])
