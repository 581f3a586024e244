"""Documents that libdio writes, and what qpdf, pdfimages and PDFium make of them."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from claims import holds
from tiff_written import Dio, struct

PDF = 3
PdfOptions, TextWord = struct("DIO_PdfOptions"), struct("DIO_TextWord")
# The numbers of DIO_PAGE_... and DIO_FIT_..., and sheets in points.
AUTO, CUSTOM, A4, LETTER = 0, 1, 3, 5
INSIDE, SHRINK, COVER, STRETCH = range(4)
SHEETS = {A4: (210 / 25.4 * 72, 297 / 25.4 * 72), LETTER: (612, 792)}


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
        writer = ctypes.c_void_p()
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
            return self.finished(writer)
        finally:
            self.lib.DIO_FreeWriter(writer)

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
