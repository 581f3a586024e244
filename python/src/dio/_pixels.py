"""How the pixel formats lie in arrays: shapes, types and bytes. The pixels themselves are the library's."""

from __future__ import annotations

import sys
from typing import Any, Dict, NamedTuple, Tuple

from dio._abi.numbers import EnumImagePixelFormat as IPF

_NATIVE = "<u2" if sys.byteorder == "little" else ">u2"


class Lie(NamedTuple):
    """What a pixel is: its channels, of `bytes` bytes each, of the array interface's type."""

    channels: int
    bytes: int
    typestr: str


_BITS = (IPF.IPF_BINARY, IPF.IPF_BINARYINVERTED)
_PLANES = (IPF.IPF_NV12, IPF.IPF_NV21)

_LIES: Dict[int, Lie] = {
    IPF.IPF_RGB_565: Lie(1, 2, "<u2"),
    IPF.IPF_RGB_555: Lie(1, 2, "<u2"),
    IPF.IPF_GRAY_16: Lie(1, 2, _NATIVE),
    IPF.IPF_RGB_161616: Lie(3, 2, _NATIVE),
    IPF.IPF_ARGB_16161616: Lie(4, 2, _NATIVE),
    IPF.IPF_ABGR_16161616: Lie(4, 2, _NATIVE),
    IPF.IPF_RGB_888: Lie(3, 1, "|u1"),
    IPF.IPF_BGR_888: Lie(3, 1, "|u1"),
    IPF.IPF_ARGB_8888: Lie(4, 1, "|u1"),
    IPF.IPF_ABGR_8888: Lie(4, 1, "|u1"),
    IPF.IPF_CMYK_8888: Lie(4, 1, "|u1"),
}

#: What `imwrite` takes an array for that comes without a format: by type, dimensions and channels.
_GUESSES: Dict[Tuple[str, int], IPF] = {
    ("b1", 1): IPF.IPF_BINARY,
    ("u1", 1): IPF.IPF_GRAYSCALED,
    ("u1", 3): IPF.IPF_RGB_888,
    ("u1", 4): IPF.IPF_ARGB_8888,
    ("u2", 1): IPF.IPF_GRAY_16,
    ("u2", 3): IPF.IPF_RGB_161616,
    ("u2", 4): IPF.IPF_ARGB_16161616,
}


def is_bits(pixel_format: int) -> bool:
    """Whether eight pixels share a byte."""
    return pixel_format in _BITS


def is_planes(pixel_format: int) -> bool:
    """Whether luma and chroma lie in planes."""
    return pixel_format in _PLANES


def lie(pixel_format: int) -> Lie:
    """What lies in memory: packed formats and planes are bytes."""
    return _LIES.get(pixel_format, Lie(1, 1, "|u1"))


def known(pixel_format: int) -> bool:
    """Whether it is a format that pixels can have."""
    return pixel_format in tuple(IPF) and pixel_format != IPF.IPF_AS_STORED


def least_stride(pixel_format: int, width: int) -> int:
    """Bytes of a row without padding."""
    if is_bits(pixel_format):
        return (width + 7) // 8
    if is_planes(pixel_format):
        return (width + 1) // 2 * 2
    kind = lie(pixel_format)
    return width * kind.channels * kind.bytes


def rows(pixel_format: int, height: int) -> int:
    """Rows in memory, those of chroma too."""
    return height + (height + 1) // 2 if is_planes(pixel_format) else height


def shape(pixel_format: int, width: int, height: int) -> Tuple[int, ...]:
    """The array that the memory is: (rows, columns) or (rows, columns, channels)."""
    kind = lie(pixel_format)
    if is_bits(pixel_format) or is_planes(pixel_format):
        return rows(pixel_format, height), least_stride(pixel_format, width)
    return (height, width) if kind.channels == 1 else (height, width, kind.channels)


def strides(pixel_format: int, stride: int) -> Tuple[int, ...]:
    """Bytes to the next row, pixel and channel."""
    kind = lie(pixel_format)
    if kind.channels == 1:
        return stride, kind.bytes
    return stride, kind.channels * kind.bytes, kind.bytes


def expected(pixel_format: int) -> str:
    """The arrays that `read_from_numpy` takes for a format, in words."""
    if is_bits(pixel_format):
        return "(height, width) bool or (height, ceil(width / 8)) uint8"
    if is_planes(pixel_format):
        return "(height + ceil(height / 2), even width) uint8"
    kind = lie(pixel_format)
    channels = "" if kind.channels == 1 else f", {kind.channels}"
    return f"(height, width{channels}) uint{kind.bytes * 8}"


def guess(array: Any) -> IPF:
    """The format of an array that comes without one; raises TypeError where none fits."""
    channels = array.shape[2] if array.ndim == 3 else 1
    found = _GUESSES.get((array.dtype.str[1:], channels)) if array.ndim in (2, 3) else None
    if found is None:
        raise TypeError(f"no pixel format for an array of shape {array.shape} and type {array.dtype}")
    return found
