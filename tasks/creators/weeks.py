"""The weeks that schedules are for: how they may be written, which comes next, and which cannot be planned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tasks.complaints import complaint
from tasks.errors import PressroomError, fault

Some = Annotated[list[date], Field(min_length=1)]
_HINT = "Give a Monday such as 2030-03-04, `next`, several in a list, or one or several by creator."
WEEK = timedelta(days=7)
NEXT = "next"
"""The week after the day of asking, which is also what is left out."""


def _read(value: Any) -> Any:
    """Read days wherever they stand, so that what is no day is one complaint and not one for each form."""
    if isinstance(value, Mapping):
        return {name: _read(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_day(part) for part in value]
    return None if value is None or value == NEXT else _day(value)


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip()) if isinstance(value, str) else date.fromisoformat("")
    except ValueError:
        raise complaint(f"{value!r} is no date", _HINT) from None


Weeks = Annotated[date | Some | dict[str, date | Some] | None, BeforeValidator(_read)]
"""A week for all, several for all, or one or several by creator."""


def next_monday(today: date) -> date:
    """Return the first Monday after a day; on a Monday that of the week to come, since this one has begun."""
    return today + timedelta(days=7 - today.weekday())


def weeks_of(weeks: Weeks, names: tuple[str, ...], default: date) -> list[date]:
    """Return the weeks that are asked for of somebody who goes by any of these names."""
    if isinstance(weeks, dict):
        found = next((weeks[name] for name in names if name in weeks), default)
        return found if isinstance(found, list) else [found]
    if isinstance(weeks, list):
        return weeks
    return [weeks or default]


def week_fault(creator: str, week: date, today: date) -> PressroomError | None:
    """Say why a week cannot be planned; on its Monday it can, since that is when many ask for it."""
    if week.weekday():
        monday = week - timedelta(days=week.weekday())
        better = monday if monday >= today else next_monday(today)
        why, hint = f"a week begins with a Monday, and this is a {week:%A}", f"Give {better}, for instance."
    elif week + WEEK <= today:
        why, hint = f"it is over, as seen from {today}", f"Give {next_monday(today)} or a later Monday."
    elif week < today:
        why = f"it has begun, as seen from {today}, and a part of its posts would be in the past"
        hint = f"Give {next_monday(today)} or a later Monday."
    else:
        return None
    return fault("WEEK_INVALID", creator=creator, week=week, why=why, hint=hint)
