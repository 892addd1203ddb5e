"""Why items did not come out: counted by code, what failed before what was ended with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks import words
from tasks.ledger.history import NOT_MADE, History

MOST = 20
"""Reasons that are told apart; the rest is told as one."""
OTHERS = "other codes"


class Reason(NamedTuple):
    """A reason, what it makes of an item, and of how many."""

    code: str
    status: str
    items: int


@dataclass
class Trouble:
    """What the same thing was said about, and of which items."""

    status: str
    code: str
    message: str
    remedy: str
    items: list[str] = field(default_factory=list)


def troubles_of(history: History) -> list[Trouble]:
    """Put items together that did not come out with the same words, so that a thousand equal ones are one row."""
    found: dict[tuple[str, str, str], Trouble] = {}
    for one in history.missing:
        key = one.status, one.code or one.status, one.message
        trouble = found.setdefault(key, Trouble(*key, one.remedy))
        trouble.remedy = trouble.remedy or one.remedy
        trouble.items.append(one.item_id)
    return list(found.values())


def reasons_of(history: History) -> list[Reason]:
    """Count a batch's reasons, the most frequent failure first."""
    counted = Counter((item.status, item.code or item.status) for item in history.items if item.status in NOT_MADE)
    found = [Reason(code, status, number) for (status, code), number in counted.items()]
    found.sort(key=lambda reason: (NOT_MADE.index(reason.status), -reason.items, reason.code))
    rest = sum(reason.items for reason in found[MOST:])
    return found[:MOST] + ([Reason(OTHERS, "failed", rest)] if rest else [])


def most_frequent(reasons: Sequence[Reason]) -> Reason | None:
    """Return the first reason, of those that come most frequent first; None where another has as many items."""
    first, *others = reasons
    is_tied = any((other.status, other.items) == (first.status, first.items) for other in others)
    return None if is_tied else first


def heading(reasons: Sequence[Reason]) -> str:
    """Name the items that all this is about: what waits for review is there, and not finished."""
    missing, waiting = _parted(reasons)
    return " or ".join(["did not come out"] * bool(missing) + ["waits for review"] * bool(waiting))


def caption(reasons: Sequence[Reason], total: int) -> str:
    """Say in a sentence how many did not come out, the most frequent reason if one is, and how many wait for review."""
    missing, waiting = _parted(reasons)
    number, waits = (sum(reason.items for reason in some) for some in (missing, waiting))
    of = f"of {words.count(total, 'item')}"
    said = []
    if missing:
        first, text = most_frequent(missing), f"{number:,} {of} did not come out"
        most = f"; {first.items:,} because of {first.code}" if first is not None else ""
        several = f", for {len(missing)} reasons{most}."
        said.append(f"{text}: {missing[0].code}." if len(missing) == 1 else f"{text}{several}")
    if waiting:
        said.append(f"{waits:,} {of} {'waits' if waits == 1 else 'wait'} for a person's decision.")
    return " ".join(said)


def _parted(reasons: Sequence[Reason]) -> tuple[list[Reason], list[Reason]]:
    """Return what is missing, and what is there and waits."""
    missing = [reason for reason in reasons if reason.status != "needs_review"]
    return missing, [reason for reason in reasons if reason.status == "needs_review"]
