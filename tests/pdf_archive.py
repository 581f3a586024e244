"""Whether a document keeps to PDF/A-2b: the rules of ISO 19005-2 that concern what libdio writes, one by one."""

from __future__ import annotations

import io
import re
from typing import Any, Iterator

import pikepdf
from PIL import Image, ImageCms

# Entries that 19005-2 forbids or allows for things alone that an image document does not have.
FORBIDDEN = {
    "/AA", "/Alternates", "/Crypt", "/Encrypt", "/EmbeddedFiles", "/F", "/FDecodeParms", "/FFilter", "/JavaScript",
    "/NeedsRendering", "/OCProperties", "/OPI", "/OpenAction", "/PS", "/Perms", "/Ref", "/TR", "/XFA",
}  # fmt: skip
# What is in our catalogs and pages.
CATALOG = {"/Type", "/Pages", "/Metadata", "/OutputIntents"}
PAGE = {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Contents", "/Rotate", "/UserUnit", "/Resources"}


def broken_rules(pdf: bytes) -> Iterator[str]:
    """The rules that the document does not keep to."""
    yield from file_structure(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        yield from objects(document)
        yield from catalog(document)
        yield from metadata(document)
        for number, page in enumerate(document.pages):
            for words in of_page(page):
                yield f"page {number}: {words}"


def file_structure(pdf: bytes) -> Iterator[str]:
    """6.1.2 to 6.1.9: header, trailer, cross-reference table, objects."""
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4,}[^\n]*\n", pdf):
        yield "6.1.2: the header"
    if not re.search(rb"startxref\n\d+\n%%EOF\n?\Z", pdf):
        yield "6.1.3: data behind the end of the file"
    trailer = pdf.rsplit(b"trailer", 1)[-1]
    if not re.search(rb"/ID\s*\[\s*<[0-9A-F]{32}>\s*<[0-9A-F]{32}>\s*\]", trailer) or b"/Encrypt" in trailer:
        yield "6.1.3: the identifier"
    if not re.search(rb"[\r\n]xref\n0 \d+\n0000000000 65535 f\r\n", pdf):
        yield "6.1.4: the cross-reference table"
    # Binary data may look like anything; what lies outside of streams may not.
    outside = re.sub(rb"(?s)\bstream\n.*?\nendstream\b", b"stream", pdf)
    begun = re.findall(rb"(?:^|[\r\n])\d+ \d+ obj[\r\n]", outside)
    ended = re.findall(rb"[\r\n]endobj[\r\n]", outside)
    if not len(begun) == len(ended) == len(re.findall(rb"\bobj\b", outside)) == outside.count(b"endobj"):
        yield "6.1.9: keywords of objects on lines of their own"
    if b"<" in (strings := b"".join(re.findall(rb"<([0-9A-Fa-f\s]+)>", outside))) or any(
        len(part) % 2 for part in re.findall(rb"<([0-9A-Fa-f]+)>", outside)
    ):
        yield f"6.1.6: hexadecimal strings {strings[:20]!r}"


def objects(document: pikepdf.Pdf) -> Iterator[str]:
    """6.1.7, 6.1.13 and keys that are nowhere allowed."""
    if len(document.objects) > 8_388_607:
        yield "6.1.13: too many objects"
    for thing in document.objects:
        if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            continue
        keys = {str(key) for key in thing.keys()}
        if keys & FORBIDDEN:
            yield f"{keys & FORBIDDEN} in {thing.objgen}"
        if any(len(key) > 128 for key in keys):
            yield "6.1.13: a long name"
        if isinstance(thing, pikepdf.Stream):
            filters = thing.get("/Filter", [])
            names = [str(name) for name in (filters if isinstance(filters, pikepdf.Array) else [filters])]
            if {"/LZWDecode", "/Crypt"} & set(names):
                yield f"6.1.7: {names}"
            if int(thing.Length) != len(thing.read_raw_bytes()):
                yield "6.1.7: the length of a stream"


def catalog(document: pikepdf.Pdf) -> Iterator[str]:
    """6.2.3: the output intent; 6.1.13, 6.6 and others: nothing that acts."""
    if not {str(key) for key in document.Root.keys()} <= CATALOG:
        yield f"the catalog has {list(document.Root.keys())}"
    (intent,) = document.Root.OutputIntents
    if intent.S != "/GTS_PDFA1" or not str(intent.OutputConditionIdentifier):
        yield "6.2.3: the output intent"
    icc = intent.DestOutputProfile.read_bytes()
    if int(intent.DestOutputProfile.N) != 3 or icc[12:24] != b"mntrRGB XYZ " or icc[8] > 4:
        yield "6.2.3: the profile of the output intent"
    if int.from_bytes(icc[:4], "big") != len(icc):
        yield "6.2.3: the size of the profile"
    ramp = Image.merge("RGB", [Image.linear_gradient("L").rotate(turn) for turn in (0, 90, 180)])
    own = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    other = ImageCms.profileToProfile(ramp, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if other is None or max(abs(a - b) for a, b in zip(ramp.tobytes(), other.tobytes(), strict=True)) > 1:
        yield "the profile is not sRGB to LittleCMS"


def metadata(document: pikepdf.Pdf) -> Iterator[str]:
    """6.6.2 to 6.6.4: XMP that claims the standard and says what the information dictionary says."""
    if sum(isinstance(it, pikepdf.Stream) and it.get("/Subtype") == "/XML" for it in document.objects) != 1:
        yield "6.6.2.3: other metadata, whose properties nobody knows"
    stream = document.Root.get("/Metadata")
    if stream is None:
        yield "6.6.2.1: no metadata"
        return
    packet = stream.read_bytes()
    head = packet.split(b"?>", 1)[0]
    if stream.Type != "/Metadata" or stream.Subtype != "/XML" or b"bytes=" in head or b"encoding=" in head:
        yield "6.6.2.1: the metadata stream"
    pairs = {
        "/Title": "dc:title", "/Author": "dc:creator", "/Subject": "dc:description", "/Keywords": "pdf:Keywords",
        "/Creator": "xmp:CreatorTool", "/Producer": "pdf:Producer",
    }  # fmt: skip
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        if (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")) != ("2", "B"):
            yield "6.6.4: the claim"
        for key, name in pairs.items():
            said: Any = xmp.get(name)
            said = said[0] if isinstance(said, list) else said
            if said != (str(document.docinfo[key]) if key in document.docinfo else None):
                yield f"6.6.3: {key} and {name}"
        dated = re.sub(r"\D", "", str(document.docinfo.get("/CreationDate", "")))
        if dated != re.sub(r"\D", "", xmp.get("xmp:CreateDate") or ""):
            yield "6.6.3: the date"


def of_page(page: pikepdf.Page) -> Iterator[str]:
    """6.1.13: its size; 6.2: its colours and fonts; 6.3: no annotations."""
    if not {str(key) for key in page.obj.keys()} <= PAGE:
        yield f"it has {list(page.obj.keys())}"
    left, bottom, right, top = (float(side) for side in page.mediabox)
    if not (3 <= right - left <= 14_400 and 3 <= top - bottom <= 14_400):
        yield "6.1.13: its size"
    for image in page.Resources.XObject.values():
        yield from of_image(image)
        if "/SMask" in image:
            yield from of_image(image.SMask)
    for font in page.Resources.get("/Font", {}).values():
        yield from of_font(font)


def of_image(image: Any) -> Iterator[str]:
    """6.2.4 and 6.2.8."""
    if image.get("/Interpolate", False):
        yield "6.2.8: Interpolate"
    if image.get("/Filter") == "/JPXDecode":
        if image.ColorSpace not in ("/DeviceGray", "/DeviceRGB"):
            yield "6.2.8.3: JPEG 2000"
        return
    if int(image.BitsPerComponent) not in (1, 2, 4, 8, 16):
        yield "6.2.8: BitsPerComponent"
    space = image.ColorSpace
    if isinstance(space, pikepdf.Array) and space[0] == "/Indexed":
        space = space[1]
    if isinstance(space, pikepdf.Array):
        icc = space[1].read_bytes()
        colours = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}[icc[16:20]]
        if (
            space[0] != "/ICCBased"
            or int(space[1].N) != colours
            or icc[12:16] not in (b"scnr", b"mntr", b"prtr", b"spac")
        ):
            yield "6.2.4.2: the profile of an image"
    elif space not in ("/DeviceGray", "/DeviceRGB"):
        yield f"6.2.4.3: {space} with an output intent of RGB"


def of_font(font: Any) -> Iterator[str]:
    """6.2.11: embedded, with the maps that a composite font needs."""
    (descendant,) = font.DescendantFonts
    if (font.Subtype, font.Encoding, descendant.Subtype) != ("/Type0", "/Identity-H", "/CIDFontType2"):
        yield "6.2.11.3: the kind of font"
    if not descendant.FontDescriptor.FontFile2.read_bytes() or "/CIDToGIDMap" not in descendant:
        yield "6.2.11.4: the font program"
    if "/ToUnicode" not in font:
        yield "the font has no Unicode"
