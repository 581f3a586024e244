"""libdio and other libraries side by side: one process, the same files, in turns.

cargo xtask bench peers          # all of it, and writes docs/BENCHMARKS.md, benchmarks.svg and benchmarks.tsv
cargo xtask bench peers read png # cases that have these words; prints only
"""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import native
import packages
from measure import Row, measured
from pictures import cases
from report import tables, written

DOCS = Path(__file__).parents[2] / "docs"
PACKAGES = ["opencv-python-headless", "pillow", "pyvips-binary", "imagecodecs", "pypdfium2", "pymupdf", "numpy"]
# The ways to call that are looked at besides fresh memory on one thread, for pictures of 12 million pixels.
MODES = ["fresh memory", "kept memory", "two threads"]
# What stands before the tables.
ABOUT = Path(__file__).with_name("page.md")


def when() -> str:
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    names = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    processor = cpu.partition(": ")[2] or "an unknown processor"
    return f"on {platform.system()} {platform.machine()}, {processor}, with {names}; C libraries: {debian()}."


def debian() -> str:
    wanted = ["libturbojpeg0", "libpng16-16", "libspng0", "libtiff6", "libgif7", "libwebp7"]
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Version}, ", *wanted], capture_output=True, text=True
    )
    return shown.stdout.rstrip(", ") or "of the system"


def main() -> None:
    library, words = sys.argv[1], sys.argv[2:]
    libraries = [*native.libraries(library), *packages.packages()]
    rows: list[Row] = []
    for case in cases(words):
        modes = MODES if "12 MP" in case.name and not case.writes else MODES[:1]
        for mode in modes:
            found = measured(case, mode, libraries)
            shown = "  ".join(f"{row.library} {row.ratio:.2f}" for row in found[1:])
            if found:
                way = "write" if case.writes else "read"
                milliseconds = f"{found[0].seconds * 1000:.2f} ms"
                print(f"{way} {case.group} {case.name}, {mode}: {milliseconds}  {shown}", flush=True)
            rows += found
    if words:
        print("\n".join(tables(rows)))
    else:
        written(DOCS, rows, ABOUT.read_text().replace("{when}", when()), libraries[0].version)


if __name__ == "__main__":
    main()
