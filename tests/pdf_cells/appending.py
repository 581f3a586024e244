"""Pages that are appended to documents, ours and others."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
from claims import holds
from pdf_archive import broken_rules
from tiff_written import made

from .documents import seen_by_poppler
from .images import photo
from .writer import Writer, drawn, is_clean


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
    new = [
        (("rgb", page), {"dpi_x": 72.0}),
        (("rgb", page), {"dpi_x": 72.0, "pdf": {"words": [("new", 5, 5, 60, 20)]}}),
    ]
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
