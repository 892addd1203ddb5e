"""What passes between a review and the kind whose item is decided upon.

A kind takes part with a hook `review(case, connection)` in its `spec.py`. It is called inside the transaction that
holds the decision: what it writes through `connection` counts together with it or not at all, and what it raises
leaves the item waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tasks.models import Output

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.ledger.reviews import DecisionDocument


class Decision(StrEnum):
    """What a person says of an item."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"


class Case(NamedTuple):
    """An item that is decided upon."""

    batch_id: str
    kind: str
    item_id: str
    decision: Decision
    outputs: tuple[Output, ...]
    """As they were saved; the first is the one that is edited."""
    warnings: tuple[str, ...] = ()
    edited: Path | None = None
    """The file that is to take the first output's place."""
    despite_rules: bool = False
    """Whether an edit is taken that breaks rules."""


class Revised(NamedTuple):
    """What an item is after the decision."""

    outputs: tuple[Output, ...]
    warnings: tuple[str, ...]
    """What is good to know of these outputs: of an edited one nothing that was found in what it was before."""
    broken: tuple[str, ...] = ()
    """Rules that an edit breaks and that it was taken despite."""
    is_made: bool = True
    """False where more is to be made of it, as decided: `pressroom resume` does that."""


Review = Callable[[Case, "Connection"], Revised | None]
"""Does a kind's part in a decision; None where the item's files and warnings stay as they are."""


def rejections(decisions: Iterable[DecisionDocument]) -> list[str]:
    """Return what was said each time that an item was rejected, from all that was decided of it."""
    return [one["note"] for one in decisions if one["decision"] == Decision.REJECT]


def made_anew(seed: int, notes: Sequence[str]) -> dict[str, Any]:
    """Return which fields of an item change with the notes it was rejected with, the newest last; none without any.

    `seed` is its batch's: the same again would be rejected again.
    """
    return {"seed": seed + len(notes), "rejected_for": notes[-1]} if notes else {}
