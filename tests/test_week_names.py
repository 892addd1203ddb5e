"""Weeks by creator: whichever of his two names a week stands under, it is his, and nobody's week is lost silently."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from rosters import creator, put_rows
from sites import put

from tasks.creators.models import CreatorBatch
from tasks.creators.pool import pool
from tasks.creators.spec import size_of
from tasks.creators.store import listed
from tasks.creators.weeks_asked import items_of
from tasks.errors import PressroomError
from tasks.specs import check_spec

MONDAY, LATER = "2030-03-11", "2030-03-18"
NAMES = pytest.mark.parametrize("name", ["bela", "Bela page"])
KEYS = pytest.mark.parametrize("key", ["bela", "Bela page"])


def batch(name: str, weeks: dict[str, str | list[str]]) -> CreatorBatch:
    given = {"batch_mode": True, "creators": ["alma", name], "week_start": weeks, "asked_on": "2030-02-27"}
    return CreatorBatch.model_validate(given | {"batch_id": "b", "model": "none"})


@NAMES
@KEYS
def test_a_week_under_either_name_is_the_creators_whichever_asks_for_him(name: str, key: str) -> None:
    put_rows(creator("alma"), creator("bela"))
    given = batch(name, {"alma": MONDAY, key: [MONDAY, LATER]})
    items = items_of(given, listed(pool().execute))
    assert [str(item.week_start) for item in items if item.creator == "bela"] == [MONDAY, LATER]
    assert size_of(given) == len(items) == 3


@NAMES
def test_weeks_under_both_names_are_refused(name: str) -> None:
    put_rows(creator("alma"), creator("bela"))
    given = batch(name, {"bela": MONDAY, "Bela page": LATER})
    with pytest.raises(PressroomError, match="names 'Bela page' and 'bela', who are the same creator"):
        items_of(given, listed(pool().execute))


def test_validate_places_a_wrong_week_where_it_stands(tmp_path: Path) -> None:
    put_rows(creator("alma"), creator("bela"))
    weeks = {"alma": str(date(2130, 1, 2)), "Bela page": "2001-01-01"}
    spec = {"kind": "creators", "batch_mode": True, "creators": ["alma", "bela"], "week_start": weeks, "model": "none"}
    found = check_spec(put(tmp_path / "spec.json", json.dumps(spec))).problems
    assert ("WEEK_INVALID", "week_start.Bela page") in [(one.code, one.field) for one in found]
