"""Times and memory of calls that take turns in one process."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np
from native import Call
from pictures import Case

# Turns of each call, and the seconds that all turns of one case should take: what takes longer gets fewer turns.
MOST, LEAST, SECONDS = 15, 5, 5.0
# A turn of a short call is as many calls as this takes.
SHORT = 0.002
# Mean difference of samples that decoders of JPEG and renderers of PDF may show.
NEAR = {"JPEG": 1.0, "TIFF": 1.0, "PDF": 10.0}
libc = ctypes.CDLL(None)


@dataclass
class Row:
    """What one library did with one case."""

    case: Case
    mode: str
    library: str
    seconds: float
    # How many times as fast libdio was in the same turn: the median, and the middle half.
    ratio: float
    low: float
    high: float
    # Megabytes that the process grew by at most during a call, output included.
    peak: float
    size: int


def status(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise ValueError(field)


def peak(call: Call) -> float:
    """What the process grows by, beyond what is kept for later calls."""
    call(False)
    libc.malloc_trim(0)
    before = status("VmRSS:")
    Path("/proc/self/clear_refs").write_text("5")
    call(False)
    return max(0.0, status("VmHWM:") - before)


def calls_of(case: Case, mode: str, libraries: list[Any]) -> dict[str, Call]:
    threads = 2 if mode == "two threads" else 1
    kind = "write" if case.writes else "read_into" if mode == "kept memory" else "read"
    found = {}
    for library in libraries:
        make = getattr(library, kind, None)
        call: Optional[Call] = make(case, threads) if make else None
        if call is not None:
            found[library.name] = call
    return found


def agree(case: Case, calls: dict[str, Call]) -> None:
    """All of them read the same picture, or this compares nothing."""
    ours = calls["libdio"](True)
    for name, call in calls.items():
        theirs = call(True)
        if theirs is None:
            continue
        if theirs.ndim == 3 and theirs.shape[2] == 1:
            theirs = theirs[..., 0]
        if theirs.ndim > ours.ndim:
            theirs = theirs[..., 0]
        high, wide = (min(a, b) for a, b in zip(ours.shape[:2], theirs.shape[:2]))
        sides = [abs(a - b) for a, b in zip(ours.shape[:2], theirs.shape[:2])]
        assert max(sides) <= (1 if case.group == "PDF" else 0), (
            f"{case.name}: {name} has {theirs.shape}, not {ours.shape}"
        )
        if ours.size > 50_000_000:
            high = min(high, 500)
        far = np.abs(ours[:high, :wide].astype("int32") - theirs[:high, :wide].astype("int32")).mean()
        assert far <= NEAR.get(case.group, 0), f"{case.group}, {case.name}: samples of {name} are {far:.2f} away"


def turn(call: Call, times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        call(False)
    return (time.perf_counter() - began) / times


def taken_in_turns(calls: dict[str, Call], times: dict[str, int], rounds: int) -> Any:
    """Seconds of each round and call.

    Each round has an order of its own: what memory a call gets depends on what was called before it.
    """
    orders = np.random.default_rng(1)
    names = list(calls)
    taken = np.empty((rounds, len(names)))
    for seconds in taken:
        for at in orders.permutation(len(names)):
            seconds[at] = turn(calls[names[at]], times[names[at]])
    return taken


def measured(case: Case, mode: str, libraries: list[Any]) -> list[Row]:
    calls = calls_of(case, mode, libraries)
    if len(calls) < 2 or "libdio" not in calls:
        return []
    if not case.writes:
        agree(case, calls)
    once = {name: turn(call, 1) for name, call in calls.items()}
    times = {name: max(1, int(SHORT / it)) for name, it in once.items()}
    rounds = int(min(MOST, max(LEAST, SECONDS / sum(once[name] * times[name] for name in calls))))
    taken = taken_in_turns(calls, times, rounds)
    ratios = taken / taken[:, :1]
    rows = []
    for at, (name, call) in enumerate(calls.items()):
        low, middle, high = np.percentile(ratios[:, at], [25, 50, 75])
        size = call(False) if case.writes else len(case.data)
        rows.append(Row(case, mode, name, float(np.median(taken[:, at])), middle, low, high, peak(call), size))
    return rows
