#!/usr/bin/env python3
"""Pages of PDFs as both engines of libdio draw them: the one in the library, and PDFium, whose library pypdfium2 brings.
Sizes are the same, pages look alike, and what comes of PDFium is what pypdfium2 draws with it.

    tests/pdf_engines.py LIBRARY [CORPUS]

CORPUS is a folder with PDFs, of which a table is printed; ../shared/corpus/pdf where it is there.
"""

from __future__ import annotations

import ctypes
import io
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import claims
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2_raw
from claims import holds
from pikepdf import Array as A
from pikepdf import Dictionary as D
from pikepdf import Name as N
from pikepdf import String as S
from PIL import Image, ImageFilter
from tiff_written import Dio, struct

ReadOptions: Any = struct("DIO_ReadOptions")
FOLDER = Path(pypdfium2_raw.__file__).parent
RENDER, RGB, ARGB, TRIM = 1, 12, 10, 2
DLL_MISSING, LOAD_FAILED, UNSUPPORTED, PARAMETER, PASSWORD, TIMEOUT = -10022, -10075, -1005, -10038, -1006, -10026
# Grey levels that pixels of the two engines differ by, in the mean of a page, after a blur that evens out their edges;
# and those of one engine called twice in two ways, without.
FAR, SAME = 1.5, 0.05
# A picture whose pixels are enlarged: only PDFium smooths it.
FAR_ENLARGED = 3.0
# Pages of the corpus beyond this size are left out of the table, to save time.
MOST_BYTES, DPI = 2_000_000, 100


class Failed(Exception):
    """A call that failed: its code and message."""


class Reader(Dio):
    """Draws pages with either engine."""

    def read(self, pdf: bytes, place: Path | None, page: int = 0, **fields: Any) -> Any:
        options: Any = ReadOptions()
        self.check(self.lib.DIO_ReadOptions_Init(ctypes.byref(options), ctypes.sizeof(options)))
        given = {"dpi": 144, "pdf_mode": RENDER, "pixel_format": RGB, "page": page, **fields}
        if place is not None:
            given |= {"pdf_engine": 1, "pdfium_path": str(place)}
        kept = []
        for name, value in given.items():
            if isinstance(value, str):
                kept.append(ctypes.create_string_buffer(value.encode()))
                value = ctypes.addressof(kept[-1])
            setattr(options, name, value)
        image, lib = ctypes.c_void_p(), self.lib
        code = lib.DIO_ReadFromMemoryWithOptions(pdf, ctypes.c_size_t(len(pdf)), ctypes.byref(options), ctypes.byref(image))
        if code:
            raise Failed(code, lib.DIO_GetLastErrorMessage().decode())
        lib.DIO_ImageDataGetBytes.restype = ctypes.c_void_p
        lib.DIO_ImageDataGetBytes.argtypes = [ctypes.c_void_p]
        height, width = lib.DIO_ImageDataGetHeight(image), lib.DIO_ImageDataGetWidth(image)
        samples = 4 if given["pixel_format"] == ARGB else 3
        pixels = ctypes.string_at(lib.DIO_ImageDataGetBytes(image), height * width * samples)
        lib.DIO_FreeImageData(image)
        return np.frombuffer(pixels, np.uint8).reshape(height, width, samples)

    def refused(self, code: int, word: str, pdf: bytes, place: Path | None, **fields: Any) -> None:
        try:
            self.read(pdf, place, **fields)
        except Failed as failure:
            holds(failure.args[0] == code and word in failure.args[1], f"{failure.args}, not {code} with {word}")
        else:
            holds(False, f"no error, but {code} was due for {word}")


def saved(pdf: pikepdf.Pdf, **how: Any) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def photo() -> pikepdf.Pdf:
    """Noise and a gradient as a picture of 90 x 60 pixels."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 200))
    y, x, s = np.mgrid[0:60, 0:90, 0:3]
    samples = ((x * 2 + y * 3 + s * 60) % 256).astype(np.uint8).tobytes()
    stream = pdf.make_stream(samples, Subtype=N.Image, Width=90, Height=60, BitsPerComponent=8, ColorSpace=N.DeviceRGB)
    pdf.pages[0].Resources = D(XObject=D(I=stream))
    pdf.pages[0].Contents = pdf.make_stream(b"q 240 20 -30 160 40 20 cm /I Do Q")
    return pdf


CONTENT = b"""0.9 0.2 0.1 rg 20 20 90 60 re f 0 0 0.8 RG 3 w 30 180 m 120 90 200 220 280 120 c S
/G gs 0 0.7 0.3 rg 80 50 120 90 re f 0 g BT /F 18 Tf 40 150 Td (Two engines, one page) Tj ET
[6 3] 0 d 0.5 w 0 G 10 10 275.5 180 re S"""


def drawing(size: tuple[float, float] = (300, 200), /, **entries: Any) -> pikepdf.Pdf:
    """Areas, curves, half transparent ones, dashes and text in a standard font."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=size)
    page = pdf.pages[0]
    font = D(Type=N.Font, Subtype=N.Type1, BaseFont=N.Helvetica, Encoding=N.WinAnsiEncoding)
    page.Resources = D(Font=D(F=font), ExtGState=D(G=D(ca=0.5)))
    page.Contents = pdf.make_stream(CONTENT)
    for name, value in entries.items():
        page[f"/{name}"] = value
    return pdf


