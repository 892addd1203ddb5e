"""What an item costs when its work costs nothing, with a ledger that survives a kill."""

from __future__ import annotations

from lab import Row, answer, in_child, settle_down

PEER_MILLISECONDS = 0.28
"""async-batch-llm on 2 cores without a ledger, for comparison."""


def rows() -> list[Row]:
    """Measure 10,000 items that do nothing."""
    each = in_child("noop.py")["milliseconds"]
    made_of = f"{each:.3f} ms an item; async-batch-llm without a ledger: {PEER_MILLISECONDS} ms"
    return [Row("10,000 no-op items, against 0.3 ms an item", each / 0.3, "<= 1.00", made_of)]


def _measure(count: int = 10_000) -> None:
    from kind import NapBatch, no_ops

    no_ops(NapBatch(count=500))
    settle_down()
    result = no_ops(NapBatch(count=count))
    answer(milliseconds=1000 * result.wall_clock_seconds / count)


if __name__ == "__main__":
    _measure()
