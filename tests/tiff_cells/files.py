"""Cells of directories: tags that are missing or wrong, metadata, and what is a page."""

from __future__ import annotations

import io
import itertools
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import tifffile

from tiff_cells.making import ORDERS, Form, container, own, page_of
from tiff_cells.meaning import HEIGHT, WIDTH, Cell, meaning, sample_numbers


def odd_tags() -> Iterator[Cell]:
    """What other readers bear: tags that are missing, wrong, in disorder, and pages that are none."""
    gray, rgb = sample_numbers(1, 8), sample_numbers(3, 8)
    form, whole = Form(), Form(rows=HEIGHT)
    seen, colour = meaning(gray, 8, "black"), meaning(rgb, 8, "rgb")
    gone: tuple[int, list[Any]] = (3, [])
    cases: list[tuple[str, Form, dict[str, Any]]] = [
        ("strip lengths 0", whole, {"t279": (4, [0])}),
        ("strip lengths missing", whole, {"t279": gone}),
        ("strip lengths missing, several", form, {"t279": gone}),
        ("strip lengths too small", whole, {"t279": (4, [7])}),
        ("rows per strip missing", whole, {"t278": gone}),
        ("rows per strip 0", whole, {"t278": (3, [0])}),
        ("rows per strip huge", whole, {"t278": (4, [0xFFFFFFFF])}),
        ("compression missing", form, {"t259": gone}),
        ("photometric missing", form, {"t262": gone}),
        ("sample format missing", form, {"t339": gone}),
        ("sample format 0", form, {"t339": (3, [0])}),
        ("samples missing", form, {"t277": gone}),
        ("bits longer", form, {"t258": (3, [8, 8, 8])}),
        (
            "longs for shorts",
            form,
            {"t256": (4, [WIDTH]), "t258": (4, [8]), "t259": (4, [1]), "t262": (4, [1]), "t277": (4, [1])},
        ),
        ("signed for unsigned", form, {"t256": (8, [WIDTH]), "t257": (9, [HEIGHT])}),
        ("bytes for shorts", form, {"t258": (1, [8]), "t277": (1, [1])}),
        ("orientation 0", form, {"t274": (3, [0])}),
        ("predictor without compression", form, {"t317": (3, [2])}),
        ("a tag of an unknown type", form, {"t65000": (7, [1, 2, 3])}),
    ]
    for name, own_form, more in cases:
        for order in ORDERS:
            own_form = Form(order=order, rows=own_form.rows)
            yield Cell(f"tags/{name} {order}", own(gray, own_form, 1, **more), seen)
    yield Cell("tags/unsorted", own(gray, form, 1, sort=False), seen)
    yield Cell("tags/bits shorter", own(rgb, form, 2, t258=(3, [8])), colour)
    yield Cell("tags/rgb: samples missing", own(rgb, form, 2, t277=gone), colour)
    yield Cell("tags/rgb: photometric missing", own(rgb, form, 2, t262=gone), colour)
    for compression in ("lzw", "deflate", "packbits"):
        own_form = Form(compression=compression, rows=HEIGHT)
        yield Cell(f"tags/{compression}: strip lengths 0", own(gray, own_form, 1, t279=(4, [0])), seen)
    tiled = Form(tile=True)
    tags, chunks = page_of(gray, tiled, 1)
    data = container([(tags, chunks)], tiled).replace(
        struct.pack("<H", 324) + b"\4\0", struct.pack("<H", 273) + b"\4\0"
    )
    yield Cell(
        "tags/tiles with the tags of strips",
        data.replace(struct.pack("<H", 325) + b"\4\0", struct.pack("<H", 279) + b"\4\0"),
        seen,
    )
    yield Cell("bits 5-6-5", own(rgb, form, 2, t258=(3, [5, 6, 5])), colour)
    yield Cell("formats differ", own(rgb, form, 2, t339=(3, [1, 2, 1])), colour)
    for number in (10, 999, 32803, 34892):
        yield Cell(f"photometric/{number}", own(rgb, form, number), colour)
    for orientation in range(1, 9):
        turned = {1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}[orientation]
        shown = np.flip(gray, 1) if orientation in (2, 4, 5, 7) else gray
        facts: dict[str, Any] = {"orientation": turned}
        yield Cell(
            f"tags/orientation {orientation}",
            own(gray, form, 1, t274=(3, [orientation])),
            meaning(shown, 8, "black"),
            facts,
        )
    for unit, dpi in ((1, 0.0), (2, 300.0), (3, 762.0)):
        data = own(gray, form, 1, t282=(5, [(300, 1)]), t283=(5, [(300, 1)]), t296=(3, [unit]))
        yield Cell(f"tags/resolution unit {unit}", data, seen, {"dpi": dpi})


