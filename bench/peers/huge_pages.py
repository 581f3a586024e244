"""Reading with huge pages and without: the same library in two processes that take turns, one of which gets none.

cargo xtask bench pages            # all pictures of 12 million pixels
cargo xtask bench pages JPEG 4:2:0 # those that have these words
"""

from __future__ import annotations

import ctypes
import multiprocessing
import sys
import time
from statistics import median
from typing import Any

from native import Libdio
from pictures import Case, cases

TURNS = 15
# Of the next processes of this one, too (prctl(2)).
PR_SET_THP_DISABLE = 41


def worker(library: str, case: Case, has_pages: bool, pipe: Any) -> None:
    if not has_pages:
        ctypes.CDLL(None).prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
    call = Libdio(library).read(case, 1)
    call(False)
    while pipe.recv():
        begin = time.perf_counter()
        call(False)
        pipe.send(time.perf_counter() - begin)


def measured(library: str, case: Case) -> tuple[float, float]:
    """Seconds of a call with huge pages, and without."""
    fork = multiprocessing.get_context("fork")
    pipes, processes = [], []
    for has_pages in (True, False):
        ours, theirs = fork.Pipe()
        process = fork.Process(target=worker, args=(library, case, has_pages, theirs))
        process.start()
        pipes.append(ours)
        processes.append(process)
    times: list[list[float]] = [[], []]
    for _ in range(TURNS):
        for pipe, seconds in zip(pipes, times):
            pipe.send(True)
            seconds.append(pipe.recv())
    for pipe, process in zip(pipes, processes):
        pipe.send(False)
        process.join()
    return median(times[0]), median(times[1])


def main() -> None:
    library, words = sys.argv[1], sys.argv[2:]
    print("| | with, ms | without, ms | times as fast |\n| --- | --- | --- | --- |")
    for case in cases(["read", "12 MP", *words]):
        with_pages, without = measured(library, case)
        shown = f"{with_pages * 1e3:.2f} | {without * 1e3:.2f} | {without / with_pages:.2f}"
        print(f"| {case.group}, {case.name} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
