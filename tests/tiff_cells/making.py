"""A small writer of TIFF, for all that other writers cannot be made to write."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import imagecodecs
import numpy as np

from tiff_cells.meaning import Array, unsigned

TILE = 16
TYPES = {
    1: "B",
    2: "s",
    3: "H",
    4: "I",
    5: "II",
    6: "b",
    7: "B",
    8: "h",
    9: "i",
    11: "f",
    12: "d",
    13: "I",
    16: "Q",
    17: "q",
    18: "Q",
}
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
Tags = dict[int, tuple[int, list[Any]]]
Order = Literal["<", ">"]

COMPRESSORS: dict[str, tuple[int, Callable[[bytes], bytes | bytearray]]] = {
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
    order: Order = "<"
    big: bool = False
    planar: bool = False
    tile: bool = False
    rows: int = 8
    compression: str = "none"
    predictor: int = 1
    reversed: bool = False

    def __str__(self) -> str:
        shape = "tiles" if self.tile else "strips"
        parts = [
            f"{self.bits} bits",
            self.compression,
            "planar" if self.planar else "chunky",
            shape,
            "II" if self.order == "<" else "MM",
        ]
        parts += (
            ["big"] * self.big
            + [f"predictor {self.predictor}"] * (self.predictor > 1)
            + ["fill order 2"] * self.reversed
        )
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
    if rows.dtype.kind == "f":
        rows = float24(rows)
    numbers = unsigned(rows, form.bits).astype(object)
    if form.bits == 24:
        return b"".join(int(n).to_bytes(3, "little" if form.order == "<" else "big") for n in numbers.ravel())
    out = b""
    for row in numbers:
        text = "".join(f"{int(n):0{form.bits}b}" for n in row)
        text += "0" * (-len(text) % 8)
        out += int(text, 2).to_bytes(len(text) // 8, "big")
    return out


def float24(numbers: Array) -> Array:
    """Floats as numbers of 24 bits: a sign, 7 bits of exponent, 16 of fraction."""
    bits = numbers.astype(np.float32).view(np.uint32).astype(np.int64)
    exponent = np.maximum((bits >> 23 & 255) - 64, 0)
    return np.where(numbers == 0, 0, bits >> 31 << 23 | exponent << 16 | (bits >> 7 & 0xFFFF))


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
    chunks = [bytes(COMPRESSORS[form.compression][1](chunk)) for chunk in chunks]
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


def page_of(samples: Array, form: Form, photometric: int, **more: Any) -> tuple[Tags, list[bytes]]:
    """Tags and chunks; `more` are further tags, t306=(2, ...), where one that is empty takes a tag away."""
    tags = tags_of(samples, form, photometric)
    tags |= {int(name[1:]): value for name, value in more.items()}
    return tags, encoded([packed(chunk, form) for chunk in chunks_of(samples, form)], form)


def own(samples: Array, form: Form, photometric: int, sort: bool = True, **more: Any) -> bytes:
    return container([page_of(samples, form, photometric, **more)], form, sort)


ORDERS: tuple[Order, Order] = ("<", ">")
PHOTOMETRIC = {"white": 0, "black": 1, "rgb": 2, "palette": 3, "mask": 4, "cmyk": 5, "ycbcr": 6}
