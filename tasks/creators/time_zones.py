"""A time zone as calendars carry it along (VTIMEZONE), so that a program without our tables reads the same moments.

Made of the changes around one week: each is given by the clock that was shown until then, as RFC 5545 has it.
(The library's own maker gives the clock after the change, by which a spring morning is read an hour off.)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

AROUND = timedelta(days=400)
"""How far before and after a week changes are told; one year's changes lie within."""
_STEP = timedelta(hours=12)
"""No zone has changed its clocks twice within less."""


def time_zone_of(name: str, week_start: date) -> Timezone:
    """Describe a zone as it holds around a week."""
    zone = ZoneInfo(name)
    middle = datetime.combine(week_start, datetime.min.time(), UTC)
    changes = list(_changes(zone, middle - AROUND, middle + AROUND))
    described = Timezone()
    described.add("TZID", name)
    first = (middle - AROUND).astimezone(zone)
    for before, after in [(first, first), *changes]:
        described.add_component(_observance(before, after))
    return described


def _observance(before: datetime, after: datetime) -> TimezoneStandard | TimezoneDaylight:
    """Describe what holds from a moment on, which is given as it is told by the rules before it and after it."""
    offset_before, offset_after = before.utcoffset(), after.utcoffset()
    assert offset_before is not None
    assert offset_after is not None
    part = TimezoneDaylight() if (after.dst() or timedelta()) > timedelta() else TimezoneStandard()
    part.TZOFFSETFROM, part.TZOFFSETTO = offset_before, offset_after
    part.DTSTART = (after.astimezone(UTC) + offset_before).replace(tzinfo=None)
    part.add("TZNAME", after.tzname() or "")
    return part


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the last second before each change of the clock, and the first after it."""
    at = begin
    while at < end:
        following = at + _STEP
        if _told(zone, at) != _told(zone, following):
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                low, high = (middle, high) if _told(zone, middle) == _told(zone, at) else (low, middle)
            yield low.astimezone(zone), high.astimezone(zone)
        at = following


def _told(zone: ZoneInfo, moment: datetime) -> tuple[timedelta | None, timedelta | None, str | None]:
    here = moment.astimezone(zone)
    return here.utcoffset(), here.dst(), here.tzname()
