"""Claims that a program of tests makes, the first of which that does not hold ends it."""

from __future__ import annotations

import sys
from pathlib import Path

checked = 0


def holds(claim: bool, words: str) -> None:
    """One thing that is so."""
    global checked
    if not claim:
        sys.exit(f"{Path(sys.argv[0]).name}: {words}")
    checked += 1
