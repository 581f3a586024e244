#!/usr/bin/env python3
"""Puts seeds where cargo-fuzz finds them: fuzz/corpus/TARGET.

    python3 fuzz/seeds.py [FOLDER...]

Each FOLDER is searched for files of the formats of the targets, up to 64 KiB each. Without one the samples of tests/data serve. Two zero bytes are
added to each: the targets take their decisions from the end (fuzz/src/input.rs), and these mean defaults.
"""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST = 64 << 10
STARTS = {
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG",),
    "bmp": (b"BM",),
    "gif": (b"GIF8",),
    "tiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "pdf": (b"%PDF",),
    "pnm": (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7"),
    "qoi": (b"qoif",),
    "webp": (b"RIFF",),
}
NAMES = {".tga": "tga"}


def target_of(path: Path, head: bytes) -> str:
    for target, starts in STARTS.items():
        if head.startswith(starts):
            return target
    return NAMES.get(path.suffix.lower(), "")


def main() -> None:
    counts = {}
    for folder in sys.argv[1:] or [str(ROOT / "tests/data")]:
        for path in sorted(Path(folder).rglob("*")):
            if not path.is_file() or not 0 < path.stat().st_size <= MOST:
                continue
            data = path.read_bytes()
            target = target_of(path, data[:8])
            if not target:
                continue
            to = ROOT / "fuzz/corpus" / target
            to.mkdir(parents=True, exist_ok=True)
            (to / hashlib.sha256(data).hexdigest()[:20]).write_bytes(data + b"\0\0")
            counts[target] = counts.get(target, 0) + 1
    for target in ("round_trip", "layouts"):
        to = ROOT / "fuzz/corpus" / target
        to.mkdir(parents=True, exist_ok=True)
        for seed in range(64):
            # Any bytes do: all of them are decisions.
            (to / f"seed-{seed}").write_bytes(hashlib.sha512(bytes([seed])).digest())
        counts[target] = 64
    for target, count in sorted(counts.items()):
        print(f"{target}: {count}")


if __name__ == "__main__":
    main()