def pages() -> Iterator[Cell]:
    """Which directories are pages."""
    gray, other = sample_numbers(1, 8), sample_numbers(1, 8, seed=1, size=(8, 8))
    form, seen = Form(), meaning(gray, 8, "black")
    main, small = page_of(gray, form, 1), page_of(other, form, 1)
    reduced = page_of(other, form, 1, t254=(4, [1]))
    extra = {f"t{tag}": (3, [7, 7, 7]) for tag in range(50000, 50120)}
    many = page_of(gray, form, 1, **extra)
    for name, order, count in [
        ("one", [main], 1),
        ("three", [main, small, main], 3),
        ("reduced after", [main, reduced], 1),
        ("reduced first", [reduced, main], 1),
        ("many fields", [many, many], 2),
        ("many fields, one reduced", [many, page_of(other, form, 1, **extra, t254=(4, [1]))], 1),
        ("reduced only", [page_of(gray, form, 1, t254=(4, [1]))] * 2, 2),
        ("reduced, old tag", [main, page_of(other, form, 1, t255=(3, [2])), small], 2),
        ("page of several", [page_of(gray, form, 1, t254=(4, [2]))] * 3, 3),
        ("mask by type", [main, page_of(other, form, 1, t254=(4, [4]))], 1),
        ("mask by photometric", [main, page_of(sample_numbers(1, 1), Form(1), 4)], 1),
    ]:
        for big in (False, True):
            data = container(order, Form(big=big))
            yield Cell(f"pages/{name}{' big' * big}", data, seen, {"pages": count})
    yield Cell("pages/a loop", container([main, small], form, loop=0), seen, {"pages": 2})
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        for _ in range(2):
            writer.write(gray[..., 0], subifds=1, metadata=None)
            writer.write(other[..., 0], subfiletype=1, metadata=None)
    yield Cell("pages/sub-directories", buffer.getvalue(), seen, {"pages": 2})


def damage() -> Iterator[Cell]:
    """What is no picture."""
    gray = sample_numbers(1, 8)
    form, seen = Form(), meaning(gray, 8, "black")
    lens = [8 * WIDTH, 7, 8 * WIDTH, 5 * WIDTH]
    yield Cell("damaged/offset 0", own(gray, Form(rows=HEIGHT), 1, t273=(4, [0])), seen)
    yield Cell("damaged/strip too short", own(gray, form, 1, t279=(4, lens)), seen)
    tags, chunks = page_of(gray, Form(rows=HEIGHT), 1)
    yield Cell("damaged/strip into the directory", container([(tags, [chunks[0][:1000]])], form), seen)
    yield Cell("damaged/too few offsets", own(gray, form, 1, t273=(4, [8, 8, 8])), seen)
    yield Cell("damaged/negative width", own(gray, form, 1, t256=(8, [-WIDTH])), seen)
    yield Cell("damaged/width 0", own(gray, form, 1, t256=(3, [0])), seen)


def metadata() -> Iterator[Cell]:
    """ICC profiles, XMP and EXIF, and what is told of samples that were cut off."""
    gray, floats = sample_numbers(1, 8), sample_numbers(1, 32, "f")
    icc, xmp = bytes(range(200)) + b"icc", b"<x:xmpmeta/>" * 9
    for order, big in itertools.product(ORDERS, (False, True)):
        form = Form(order=order, big=big)
        more: dict[str, Any] = {"t34675": (7, list(icc)), "t700": (1, list(xmp)), "t271": (2, [b"M", b"e", b"\0"])}
        facts: dict[str, Any] = {"icc": icc, "xmp": xmp, "exif": True, "warnings": 0}
        yield Cell(f"metadata/{order} {big}", own(gray, form, 1, **more), meaning(gray, 8, "black"), facts)
        form = Form(32, order=order, big=big)
        beyond: dict[str, Any] = {"warnings": 1, "exif": False}
        yield Cell(f"metadata/cut off {order} {big}", own(floats, form, 1), meaning(floats, 32, "black"), beyond)


GROUPS = (odd_tags, pages, damage, metadata)
