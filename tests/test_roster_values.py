"""What a spec and a roster may say: rules that fit together, and cells that mean something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from creating import WEEK
from rosters import copy, creator, put_rows
from sites import loaded_by, put

from tasks.complaints import Problem
from tasks.specs import check_spec

CLASH = "min_per_day (5) is more than max_per_day (3)"


def found(tmp_path: Path, rules: str = "{}", *, roster: str = "", creators: str = "[alma, bo, cy]") -> list[Problem]:
    text = f"kind: creators\nbatch_mode: true\nmodel: none\ncreators: {creators}\nweek_start: {WEEK}\nrules: {rules}\n"
    return check_spec(put(tmp_path / "spec.yaml", text + roster)).problems


def stored(**rules: dict[str, object]) -> None:
    """Write creators into the ledger, each with rules of his own."""
    for name, own in rules.items():
        put_rows(creator(name, rules=json.dumps(own)), copy(f"{name}-1", name))


def test_validate_says_once_what_is_contradictory_in_a_specs_rules(tmp_path: Path) -> None:
    stored(alma={}, bo={}, cy={"spacing_minutes": 60})
    (problem,) = found(tmp_path, "{min_per_day: 5, max_per_day: 3}")
    assert (problem.code, problem.line, problem.field) == ("PREFLIGHT_BLOCK", 6, "rules")
    assert problem.message == f"RULES_CONTRADICT: The rules of the batch: {CLASH}."
    assert problem.remedy == "Lower min_per_day or raise max_per_day."


def test_validate_says_it_of_a_spec_whose_creators_nobody_knows(tmp_path: Path) -> None:
    messages = [one.message for one in found(tmp_path, "{min_per_day: 5, max_per_day: 3}", creators="[dora]")]
    assert messages == [
        "CREATOR_UNKNOWN: Creator not found in active_creators: 'dora'.",
        f"RULES_CONTRADICT: The rules of the batch: {CLASH}.",
    ]


def test_validate_says_whose_own_rules_are_contradictory(tmp_path: Path) -> None:
    stored(alma={"max_per_day": 3}, bo={"min_per_day": 4}, cy={})
    (problem,) = found(tmp_path, "{min_per_day: 5}")
    assert (problem.line, problem.field) == (4, "creators.0")
    assert problem.message == f"RULES_CONTRADICT: The rules of 'alma': {CLASH}."


def test_rules_that_a_creator_mends_by_his_own_are_no_fault_of_the_spec(tmp_path: Path) -> None:
    stored(alma={"max_per_day": 6})
    assert found(tmp_path, "{min_per_day: 5, max_per_day: 3}", creators="[alma]") == []


def test_validate_sees_that_a_day_has_no_room_for_its_posts(tmp_path: Path) -> None:
    stored(alma={}, bo={}, cy={"avoid_hours": [], "max_per_hour": 4})
    hours = (
        "{avoid_hours: [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21], max_per_hour: 1, prime_hours: [22]}"
    )
    (problem,) = found(tmp_path, hours)
    assert problem.field == "rules"
    assert problem.message.startswith("RULES_CONTRADICT: The rules of the batch, for 'alma': ")
    assert "and 2 fit into its hours" in problem.message


@pytest.mark.parametrize("is_known", [True, False])
def test_validate_looks_at_the_rules_of_a_roster_that_a_batch_brings(tmp_path: Path, is_known: bool) -> None:
    if is_known:
        stored(alma={"max_per_day": 9})
    head = "creator_id,page_name,time_zone,rules\n"
    put(tmp_path / "roster/creators.csv", head + 'alma,Alma,UTC,"{""min_per_day"": 5, ""max_per_day"": 3}"\n')
    problems = found(tmp_path, roster="roster: roster\n", creators="[alma]")
    assert [one.message for one in problems] == [f"RULES_CONTRADICT: The rules of 'alma': {CLASH}."]


def test_validating_rules_loads_nothing_heavy(tmp_path: Path, home: Path) -> None:
    stored(alma={"max_per_day": 6})
    put(tmp_path / "spec.yaml", f"creator: alma\nmodel: none\nweek_start: {WEEK}\n")
    heavy = {"prefect", "sqlalchemy", "sqlmodel", "rich", "ortools", "numpy", "icalendar"}
    assert not loaded_by(tmp_path, "validate", "spec.yaml", PRESSROOM_HOME=str(home)) & heavy