def form() -> pikepdf.Pdf:
    """A field that has a value and no appearance, and a square that has none either."""
    pdf = drawing()
    field = D(Type=N.Annot, Subtype=N.Widget, FT=N.Tx, T=S("a"), V=S("Filled"), F=4, DA=S("/F 14 Tf 0 0 1 rg"))
    field.Rect = A([150, 20, 280, 45])
    square = D(Type=N.Annot, Subtype=N.Square, Rect=A([10, 100, 60, 140]), C=A([1, 0, 0]), IC=A([1, 1, 0]), F=4)
    fields = [pdf.make_indirect(it) for it in (field, square)]
    pdf.pages[0].Annots = A(fields)
    pdf.Root.AcroForm = D(Fields=A(fields[:1]), DR=pdf.pages[0].Resources, DA=S("/F 0 Tf 0 g"))
    return pdf


PAGES = {
    "drawing": drawing(),
    "odd size": drawing((301.37, 199.91)),
    "origin elsewhere": drawing(MediaBox=A([-20, 15, 290, 215])),
    "crop box": drawing(CropBox=A([15, 25, 250.5, 170])),
    "turned 90": drawing(Rotate=90),
    "turned 180": drawing(Rotate=180),
    "turned 270, cropped": drawing(Rotate=270, CropBox=A([15, 25, 250, 170])),
    "units": drawing(UserUnit=2.0),
    "picture": photo(),
    "form": form(),
}


def blurred(image: Any) -> Any:
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(2)))


def apart(a: Any, b: Any) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


