"""A creator's clock in one week: which of its times exist, how far apart they are, and which a post may have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
QUARTERS = (0, 15, 30, 45)
"""Minutes of an hour at which nothing is posted: whoever posts by hand rarely hits them."""
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Clock(NamedTuple):
    """The clock of one place in one week."""

    skipped: tuple[range, ...]
    """By day, the minutes after midnight that do not exist, where the clock is put forward."""

    def moment(self, day: int, minute: int) -> int:
        """Return minutes passed since the week began: differences of these are true distances.

        An hour that exists twice counts once, so that two posts are never nearer than they look.
        """
        before = sum(len(gap) for gap in self.skipped[:day])
        own = len(self.skipped[day])
        return day * DAY_MINUTES + minute - before - (own if own and minute >= self.skipped[day].stop else 0)

    def minutes(self, jitter: tuple[int, int], day: int, hour: int) -> list[int]:
        """Return the minutes after midnight that a post placed in this hour may have: near a quarter, and on none."""
        return [minute for offset in _offsets(jitter) if (minute := hour * 60 + offset) not in self.skipped[day]]


@lru_cache(maxsize=512)
def clock_of(time_zone: str, week_start: date) -> Clock:
    """Return the clock of a time zone in a week; the zone must exist."""
    return Clock(tuple(_skipped(ZoneInfo(time_zone), week_start + timedelta(days=day)) for day in range(7)))


@lru_cache(maxsize=64)
def _offsets(jitter: tuple[int, int]) -> Sequence[int]:
    """Minutes of an hour that lie within the jitter of one of its quarters, and on none."""
    first, last = jitter
    near = {quarter + shift for quarter in QUARTERS for shift in range(first, last + 1)}
    return sorted(minute for minute in near if 0 <= minute < 60 and minute not in QUARTERS)


def _skipped(zone: ZoneInfo, day: date) -> range:
    midnight = datetime.combine(day, time(), zone)
    if midnight.utcoffset() == datetime.combine(day + timedelta(days=1), time(), zone).utcoffset():
        return range(0)
    missing = [minute for minute in range(DAY_MINUTES) if not _exists(zone, day, minute)]
    return range(missing[0], missing[-1] + 1) if missing else range(0)


def _exists(zone: ZoneInfo, day: date, minute: int) -> bool:
    wall = datetime.combine(day, time(*divmod(minute, 60)), zone)
    return wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
