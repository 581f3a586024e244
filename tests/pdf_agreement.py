#!/usr/bin/env python3
"""Pages as libdio draws them, held against PDFium and poppler by their structural similarity (SSIM): libdio has to agree with
either about as well as those two agree with each other.

    tests/pdf_agreement.py LIBRARY

bench/pdf.py does the same with a corpus and takes the time.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pikepdf
from pdf_engines import PAGES as SMALL, Reader, by_pypdfium, saved
from pikepdf import Array as A, Dictionary as D, Name as N
from PIL import Image

DPI = 100
# What libdio may lack of the agreement of the other two, and what is always enough.
LESS, ENOUGH = 0.02, 0.97
WORDS = [
    "Lorem",
    "ipsum",
    "dolor",
    "sit",
    "amet",
    "consectetur",
    "adipiscing",
    "elit",
    "sed",
    "do",
    "eiusmod",
    "tempor",
    "incididunt",
    "ut",
    "labore",
]


def gray(pixels: Any) -> Any:
    return pixels.astype(np.float64) @ np.array([0.299, 0.587, 0.114])


def means(values: Any, side: int) -> Any:
    """The mean of every square of so many pixels."""
    sums = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    return (sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]) / side**2


def ssim(first: Any, second: Any) -> float:
    """The mean structural similarity of gray levels over squares of 7 pixels (Wang and others, 2004), of what both cover."""
    height, width = (min(it) for it in zip(first.shape[:2], second.shape[:2]))
    a, b = (gray(it[:height, :width]) for it in (first, second))
    side = min(7, height, width)
    ma, mb = means(a, side), means(b, side)
    va, vb, both = means(a * a, side) - ma**2, means(b * b, side) - mb**2, means(a * b, side) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(np.mean((2 * ma * mb + c1) * (2 * both + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))))


def by_poppler(file: Path, page: int = 0, times: float = 1) -> Any:
    """The crop box of a page, whose size poppler rounds up. It knows no UserUnit: such pages are `times` as large."""
    words = ["pdftoppm", "-q", "-cropbox", "-f", str(page + 1), "-l", str(page + 1), "-r", f"{DPI * times:g}"]
    printed = subprocess.run([*words, str(file)], capture_output=True, timeout=120, check=True)
    return np.asarray(Image.open(io.BytesIO(printed.stdout)).convert("RGB"))


def blank(size: tuple[float, float] = (595, 842)) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=size)
    return pdf


def text() -> pikepdf.Pdf:
    """A page of words in three fonts that every reader has."""
    pdf, lines = blank(), []
    names = [N.Helvetica, N("/Times-Roman"), N.Courier]
    fonts = {
        f"/F{i}": D(Type=N.Font, Subtype=N.Type1, BaseFont=it, Encoding=N.WinAnsiEncoding) for i, it in enumerate(names)
    }
    pdf.pages[0].Resources = D(Font=D(fonts))
    for i in range(52):
        line = " ".join(WORDS[(i * 7 + j) % len(WORDS)] for j in range(9))
        lines.append(f"BT /F{i % 3} {9 + i % 4} Tf 40 {800 - 15 * i} Td ({line}) Tj ET")
    pdf.pages[0].Contents = pdf.make_stream("\n".join(lines).encode())
    return pdf


def scan(filter_name: str) -> pikepdf.Pdf:
    """A page of type at 300 dpi, as fax (one strip of Group 4) or JPEG."""
    noise = np.random.default_rng(3)
    page = np.full((3508, 2480), 255, np.uint8)
    for top in range(300, 3300, 60):
        for left in range(250, 2200, 26):
            if noise.random() < 0.85:
                glyph = noise.random((4, 3)) < 0.6
                page[top : top + 36, left : left + 18] = np.where(np.kron(glyph, np.ones((9, 6))), 20, 255)
    pdf, entries = blank((595.2, 841.92)), {"Type": N.XObject, "Subtype": N.Image, "Width": 2480, "Height": 3508}
    out = io.BytesIO()
    if filter_name == "CCITTFaxDecode":
        Image.fromarray(page).convert("1", dither=Image.Dither.NONE).save(
            out, "TIFF", compression="group4", tiffinfo={278: 3508}
        )
        strips = Image.open(out).tag_v2
        data = out.getvalue()[strips[273][0] : strips[273][0] + strips[279][0]]
        parms = D(K=-1, Columns=2480, Rows=3508, BlackIs1=strips[262] == 0)
        stream = pdf.make_stream(data, BitsPerComponent=1, ColorSpace=N.DeviceGray, **entries)
        stream.write(data, filter=N.CCITTFaxDecode, decode_parms=parms)
        if strips[262] == 0:
            stream.Decode = A([1, 0])
    else:
        Image.fromarray(page).save(out, "JPEG", quality=80)
        stream = pdf.make_stream(b"", BitsPerComponent=8, ColorSpace=N.DeviceGray, **entries)
        stream.write(out.getvalue(), filter=N.DCTDecode)
    pdf.pages[0].Resources = D(XObject=D(I=stream))
    pdf.pages[0].Contents = pdf.make_stream(b"q 595.2 0 0 841.92 0 0 cm /I Do Q")
    return pdf


def shades() -> pikepdf.Pdf:
    """An axial and a radial shading, a pattern, blend modes and a soft mask."""
    pdf = blank((300, 300))
    ramp = D(FunctionType=2, Domain=A([0, 1]), C0=A([1, 0, 0]), C1=A([0, 0.2, 1]), N=1)
    light = D(FunctionType=2, Domain=A([0, 1]), C0=A([0]), C1=A([1]), N=1)
    axial = D(ShadingType=2, ColorSpace=N.DeviceRGB, Coords=A([20, 0, 140, 0]), Function=ramp, Extend=A([True, True]))
    radial = D(ShadingType=3, ColorSpace=N.DeviceRGB, Coords=A([220, 220, 5, 220, 220, 60]), Function=ramp)
    veil = D(ShadingType=2, ColorSpace=N.DeviceGray, Coords=A([0, 20, 0, 130]), Function=light)
    form = {"Type": N.XObject, "Subtype": N.Form, "BBox": A([0, 0, 300, 300])}
    group = D(S=N.Transparency, CS=N.DeviceGray)
    mask = pdf.make_stream(b"/V sh", Resources=D(Shading=D(V=veil)), Group=group, **form)
    dots = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "BBox": A([0, 0, 12, 12]), "XStep": 12, "YStep": 12}
    tile = pdf.make_stream(b"0 0.5 0 rg 2 2 5 5 re f 0.8 0 0.5 rg 7 7 4 4 re f", Resources=D(), **dots)
    states = D(M=D(BM=N.Multiply), S=D(SMask=D(S=N.Luminosity, G=mask)))
    pdf.pages[0].Resources = D(Shading=D(A=axial, R=radial), Pattern=D(P=tile), ExtGState=states)
    pdf.pages[0].Contents = pdf.make_stream(
        b"q 20 160 120 120 re W n /A sh Q /R sh /Pattern cs /P scn 20 20 110 110 re f "
        b"q /M gs 1 1 0 rg 60 60 150 150 re f 0 1 1 rg 100 100 120 60 re f Q q /S gs 0 0 0.6 rg 160 20 120 120 re f Q"
    )
    return pdf


def pages() -> dict[str, bytes]:
    """What is drawn: a name and a document of one page each."""
    more: dict[str, Callable[[], pikepdf.Pdf]] = {
        "text": text,
        "scan, Group 4": lambda: scan("CCITTFaxDecode"),
        "scan, JPEG": lambda: scan("DCTDecode"),
        "shades and masks": shades,
    }
    return {name: saved(it) for name, it in SMALL.items()} | {name: saved(make()) for name, make in more.items()}


def main() -> None:
    dio, checked = Reader(sys.argv[1]), 0
    with tempfile.TemporaryDirectory() as folder:
        for name, pdf in pages().items():
            file = Path(folder) / "page.pdf"
            file.write_bytes(pdf)
            own = dio.read(pdf, None, dpi=DPI)
            other, third = by_pypdfium(pdf, own), by_poppler(file, times=2 if name == "units" else 1)
            two, with_pdfium, with_poppler = ssim(other, third), ssim(own, other), ssim(own, third)
            told = f"PDFium {with_pdfium:.4f}, poppler {with_poppler:.4f}; those two {two:.4f}"
            print(f"{name:<22} {told}")
            farther, nearer = sorted((with_pdfium, with_poppler))
            due = min(two - LESS, ENOUGH)
            if nearer < due or farther < due - 2 * LESS:
                sys.exit(f"pdf_agreement.py: {name} is drawn otherwise: {told}")
            checked += 1
    print(f"{checked} passed")


if __name__ == "__main__":
    main()
