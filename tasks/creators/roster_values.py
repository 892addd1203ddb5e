"""What the cells of a roster may say, beyond what pydantic tells of each: one judge for every column that has one."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError

from tasks.complaints import nearest
from tasks.creators.context import SEGMENTS
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.words import cut

LONGEST = 60
"""Signs of a cell that are shown."""
Finding = tuple[str, str]
"""What is wrong, and what to do."""
Judge = Callable[[str], Finding | None]


def judges_of(today: date) -> dict[str, Judge]:
    """Return by column what judges its values; `today` tells what is in the future."""
    return {
        "time_zone": _time_zone,
        "rules": _rules,
        "slot_type": _slot_type,
        "segment": _segment,
        "last_used_on": partial(_past, today, "Say when it was used last; weeks that are planned count by themselves."),
        "week_start": _monday,
        "posted_on": partial(_past, today, "A sample says what a post has brought."),
    }


def _date(text: str) -> Finding | None:
    try:
        if len(text) == 10 and date.fromisoformat(text):
            return None
    except ValueError:
        pass
    return f"{cut(text, LONGEST)!r} is no day", "Write it as 2030-12-31."


def _monday(text: str) -> Finding | None:
    if found := _date(text):
        return found
    day = date.fromisoformat(text)
    if not day.weekday():
        return None
    monday = day - timedelta(days=day.weekday())
    return f"{text!r} is a {day:%A}, and weeks begin with a Monday", f"Its week begins on {monday}."


def _past(today: date, hint: str, text: str) -> Finding | None:
    if found := _date(text):
        return found
    # Where the creator is, it may be tomorrow already.
    if date.fromisoformat(text) <= today + timedelta(days=1):
        return None
    return f"{text!r} is in the future, as seen from {today}", hint


def _segment(text: str) -> Finding | None:
    return _one_of(text, "segment", SEGMENTS)


def _slot_type(text: str) -> Finding | None:
    return _one_of(text, "slot type", SLOT_TYPES)


def _one_of(text: str, what: str, known: Collection[str]) -> Finding | None:
    if text in known:
        return None
    hint = nearest(text, list(known)) or f"Known here: {', '.join(known)}."
    return f"there is no {what} {cut(text, LONGEST)!r}", hint


def _time_zone(text: str) -> Finding | None:
    try:
        ZoneInfo(text)
        return None
    except (KeyError, ValueError, OSError):  # what does not exist, what is no name, and what is a folder of names
        pass
    hint = nearest(text, sorted(available_timezones())) or "Write it as Europe/Lisbon, or UTC."
    return f"there is no time zone {cut(text, LONGEST)!r}", hint


def _rules(text: str) -> Finding | None:
    try:
        given = json.loads(text)
        if not isinstance(given, dict):
            return "the rules are no JSON object", 'Write them as {"max_per_day": 3}.'
        Rules.model_validate(Rules().model_dump() | given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        hint = nearest(name, list(Rules.model_fields)) if first["type"] == "extra_forbidden" else ""
        why = "there is no such rule" if first["type"] == "extra_forbidden" else first["msg"]
        return f"{name}: {why[:1].lower()}{why[1:]}", hint or "Correct that rule."
    except (ValueError, RecursionError) as error:
        return f"the rules are no JSON: {error}", 'Write them as {"max_per_day": 3}.'
    return None
