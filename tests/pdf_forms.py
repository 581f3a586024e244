#!/usr/bin/env python3
"""Form fields and annotations without an appearance, and fonts that a document does not bring, as libdio, PDFium (with its
form filling) and poppler draw them: compared by where there is ink, since no two of them have the same fonts and margins.

tests/pdf_forms.py LIBRARY [--table]

With --table it prints what bench/README.md says of it.
"""

from __future__ import annotations

import ctypes
import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import claims
import numpy as np
import pikepdf
import pypdfium2 as pdfium
from claims import holds
from pikepdf import Array as A
from pikepdf import Dictionary as D
from pikepdf import Name as N
from pikepdf import String as S
from PIL import Image, ImageFilter
from tiff_written import Dio, struct

sys.path.insert(0, str(Path(__file__).parent / "data"))
from font import CHARACTERS, font  # noqa: E402

ReadOptions, Font = struct("DIO_ReadOptions"), struct("DIO_Font")

DPI = 144
# Ink of one picture is that of the other where it lies no further away, in pixels.
NEAR = 3

PLACE, BOX, SQUARE = A([50, 200, 250, 225]), A([50, 100, 250, 225]), A([50, 200, 75, 225])
LOOK = D(BC=A([0, 0, 0.5]), BG=A([0.9, 0.9, 1]))
LONG = "A text of several lines that has to be broken between its words "
HELV, ZADB = "/Helv 12 Tf 0 g", "/ZaDb 0 Tf 0 g"


def field(kind: str, value: Any = None, /, **more: Any) -> dict[str, Any]:
    given = {"FT": N("/" + kind), "Rect": PLACE, "DA": S(HELV), **more}
    if value is not None:
        given["V"] = value
    return given


def mark(kind: str, **more: Any) -> dict[str, Any]:
    return {"Subtype": N("/" + kind), "Rect": BOX, "C": A([1, 0, 0]), **more}


OPTIONS = A([S("one"), A([S("2"), S("two")]), S("three"), S("four")])

