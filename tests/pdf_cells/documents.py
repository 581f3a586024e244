"""What a document says beside its pages: information, PDF/A, and text that is not drawn."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from claims import holds
from pdf_archive import broken_rules, metadata
from PIL import ImageCms
from tiff_written import FORMATS, made

from .images import encoded, few_colours, photo
from .writer import Writer, drawn, is_clean

TEXTS = {
    "title": "Akte <7> & “Größe” 漢字 😀",
    "author": "Ångström",
    "subject": "an (odd) subject \\",
    "keywords": "scan, PDF",
    "creator": "a program",
    "producer": "עברית",
}


def information(dio: Writer) -> None:
    """Title, author and the like as qpdf, poppler and PDFium read them, and the same in XMP; nothing unasked."""
    page = ("gray", made("gray", 9, 9, False))
    document = is_clean(dio.pdf([(page, {})], date_time="2026:01:02 03:04:05", **TEXTS), "information")
    with pikepdf.open(io.BytesIO(document)) as opened:
        info = {str(name): str(value) for name, value in opened.docinfo.items()}
        dates = {"/CreationDate": "D:20260102030405", "/ModDate": "D:20260102030405"}
        holds(info == {"/" + name.title(): text for name, text in TEXTS.items()} | dates, f"information: {info}")
        with opened.open_metadata() as xmp:
            said = {
                "title": xmp["dc:title"], "author": xmp["dc:creator"][0], "subject": xmp["dc:description"],
                "keywords": xmp["pdf:Keywords"], "creator": xmp["xmp:CreatorTool"], "producer": xmp["pdf:Producer"],
            }  # fmt: skip
            holds(said == TEXTS, f"XMP: {said}")
            holds(xmp["xmp:CreateDate"] == xmp["xmp:ModifyDate"] == "2026-01-02T03:04:05", "XMP: dates")
    with pdfium.PdfDocument(document) as seen:
        for name, text in TEXTS.items():
            holds(seen.get_metadata_value(name.title()) == text, f"PDFium reads another {name}")
    told = subprocess.run(["pdfinfo", "-"], input=document, capture_output=True).stdout.decode()
    holds(TEXTS["title"] in told and TEXTS["author"] in told, f"pdfinfo: {told}")

    plain = [is_clean(dio.pdf([(page, {"level": level})]), "no information") for level in (6, 6, 0)]
    holds(plain[0] == plain[1], "two documents of the same page differ")
    ids = []
    for document in plain:
        with pikepdf.open(io.BytesIO(document)) as opened:
            holds({*opened.docinfo} == {"/Producer"} and "/Metadata" not in opened.Root, "information nobody asked for")
            ids.append([bytes(part) for part in opened.trailer.ID])
    holds(ids[0] == ids[1] != ids[2] and ids[0][0] == ids[0][1] and len(ids[0][0]) == 16, f"file identifiers: {ids}")


def archives(dio: Writer) -> None:
    """PDF/A-2b, rule by rule, with every kind of page; what may not be in it is refused."""
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    pages: list[tuple[Any, dict[str, Any]]] = [
        ((name, made(name, 60, 50, False)), {"orientation": turned, "encoding": encoding})
        for name in FORMATS for turned, encoding in ((0, 0), (90, 0), (0, 1)) if name != "cmyk"
    ]  # fmt: skip
    pages += [(("rgb", few_colours(3, 1, 1000)), {}), (("gray", np.zeros((1, 1), np.uint8)), {"dpi_x": 600.0}),
              (("gray", np.zeros((2, 30_000), np.uint8)), {})]  # fmt: skip
    pages += [(encoded(photo(mode), kind, **options), {}) for mode, kind, options in (
        ("L", "JPEG", {}), ("RGB", "JPEG", {"icc_profile": icc}), ("CMYK", "JPEG", {}), ("RGB", "JPEG2000", {}),
        ("L", "JPEG2000", {"no_jp2": True}), ("1", "TIFF", {"compression": "group4"}))]  # fmt: skip
    document = is_clean(dio.pdf(pages, standard=1, date_time="2026:01:02 03:04:05", **TEXTS), "PDF/A-2b")
    broken = list(broken_rules(document))
    holds(not broken, f"PDF/A-2b: {broken}")
    holds(not list(broken_rules(dio.pdf(pages[:1], standard=1))), "PDF/A-2b without information")
    # The rules can be broken: a document that claims nothing breaks some.
    plain = dio.pdf(pages[:1], **TEXTS)
    holds(any("6.6.4" in rule for rule in metadata(pikepdf.open(io.BytesIO(plain)))), "the claim is not looked for")
    try:
        dio.pdf([(("cmyk", made("cmyk", 9, 9, False)), {})], standard=1)
        holds(False, "inks without a profile are taken into PDF/A-2b")
    except RuntimeError as error:
        holds("inks without an ICC profile in PDF/A-2b" in str(error), str(error))


# Two lines: scripts of the left and of the right, letters beyond 16 bits, marks that combine, digits and signs.
LINES = [["Straße", "Œuvre", "Ελληνικά", "Привет"], ["漢字", "かな", "한국어", "ไทย"], ["😀𝔘𐍈", "e\u0301", "12,50", "<&>"],
         ["word"]]  # fmt: skip
RIGHT_TO_LEFT = [["שלום", "עולם"], ["مرحبا", "بالعالم"]]


def laid_out(lines: list[list[str]], backwards: bool = False) -> list[tuple[Any, ...]]:
    """Words in rows on a page of 400 x 300 pixels, with gaps that are narrow."""
    words: list[tuple[Any, ...]] = []
    for row, line in enumerate(lines):
        left = 20
        for text in reversed(line) if backwards else line:
            words.append((text, left, 20 + 40 * row, left + 9 * len(text) + 6, 44 + 40 * row))
            left += 9 * len(text) + 9
    return words


def seen_by_poppler(document: bytes, page: int) -> list[str]:
    command = ["pdftotext", "-enc", "UTF-8", "-f", str(page), "-l", str(page), "-", "-"]
    text = subprocess.run(command, input=document, capture_output=True, check=True).stdout.decode()
    # Marks that say where text turns around are no part of it.
    return re.sub("[\u200e\u200f\u202a-\u202e]", "", text).split()


def seen_by_pdfium(document: bytes, page: int) -> list[str]:
    with pdfium.PdfDocument(document) as opened:
        text: str = opened[page - 1].get_textpage().get_text_range()
        return text.split()


def text_layers(dio: Writer) -> None:
    """Invisible words: what pdftotext and PDFium find, and where; nothing of it is seen."""
    pixels = made("gray", 400, 300, True)
    words, flat = laid_out(LINES), [text for line in LINES for text in line]
    kinds: list[tuple[list[tuple[Any, ...]], int, list[str]]] = [
        (words, 0, flat), (words[:2], 0, flat[:2]), ([], 0, []),
        (laid_out([[text for text in line] for line in RIGHT_TO_LEFT], True), 0,
         [text for line in RIGHT_TO_LEFT for text in line]),
    ]  # fmt: skip
    # The page is stored upright and shown turned: the words are those of the page that is seen.
    on_side = [(text, *box) for text, *box in laid_out(LINES[:1])]
    kinds += [(on_side, angle, LINES[0]) for angle in (90, 180, 270)]
    pages = [(("gray", pixels), {"dpi_x": 100.0, "orientation": turned, "pdf": {"words": each}})
             for each, turned, _ in kinds]  # fmt: skip
    for standard in (0, 1):
        document = is_clean(dio.pdf(pages, standard=standard), "text")
        for number, (_, _, wanted) in enumerate(kinds, 1):
            for name, found in ("poppler", seen_by_poppler), ("PDFium", seen_by_pdfium):
                got = found(document, number)
                same = sorted(map(composed, got)) == sorted(map(composed, wanted))
                holds(same, f"{name} finds {got} for {wanted} on page {number}")
    broken = list(broken_rules(document))
    holds(not broken, f"PDF/A-2b with text: {broken}")
    holds(np.array_equal(drawn(document, 1.0, 0), drawn(document, 1.0, 2)), "the words are seen")
    where(dio)


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def where(dio: Writer) -> None:
    """The boxes of words, turned or not, on pages turned or not, as poppler gives them in points."""
    pixels = made("gray", 400, 300, True)
    for page_turned in (0, 90, 180, 270):
        for angle in (0, 90, 180, 270):
            box = (100, 50, 180, 80) if angle % 180 == 0 else (100, 50, 130, 130)
            given = [("boxed", *box, angle)]
            fields = {"dpi_x": 72.0, "orientation": page_turned, "pdf": {"words": given}}
            document = dio.pdf([(("gray", pixels), fields)])
            command = ["pdftotext", "-bbox", "-", "-"]
            told = subprocess.run(command, input=document, capture_output=True, check=True).stdout.decode()
            found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(\w+)<', told)
            what = f"page turned by {page_turned}, word by {angle}: {found}"
            holds(len(found) == 1 and found[0][4] == "boxed", what)
            # The box of poppler is that of its own idea of the font, across the line; along it the places are exact.
            holds(np.allclose([float(side) for side in found[0][:4]], box, atol=1.0), what)
