"""libdio and other libraries side by side: one process, the same files, in turns.

    cargo xtask bench peers          # all of it, and writes docs/BENCHMARKS.md, benchmarks.svg and benchmarks.tsv
    cargo xtask bench peers read png # cases that have these words; prints only
"""

from __future__ import annotations

import platform
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
ABOUT = """# libdio beside other libraries

```sh
cargo xtask bench peers            # all of it; writes this page, benchmarks.svg and benchmarks.tsv
cargo xtask bench peers read png   # cases that have these words; prints only
```

builds libdio and draws, writes and reads the same pictures with every library that can, in one process and in turns, from memory to memory. They are made by
`bench/peers/pictures.py`, the same each time; the files to read are written by Pillow, OpenCV, tifffile and PyMuPDF. Before it is timed a picture is compared
with what the others read. A figure tells how many times as fast libdio is in the same turn: the median, and in brackets the middle half. C libraries are called by their own functions
(`native.py`, `libtiff.py`), the others in Python; a call into C costs a few microseconds there, which small pictures show.

Fresh memory: each call takes its output from the system and gives it back. Kept memory: all calls decode into the same. Two threads: those who can use two.
Peak memory is what the process grows by during a call at most, output included. PNG and TIFF are written at each library's defaults, JPEG at quality 90 with 4:2:0,
libjpeg-turbo with its accurate DCT. giflib gives indices and no colours.

Measured {when}

![chart](benchmarks.svg)
"""


def when() -> str:
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    names = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"on {platform.system()} {platform.machine()}, {cpu.partition(': ')[2] or 'an unknown processor'}, with {names}; C libraries: {debian()}."


def debian() -> str:
    import subprocess

    wanted = ["libturbojpeg0", "libpng16-16", "libspng0", "libtiff6", "libgif7"]
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}, ", *wanted], capture_output=True, text=True)
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
                print(f"{'write' if case.writes else 'read'} {case.group} {case.name}, {mode}: {found[0].seconds * 1000:.2f} ms  {shown}", flush=True)
            rows += found
    if words:
        print("\n".join(tables(rows)))
    else:
        written(DOCS, rows, ABOUT.replace("{when}", when()), libraries[0].version)


if __name__ == "__main__":
    main()
