"""Work that waits, under a limit: how near the batch comes to the ideal."""

from __future__ import annotations

import sys
import time

from lab import Row, answer, in_child


def rows() -> list[Row]:
    """Compare two shapes with their ideal time."""
    found = []
    for count, seconds, limit, target in ((10, 2.0, 5, "<= 1.03"), (200, 0.2, 20, "<= 1.10")):
        wall = in_child("waiting.py", count, seconds, limit)["wall"]
        ideal = count * seconds / limit
        what = f"{count} items x {seconds:g} s at {limit}, against the ideal"
        found.append(Row(what, wall / ideal, target, f"{wall:.2f} s / {ideal:.1f} s"))
    return found


def _measure(count: int, seconds: float, limit: int) -> None:
    from kind import NapBatch, nap_flow

    nap_flow(1)(NapBatch(count=2, seconds=0.01))  # first imports and connections are another benchmark's
    napped = nap_flow(limit)
    started = time.perf_counter()
    result = napped(NapBatch(count=count, seconds=seconds, canary=0))
    answer(wall=result.wall_clock_seconds, call=time.perf_counter() - started)


if __name__ == "__main__":
    _measure(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
