#!/usr/bin/env python3
"""Writes PDFs with libdio and reads them with qpdf, poppler, PDFium and pikepdf.

tests/pdf_written.py LIBRARY
"""

from __future__ import annotations

import ctypes
import io
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import tifffile
from pdf_archive import broken_rules, metadata
from PIL import Image, ImageCms, ImageOps
from tiff_written import FORMATS, Dio, SaveOptions, made, struct

PDF = 3
PdfOptions, TextWord = struct("DIO_PdfOptions"), struct("DIO_TextWord")
# The numbers of DIO_PAGE_... and DIO_FIT_..., and sheets in points.
AUTO, CUSTOM, A4, LETTER = 0, 1, 3, 5
INSIDE, SHRINK, COVER, STRETCH = range(4)
SHEETS = {A4: (210 / 25.4 * 72, 297 / 25.4 * 72), LETTER: (612, 792)}

checked = 0


def holds(claim: bool, words: str) -> None:
    """One thing that is so."""
    global checked
    if not claim:
        sys.exit(f"pdf_written.py: {words}")
    checked += 1


class Writer(Dio):
    """Documents of pages, each an image or an encoded file with options of its own."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.kept: list[Any] = []

    def pdf_options(self, pdf: dict[str, Any], **fields: Any) -> Any:
        own: Any = PdfOptions()
        self.check(self.lib.DIO_PdfOptions_Init(ctypes.byref(own), ctypes.sizeof(own)))
        kept = []
        for name, value in pdf.items():
            if name == "words":
                kept.append(self.words(value))
                own.word_count, value = len(value), ctypes.addressof(kept[-1])
            elif isinstance(value, str):
                kept.append(ctypes.create_string_buffer(value.encode()))
                value = ctypes.addressof(kept[-1])
            setattr(own, name, value)
        if isinstance(fields.get("date_time"), str):
            kept.append(ctypes.create_string_buffer(fields["date_time"].encode()))
            fields["date_time"] = ctypes.addressof(kept[-1])
        options = self.options(**{"format": PDF, **fields})
        options.pdf = ctypes.cast(ctypes.pointer(own), ctypes.c_void_p)
        options.kept = own, kept
        return options

    def words(self, words: list[tuple[Any, ...]]) -> Any:
        array = (TextWord * len(words))()
        for (text, *box), word in zip(words, array, strict=True):
            word.struct_size = ctypes.sizeof(TextWord)
            buffer = ctypes.create_string_buffer(text.encode())
            word.text = ctypes.addressof(buffer)
            self.kept.append(buffer)
            word.left, word.top, word.right, word.bottom = box[:4]
            word.angle = box[4] if len(box) > 4 else 0
        return array

    def pdf(self, pages: list[tuple[Any, dict[str, Any]]], path: str | None = None, **document: Any) -> bytes:
        """A document in memory; behind the pages of the file at `path`, if there is one."""
        writer, out, size = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_size_t()
        date = {"date_time": document.pop("date_time")} if "date_time" in document else {}
        options = ctypes.byref(self.pdf_options(document, **date))
        if path is None:
            self.check(self.lib.DIO_WriterOpenMemory(options, ctypes.byref(writer)))
        else:
            self.check(self.lib.DIO_WriterOpenAppend(path.encode(), options, ctypes.byref(writer)))
        try:
            for page, fields in pages:
                self.add(writer, page, dict(fields))
            if path is not None:
                self.check(self.lib.DIO_WriterFinish(writer))
                return Path(path).read_bytes()
            self.check(self.lib.DIO_WriterFinishToMemory(writer, ctypes.byref(out), ctypes.byref(size)))
        finally:
            self.lib.DIO_FreeWriter(writer)
        data = ctypes.string_at(out, size.value)
        self.lib.DIO_FreeBytes(out)
        return data

    def add(self, writer: Any, page: Any, fields: dict[str, Any]) -> None:
        orientation = fields.pop("orientation", 0)
        options = self.pdf_options(fields.pop("pdf", {}), **fields)
        if isinstance(page, bytes):
            size = ctypes.c_size_t(len(page))
            self.check(self.lib.DIO_WriterAddEncoded(writer, page, size, ctypes.byref(options)))
            return
        image = self.image(*page)
        self.check(self.lib.DIO_ImageDataSetOrientation(image, orientation))
        self.check(self.lib.DIO_WriterAddPage(writer, image, ctypes.byref(options)))
        self.lib.DIO_FreeImageData(image)


def is_clean(pdf: bytes, what: str) -> bytes:
    """What qpdf has no complaint about."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        ran = subprocess.run(["qpdf", "--check", file.name], capture_output=True, text=True)
    holds(ran.returncode == 0 and "WARNING" not in ran.stderr, f"{what}: {ran.stdout}{ran.stderr}")
    return pdf


