"""Packages of PyPI: each turns a case into a call, or into nothing."""

from __future__ import annotations

import ctypes
import io
from typing import Any, Callable, Optional

import cv2
import imagecodecs
import numpy as np
import pymupdf
import pypdfium2 as pdfium
import pyvips
from native import Call, samples
from pictures import Case
from PIL import Image

Image.MAX_IMAGE_PIXELS = None


class Opencv:
    name = "OpenCV"

    def read(self, case: Case, threads: int) -> Optional[Call]:
        if case.group == "PDF":
            return None
        data = np.frombuffer(case.data, "uint8")

        def call(keep: bool) -> Any:
            cv2.setNumThreads(threads)
            out = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
            return (out[..., ::-1] if out.ndim == 3 else out) if keep else None

        return call

    def write(self, case: Case, threads: int) -> Optional[Call]:
        flags: list[int] = [cv2.IMWRITE_JPEG_QUALITY, 90] if case.group == "JPEG" else []
        if case.group == "TIFF":
            flags = [cv2.IMWRITE_TIFF_COMPRESSION, case.how["compression"]]
            flags += [cv2.IMWRITE_TIFF_PREDICTOR, case.how["predictor"]] if "predictor" in case.how else []
        ending = {"JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", "BMP": ".bmp"}[case.group]

        def call(_keep: bool) -> int:
            cv2.setNumThreads(threads)
            return len(cv2.imencode(ending, case.pixels, flags)[1])

        return call


class Pillow:
    name = "Pillow"

    def read(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group == "PDF" or (case.pixels.itemsize == 2 and case.pixels.ndim == 3):
            return None

        def call(keep: bool) -> Any:
            picture = Image.open(io.BytesIO(case.data))
            picture.load()
            if picture.mode == "P":
                picture = picture.convert("RGB")
            return np.asarray(picture) * np.uint8(255 if picture.mode == "1" else 1) if keep else None

        return call

    def write(self, case: Case, _threads: int) -> Optional[Call]:
        if case.pixels.itemsize == 2:
            return None
        how: dict[str, Any] = {"quality": 90} if case.group == "JPEG" else {}
        if case.group == "TIFF":
            how = {"compression": {1: "raw", 5: "tiff_lzw", 8: "tiff_adobe_deflate"}[case.how["compression"]]}
            how |= {"tiffinfo": {317: 2}} if "predictor" in case.how else {}
        picture = Image.fromarray(case.pixels)

        def call(_keep: bool) -> int:
            out = io.BytesIO()
            picture.save(out, case.group, **how)
            return out.tell()

        return call


class Vips:
    name = "pyvips"

    def __init__(self) -> None:
        self.lib = ctypes.CDLL(pyvips_library())
        # Nothing of an earlier turn is to be found in a cache.
        pyvips.cache_set_max(0)

    def read(self, case: Case, threads: int) -> Optional[Call]:
        if case.group in ("PDF", "BMP") or case.name.endswith("G4"):
            return None

        def call(keep: bool) -> Any:
            self.lib.vips_concurrency_set(threads)
            out = pyvips.Image.new_from_buffer(case.data, "", access="sequential")
            memory = out.write_to_memory()
            kind = {"uchar": "uint8", "ushort": "uint16"}[out.format]
            return np.frombuffer(memory, kind).reshape(out.height, out.width, out.bands) if keep else None

        return call

    def write(self, case: Case, threads: int) -> Optional[Call]:
        if case.group == "BMP":
            return None
        endings = {"JPEG": ".jpg[Q=90,subsample_mode=on]", "PNG": ".png", "TIFF": ".tif[compression=none]"}
        if case.group == "TIFF" and case.how["compression"] != 1:
            endings["TIFF"] = (
                f".tif[compression={'lzw' if case.how['compression'] == 5 else 'deflate'},predictor=horizontal]"
            )
        height, width = case.pixels.shape[:2]
        kind = "uchar" if case.pixels.itemsize == 1 else "ushort"

        def call(_keep: bool) -> int:
            self.lib.vips_concurrency_set(threads)
            picture = pyvips.Image.new_from_memory(case.pixels, width, height, samples(case), kind)
            return len(picture.write_to_buffer(endings[case.group]))

        return call


# The decoders of imagecodecs by format.
DECODERS: dict[str, Callable[..., Any]] = {
    "JPEG": imagecodecs.jpeg8_decode,
    "PNG": imagecodecs.png_decode,
    "TIFF": imagecodecs.tiff_decode,
    "BMP": imagecodecs.bmp_decode,
    "GIF": imagecodecs.gif_decode,
    "WebP": imagecodecs.webp_decode,
}


class Imagecodecs:
    name = "imagecodecs"

    def read(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group == "PDF" or case.name.endswith("G4"):
            return None
        decode = DECODERS[case.group]

        def call(keep: bool) -> Any:
            out = decode(case.data)
            return out if keep else None

        return call

    def read_into(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group not in ("JPEG", "PNG") or "palette" in case.name:
            return None
        decode, out = DECODERS[case.group], np.empty(case.pixels.shape, case.pixels.dtype)

        def call(keep: bool) -> Any:
            decode(case.data, out=out)
            return out if keep else None

        return call

    def write(self, case: Case, _threads: int) -> Optional[Call]:
        encode: dict[str, Callable[[Any], bytes]] = {
            "JPEG": lambda it: imagecodecs.jpeg8_encode(it, level=90, subsampling="420"),
            "PNG": imagecodecs.png_encode,
            "BMP": imagecodecs.bmp_encode,
        }
        found = encode.get(case.group)
        return None if found is None else lambda _keep: len(found(case.pixels))


class Pypdfium2:
    name = "pypdfium2"

    def read(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group != "PDF":
            return None

        def call(keep: bool) -> Any:
            document = pdfium.PdfDocument(case.data)
            pixels = document[0].render(scale=case.dots / 72).to_numpy()
            out = pixels.copy()[..., ::-1] if keep else None
            document.close()
            return out

        return call

    def write(self, _case: Case, _threads: int) -> Optional[Call]:
        return None


class Pymupdf:
    name = "PyMuPDF"

    def read(self, case: Case, _threads: int) -> Optional[Call]:
        if case.group != "PDF":
            return None

        def call(keep: bool) -> Any:
            with pymupdf.open(stream=case.data, filetype="pdf") as document:
                out = document[0].get_pixmap(dpi=case.dots, alpha=False)
                return np.frombuffer(out.samples, "uint8").reshape(out.height, out.width, out.n) if keep else None

        return call

    def write(self, _case: Case, _threads: int) -> Optional[Call]:
        return None


def pyvips_library() -> str:
    """The libvips that pyvips has loaded, whose number of threads has no function in Python."""
    with open("/proc/self/maps") as maps:
        return next(line.split()[-1] for line in maps if "libvips" in line or "_libvips" in line)


def packages() -> list[Any]:
    return [Opencv(), Pillow(), Vips(), Imagecodecs(), Pypdfium2(), Pymupdf()]
