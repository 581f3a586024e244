"""A table for people, one for programs, and a chart."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Iterator
from xml.sax.saxutils import escape

from measure import Row

# Colours that the colour-blind can tell apart (Okabe and Ito), and shapes besides.
COLOURS = [
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#000000",
    "#7a5195",
    "#888888",
    "#b22222",
    "#2e8b57",
]
LEFT, WIDE, STEP, TOP = 330, 620, 18, 74
LOW, HIGH = 0.4, 16.0


def grouped(rows: list[Row]) -> dict[tuple[str, str, str], list[Row]]:
    """The rows of each way, format and mode, and case."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        way = "Writing" if row.case.writes else "Reading"
        mode = "" if row.mode == "fresh memory" else f", {row.mode}"
        found.setdefault((f"{way} {row.case.group}{mode}", row.case.name, row.mode), []).append(row)
    return found


def cell(row: Row) -> str:
    return f"{row.ratio:.2f} ({row.low:.2f}-{row.high:.2f})"


def tables(rows: list[Row]) -> Iterator[str]:
    """Markdown: how many times as fast libdio is."""
    heads: dict[str, list[list[Row]]] = {}
    for (head, _, _), found in grouped(rows).items():
        heads.setdefault(head, []).append(found)
    for head, cases in heads.items():
        names = list(dict.fromkeys(row.library for found in cases for row in found if row.library != "libdio"))
        writes = cases[0][0].case.writes
        extra = ["our size"] if writes else ["output, MB"]
        yield f"\n## {head}\n"
        yield "| | libdio, ms | " + " | ".join(names + ["our peak, MB", "least other peak, MB"] + extra) + " |"
        yield "| --- " * (len(names) + 5) + "|"
        for found in cases:
            by_name = {row.library: row for row in found}
            ours = by_name["libdio"]
            others = [row for row in found if row is not ours]
            cells = [cell(by_name[name]) if name in by_name else "" for name in names]
            if writes:
                least = min(row.size for row in others)
                last = f"{ours.size / 1e6:.3f} MB, {ours.size / least:.2f} of the least other"
            else:
                last = "" if ours.case.pixels is None else f"{ours.case.pixels.nbytes / 2**20:.1f}"
            cells += [f"{ours.peak:.1f}", f"{min(row.peak for row in others):.1f}", last]
            yield f"| {ours.case.name} | {ours.seconds * 1000:.3f} | " + " | ".join(cells) + " |"


def lines(rows: list[Row]) -> Iterator[str]:
    """Tab-separated, a line for each measurement."""
    yield "way\tformat\tcase\tmode\tlibrary\tms\tratio\tlow\thigh\tpeak_mb\tfile_bytes"
    for row in rows:
        way = "write" if row.case.writes else "read"
        figures = (
            f"{row.seconds * 1000:.4f}\t{row.ratio:.3f}\t{row.low:.3f}\t{row.high:.3f}\t{row.peak:.1f}\t{row.size}"
        )
        yield f"{way}\t{row.case.group}\t{row.case.name}\t{row.mode}\t{row.library}\t{figures}"


def across(ratio: float) -> float:
    """Where a ratio is in the chart, whose axis is logarithmic."""
    share = math.log(min(max(ratio, LOW), HIGH) / LOW) / math.log(HIGH / LOW)
    return LEFT + share * WIDE


def mark(kind: int, x: float, y: float, colour: str) -> str:
    shapes = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"',
        f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"',
        f'<path d="M{x:.1f} {y - 5.5:.1f}l5 9.5h-10z"',
        f'<path d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"',
    ]
    return f'{shapes[kind % 4]} fill="{colour}" fill-opacity="0.85" stroke="#fff" stroke-width="0.6"/>'


def chart(rows: list[Row], note: str) -> Iterator[str]:
    """A line for each case with a mark for each other library."""
    heads = list(dict.fromkeys(key[0] for key in grouped(rows)))
    cases = sorted(grouped(rows).items(), key=lambda it: heads.index(it[0][0]))
    names = list(dict.fromkeys(row.library for row in rows if row.library != "libdio"))
    height = TOP + STEP * (len(cases) + len(heads)) + 30
    size = f'width="{LEFT + WIDE + 30}" height="{height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    title = f"How many times as fast libdio is: right of 1.0 it is ahead ({escape(note)})"
    yield f'<text x="12" y="20" font-size="15">{title}</text>'
    for at, name in enumerate(names):
        x, y = 18 + (at % 6) * 160, 38 + at // 6 * 17
        yield mark(at, x, y, COLOURS[at % len(COLOURS)]) + f'<text x="{x + 9}" y="{y + 4}">{escape(name)}</text>'
    for tick in (0.5, 1, 2, 4, 8, 16):
        x, heavy = across(tick), 1.6 if tick == 1 else 0.5
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - 22}" stroke="#777" stroke-width="{heavy}"/>'
        yield f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle">{tick:g}</text>'
    y, last = TOP + 4.0, ""
    for (head, name, _), found in cases:
        if head != last:
            y, last = y + STEP, head
            yield f'<text x="12" y="{y:.1f}" font-weight="bold">{escape(head)}</text>'
        y += STEP
        yield f'<text x="24" y="{y:.1f}">{escape(name)}</text>'
        ends = f'x1="{LEFT}" x2="{LEFT + WIDE}" y1="{y - 4:.1f}" y2="{y - 4:.1f}"'
        yield f'<line {ends} stroke="#ddd" stroke-width="0.5"/>'
        for row in found:
            if row.library != "libdio":
                at = names.index(row.library)
                yield mark(at, across(row.ratio), y - 4, COLOURS[at % len(COLOURS)])
    yield "</svg>"


def written(folder: Path, rows: list[Row], about: str, note: str) -> None:
    page = folder / "BENCHMARKS.md"
    page.write_text(about + "\n".join(tables(rows)) + "\n")
    (folder / "benchmarks.tsv").write_text("\n".join(lines(rows)) + "\n")
    (folder / "benchmarks.svg").write_text("\n".join(chart(rows, note)) + "\n")
