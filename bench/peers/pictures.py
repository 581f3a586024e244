"""Pictures that are made, the same each time, and the files that hold them, written by others than libdio."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

import cv2
import numpy as np
from PIL import Image

BAND = 500


def photo(width: int, height: int) -> Any:
    """Shades, edges and grain in R, G, B, as a camera sees them; made in bands of rows, as it may be large."""
    random = np.random.default_rng(1)
    out = np.empty((height, width, 3), "uint8")
    x = np.arange(width, dtype="float32")
    for top in range(0, height, BAND):
        y = np.arange(top, min(top + BAND, height), dtype="float32")[:, None]
        shade = 110 + 60 * np.sin(x / 310) * np.cos(y / 270) + 40 * ((x // 160 + y // 120) % 2)
        shade += 3 * random.standard_normal(shade.shape, "float32")
        for plane, (weight, offset) in enumerate(((0.8, 30), (1.0, 0), (0.9, 20))):
            out[top : top + BAND, :, plane] = np.clip(shade * weight + offset, 0, 255)
    return cv2.GaussianBlur(out, (0, 0), 0.8)


def page(width: int, height: int) -> Any:
    """Type on paper in grays, with the edges and the noise of a scanner."""
    random = np.random.default_rng(3)
    out = np.full((height, width), 250, "uint8")
    for top in range(height // 12, height - height // 12 - 36, 60):
        for left in range(width // 10, width - width // 10 - 18, 26):
            if random.random() < 0.85:
                glyph = np.kron(random.random((4, 3)) < 0.6, np.ones((9, 6)))
                out[top : top + 36, left : left + 18] = np.where(glyph, 20, 250)
    out = cv2.GaussianBlur(out, (0, 0), 1.0).astype("int16")
    return np.clip(out + random.integers(-2, 3, out.shape), 0, 255).astype("uint8")


def screenshot(width: int, height: int) -> Any:
    """Flat areas, lines of type and small things on them."""
    random = np.random.default_rng(2)
    pixels = np.full((height, width, 3), 250, "uint8")
    for _ in range(width * height // 750):
        y, x = random.integers(0, max(1, height - 10)), random.integers(0, max(1, width - 20))
        tall, wide = random.integers(1, (10, 14))
        pixels[y : y + tall, x : x + wide] = random.integers(0, 4, 3) * 80
    return pixels


@dataclass
class Case:
    """A file to read, or pixels to write, and which libraries can take it."""

    name: str
    group: str
    pixels: Any
    data: bytes = b""
    how: dict[str, Any] = field(default_factory=dict)
    dots: int = 0

    @property
    def writes(self) -> bool:
        return not self.data


def pillow(pixels: Any, kind: str, **how: Any) -> bytes:
    out, picture = io.BytesIO(), Image.fromarray(pixels)
    if how.pop("palette", False):
        picture = picture.quantize(64)
    if how.pop("bilevel", False):
        picture = picture.convert("1", dither=Image.Dither.NONE)
    if pixels.shape[0] <= 64 or kind == "GIF":
        how.pop("optimize", None)
    picture.save(out, kind, **how)
    return out.getvalue()


def opencv(pixels: Any, ending: str, *how: int) -> bytes:
    ordered = pixels[..., ::-1] if pixels.ndim == 3 and pixels.shape[2] == 3 else pixels
    return cv2.imencode(ending, ordered, how)[1].tobytes()


def tiff(pixels: Any, **how: Any) -> bytes:
    import tifffile

    out = io.BytesIO()
    tifffile.imwrite(out, pixels, metadata=None, photometric="rgb" if pixels.ndim == 3 else "minisblack", **how)
    return out.getvalue()


Made = Callable[[], Any]


def reading() -> Iterator[tuple[str, str, Made, Callable[[Any], bytes]]]:
    """Name, group, the picture, and how it becomes a file."""

    def camera() -> Any:
        return photo(4000, 3000)

    def scan() -> Any:
        return page(2480, 3508)

    def scan_rgb() -> Any:
        return np.repeat(scan()[..., None], 3, axis=2)

    def screen() -> Any:
        return screenshot(2560, 1440)

    def huge() -> Any:
        return photo(10_000, 10_000)

    def small() -> Any:
        return photo(64, 64)

    def deep() -> Any:
        return photo(4000, 3000).astype("uint16") * 257

    def gray() -> Any:
        return np.ascontiguousarray(camera()[..., 1])

    yield "photo 12 MP, 4:2:0, quality 90", "JPEG", camera, lambda it: pillow(it, "JPEG", quality=90)
    yield "photo 12 MP, 4:4:4, quality 95", "JPEG", camera, lambda it: pillow(it, "JPEG", quality=95, subsampling=0)
    yield "photo 12 MP, gray", "JPEG", gray, lambda it: pillow(it, "JPEG", quality=90)
    yield "photo 12 MP, progressive", "JPEG", camera, lambda it: pillow(it, "JPEG", quality=90, progressive=True)
    yield "photo 100 MP, 4:2:0, quality 90", "JPEG", huge, lambda it: pillow(it, "JPEG", quality=90)
    yield "scan 300 dpi, gray", "JPEG", scan, lambda it: pillow(it, "JPEG", quality=80)
    yield "64 x 64, 4:2:0", "JPEG", small, lambda it: pillow(it, "JPEG", quality=90)
    yield "photo 12 MP", "PNG", camera, lambda it: pillow(it, "PNG")
    yield "photo 12 MP, 16 bits", "PNG", deep, lambda it: opencv(it, ".png")
    yield "photo 12 MP, gray", "PNG", gray, lambda it: opencv(it, ".png")
    yield "photo 100 MP", "PNG", huge, lambda it: opencv(it, ".png")
    yield "screenshot 2560 x 1440", "PNG", screen, lambda it: pillow(it, "PNG", optimize=True)
    yield "screenshot, palette of 64", "PNG", screen, lambda it: pillow(it, "PNG", palette=True)
    yield "64 x 64", "PNG", small, lambda it: pillow(it, "PNG")
    yield "photo 12 MP, none", "TIFF", camera, lambda it: pillow(it, "TIFF")
    yield "photo 12 MP, LZW, predictor", "TIFF", camera, lambda it: opencv(it, ".tif")
    yield "photo 12 MP, Deflate", "TIFF", camera, lambda it: pillow(it, "TIFF", compression="tiff_adobe_deflate")
    yield "photo 12 MP, JPEG, tiles", "TIFF", camera, lambda it: tiff(it, compression="jpeg", tile=(256, 256))
    yield "photo 100 MP, LZW, predictor", "TIFF", huge, lambda it: opencv(it, ".tif")
    yield "scan 300 dpi, G4", "TIFF", scan, lambda it: pillow(it, "TIFF", bilevel=True, compression="group4")
    yield "photo 12 MP", "BMP", camera, lambda it: pillow(it, "BMP")
    yield "photo 100 MP", "BMP", huge, lambda it: pillow(it, "BMP")
    yield "screenshot", "GIF", screen, lambda it: pillow(it, "GIF")
    yield "scan 300 dpi", "GIF", scan, lambda it: pillow(it, "GIF")
    yield "photo 12 MP, lossy, quality 90", "WebP", camera, lambda it: pillow(it, "WebP", quality=90)
    yield "photo 12 MP, lossless", "WebP", camera, lambda it: pillow(it, "WebP", lossless=True, quality=30, method=2)
    yield "screenshot, lossless", "WebP", screen, lambda it: pillow(it, "WebP", lossless=True)
    yield "scan 300 dpi, lossy", "WebP", scan_rgb, lambda it: pillow(it, "WebP", quality=80)


def writing() -> Iterator[tuple[str, str, Made, dict[str, Any]]]:
    """Name, group, the picture, and how it is written."""

    def camera() -> Any:
        return photo(4000, 3000)

    yield "photo 12 MP, 4:2:0, quality 90", "JPEG", camera, {}
    yield "scan 300 dpi, gray, quality 90", "JPEG", lambda: page(2480, 3508), {}
    yield "64 x 64, 4:2:0, quality 90", "JPEG", lambda: photo(64, 64), {}
    yield "photo 12 MP", "PNG", camera, {}
    yield "photo 12 MP, 16 bits", "PNG", lambda: camera().astype("uint16") * 257, {}
    yield "scan 300 dpi, gray", "PNG", lambda: page(2480, 3508), {}
    yield "screenshot 2560 x 1440", "PNG", lambda: screenshot(2560, 1440), {}
    yield "64 x 64", "PNG", lambda: photo(64, 64), {}
    yield "photo 12 MP, none", "TIFF", camera, {"compression": 1}
    yield "photo 12 MP, LZW, predictor", "TIFF", camera, {"compression": 5, "predictor": 2}
    yield "photo 12 MP, Deflate, predictor", "TIFF", camera, {"compression": 8, "predictor": 2}
    yield "photo 12 MP", "BMP", camera, {}


def documents() -> Iterator[tuple[str, bytes, int]]:
    """PDFs, with the dots per inch that their first page is drawn at."""
    import pymupdf

    with pymupdf.open() as made:
        sheet = made.new_page()
        for line in range(52):
            font = ("helv", "tiro", "cour")[line % 3]
            sheet.insert_text((40, 50 + 15 * line), "Lorem ipsum dolor sit amet " * 3, fontname=font, fontsize=9)
        yield "text, 150 dpi", made.tobytes(deflate=True), 150
    yield "scan 300 dpi, gray JPEG, at 100 dpi", pillow(page(2480, 3508), "PDF", resolution=300), 100


def cases(words: list[str]) -> Iterator[Case]:
    """Those whose description holds every word."""

    def wanted(*description: str) -> bool:
        return all(word.lower() in " ".join(description).lower() for word in words)

    for name, group, make, encode in reading():
        if wanted("read", group, name):
            pixels = make()
            yield Case(name, group, pixels, encode(pixels))
    for name, data, dots in documents():
        if wanted("read", "PDF", name):
            yield Case(name, "PDF", None, data, dots=dots)
    for name, group, make, how in writing():
        if wanted("write", group, name):
            yield Case(name, group, make(), how=how)
