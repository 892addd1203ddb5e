"""The hidden model behind the invented roster: what a post brings, by rules that no phase is told.

It is not the form in which a forecast is made: effects hang together, hours have a peak and no factor each, weeks
differ, and chance is large. So a forecast that does well on it has learnt from the samples.
"""

from __future__ import annotations

import math
from random import Random

from tasks.creators.slot_types import CONTENT_TYPES, SLOT_TYPES

_EVENING = 18


class Hidden:
    """What decides how much a post of one creator brings."""

    def __init__(self, seed: int, number: int, niche: str, size: int, *, weeks: int) -> None:
        own, shared = Random(f"{seed}:{number}:effects"), Random(f"{seed}:{niche}:effects")
        self.level = 0.9 * math.pow(size, 0.45) * math.exp(own.gauss(0, 0.25))
        self._kinds = {name: shared.gauss(0, 0.3) + own.gauss(0, 0.15) for name in SLOT_TYPES}
        self._days = [shared.gauss(0, 0.12) + own.gauss(0, 0.06) + 0.1 * (day in (4, 5, 6)) for day in range(7)]
        self._best, self._width = shared.gauss(19.5, 1.2) + own.gauss(0, 0.8), shared.uniform(2.5, 4.5)
        self._noon = own.uniform(0.0, 0.35)
        self._evening = {kind: shared.gauss(0, 0.15) for kind in CONTENT_TYPES} | {"video": shared.uniform(0.05, 0.3)}
        self._trend = own.choice((0.0, 0.0, 0.0, 0.02, -0.015))
        self._middle = weeks / 2
        self._odd_week, self._odd = own.randrange(weeks), own.choice((0.55, 1.7))
        self._spread = own.uniform(0.3, 0.5)
        self._noise = Random(f"{seed}:{number}:noise")

    def value(self, slot_type: str, weekday: int, hour: int, week: int, performance: float) -> float:
        """US dollars."""
        peak = 0.55 * math.exp(-(((hour - self._best) / self._width) ** 2)) + self._noon * (hour in (12, 13))
        content = SLOT_TYPES[slot_type].content_type
        together = self._evening[content] * (hour >= _EVENING) + 0.12 * (content == "live" and weekday >= 5)
        effects = self._kinds[slot_type] + self._days[weekday] + peak + together - 0.3
        effects += 0.006 * (performance - 60) + self._trend * (week - self._middle)
        odd = self._odd if week == self._odd_week else 1.0
        return self.level * odd * math.exp(effects + self._noise.gauss(0, self._spread))