def extracted(pdf: bytes, *arguments: str) -> list[Path]:
    """The files that pdfimages makes of the images of a document."""
    folder = Path(tempfile.mkdtemp())
    (folder / "in.pdf").write_bytes(pdf)
    subprocess.run(["pdfimages", *arguments, str(folder / "in.pdf"), str(folder / "out")], check=True)
    return sorted(folder.glob("out*"))


def drawn(pdf: bytes, scale: float = 1.0, page: int = 0) -> np.ndarray[Any, Any]:
    """A page as PDFium draws it: R, G, B."""
    with pdfium.PdfDocument(pdf) as document:
        return np.array(document[page].render(scale=scale).to_pil().convert("RGB"))


def page_sizes(dio: Writer) -> None:
    """Sizes as PDFium sees them, and where the image lies."""
    black = np.zeros((100, 50), np.uint8)
    pages: list[tuple[dict[str, Any], int, tuple[float, float], tuple[float, float, float, float]]] = [
        ({}, 0, (36, 72), (0, 0, 36, 72)),
        ({}, 90, (72, 36), (0, 0, 72, 36)),
        ({"margin": 36.0}, 0, (108, 144), (36, 36, 72, 108)),
        ({"page_size": LETTER, "page_fit": SHRINK}, 0, SHEETS[LETTER], (288, 360, 324, 432)),
        ({"page_size": LETTER, "page_fit": SHRINK}, 90, SHEETS[LETTER][::-1], (360, 288, 432, 324)),
        ({"page_size": A4, "page_fit": STRETCH, "margin": 20.0}, 180, SHEETS[A4], (20, 20, 575.3, 821.9)),
        ({"page_size": CUSTOM, "page_width": 300.0, "page_height": 200.0}, 0, (300, 200), (100, 0, 200, 200)),
        ({"page_size": CUSTOM, "page_width": 300.0, "page_height": 200.0}, 270, (300, 200), (0, 25, 300, 175)),
        ({"page_size": CUSTOM, "page_width": 90.0, "page_height": 90.0, "page_fit": COVER, "margin": 9.0}, 0,
         (90, 90), (9, 9, 81, 81)),
    ]  # fmt: skip
    given = [(("gray", black), {"pdf": pdf, "dpi_x": 100.0, "orientation": turned}) for pdf, turned, _, _ in pages]
    document = is_clean(dio.pdf(given), "page sizes")
    for number, (options, turned, size, box) in enumerate(pages):
        what = f"{options} turned by {turned}"
        with pdfium.PdfDocument(document) as opened:
            got = opened[number].get_size()
        holds(np.allclose(got, size, atol=0.01), f"{what}: the page is {got}")
        rows, columns = np.nonzero(drawn(document, 4.0, number)[..., 0] < 128)
        ends = (columns.min() / 4, rows.min() / 4, (columns.max() + 1) / 4, (rows.max() + 1) / 4)
        holds(np.allclose(ends, box, atol=0.6), f"{what}: the image lies at {ends}")


