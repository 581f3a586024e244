"""What samples mean: the pictures that a read must return, computed with numpy from what is written into files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

WIDTH, HEIGHT = 37, 29
BINARY, GRAY, RGB, ARGB, RGB48, ARGB64, GRAY16 = 0, 2, 6, 7, 8, 9, 256


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
    facts: dict[str, Any] = field(default_factory=dict)


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
    samples: Array,
    bits: int = 8,
    levels: list[float] | None = None,
    weights: tuple[float, float, float] = (0.299, 0.587, 0.114),
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
    to_rgb = np.array(
        [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
    )
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


def sample_numbers(
    count: int, bits: int, kind: str = "u", seed: int = 0, size: tuple[int, int] = (HEIGHT, WIDTH)
) -> Array:
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
    whole = (
        (shares.astype(object) * ((1 << 53) - 1)).astype(np.int64).astype(object) * ((1 << bits) - 1) // ((1 << 53) - 1)
    )
    size_of = next(size for size in (8, 16, 32, 64) if bits <= size)
    if kind == "i":
        whole = np.where(whole >= 1 << (bits - 1), whole - (1 << bits), whole)
    return whole.astype(f"{kind}{size_of // 8}")