def by_pypdfium(pdf: bytes, like: Any, page: int = 0, password: str | None = None) -> Any:
    """The page at the size of another picture, by PDFium's own plain call."""
    height, width = like.shape[:2]
    with pdfium.PdfDocument(pdf, password=password) as opened:
        opened.init_forms()
        raw, one = pdfium.raw, opened[page]
        bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGR)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        raw.FPDF_RenderPageBitmap(bitmap, one, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        raw.FPDF_FFLDraw(opened.formenv, bitmap, one, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        return bitmap.to_numpy()[..., ::-1].copy()


def pages(dio: Reader) -> None:
    for name, pdf in PAGES.items():
        file = saved(pdf)
        # At 400 dpi the page with large units takes three bands, the others one.
        for dpi in (100, 400):
            own, other = dio.read(file, None, dpi=dpi), dio.read(file, FOLDER, dpi=dpi)
            holds(own.shape == other.shape, f"{name}: {own.shape} and {other.shape}")
            holds(other.min() < 100, f"{name}: nothing is drawn")
            far = apart(blurred(own), blurred(other))
            most = FAR_ENLARGED if name == "picture" else FAR
            holds(far < most, f"{name} at {dpi} dpi: {far:.3f} between the engines, not {most}")
            far = apart(other, by_pypdfium(file, other))
            holds(far < SAME, f"{name} at {dpi} dpi: {far:.3f} from pypdfium2, not {SAME}")


def options(dio: Reader) -> None:
    """What may be asked of a page is asked of both."""
    file = saved(form())
    whole = dio.read(file, FOLDER)
    part = {"region_x": 37, "region_y": 21, "region_width": 411, "region_height": 200}
    cut = dio.read(file, FOLDER, **part)
    holds(apart(cut, whole[21:221, 37:448]) < SAME * 4, "a region is not that of the page")
    for asked in ({"scale": 2}, {"max_side": 333}, {**part, "scale": 2}, {"annotations": 0}, {"pdf_background": 0xFF00FF80}):
        own, other = dio.read(file, None, **asked), dio.read(file, FOLDER, **asked)
        far = apart(blurred(own), blurred(other)) if own.shape == other.shape else 255
        holds(far < FAR, f"{asked}: {own.shape} and {other.shape}, {far:.3f} apart")
    bare = dio.read(file, FOLDER, annotations=0)
    holds(apart(bare[310:360, 310:550], np.full((50, 240, 3), 255)) < SAME, "a field is drawn without annotations")
    holds(whole[310:360, 310:550].min() < 100, "a field is not drawn")
    clear = dio.read(file, FOLDER, pdf_background=0, pixel_format=ARGB)
    shown = clear[..., :3] * (clear[..., 3:] / 255) + 255 - clear[..., 3:]
    holds(clear[..., 3].min() == 0 and apart(shown, whole) < 0.5, "transparent pixels are not those of the page")
    trimmed = saved(drawing(TrimBox=A([40, 30, 260.5, 170])))
    own, other = (dio.read(trimmed, place, pdf_box=TRIM) for place in (None, FOLDER))
    holds(own.shape == other.shape and apart(blurred(own), blurred(other)) < FAR, "the trim box is another one")
    for owner, user in (("owner", "user"), ("owner", "")):
        locked = saved(drawing(), encryption=pikepdf.Encryption(owner=owner, user=user, R=6))
        for password in (owner, user):
            opened = dio.read(locked, FOLDER, password=password)
            holds(apart(opened, dio.read(saved(drawing()), FOLDER)) < SAME, "another page behind a password")
        dio.refused(PASSWORD, "", locked, FOLDER, password="wrong")


def errors(dio: Reader) -> None:
    file = saved(drawing())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dio.refused(DLL_MISSING, str(folder / "libpdfium.so"), file, folder)
        dio.refused(DLL_MISSING, str(folder / "none.so"), file, folder / "none.so")
        (folder / "libpdfium.so").write_text("no library")
        dio.refused(LOAD_FAILED, str(folder / "libpdfium.so"), file, folder)
    # A library, but another one.
    dio.refused(LOAD_FAILED, "undefined symbol", file, Path(sys.argv[1]).resolve())
    dio.read(file, FOLDER)
    dio.refused(PARAMETER, "pdfium_path", file, Path(sys.argv[1]).resolve())
    holds(dio.read(file, FOLDER / "libpdfium.so").size > 0, "the file and its folder are not one library")
    dio.refused(UNSUPPORTED, "font_folder", file, FOLDER, font_folder=str(FOLDER))
    dio.refused(PARAMETER, "pdf_engine", file, None, pdf_engine=2)
    dio.refused(PARAMETER, "reserved", file, None, reserved=1)


def deadline(dio: Reader) -> None:
    """A page of many curves is left between bands."""
    pdf = drawing((800, 800))
    curve = b"0 0 m 800 800 0 800 800 0 c 0 800 l S\n"
    pdf.pages[0].Contents = pdf.make_stream(curve * 20000)
    began = time.monotonic()
    dio.refused(TIMEOUT, "", saved(pdf), FOLDER, dpi=600, deadline_ms=300)
    print(f"a deadline of 0.3 s ended a page after {time.monotonic() - began:.1f} s")


def corpus(dio: Reader, folder: Path) -> None:
    """How far the engines are from each other, and PDFium from itself through pypdfium2."""
    between, within, other_sizes, failed = [], [], [], []
    for path in sorted(folder.rglob("*.pdf")):
        file = path.read_bytes()
        if len(file) > MOST_BYTES:
            continue
        try:
            own = dio.read(file, None, dpi=DPI, deadline_ms=5000)
            other = dio.read(file, FOLDER, dpi=DPI, deadline_ms=5000, system_fonts=1)
        except Failed as failure:
            failed.append((path.name, failure.args[1]))
            continue
        if own.shape != other.shape:
            other_sizes.append(path.name)
            continue
        between.append((apart(blurred(own), blurred(other)), path.name))
        try:
            within.append((apart(other, by_pypdfium(file, other)), path.name))
        except pdfium.PdfiumError as failure:
            failed.append((path.name, f"pypdfium2: {failure}"))
    holds(not other_sizes, f"other sizes: {other_sizes}")
    print("| first pages of the corpus | pages | median | 90 % | worst |\n| --- | --- | --- | --- | --- |")
    for words, found in (("built in and PDFium, blurred", between), ("PDFium and pypdfium2", within)):
        far = sorted(it for it, _ in found)
        row = f"{statistics.median(far):.3f} | {far[len(far) * 9 // 10]:.3f} | {far[-1]:.3f} ({max(found)[1]})"
        print(f"| {words} | {len(far)} | {row} |")
    both = sum("pypdfium2" not in why for _, why in failed)
    print(f"not drawn by one of the engines: {both}; by pypdfium2: {len(failed) - both}")
    for name, why in failed:
        print(f"  {name}: {why}", file=sys.stderr)


def main() -> None:
    dio = Reader(sys.argv[1])
    errors(dio)
    pages(dio)
    options(dio)
    deadline(dio)
    beside = Path(__file__).parent.parent.parent / "shared/corpus/pdf"
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else beside
    if folder.is_dir():
        corpus(dio, folder)
    print(f"{claims.checked} passed")


if __name__ == "__main__":
    main()