def few_colours(count: int, width: int, height: int) -> np.ndarray[Any, Any]:
    """R, G, B of so many colours."""
    colours = np.random.default_rng(count).choice(2**24, count, replace=False)
    which = np.random.default_rng(7).integers(0, count, (height, width))
    which.flat[:count] = np.arange(count)
    packed = colours[which]
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=-1).astype(np.uint8)


def lossless(dio: Writer) -> None:
    """Images of every kind, as pikepdf (by qpdf), pdfimages and PDFium take them out of the document."""
    kinds = [(name, made(name, width, 40, smooth), {"level": level})
             for name in FORMATS for width in (33, 64) for smooth in (False, True)
             for level in (0, 6)]  # fmt: skip
    kinds += [("rgb", few_colours(count, 61, 23), {}) for count in (1, 2, 3, 4, 5, 16, 17, 255, 256, 257)]
    kinds.append(("rgba", np.dstack([few_colours(9, 30, 30), np.full((30, 30), 255, np.uint8)]), {}))
    document = is_clean(dio.pdf([((name, pixels), fields) for name, pixels, fields in kinds]), "lossless images")
    with pikepdf.open(io.BytesIO(document)) as opened, pdfium.PdfDocument(document) as seen:
        for number, (name, pixels, _) in enumerate(kinds):
            what = f"image {number}, {name} {pixels.shape}"
            image = opened.pages[number].Resources.XObject.Im
            holds(stored_exactly(image, name, pixels), f"{what}: pikepdf finds other samples in {image.ColorSpace}")
            if name in ("bilevel", "gray", "rgb"):
                holds(np.array_equal(by_pdfium(seen[number], name), pixels), f"{what}: PDFium finds other pixels")
    by_poppler(document, kinds)


def stored_exactly(image: Any, name: str, pixels: np.ndarray[Any, Any]) -> bool:
    """The samples behind all filters, and those of the mask."""
    height, width = pixels.shape[:2]
    bits, mask = int(image.BitsPerComponent), image.get("/SMask")
    if name == "bilevel":
        # Fax data: PDFium and poppler look at it.
        return image.Filter == "/CCITTFaxDecode" and bits == 1
    wanted = pixels[..., :3] if pixels.ndim == 3 and "rgb" in name else pixels
    colours = len(np.unique(wanted.reshape(-1, wanted.shape[-1]), axis=0)) if wanted.ndim == 3 else 0
    opaque = "rgba" not in name or bool((pixels[..., 3] == np.iinfo(pixels.dtype).max).all())
    if "16" not in name and "rgb" in name and colours <= 256 and opaque:
        space = image.ColorSpace
        table = np.frombuffer(bytes(space[3]), np.uint8).reshape(-1, 3)
        rows = np.frombuffer(image.read_bytes(), np.uint8).reshape(height, -1)
        indexes = np.unpackbits(rows, axis=1)[:, : width * bits].reshape(height, width, bits)
        indexes = indexes @ (1 << np.arange(bits)[::-1])
        small = bits == min(b for b in (2, 4, 8) if 2**b >= colours)
        return space[0] == "/Indexed" and len(table) == colours and small and np.array_equal(table[indexes], wanted)
    kind = ">u2" if "16" in name else "u1"
    if bits != np.dtype(kind).itemsize * 8 or (mask is None) != opaque:
        return False
    if mask is not None:
        alpha = np.frombuffer(mask.read_bytes(), kind).reshape(height, width)
        if not np.array_equal(alpha, pixels[..., 3]):
            return False
    return np.array_equal(np.frombuffer(image.read_bytes(), kind).reshape(wanted.shape), wanted)


def by_pdfium(page: Any, name: str) -> np.ndarray[Any, Any]:
    (image,) = page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE])
    pixels = np.array(image.get_bitmap().to_pil().convert("RGB"))
    if name == "bilevel":
        return pixels[..., 0] > 127
    return pixels[..., 0] if name == "gray" else pixels


