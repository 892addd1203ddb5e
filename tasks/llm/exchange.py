"""One request to a model and what came back of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from tasks.errors import PressroomError
from tasks.governor.charges import Charge

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True)
class Exchange(Generic[AnswerT]):
    """What a request came to: an answer or an error, and in both cases what was used.

    An error is data here, because what it used has to be settled as well: an answer that cannot be read
    was paid for.
    """

    value: AnswerT | None = None
    error: PressroomError | None = None
    used: Charge | None = None
    """What the vendor counted. None where that can't be known: it may have used all that was reserved."""
    retry_after: float | None = None
    """Seconds that the vendor asks everyone to wait."""
    seconds: float = 0.0
