"""What a spec and a roster may say: rules that fit together, and cells that mean something."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import weeks
from creating import WEEK, context, item, profile, samples
from rosters import copy, creator, put_rows
from sites import loaded_by, press, put

from tasks.complaints import Problem
from tasks.creators import preflight
from tasks.creators.anomalies import check, final_status
from tasks.creators.context import Sample
from tasks.creators.findings import Judged, Quality, Verdict
from tasks.creators.models import CreatorBatch
from tasks.creators.roster_csv import check_roster
from tasks.creators.sampling import sample_roster
from tasks.creators.store_roster import save_sample
from tasks.specs import check_spec, kind_spec, kinds

Capture = pytest.CaptureFixture[str]

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


CREATORS = "creator_id,page_name,time_zone\nalma,Alma,UTC\n"


def flaws(tmp_path: Path, *, today: date | None = None, **files: str) -> list[str]:
    """Where what is wrong in files of a roster: file, line, column and why."""
    for name, text in files.items():
        put(tmp_path / "roster" / f"{name}.csv", text)
    return [one.message for one in check_roster(tmp_path / "roster", today=today)]


def test_an_unknown_column_hides_no_other_error_and_makes_none(tmp_path: Path) -> None:
    said = flaws(
        tmp_path,
        creators="creator_id,page_name,time_zone,nich,base_price\nalma,Alma,UTC,pots,-1\nbo,Bo,Nowhere,,2\n",
        copy="copy_id,creator_id,text,slot_type\na1,alma,Hello,photo\na2,bo,Hello,foto\na3,cy,Hello,tip\n",
    )
    assert [one.split(":")[0] for one in said] == [
        "creators.csv, line 1, nich",
        "creators.csv, line 2, base_price",
        "creators.csv, line 3, time_zone",
        "copy.csv, line 3, slot_type",
        "copy.csv, line 4, creator_id",
    ]


@pytest.mark.parametrize(
    ("head", "rows", "where"),
    [
        ("creator_id,page_name", "alma,Alma\nbo,Bo\n", ["time_zone"]),
        ("creator_idd,page_name,time_zone", "alma,Alma,UTC\n", ["creator_idd", "creator_id"]),
        ("creator_id,creator_id,page_name,time_zone", "alma,x,Alma,UTC\nalma,y,Bo,UTC\n", ["creator_id"]),
    ],
)
def test_a_column_that_is_missing_or_doubled_is_one_error_and_not_one_a_row(
    head: str, rows: str, where: list[str], tmp_path: Path
) -> None:
    copies = "copy_id,creator_id,text,slot_type\na1,alma,Hello,photo\n"
    said = flaws(tmp_path, creators=f"{head}\n{rows}", copy=copies)
    assert [one.split(":")[0] for one in said] == [f"creators.csv, line 1, {column}" for column in where]


@pytest.mark.parametrize(
    "creators",
    [CREATORS + "bo,Bo\n", CREATORS + 'bo,"Bo"x,UTC\n', CREATORS.replace("alma,", "bo,") + "alma,\0,UTC\n"],
)
def test_who_stands_in_a_row_that_cannot_be_read_is_not_said_to_be_nobody(creators: str, tmp_path: Path) -> None:
    copies = "copy_id,creator_id,text,slot_type\na1,alma,Hello,photo\na2,bo,Hello,photo\n"
    said = flaws(tmp_path, creators=creators, copy=copies)
    assert [one.split(",")[0] for one in said] == ["creators.csv"]


def test_a_misspelt_group_does_not_leave_copy_without_an_owner(tmp_path: Path) -> None:
    said = flaws(tmp_path, creators=CREATORS, copy="copy_id,creator_id,grup,text,slot_type\nk1,,kiln,Hello,photo\n")
    assert [one.split(":")[0] for one in said] == ["copy.csv, line 1, grup"]


def test_copy_without_a_column_for_its_owner_is_told_once(tmp_path: Path) -> None:
    said = flaws(tmp_path, creators=CREATORS, copy="copy_id,text,slot_type\na1,Hello,photo\na2,Hello,photo\n")
    assert [one.split(":")[0] for one in said] == ["copy.csv, line 1, creator_id"]


@pytest.mark.parametrize(
    ("name", "rows", "why"),
    [
        (
            "audience",
            "creator_id,week_start,segment,size\nalma,2024-01-08,regulars,5",
            "line 2, segment: there is no segment 'regulars'.",
        ),
        (
            "audience",
            "creator_id,week_start,segment,size\nalma,2024-01-10,new,5",
            "line 2, week_start: '2024-01-10' is a Wednesday, and weeks begin with a Monday.",
        ),
        (
            "performance",
            "creator_id,posted_on,hour,slot_type,value\nalma,2130-01-04,5,tip,1",
            "line 2, posted_on: '2130-01-04' is in the future, as seen from 2130-01-02.",
        ),
    ],
)
def test_what_a_cell_cannot_mean_is_told_by_row_and_column(name: str, rows: str, why: str, tmp_path: Path) -> None:
    said = flaws(tmp_path, today=date(2130, 1, 2), creators=CREATORS, **{name: f"{rows}\n"})
    assert said == [f"{name}.csv, {why}"]


def test_a_sample_of_what_is_tomorrow_here_is_taken_since_it_may_be_today_there(tmp_path: Path) -> None:
    rows = "creator_id,posted_on,hour,slot_type,value\nalma,2130-01-03,5,tip,1\n"
    assert flaws(tmp_path, today=date(2130, 1, 2), creators=CREATORS, performance=rows) == []


@pytest.mark.parametrize("name", ["al ma", "a/b", "..", "a:b", "-a", "a" * 61, "a*", "a\\b"])
def test_an_id_that_could_not_be_the_name_of_a_file_is_refused(name: str, tmp_path: Path) -> None:
    (said,) = flaws(tmp_path, creators=f"creator_id,page_name,time_zone\n{name},Alma,UTC\n")
    assert said.startswith("creators.csv, line 2, creator_id: ")
    assert said.endswith(" could not be the name of a file.")


@pytest.mark.parametrize("name", ["alma", "Ålma_2", "alma.b-c", "alma@quay", "01"])
def test_other_ids_are_taken(name: str, tmp_path: Path) -> None:
    assert flaws(tmp_path, creators=f"creator_id,page_name,time_zone\n{name},Alma,UTC\n") == []


def test_a_remedy_for_a_deadline_names_what_the_users_of_a_kind_set() -> None:
    for kind in kinds():
        batch, option = kind_spec(kind).BATCH, kind_spec(kind).BATCH.DEADLINE_OPTION
        assert option in batch.model_fields
        assert getattr(kind_spec(kind), "SYNONYMS", {}).get(option, option) == "item_deadline_seconds"
    assert CreatorBatch.DEADLINE_OPTION == "timeout_per_creator"


def test_a_creator_who_is_late_is_told_which_option_gives_more_time(tmp_path: Path, capsys: Capture) -> None:
    stored(alma={})
    spec = put(tmp_path / "spec.yaml", f"creator: alma\nmodel: none\nweek_start: {WEEK}\ntimeout_per_creator: 0.001\n")
    said = press(capsys, "run", spec)
    assert "Raise `timeout_per_creator` in the spec and run that again under the same batch id." in said.out + said.err


def judged(**fields: Any) -> Verdict:
    """The status of a week that the judges approve of, for a creator of whom that is known."""
    known = context(**fields)
    week = weeks.plan(known)
    odd = check(item(), known, weeks.draft(known, week), week, weeks.NO_PRICES)
    approved = Judged.model_construct(quality=Quality.model_construct(status=Verdict.APPROVED))
    return final_status(approved, odd)


@pytest.mark.parametrize(
    ("price", "past", "status"),
    [
        (0.0, [], Verdict.NEEDS_REVIEW),
        (12.0, [], Verdict.APPROVED),
        (0.0, samples(), Verdict.APPROVED),
        (12.0, [one.model_copy(update={"value": 0.0}) for one in samples()], Verdict.NEEDS_REVIEW),
    ],
)
def test_a_week_of_which_nothing_says_what_it_brings_is_looked_at(
    price: float, past: list[Sample], status: Verdict
) -> None:
    assert judged(profile=profile(base_price=price), samples=past, peers=[]) is status


def test_preflight_warns_where_nothing_says_what_a_post_brings() -> None:
    found = preflight.check(item(), context(profile=profile(base_price=0.0), samples=[]))
    (said,) = [one for one in found.checks if one.name == "samples"]
    assert not said.passed
    assert said.note == "0 samples; fewer than 30 say little, and base_price is 0: nothing says what a post brings"


def test_a_preview_shows_whose_weeks_when_and_in_which_chunk(tmp_path: Path, home: Path, capsys: Capture) -> None:
    invented = sample_roster(creators=11, seed=7)
    save_sample(invented.rows, replace=True)
    names = invented.creator_ids
    text = f"batch_mode: true\nmodel: none\ncreators: [{', '.join(names)}, nobody]\nweek_start: {WEEK}\n"
    spec = put(tmp_path / "spec.yaml", text)
    said = press(capsys, "preview", spec, "--most", "20", "--json")
    assert (said.code, said.document["total"], said.document["previewed"]) == (1, 12, 12)
    first, *_, last = said.document["results"]
    assert first["facts"]["week"] == f"{WEEK}, Monday to Sunday"
    assert first["facts"]["models"] == "none"
    assert {one["facts"].get("chunk") for one in said.document["results"]} == {"1 of 2", "2 of 2"}
    assert first["facts"]["posts"].startswith("about ")
    assert (last["item_id"], last["error"]["code"]) == ("nobody", "PREFLIGHT_BLOCK")
    one = press(capsys, "preview", spec, "--item", names[0])
    assert one.code == 0
    assert f"  week:     {WEEK}, Monday to Sunday" in one.out
    assert not (tmp_path / "output").exists()
    assert "Did you mean" in press(capsys, "preview", spec, "--item", f"{names[0]}x").err
    heavy = {"prefect", "sqlalchemy", "sqlmodel", "rich", "ortools", "numpy", "icalendar"}
    assert not loaded_by(tmp_path, "preview", "spec.yaml", "--item", names[0], PRESSROOM_HOME=str(home)) & heavy
