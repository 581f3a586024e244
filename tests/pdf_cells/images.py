"""Pages and the images on them: their sizes, samples that are stored exactly, and files that are taken over as they are."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import tifffile
from claims import holds
from PIL import Image, ImageOps
from tiff_written import FORMATS, made

from .writer import A4, COVER, CUSTOM, LETTER, SHEETS, SHRINK, STRETCH, Writer, drawn, extracted, is_clean


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