# What is drawn, and with whom it is compared: P(DFium), p(oppler); the least agreement there.
KINDS: dict[str, tuple[dict[str, Any], str, float]] = {
    "text": (field("Tx", S("Hello World")), "Pp", 0.9),
    "text, background and border": (field("Tx", S("Hello World"), MK=LOOK), "P", 0.9),
    "text, size that fits": (field("Tx", S("Auto size"), DA=S("/Helv 0 Tf 0 g")), "Pp", 0.6),
    "text, centred": (field("Tx", S("Centred"), Q=1), "Pp", 0.9),
    "text, right, Courier, blue": (field("Tx", S("Right"), Q=2, DA=S("/Cour 14 Tf 0 0 1 rg")), "Pp", 0.9),
    "text, UTF-16": (field("Tx", S("Größe – €")), "Pp", 0.9),
    "text, turned": (field("Tx", S("Turned"), Rect=A([50, 100, 75, 225]), MK=D(R=90)), "Pp", 0.9),
    "text, lines": (field("Tx", S(LONG * 2), Ff=1 << 12, Rect=BOX), "Pp", 0.6),
    "text, lines, size that fits": (field("Tx", S(LONG * 4), Ff=1 << 12, Rect=BOX, DA=S("/Helv 0 Tf 0 g")), "P", 0.6),
    "text, comb": (field("Tx", S("COMB12"), Ff=1 << 24, MaxLen=8), "Pp", 0.9),
    "text, password": (field("Tx", S("secret"), Ff=1 << 13), "Pp", 0.8),
    "combo box": (field("Ch", S("2"), Ff=1 << 17, Opt=OPTIONS), "p", 0.9),
    "list box": (field("Ch", S("2"), I=A([1]), Opt=OPTIONS, Rect=BOX), "Pp", 0.8),
    "list box from its third option": (field("Ch", S("three"), TI=2, I=A([2]), Opt=OPTIONS, Rect=BOX), "Pp", 0.8),
    "check box, on": (field("Btn", N.Yes, AS=N.Yes, DA=S(ZADB), Rect=SQUARE, MK=D(CA=S("4"))), "Pp", 0.6),
    "check box, off": (field("Btn", N.Off, AS=N.Off, DA=S(ZADB), Rect=SQUARE, MK=D(BC=A([0]))), "P", 0.9),
    "radio button, on": (field("Btn", N.A, AS=N.A, Ff=1 << 15, DA=S(ZADB), Rect=SQUARE, MK=D(CA=S("l"))), "p", 0.7),
    "push button": (field("Btn", Ff=1 << 16, MK=D(BG=A([0.75]), CA=S("Push me")), BS=D(W=2, S=N.B)), "Pp", 0.9),
    "border, dashed": (field("Tx", MK=D(BC=A([0])), BS=D(W=2, S=N.D, D=A([4, 2]))), "Pp", 0.9),
    "border, inset": (field("Tx", MK=LOOK, BS=D(W=2, S=N.I)), "Pp", 0.9),
    "border, underline": (field("Tx", MK=D(BC=A([0])), BS=D(W=2, S=N.U)), "Pp", 0.9),
    "signature": (field("Sig"), "Pp", 1.0),
    "hidden": (field("Tx", S("Hidden"), F=2), "Pp", 1.0),
    "not to be viewed": (field("Tx", S("No view"), F=32), "Pp", 1.0),
    "free text": (mark("FreeText", Contents=S("Free text\rin lines"), DA=S("/Helv 12 Tf 1 0 0 rg"), C=A([])), "p", 0.9),
    "free text without a style": (mark("FreeText", Contents=S("Hello!")), "Pp", 0.9),
    "highlight": (mark("Highlight", QuadPoints=A([50, 150, 250, 150, 50, 120, 250, 120]), Rect=BOX), "Pp", 0.9),
    "underline": (mark("Underline", QuadPoints=A([50, 150, 250, 150, 50, 120, 250, 120]), Rect=BOX), "Pp", 0.9),
    "square": (mark("Square", IC=A([0, 1, 0]), BS=D(W=4, S=N.D, D=A([6, 3]))), "Pp", 0.9),
    "circle": (mark("Circle", BS=D(W=4)), "Pp", 0.9),
    "ink": (mark("Ink", InkList=A([A([60, 110, 100, 170, 150, 120, 200, 210])]), BS=D(W=2)), "Pp", 0.9),
    "line with ends": (mark("Line", L=A([60, 110, 240, 215]), LE=A([N.OpenArrow, N.ClosedArrow]), BS=D(W=2)), "p", 0.9),
    "polygon": (mark("Polygon", Vertices=A([60, 110, 240, 215, 240, 110]), IC=A([0, 1, 0]), BS=D(W=2)), "p", 0.9),
    "polyline": (mark("PolyLine", Vertices=A([60, 110, 240, 215, 240, 110]), BS=D(W=2)), "p", 0.9),
    "stamp": (mark("Stamp", Name=N.Draft), "p", 0.5),
    "note": (mark("Text", Contents=S("A note"), Rect=A([100, 100, 120, 120])), "Pp", 0.6),
}


