"""`python -m dio info FILE`: the facts of every page."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from enum import IntEnum
from typing import Any, Dict, List

import dio


def _facts(info: dio.ImageInfo) -> Dict[str, Any]:
    values = dataclasses.asdict(info)
    return {name: it.name.lower() if isinstance(it, IntEnum) else it for name, it in values.items()}


def _line(page: int, info: dio.ImageInfo) -> str:
    more = [name for name in ("icc", "exif", "xmp", "alpha") if getattr(info, f"has_{name}")]
    more += ["animated"] if info.animated else []
    dpi = f"{info.dpi_x:g} x {info.dpi_y:g} dpi" if info.dpi_x and info.dpi_y else "dpi not stated"
    turned = f", turned {info.orientation}" if info.orientation else ""
    stored = f"{info.samples_per_pixel} x {info.bits_per_sample} bit"
    source = "" if info.source == dio.PageSource.STORED else f", {info.source.name.lower()}"
    parts = f"page {page}: {info.width} x {info.height} {info.pixel_format.name}, {stored}, {dpi}{turned}{source}"
    return ", ".join([parts, *more])


def _info(files: List[str], as_json: bool) -> int:
    failed, told = False, []
    for file in files:
        try:
            with dio.open(file) as document:
                pages = [document.info(page) for page in range(len(document))]
        except dio.DioError as error:
            print(f"dio: {file}: {error}", file=sys.stderr)
            failed = True
            continue
        if as_json:
            told.append({"file": file, "pages": [_facts(page) for page in pages]})
            continue
        print(f"{file}: {pages[0].file_format.name[4:]}, {len(pages)} {'page' if len(pages) == 1 else 'pages'}")
        for number, page in enumerate(pages):
            print("  " + _line(number, page))
    if as_json:
        print(json.dumps(told, indent=2))
    return 1 if failed else 0


def main() -> int:
    """Runs the command; the exit status is 1 when a file could not be read."""
    parser = argparse.ArgumentParser(prog="python -m dio", description="Document image I/O")
    parser.add_argument("--version", action="version", version=f"dio {dio.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    info = commands.add_parser("info", help="prints the facts of every page")
    info.add_argument("files", nargs="+", metavar="FILE")
    info.add_argument("--json", action="store_true", help="as a JSON array")
    arguments = parser.parse_args()
    return _info(arguments.files, arguments.json)


if __name__ == "__main__":
    sys.exit(main())
