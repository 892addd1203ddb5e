"""Numbers of episodes as people write them: `[3, 4]`, `7`, `1-10`, `1-3, 8`, `next 10`."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import PydanticCustomError

MOST = 10_000
"""Episodes that a range may name."""
_PART = re.compile(r"(\d{1,5})(?:\s*[-\u2013]\s*(\d{1,5}))?")
_NEXT = re.compile(r"\s*next(?:\s+(\d{1,5}))?\s*", re.IGNORECASE)


def upcoming_number(given: Any) -> int | None:
    """Return how many are the next ones; None where episodes are given in another way."""
    found = _NEXT.fullmatch(given) if isinstance(given, str) else None
    return int(found[1] or 1) if found is not None else None


def episode_numbers(given: Any) -> Any:
    """Read a text of numbers and ranges as a list of numbers; anything else is left to whoever checks it."""
    if isinstance(given, int) and not isinstance(given, bool):
        return [given]
    if not isinstance(given, str):
        return given
    numbers: list[int] = []
    for part in given.split(","):
        found = _PART.fullmatch(part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found is not None else (1, 0)
        if last < first or len(numbers) + last - first >= MOST:
            raise PydanticCustomError(
                "episodes", "{part} is no range of episodes, as `1-10`", {"part": repr(part.strip()[:40])}
            )
        numbers += range(first, last + 1)
    return numbers
