"""How long somebody waits for the governor, and what he is told when that is over."""

from __future__ import annotations

import time

from tasks.errors import PressroomError, fault
from tasks.governor.charges import Wait

_WHY = {
    "limit": "the limits of {lane!r}",
    "parallel": "a place among the calls of {lane!r}",
    "turn": "its turn in {lane!r}",
    "penalty": "{lane!r}, which asks to wait",
    "breaker": "{lane!r}, where too many calls have failed",
    "budget": "calls in flight, which may use up the budget of {lane!r}",
}


class Patience:
    """How long somebody has waited, and how much longer he will."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._started = time.monotonic()

    @property
    def waited(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._started

    @property
    def left(self) -> float:
        """Seconds until it ends."""
        return self._seconds - self.waited

    def check(self, model: str, wait: Wait) -> None:
        """Raise LIMIT_WAIT once it has ended."""
        if self.left <= 0:
            raise self.over(model, wait)

    def over(self, model: str, wait: Wait) -> PressroomError:
        """Say what was waited for, and how long."""
        return fault("LIMIT_WAIT", model=model, seconds=self.waited, why=_WHY[wait.why].format(lane=wait.lane))
