#!/usr/bin/env python3
"""Writes PDFs with libdio and reads them with qpdf, poppler, PDFium and pikepdf.

tests/pdf_written.py LIBRARY
"""

from __future__ import annotations

import sys
from typing import Callable

import claims
from pdf_cells import appending, documents, images, writer


def main() -> None:
    dio = writer.Writer(sys.argv[1])
    subjects: list[Callable[[writer.Writer], None]] = [
        images.page_sizes,
        images.lossless,
        images.untouched,
        documents.information,
        documents.archives,
        documents.text_layers,
        appending.appended,
    ]
    for subject in subjects:
        subject(dio)
    print(f"{claims.checked} passed")


if __name__ == "__main__":
    main()
