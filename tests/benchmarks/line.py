"""The line of those who wait: what each operation takes when ten thousand stand in it, against a millisecond."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from lab import HERE, Row, answer, in_child

WAITING, TRIED = 10_000, 1_000
LIMIT = 0.001


def rows() -> list[Row]:
    """Time each operation, the slowest of a thousand."""
    took = in_child("line.py")
    words = {"push": "one more", "pop": "the next one", "position": "whose turn it is", "hasten": "another urgency"}
    return [
        Row(
            f"{WAITING:,} in a line: {words[name]}, of 1 ms",
            took[name] / LIMIT,
            "<= 1.00",
            f"{took[name] * 1e6:.0f} µs",
        )
        for name in words
    ]


def measure() -> None:
    """Let so many wait, and say what each operation took at most, the slowest hundredth left out."""
    sys.path.insert(0, str(HERE.parent))
    from flows.line import Key, Line
    from tasks.models import Item

    dice = random.Random(7)
    line: Line[Item] = Line()
    for number in range(WAITING):
        line.push(Item(item_id=f"i{number}"), Key(0, dice.randrange(4), height=dice.randrange(9), number=number))
    names = [item.item_id for item in line]
    fresh = iter(range(WAITING, 2 * WAITING))

    def push() -> None:
        number = next(fresh)
        line.push(Item(item_id=f"i{number}"), Key(0, dice.randrange(4), number=number))

    answer(
        position=_slowest(lambda: line.position(dice.choice(names))),
        hasten=_slowest(lambda: line.hasten(dice.choice(names), dice.randrange(4))),
        push=_slowest(push),
        pop=_slowest(line.pop),
    )


def _slowest(operation: Callable[[], object]) -> float:
    took = []
    for _ in range(TRIED):
        started = time.perf_counter()
        operation()
        took.append(time.perf_counter() - started)
    return sorted(took)[-TRIED // 100]


if __name__ == "__main__":
    measure()
