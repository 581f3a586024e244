"""Pages of PDFs as libdio, PDFium (pypdfium2) and poppler (pdftoppm) draw them: how alike they are, and their costs.

    cargo xtask bench pdf [CORPUS] [TABLE]

CORPUS is a folder with PDFs (../shared/corpus/pdf where it is there), TABLE the file that takes a row for each page.
Each document is drawn in a process of its own by each program, on one thread, at 100 dpi, up to 4 pages of it. Times
are for opening the document and drawing one page, the least of five; those of pdftoppm less what it takes for an empty
page. Memory is what the process grows by.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import numpy as np
import pypdfium2 as pdfium
from pdf_agreement import DPI, blank, by_poppler, pages, scan, ssim
from pdf_engines import Reader, by_pypdfium, saved

MOST_PAGES, TURNS, SLOW = 4, 5, 1.5
COLUMNS = [
    "file",
    "page",
    "width",
    "height",
    "ssim_pdfium",
    "ssim_poppler",
    "ssim_those_two",
    "ms",
    "ms_pdfium",
    "ms_poppler",
    "mb",
    "mb_pdfium",
    "mb_poppler",
]

Drawn = "tuple[Any, float, float]"


def resident(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise ValueError(field)


def measured(call: Callable[[], Any]) -> Drawn:
    """What a call gives, its milliseconds and the megabytes that the process grew by."""
    Path("/proc/self/clear_refs").write_text("5")
    before, least = resident("VmRSS:"), 1e9
    for _ in range(TURNS):
        began = time.perf_counter()
        result = call()
        least = min(least, time.perf_counter() - began)
        if least > SLOW:
            break
    return result, 1000 * least, resident("VmHWM:") - before


def apart(work: Callable[[], Any]) -> Any:
    """What work gives in a process of its own, which may die."""
    with tempfile.TemporaryFile() as out:
        child = os.fork()
        if child == 0:
            try:
                resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
                pickle.dump(work(), out)
                out.flush()
            except Exception as failure:  # the parent tells
                out.truncate(0)
                pickle.dump(str(failure), out)
                out.flush()
            os._exit(0)
        os.waitpid(child, 0)
        out.seek(0)
        try:
            return pickle.load(out)
        except EOFError:
            return "died"


def by_dio(library: str, pdf: bytes, count: int) -> list[Drawn]:
    dio = Reader(library)
    dio.read(saved(blank((30, 30))), None, dpi=DPI)
    return [
        measured(lambda page=page: dio.read(pdf, None, dpi=DPI, page=page, deadline_ms=60000)) for page in range(count)
    ]


def by_pdfium(pdf: bytes, shapes: list[Any]) -> list[Drawn]:
    by_pypdfium(saved(blank((30, 30))), np.zeros((40, 40, 3)))
    return [measured(lambda page=page, like=like: by_pypdfium(pdf, like, page)) for page, like in enumerate(shapes)]


def by_pdftoppm(file: Path, page: int, times: float) -> Drawn:
    """The page and its costs. The memory is that of the greatest child: this wants a process of its own."""
    pixels, taken, _ = measured(lambda: by_poppler(file, page, times))
    return pixels, taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def count_of(pdf: bytes) -> int:
    with pdfium.PdfDocument(pdf) as opened:
        return len(opened)


def compared(name: str, pdf: bytes, library: str, folder: Path, empty: Drawn) -> list[list[str]]:
    """A row for each page, or an empty list where one of the programs does not draw the document."""
    file = folder / "one.pdf"
    file.write_bytes(pdf)
    count = apart(lambda: count_of(pdf))
    if isinstance(count, str):
        print(f"  {name}: PDFium: {count}", file=sys.stderr)
        return []
    own = apart(lambda: by_dio(library, pdf, min(count, MOST_PAGES)))
    other = own if isinstance(own, str) else apart(lambda: by_pdfium(pdf, [it[0] for it in own]))
    for who, drawn in (("libdio", own), ("PDFium", other)):
        if isinstance(drawn, str):
            print(f"  {name}: {who}: {drawn}", file=sys.stderr)
            return []
    rows = []
    for page, (ours, theirs) in enumerate(zip(own, other)):
        third = apart(lambda page=page: by_pdftoppm(file, page, 1))
        if isinstance(third, str):
            print(f"  {name}, page {page}: poppler: {third}", file=sys.stderr)
            continue
        if abs(ours[0].shape[1] - third[0].shape[1]) > 2:
            ratio = ours[0].shape[1] / third[0].shape[1]
            third = apart(lambda page=page, ratio=ratio: by_pdftoppm(file, page, ratio))
        alike = [ssim(a, b) for a, b in ((ours[0], theirs[0]), (ours[0], third[0]), (theirs[0], third[0]))]
        times = [ours[1], theirs[1], max(third[1] - empty[1], 0.1)]
        memory = [ours[2], theirs[2], max(third[2] - empty[2], 0)]
        figures = [f"{it:.4f}" for it in alike] + [f"{it:.2f}" for it in times] + [f"{it:.1f}" for it in memory]
        rows.append([name, str(page), str(ours[0].shape[1]), str(ours[0].shape[0]), *figures])
    return rows


def quantiles(words: str, values: list[float], places: tuple[float, ...] = (0.02, 0.1, 0.5, 0.9)) -> str:
    return f"| {words} | " + " | ".join(f"{it:.3f}" for it in np.quantile(values, places)) + " |"


def summary(rows: list[list[str]]) -> None:
    """Quantiles of likeness, of the ratios of time, and of memory."""
    table = {name: [float(row[i]) for row in rows] for i, name in enumerate(COLUMNS) if i}
    print(f"| {len(rows)} pages | 2 % | 10 % | median | 90 % |\n| --- | --- | --- | --- | --- |")
    for words, column in (
        ("libdio and PDFium", "pdfium"),
        ("libdio and poppler", "poppler"),
        ("PDFium and poppler", "those_two"),
    ):
        print(quantiles(f"SSIM, {words}", table[f"ssim_{column}"]))
    best = [max(it) for it in zip(table["ssim_pdfium"], table["ssim_poppler"])]
    print(quantiles("SSIM, libdio and the nearer of them", best))
    for peer in ("pdfium", "poppler"):
        ratios = [theirs / ours for ours, theirs in zip(table["ms"], table[f"ms_{peer}"])]
        print(quantiles(f"times as fast as {peer}", ratios))
        whole = sum(table[f"ms_{peer}"]) / sum(table["ms"])
        print(f"all pages together: {whole:.2f} times as fast as {peer}")
    for column in ("mb", "mb_pdfium", "mb_poppler"):
        print(quantiles(column, table[column]))
    worse = [row for row in rows if max(float(row[4]), float(row[5])) < float(row[6]) - 0.02]
    print(f"\n{len(worse)} pages where those two agree better, by more than 0.02, than libdio with either:")
    for row in sorted(worse, key=lambda row: max(float(row[4]), float(row[5])) - float(row[6])):
        print(f"  {row[0]}, page {row[1]}: {' '.join(row[4:7])}")


def scans(library: str) -> None:
    """What the picture of a page takes, of what drawing the page takes."""
    dio = Reader(library)
    for words, pdf in (("Group 4", saved(scan("CCITTFaxDecode"))), ("JPEG", saved(scan("DCTDecode")))):
        drawn = measured(lambda pdf=pdf: dio.read(pdf, None, dpi=300))[1]
        taken = measured(lambda pdf=pdf: dio.read(pdf, None, dpi=300, pdf_mode=0, pixel_format=0))[1]
        print(f"scan at 300 dpi, {words}: AUTO {taken:.1f} ms, RENDER {drawn:.1f} ms: {100 * taken / drawn:.0f} %")


def main() -> None:
    library = sys.argv[1]
    beside = Path(__file__).parent.parent.parent / "shared/corpus/pdf"
    corpus = Path(sys.argv[2]) if len(sys.argv) > 2 else beside
    documents = [(name, made) for name, made in pages().items()]
    for path in sorted(corpus.rglob("*.pdf")) if corpus.is_dir() else []:
        documents.append((str(path.relative_to(corpus)), path.read_bytes()))
    scans(library)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "empty.pdf").write_bytes(saved(blank((30, 30))))
        empty = apart(lambda: by_pdftoppm(folder / "empty.pdf", 0, 1))
        rows = [row for name, pdf in documents for row in compared(name, pdf, library, folder, empty)]
    summary(rows)
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text("\n".join("\t".join(row) for row in [COLUMNS, *rows]) + "\n")


if __name__ == "__main__":
    main()