def by_poppler(document: bytes, kinds: list[tuple[str, np.ndarray[Any, Any], dict[str, Any]]]) -> None:
    """What pdfimages makes PNGs of: all but inks; of 16 bits the high bytes."""
    files = iter(extracted(document, "-png"))
    for number, (name, pixels, _) in enumerate(kinds):
        read = np.array(Image.open(next(files)).convert("L" if pixels.ndim == 2 else "RGB"))
        alpha = pixels[..., 3] if "rgba" in name else None
        if alpha is not None and (alpha != np.iinfo(alpha.dtype).max).any():
            mask = np.array(Image.open(next(files)).convert("L"))
            far = np.abs(mask.astype(int) - (alpha >> 8 if alpha.dtype == np.uint16 else alpha))
            holds(int(far.max()) <= (alpha.dtype == np.uint16), f"image {number}, {name}: poppler finds another mask")
        if name == "cmyk":
            continue
        wanted = pixels[..., :3] if pixels.ndim == 3 else pixels
        if wanted.dtype == np.bool_:
            wanted = wanted * np.uint8(255)
        wide = wanted.dtype == np.uint16
        far = np.abs(read.astype(int) - (wanted >> 8 if wide else wanted))
        if wide and wanted.ndim == 3:
            # pdfimages makes 0 of the brightest samples of 16 bits; pdftoppm and PDFium do not.
            far = far[wanted < 0xFF00]
        holds(int(far.max()) <= wide, f"image {number}, {name}: poppler finds other pixels")


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(mode: str, width: int = 96, height: int = 64) -> Image.Image:
    """Smooth, and unlike itself when it is turned or mirrored."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x < 30) * 200], axis=-1)
    return Image.fromarray(pixels.astype(np.uint8)).convert(mode)


def untouched(dio: Writer) -> None:
    """Encoded files: what pikepdf takes out is what went in, and PDFium shows what Pillow decodes."""
    bare = photo("RGB"), {"quality": 95, "subsampling": 0}
    orientation = Image.Exif()
    files = [encoded(photo("L"), "JPEG"), encoded(bare[0], "JPEG", **bare[1]),
             encoded(photo("RGB"), "JPEG", progressive=True, quality=90)]  # fmt: skip
    for value in range(1, 9):
        orientation[0x112] = value
        files.append(encoded(bare[0], "JPEG", exif=orientation, **bare[1]))
    files += [encoded(photo(mode), "JPEG2000") for mode in ("L", "RGB")]
    document = is_clean(dio.pdf([(file, {"dpi_x": 72.0}) for file in files]), "encoded files")
    with pikepdf.open(io.BytesIO(document)) as opened:
        for number, file in enumerate(files):
            image = opened.pages[number].Resources.XObject.Im
            holds(image.read_raw_bytes() == file, f"file {number} is not in the document as it was")
            upright = ImageOps.exif_transpose(Image.open(io.BytesIO(file))).convert("RGB")
            far = np.abs(drawn(document, 1.0, number).astype(int) - np.array(upright))
            holds(float(far.mean()) < 2, f"file {number}: PDFium shows something else, {far.mean():.1f}")
    same = [path.read_bytes() for path in extracted(document, "-all") if path.suffix != ".pdf"]
    holds(same == files, "pdfimages takes other files out")
    inks(dio)
    codestreams(dio)
    faxes(dio)


def inks(dio: Writer) -> None:
    """CMYK as Adobe's programs write it, inverted, which Pillow does too."""
    file = encoded(photo("CMYK"), "JPEG", quality=95)
    document = is_clean(dio.pdf([(file, {"dpi_x": 72.0})]), "a JPEG of inks")
    with pikepdf.open(io.BytesIO(document)) as opened:
        image = opened.pages[0].Resources.XObject.Im
        holds(image.read_raw_bytes() == file, "the JPEG of inks is not in the document as it was")
        holds(
            image.ColorSpace == "/DeviceCMYK" and list(image.Decode) == [1, 0] * 4, "inks are not said to be inverted"
        )
    # PDFium knows inks by a table of its own; inverted ones would be far off.
    shown, wanted = drawn(document).astype(int), np.array(photo("CMYK").convert("RGB")).astype(int)
    holds(np.abs(shown - wanted).mean() < np.abs(255 - shown - wanted).mean() / 2, "PDFium shows inverted inks")


