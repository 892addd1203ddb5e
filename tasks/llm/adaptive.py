"""Adaptive parallelism: how many calls of a model may be in flight, learnt from how its vendor copes.

Additive increase, multiplicative decrease, as in congestion control: every answer that comes as quickly as usual
raises the number a little, one a round; a refusal halves it, and answers that take much longer than usual lower it.
One drop a round is enough, since the calls that were in flight together all see the same jam.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

SLOW = 2.0
"""How many times its usual time an answer may take before the lane counts as jammed."""
MEMORY = 0.05
"""Weight of an answer in what is usual."""
LEARNING = 8
"""Answers before there is a usual time to compare with."""


@dataclass
class Adaptive:
    """The number for one model, as this process has learnt it, between `least` and `most`."""

    least: int
    most: int
    allowed: float = 0.0
    _usual: float = 0.0
    _recent: float = 0.0
    _seen: int = 0
    _dropped_at: float = field(default=float("-inf"))

    def __post_init__(self) -> None:
        self.allowed = self.allowed or float(self.most)

    @property
    def value(self) -> int:
        """Calls that may be in flight now."""
        return max(self.least, min(self.most, int(self.allowed)))

    def refused(self, *, now: float | None = None) -> None:
        """Hear that the vendor refused a call for want of room."""
        self._drop(0.5, now)

    def answered(self, seconds: float, tokens: int, *, now: float | None = None) -> None:
        """Hear of an answer. Long ones take long, so a token's time is what counts."""
        pace = seconds / (tokens + 20)  # A short answer takes a while as well.
        self._seen += 1
        self._recent = pace if self._seen == 1 else 0.7 * self._recent + 0.3 * pace
        if self._seen > LEARNING and self._recent > SLOW * self._usual:
            self._drop(0.8, now)
        else:
            self.allowed = min(float(self.most), self.allowed + 1 / max(1.0, self.allowed))
        weight = max(MEMORY, 1 / self._seen)
        self._usual += weight * (pace - self._usual)

    def _drop(self, share: float, now: float | None) -> None:
        moment = time.monotonic() if now is None else now
        if moment - self._dropped_at < 1.0:
            return
        self._dropped_at = moment
        self.allowed = max(float(self.least), self.allowed * share)
