"""The dashboard: how far a batch has come, how fast, when it will be done, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tasks import words
from tasks.podcast.sessions import number_of
from tasks.podcast.told import Told
from tasks.reports.facts import Fact

HOUR = 3600.0
_WIDTH = 16
_FULL, _EMPTY = "■", "□"


class Dashboard(NamedTuple):
    """A batch at a moment, whose times are seconds since the epoch."""

    batch_id: str
    told: Told
    now: float

    @property
    def total(self) -> int:
        """All episodes."""
        return len(self.told.episodes)

    @property
    def completed(self) -> int:
        """Episodes that came out, those that wait for a person included."""
        return sum(line.is_made for line in self.told.episodes)

    @property
    def in_progress(self) -> int:
        """Episodes at work; of a batch at rest none is, whatever a killed run has left behind."""
        return self._count("running") if self.told.is_at_work else 0

    @property
    def failed(self) -> int:
        """Episodes that did not come out by themselves, or for another one."""
        return self._count("failed", "skipped")

    @property
    def elapsed(self) -> float:
        """Seconds of the last run: all of them, days included."""
        if self.told.is_at_work:
            return max(0.0, self.now - self.told.started_at)
        ended = self.told.finished_at or self.told.started_at
        return self.told.wall_clock_seconds or max(0.0, ended - self.told.started_at)

    @property
    def rate(self) -> float | None:
        """Episodes an hour in the last run; None where none has finished in it."""
        made = sum(line.is_made and (line.finished_at or 0.0) >= self.told.started_at for line in self.told.episodes)
        return made * HOUR / self.elapsed if made and self.elapsed > 0 else None

    @property
    def left(self) -> float | None:
        """Seconds until the last episode is done at this rate; None where that is not known, or nothing is left."""
        open_ones = self.total - self.completed - self.failed
        return open_ones * HOUR / self.rate if self.told.is_at_work and open_ones and self.rate else None

    def facts(self) -> Iterator[Fact]:
        """Yield what stands on it, in the order of its source."""
        yield Fact("Batch ID", self.batch_id)
        yield Fact("Episodes", self._span(), words.count(self.total, "episode"))
        full = _WIDTH * self.completed // self.total if self.total else 0
        yield Fact("Progress", f"{_FULL * full}{_EMPTY * (_WIDTH - full)} {self.completed:,}/{self.total:,}")
        yield Fact("Completed", f"{self.completed:,}", self._waiting())
        yield Fact("In progress", f"{self.in_progress:,}")
        yield Fact("Failed", f"{self.failed:,}")
        rate = "not known yet" if self.rate is None else f"{rate_in_words(self.rate)} episodes an hour"
        yield Fact("Rate", rate, f"in {words.seconds(self.elapsed)}")
        yield Fact("ETA", *self._eta())
        yield from self._costs()

    def _costs(self) -> Iterator[Fact]:
        costs, is_whole = self.told.costs, self.told.costs_are_complete
        for phase, usd in costs.items():
            yield Fact(f"{phase.capitalize()} cost", words.cost(usd, is_whole))
        total = sum(costs.values())
        yield Fact("Total cost", words.cost(total, is_whole))
        if self.completed:
            yield Fact("Cost per episode", words.cost(total / self.completed, is_whole))

    def _eta(self) -> tuple[str, str]:
        """Write when it will be done, and in how long."""
        if not self.told.is_at_work:
            rest = self.total - self.completed - self.failed
            return ("done", "") if not rest else ("unknown", f"nobody works on it, and {rest:,} are left")
        if self.left is None:
            return "not known yet", "no episode has finished in this run"
        return words.when(self.now + self.left), f"in {words.seconds(self.left)}"

    def _waiting(self) -> str:
        waiting = self._count("needs_review")
        return f"{waiting:,} of them for a person to decide on" if waiting else ""

    def _span(self) -> str:
        numbers = [number_of(line.item_id) for line in self.told.episodes]
        return f"{numbers[0]}-{numbers[-1]}" if numbers else "none"

    def _count(self, *statuses: str) -> int:
        return sum(line.status in statuses for line in self.told.episodes)


def rate_in_words(rate: float) -> str:
    """Write episodes an hour with as many digits as say something."""
    return f"{rate:,.1f}" if rate >= 1 else f"{rate:.2g}"