def codestreams(dio: Writer) -> None:
    """JPEG 2000 without boxes gets them; alpha is in the file; resolution is that of its box."""
    bare = encoded(photo("RGB"), "JPEG2000", no_jp2=True)
    with_alpha = encoded(photo("RGBA"), "JPEG2000")
    document = is_clean(dio.pdf([(bare, {}), (with_alpha, {})]), "JPEG 2000")
    with pikepdf.open(io.BytesIO(document)) as opened:
        first, second = (page.Resources.XObject.Im for page in opened.pages)
        holds(first.read_raw_bytes().endswith(bare), "the codestream is not in the document as it was")
        holds(second.read_raw_bytes() == with_alpha and second.SMaskInData == 1, "JPEG 2000 with alpha")
    holds(np.array_equal(drawn(document), np.array(photo("RGB"))), "PDFium shows another codestream")
    for broken in (bare[:-50], with_alpha[:60]):
        try:
            dio.pdf([(broken, {})])
        except RuntimeError as error:
            holds("ends within" in str(error) or "codestream" in str(error), str(error))
        else:
            holds(False, "a cut JPEG 2000 file is taken")


def faxes(dio: Writer) -> None:
    """G4 in a TIFF of one strip, of both meanings of its bits."""
    page = Image.fromarray(made("bilevel", 200, 100, False))
    for photometric in (0, 1):
        # 262: PhotometricInterpretation, 278: RowsPerStrip.
        file = encoded(page, "TIFF", compression="group4", tiffinfo={262: photometric, 278: 100})
        with tifffile.TiffFile(io.BytesIO(file)) as tiff:
            (at,), (size,) = tiff.pages[0].dataoffsets, tiff.pages[0].databytecounts
            holds(tiff.pages[0].photometric == photometric, "Pillow writes another kind of fax")
        document = is_clean(dio.pdf([(file, {"dpi_x": 72.0})]), "a fax")
        with pikepdf.open(io.BytesIO(document)) as opened:
            raw = opened.pages[0].Resources.XObject.Im.read_raw_bytes()
            holds(raw == file[at : at + size], f"strip, {photometric}, is not in the document as it was")
        wanted = np.array(Image.open(io.BytesIO(file)))
        holds(np.array_equal(drawn(document)[..., 0] > 127, wanted), f"PDFium shows another fax, {photometric}")


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