def document(annotation: dict[str, Any]) -> bytes:
    """A page with one annotation, which is in the form if it is a field."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 250))
    names = {"Helv": N.Helvetica, "Cour": N.Courier, "ZaDb": N.ZapfDingbats}
    fonts = {
        key: D(Type=N.Font, Subtype=N.Type1, BaseFont=name, **({} if key == "ZaDb" else {"Encoding": N.WinAnsiEncoding}))
        for key, name in names.items()
    }
    one = pdf.make_indirect(D(**{"Type": N.Annot, "Subtype": N.Widget, "F": 4, "T": S("a"), **annotation}))
    pdf.pages[0].Annots = A([one])
    fields = A([one] if one.Subtype == N.Widget else [])
    pdf.Root.AcroForm = D(Fields=fields, DR=D(Font=D(**fonts)), DA=S("/Helv 0 Tf 0 g"))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


class Reader(Dio):
    """Draws pages."""

    def draw(self, pdf: bytes, lent: bytes = b"") -> tuple[Image.Image, list[str]]:
        options: Any = ReadOptions()
        self.check(self.lib.DIO_ReadOptions_Init(ctypes.byref(options), ctypes.sizeof(options)))
        options.dpi, options.pixel_format = DPI, 12  # R, G, B
        kept = ctypes.create_string_buffer(lent, len(lent))
        one: Any = Font()
        one.struct_size, one.size = ctypes.sizeof(one), len(lent)
        one.bytes = ctypes.addressof(kept)
        if lent:
            options.fonts, options.font_count = ctypes.addressof(one), 1
        image = ctypes.c_void_p()
        self.check(self.lib.DIO_ReadFromMemoryWithOptions(pdf, ctypes.c_size_t(len(pdf)), ctypes.byref(options), ctypes.byref(image)))
        lib = self.lib
        lib.DIO_ImageDataGetBytes.restype = ctypes.c_void_p
        lib.DIO_ImageDataGetWarningCount.restype = ctypes.c_size_t
        size = lib.DIO_ImageDataGetWidth(image), lib.DIO_ImageDataGetHeight(image)
        pixels = ctypes.string_at(lib.DIO_ImageDataGetBytes(image), size[0] * size[1] * 3)
        said = []
        for number in range(lib.DIO_ImageDataGetWarningCount(image)):
            words = ctypes.c_char_p()
            self.check(lib.DIO_ImageDataGetWarning(image, ctypes.c_size_t(number), ctypes.byref(words)))
            said.append((words.value or b"").decode())
        lib.DIO_FreeImageData(image)
        return Image.frombytes("RGB", size, pixels), said


def by_pdfium(pdf: bytes) -> Image.Image:
    with pdfium.PdfDocument(pdf) as opened:
        opened.init_forms()
        return opened[0].render(scale=DPI / 72, may_draw_forms=True).to_pil().convert("RGB")


def by_poppler(pdf: bytes) -> Image.Image:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        path.write_bytes(pdf)
        command = ["pdftoppm", "-r", str(DPI), "-png", "-singlefile", str(path), str(path.with_suffix(""))]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return Image.open(path.with_suffix(".png")).convert("RGB")


def ink(image: Image.Image) -> Any:
    return np.asarray(image).min(axis=2) < 215


def near(mask: Any) -> Any:
    spread = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(2 * NEAR + 1))
    return np.asarray(spread) > 0


def agreement(a: Image.Image, b: Image.Image) -> float:
    """The share of each picture's ink that is near ink of the other; the smaller of the two."""
    first, second = ink(a), ink(b)
    if not first.any() or not second.any():
        return float(first.any() == second.any())
    shares = [(one & near(other)).sum() / one.sum() for one, other in ((first, second), (second, first))]
    return float(min(shares))


def forms(dio: Reader, table: bool) -> None:
    if table:
        print("| kind | PDFium | poppler | PDFium and poppler |\n| --- | --- | --- | --- |")
    for name, (annotation, peers, least) in KINDS.items():
        pdf = document(annotation)
        ours, said = dio.draw(pdf)
        holds(not said, f"{name}: {said}")
        theirs = {"P": by_pdfium(pdf), "p": by_poppler(pdf)}
        shares = {peer: agreement(ours, image) for peer, image in theirs.items()}
        if table:
            between = agreement(theirs["P"], theirs["p"])
            print(f"| {name} | {shares['P']:.2f} | {shares['p']:.2f} | {between:.2f} |")
            continue
        for peer in peers:
            holds(shares[peer] >= least, f"{name}: {shares[peer]:.2f} with {peer}, not {least}")


def glyphs(text: str) -> bytes:
    return b"".join((CHARACTERS.index(character) + 1).to_bytes(2, "big") for character in text)