def other_documents(ours: bytes) -> dict[str, bytes]:
    """Documents as other programs write them."""
    found = {"ours": ours}
    out = io.BytesIO()
    photo("RGB").save(out, "PDF", save_all=True, append_images=[photo("L")], resolution=72)
    found["Pillow"] = out.getvalue()
    kinds: dict[str, dict[str, Any]] = {
        "classic": {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
        "xref streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        "linearized": {"linearize": True},
        "old": {"force_version": "1.3", "object_stream_mode": pikepdf.ObjectStreamMode.disable},
    }
    for name, options in kinds.items():
        with pikepdf.open(io.BytesIO(ours)) as document:
            # What the root of the page tree states is that of all pages which state nothing.
            document.Root.Pages.Rotate, document.Root.Pages.CropBox = 90, pikepdf.Array([0, 0, 10, 10])
            document.Root.Pages.MediaBox = pikepdf.Array([0, 0, 20, 20])
            out = io.BytesIO()
            document.save(out, **options)
            found[name] = out.getvalue()
    return found


def appended(dio: Writer) -> None:
    """Pages behind those of other documents: old bytes stay, and old and new pages are seen by all."""
    folder = Path(tempfile.mkdtemp())
    page = np.array(photo("RGB"))
    new = [(("rgb", page), {"dpi_x": 72.0}), (("rgb", page), {"dpi_x": 72.0, "pdf": {"words": [("new", 5, 5, 60, 20)]}})]
    ours = dio.pdf([(("gray", made("gray", 50, 40, True)), {"dpi_x": 72.0}), (("rgb", page), {"orientation": 90})])
    for name, old in other_documents(ours).items():
        path = folder / f"{name}.pdf"
        path.write_bytes(old)
        before, after = old, old
        for times in range(1, 4):
            after = is_clean(dio.pdf(list(new), path=str(path)), f"{name}, appended to {times} times")
            holds(after.startswith(before) and len(after) > len(before), f"{name}: old bytes changed")
            before = after
        with pikepdf.open(io.BytesIO(old)) as first, pikepdf.open(io.BytesIO(after)) as last:
            count = len(first.pages)
            holds(len(last.pages) == count + 6, f"{name}: {len(last.pages)} pages")
            holds(int(last.Root.Pages.Count) == count + 6, f"{name}: the count of pages")
            if "/ID" in first.trailer:
                holds(bytes(first.trailer.ID[0]) == bytes(last.trailer.ID[0]), f"{name}: the identifier")
        for number in range(count):
            same = np.array_equal(drawn(old, 1.0, number), drawn(after, 1.0, number))
            holds(same, f"{name}: old page {number} is seen otherwise")
        for number in range(count, count + 6):
            holds(np.array_equal(drawn(after, 1.0, number), page), f"{name}: new page {number} is seen otherwise")
        holds(seen_by_poppler(after, count + 6) == ["new"], f"{name}: poppler does not find the word")
    archival(dio, folder / "archive.pdf", new)
    refused(dio, folder, ours, new)


def archival(dio: Writer, path: Path, new: list[tuple[Any, dict[str, Any]]]) -> None:
    """What is PDF/A stays it."""
    path.write_bytes(dio.pdf(new, standard=1))
    both = is_clean(dio.pdf(list(new), path=str(path), standard=1), "PDF/A appended to")
    # The rules are those of files that were written at once: the table is another one.
    broken = [rule for rule in broken_rules(both) if "6.1.4" not in rule]
    holds(not broken, f"PDF/A appended to: {broken}")


def refused(dio: Writer, folder: Path, ours: bytes, new: list[tuple[Any, dict[str, Any]]]) -> None:
    """What cannot be continued, and why."""
    with pikepdf.open(io.BytesIO(ours)) as document:
        document.save(folder / "encrypted.pdf", encryption=pikepdf.Encryption(owner="a", user=""))
        document.Root.AcroForm = pikepdf.Dictionary(SigFlags=3, Fields=[])
        document.save(folder / "signed.pdf")
    (folder / "cut.pdf").write_bytes(ours[: len(ours) * 3 // 4])
    moved = ours.replace(b"%PDF-1.7\n", b"%PDF-1.7\n% moved\n")
    (folder / "moved.pdf").write_bytes(moved)
    (folder / "plain.pdf").write_bytes(ours)
    reasons = {"encrypted": "encrypted", "signed": "signed", "cut": "cannot be appended", "moved": "cannot be appended"}
    for name, words in reasons.items():
        path = folder / f"{name}.pdf"
        before = path.read_bytes()
        try:
            dio.pdf(list(new), path=str(path))
            holds(False, f"{name} is appended to")
        except RuntimeError as error:
            holds(words in str(error) and path.read_bytes() == before, f"{name}: {error}")
    for options, words in ({"standard": 1}, "does not claim"), ({"title": "no"}, "document information"):
        try:
            dio.pdf(list(new), path=str(folder / "plain.pdf"), **options)
            holds(False, f"{options} is taken")
        except RuntimeError as error:
            holds(words in str(error), str(error))


def main() -> None:
    dio = Writer(sys.argv[1])
    subjects: list[Callable[[Writer], None]] = [page_sizes, lossless, untouched, information, archives, text_layers, appended]
    for subject in subjects:
        subject(dio)
    print(f"{checked} passed")


if __name__ == "__main__":
    main()