def shown(text: bytes, wanted: dict[str, Any], bytes_of_font: bytes = b"", cid: str = "Identity") -> bytes:
    """A page that shows text in a font, which is embedded where its bytes are given."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 60))
    descriptor = D(Type=N.FontDescriptor, FontName=wanted["BaseFont"], Flags=4, ItalicAngle=0, Ascent=800, Descent=-200)
    descriptor.CapHeight, descriptor.StemV, descriptor.FontBBox = 700, 80, A([0, -200, 700, 800])
    if bytes_of_font:
        descriptor.FontFile2 = pdf.make_stream(bytes_of_font, Length1=len(bytes_of_font))
    if wanted["Subtype"] == N.Type0:
        info = D(Registry=S("Adobe"), Ordering=S(cid), Supplement=0)
        part = D(Type=N.Font, Subtype=N.CIDFontType2, BaseFont=wanted["BaseFont"], CIDSystemInfo=info, DW=700)
        part.FontDescriptor = pdf.make_indirect(descriptor)
        if bytes_of_font:
            part.CIDToGIDMap = N.Identity
        wanted = {**wanted, "DescendantFonts": A([pdf.make_indirect(part)])}
    else:
        wanted = {**wanted, "FontDescriptor": pdf.make_indirect(descriptor)}
    one = pdf.make_indirect(D(Type=N.Font, **wanted))
    pdf.pages[0].Resources = D(Font=D(F=one))
    pdf.pages[0].Contents = pdf.make_stream(b"BT /F 30 Tf 10 20 Td <" + text.hex().encode() + b"> Tj ET")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def fonts(dio: Reader) -> None:
    """Fonts that are lent draw what the same fonts draw embedded, and what others draw of those."""
    lent = font()
    cases = {
        "Latin-2": ("ĄłŐž", "Aogonek lslash Ohungarumlaut zcaron"),
        "Cyrillic": ("ЖДяш", "afii10024 afii10021 afii10097 afii10090"),
        "Greek": ("ΑΦβλ", "Alpha Phi beta lambda"),
    }
    for name, (text, names) in cases.items():
        codes = A([1, *(N("/" + it) for it in names.split())])
        encoding = D(Type=N.Encoding, BaseEncoding=N.WinAnsiEncoding, Differences=codes)
        wanted = {"Subtype": N.TrueType, "BaseFont": N("/Unknown"), "FirstChar": 1, "LastChar": len(text)}
        wanted.update(Widths=A([700] * len(text)), Encoding=encoding)
        compare(dio, name, text, shown(bytes(range(1, len(text) + 1)), wanted), lent)
    for ordering, base, cmap, text in (
        ("Japan1", "HeiseiMin-W3", "UniJIS-UTF16-H", "日本語あア"),
        ("GB1", "STSong-Light", "UniGB-UTF16-H", "们这国时"),
        ("CNS1", "MSung-Light", "UniCNS-UTF16-H", "們國時會"),
        ("Korea1", "HYSMyeongJo-Medium", "UniKS-UTF16-H", "한국어가"),
    ):
        wanted = {"Subtype": N.Type0, "BaseFont": N("/" + base), "Encoding": N("/" + cmap)}
        compare(dio, ordering, text, shown(text.encode("utf-16-be"), wanted, cid=ordering), lent)


def compare(dio: Reader, name: str, text: str, pdf: bytes, lent: bytes) -> None:
    wanted = {"Subtype": N.Type0, "BaseFont": N.DioMarks, "Encoding": N("/Identity-H")}
    embedded = shown(glyphs(text), wanted, lent)
    ours, said = dio.draw(pdf, lent)
    holds(not said, f"{name}: {said}")
    own, _ = dio.draw(embedded)
    differing, dark = (ink(ours) != ink(own)).sum(), ink(own).sum()
    holds(dark > 1000 and differing * 50 < dark, f"{name}: {differing} pixels of {dark} differ from the embedded font")
    for peer, image in (("PDFium", by_pdfium(embedded)), ("poppler", by_poppler(embedded))):
        share = agreement(ours, image)
        holds(share > 0.97, f"{name}: {share:.2f} with the embedded font in {peer}")
    blank, said = dio.draw(pdf)
    holds(len(said) == 1 and "is not embedded" in said[0], f"{name}: without the font {said}")
    holds(agreement(ours, blank) < 0.9, f"{name}: as with the font without it")


def main() -> None:
    dio, table = Reader(sys.argv[1]), "--table" in sys.argv
    forms(dio, table)
    if not table:
        fonts(dio)
        print(f"{claims.checked} checks")


if __name__ == "__main__":
    main()
