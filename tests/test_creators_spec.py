"""How schedules are asked for: whom, for which weeks, and what is said when that cannot be."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from kinds import ledger
from pydantic import ValidationError
from sites import loaded_by, press, put

from tasks.claims import Claims
from tasks.creators import foreseen_models, foreseen_steps, prompts, stages
from tasks.creators.chunks import in_rows, in_turn
from tasks.creators.costs import Costs
from tasks.creators.models import CreatorBatch, CreatorItem
from tasks.creators.phases import PHASES
from tasks.creators.planning import lay, plan_creators, preparing
from tasks.creators.pool import pool
from tasks.creators.request import asked
from tasks.creators.roster_csv import write_roster
from tasks.creators.sampling import sample_roster
from tasks.creators.spec import SHAPES, is_request, size_of, spill
from tasks.creators.store import Listed, listed
from tasks.creators.store_roster import save_sample
from tasks.creators.weeks import next_monday
from tasks.errors import PressroomError
from tasks.ledger.tables import BatchRow
from tasks.models import JsonObject, Mode
from tasks.specs import check_spec, load_spec, name_batch, read_spec

Capture = pytest.CaptureFixture[str]
TODAY, MONDAY, LATER = date(2030, 2, 27), date(2030, 3, 4), date(2030, 3, 11)
ALL = pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))


def known(*names: str, **fields: Any) -> list[Listed]:
    """Creators whose pages are called like them with a capital."""
    usual: dict[str, Any] = {"is_active": True, "group": "", "niche": "", "audience_size": 2_000}
    usual |= {"time_zone": "Europe/Lisbon", "copies": 90, "samples": 250}
    return [Listed(creator_id=name, page_name=f"{name.title()}'s page", **usual | fields) for name in names]


def batch(*names: str, **fields: Any) -> CreatorBatch:
    usual = {"batch_id": "b", "batch_mode": True, "asked_on": TODAY, "model": "none"}
    return CreatorBatch.model_validate(usual | {"creators": list(names)} | fields)


def laid(given: CreatorBatch, listing: list[Listed]) -> list[CreatorItem]:
    return lay(given, listing, None).items


def refused(**fields: Any) -> list[tuple[str, str]]:
    """Where and why a batch is refused."""
    with pytest.raises(ValidationError) as caught:
        CreatorBatch.model_validate(fields)
    return [(".".join(map(str, one["loc"])), one["msg"]) for one in caught.value.errors()]


@ALL
def test_every_form_of_a_request_is_known_without_its_kind_and_reads_back_the_same(
    shape: JsonObject, tmp_path: Path
) -> None:
    assert is_request(shape)
    spec = load_spec(put(tmp_path / "spec.json", json.dumps(shape)))
    assert spec.kind == "creators"
    assert CreatorBatch.model_validate_json(spec.batch.model_dump_json()) == spec.batch


def test_the_sources_words_say_what_those_of_every_batch_say() -> None:
    given = batch("alma", parallelism=3, fail_fast=True, timeout_per_creator=120)
    assert (given.max_parallel, given.mode, given.item_deadline_seconds) == (3, Mode.FAIL_FAST, 120)
    assert batch("alma").item_deadline_seconds == 300
    assert batch("alma").budget.item_tokens == 50_000


def test_what_the_command_line_gives_wins_over_the_sources_words(tmp_path: Path) -> None:
    path = put(tmp_path / "spec.json", json.dumps(SHAPES["batch"]))
    assert load_spec(path, {"max_parallel": 1}).batch.max_parallel == 1


@pytest.mark.parametrize(
    ("fields", "place", "why"),
    [
        ({"batch_mode": True}, "creators", "batch mode needs to know for whom"),
        ({"creators": ["a", "b"]}, "creators", "without batch mode a batch is for one"),
        ({"creator": "a", "creators": ["b"]}, "creator", "there is `creators` as well"),
        ({"creator": "a", "parallelism": 0}, "parallelism", "greater than or equal to 1"),
        ({"creator": "a", "timeout_per_creator": -1}, "timeout_per_creator", "greater than 0"),
        ({"creator": "a", "budget": {"batch_usd": -1}}, "budget.batch_usd", "greater than 0"),
        ({"creator": "a", "parallelism": 2, "max_parallel": 3}, "parallelism", "but `max_parallel` is 3"),
        ({"creator": "a", "fail_fast": True, "mode": "retry"}, "fail_fast", "but `mode` is retry"),
        ({"creator": "a", "week_start": "next week"}, "week_start", "'next week' is no date"),
        ({"creator": "a", "week_start": []}, "week_start.list[date]", "at least 1"),
        ({"creator": "a", "week_start": 5}, "week_start", "5 is no date"),
        ({"creator": " "}, "creator", "at least 1 character"),
        ({"creator": "a", "groups": {"x": ["a"], "y": ["a"]}}, "groups.y.0", "in group 'x' already"),
    ],
)
def test_what_concerns_the_whole_batch_is_refused_where_it_stands(fields: JsonObject, place: str, why: str) -> None:
    found = refused(**fields)
    assert any(at.startswith(place) and why in said for at, said in found), found


def test_one_creator_needs_no_batch_mode_and_may_be_named_alone() -> None:
    for given in (batch("alma", batch_mode=False), batch(batch_mode=False, creator="alma")):
        assert [item.item_id for item in laid(given, known("alma"))] == ["alma"]


def test_creators_are_asked_for_by_id_or_by_page() -> None:
    items = laid(batch("Alma's page", "bela", "nobody"), known("alma", "bela"))
    assert [(item.item_id, item.creator, item.fault) for item in items] == [
        ("alma", "alma", None),
        ("bela", "bela", None),
        ("nobody", "nobody", None),
    ]


def test_the_week_is_the_next_monday_or_the_one_that_is_given() -> None:
    assert {item.week_start for item in laid(batch("alma"), known("alma"))} == {MONDAY}
    assert next_monday(MONDAY) == LATER, "on a Monday this week has begun"
    assert [item.week_start for item in laid(batch("alma", week_start=str(LATER)), known("alma"))] == [LATER]


def test_several_weeks_have_items_of_their_own_that_know_the_week_before() -> None:
    weeks = {"alma": [str(LATER), str(MONDAY)], "Bela's page": str(MONDAY)}
    items = laid(batch("alma", "bela", "cora", week_start=weeks), known("alma", "bela", "cora"))
    assert [(item.item_id, item.after) for item in items] == [
        ("alma@2030-03-04", ""),
        ("bela@2030-03-04", ""),
        ("cora@2030-03-04", ""),
        ("alma@2030-03-11", "alma@2030-03-04"),
    ]


def test_a_creator_asked_for_twice_fails_the_second_time_alone() -> None:
    asked = batch("alma", "Alma's page", "bela")
    items = laid(asked, known("alma", "bela"))
    assert [(item.item_id, item.fault and item.fault[0]) for item in items] == [
        ("alma", None),
        ("alma#2", "CREATOR_DUPLICATED"),
        ("bela", None),
    ]
    prepare = preparing(asked, items, Claims(), None)
    assert prepare(items[0]) is items[0]
    with pytest.raises(PressroomError, match='CREATOR_DUPLICATED: Creator "Alma\'s page" is asked for twice'):
        prepare(items[1])


@pytest.mark.parametrize(
    ("week", "why"),
    [("2030-02-18", "it is over, as seen from 2030-02-27"), ("2030-03-05", "this is a Tuesday")],
)
def test_a_week_that_cannot_be_planned_fails_its_creator_and_nobody_else(week: str, why: str) -> None:
    items = laid(batch("alma", "bela", week_start={"alma": week}), known("alma", "bela"))
    assert items[0].fault is not None
    assert items[0].fault[0] == "WEEK_INVALID"
    assert why in items[0].fault[1]
    assert items[1].fault is None


def test_a_week_that_has_begun_can_be_planned_on_its_monday_and_no_later() -> None:
    begun = {"week_start": "2030-02-25", "asked_on": date(2030, 2, 25)}
    assert laid(batch("alma", **begun), known("alma"))[0].fault is None
    (item,) = laid(batch("alma", **begun | {"asked_on": date(2030, 2, 26)}), known("alma"))
    assert item.fault is not None
    assert (item.fault[0], item.fault[2]) == ("WEEK_INVALID", "Give 2030-03-04 or a later Monday.")
    assert "it has begun, as seen from 2030-02-26" in item.fault[1]


def test_members_of_a_group_meet_when_two_are_planned_for_the_same_week() -> None:
    listing = known("alma", "bela", group="quay") + known("cora", "dora", "emil")
    weeks = {"emil": str(LATER)}
    given = batch(
        "alma", "bela", "cora", "dora", "emil", groups={"hill": ["cora", "Dora's page", "emil"]}, week_start=weeks
    )
    assert {item.creator: item.gathering for item in laid(given, listing)} == {
        "alma": "quay@2030-03-04",
        "bela": "quay@2030-03-04",
        "cora": "hill@2030-03-04",
        "dora": "hill@2030-03-04",
        "emil": "",
    }


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"groups": {"hill": ["alma", "corra"]}}, "'corra'"), ({"week_start": {"alam": str(MONDAY)}}, "'alam'")],
)
def test_a_misspelt_name_in_groups_or_weeks_refuses_the_batch(fields: JsonObject, why: str) -> None:
    with pytest.raises(PressroomError, match=why):
        laid(batch("alma", **fields), known("alma"))


def test_a_long_list_enters_by_turns_of_its_chunks_and_groups_stay_whole() -> None:
    names = [f"c{number:02d}" for number in range(23)]
    listing = [one._replace(audience_size=900 * number) for number, one in enumerate(known(*names))]
    given = batch(*names, groups={"quay": names[:4]})
    found = lay(given, listing, None)
    assert [len(chunk.names) <= 10 for chunk in found.chunks] == [True] * 3
    assert sorted(item.creator for item in found.items) == names
    assert sum(set(names[:4]) <= set(chunk.names) for chunk in found.chunks) == 1
    turns = [item.creator for item in found.items]
    assert turns == list(in_rows(in_turn(found.chunks), 3))
    assert sorted(map(turns.index, names[:4])) == list(range(turns.index(names[0]), turns.index(names[0]) + 4))


def test_up_to_ten_enter_as_they_are_asked_for() -> None:
    names = ["dora", "alma", "cora", "bela"]
    assert [item.creator for item in laid(batch(*names), known(*names))] == names


def test_a_large_batch_goes_to_a_file_with_the_weeks_of_each(tmp_path: Path) -> None:
    names = [f"creator {number}" for number in range(300)]
    given = batch(*names, week_start={names[7]: [str(MONDAY), str(LATER)]}, base_dir=tmp_path)
    moved = spill(given, tmp_path / "items" / "b.jsonl")
    assert (moved.creators, size_of(moved)) == ([], size_of(given))
    again = CreatorBatch.model_validate_json(moved.model_dump_json())
    assert [item.item_id for item in laid(again, known())] == [item.item_id for item in laid(given, known())]
    assert spill(given, tmp_path / "items" / "b.jsonl") == moved


def test_a_large_batch_keeps_the_weeks_of_who_is_named_otherwise_there(tmp_path: Path) -> None:
    given = batch("Alma's page", "bela", week_start={"alma": str(LATER), "bela": str(LATER)}, base_dir=tmp_path)
    moved = spill(given, tmp_path / "b.jsonl")
    assert [item.week_start for item in laid(moved, known("alma", "bela"))] == [LATER, LATER]
    misspelt = batch("alma", week_start={"alma": str(LATER), "alba": str(LATER)}, base_dir=tmp_path)
    with pytest.raises(PressroomError, match="names 'alba'"):
        laid(spill(misspelt, tmp_path / "c.jsonl"), known("alma"))


def test_a_file_of_creators_is_read_line_by_line_and_must_stay_as_it_was(tmp_path: Path) -> None:
    path = put(tmp_path / "who.txt", 'alma\n\n  Bela\'s page \n{"creator": "cora", "week_start": "2030-03-11"}\n')
    given = batch(items_file=path.name, base_dir=tmp_path)
    assert [(one.name, one.place) for one in asked(given)] == [("alma", (1,)), ("Bela's page", (3,)), ("cora", (4,))]
    assert laid(given, known("cora"))[2].week_start == LATER
    with pytest.raises(PressroomError, match="ITEMS_FILE_CHANGED"):
        asked(given.model_copy(update={"items_sha256": "0" * 64}))
    with pytest.raises(PressroomError, match="Add `batch_mode: true`"):
        asked(given.model_copy(update={"batch_mode": False}))


def test_a_named_batch_holds_its_weeks_so_that_a_resume_means_the_same(home: Path) -> None:
    first = name_batch("creators", batch("alma", asked_on=TODAY))
    assert (first.asked_on, first.week_start) == (TODAY, MONDAY)
    assert name_batch("creators", CreatorBatch.model_validate_json(first.model_dump_json())) == first


def test_a_spec_that_is_run_again_under_its_batchs_name_means_the_weeks_it_began_with() -> None:
    first = name_batch("creators", batch("alma", asked_on=TODAY))
    with ledger() as opened:
        opened.record_batch(
            BatchRow(
                batch_id="b",
                kind="creators",
                status="partial",
                spec=first.model_dump_json(),
                output_dir=str(first.output_dir),
                total=1,
                created_at=1.0,
                started_at=1.0,
            )
        )
    again = name_batch("creators", batch("alma", asked_on=None))
    assert (again.asked_on, again.week_start) == (TODAY, MONDAY)
    assert name_batch("creators", batch("alma", asked_on=None, batch_id="other")).asked_on == date.today()


def test_what_past_weeks_took_decides_what_the_next_ones_are_likely_to() -> None:
    listing = known("alma", "bela", "cora")

    def execute(_query: str, _values: object) -> list[dict[str, object]]:
        return [{"name": "alma@2030-02-25", "amount": 40.0}, {"name": "alma", "amount": 2.0}]

    costs = Costs(listing, execute)
    assert costs.seconds("alma") == 40.0
    assert costs.seconds("bela") == 40.0, "as large as alma, and nothing is known of her"
    assert costs.seconds("nobody") == 0.0


def roster() -> list[str]:
    """Import invented creators and return their ids."""
    invented = sample_roster(creators=3, seed=7)
    save_sample(invented.rows, replace=True)
    return sorted(invented.creator_ids)


def problems(path: Path) -> list[tuple[str, int | None, str]]:
    return [(one.code, one.line, one.field) for one in check_spec(path).problems]


def test_validate_names_all_that_is_wrong_with_its_line(tmp_path: Path) -> None:
    first, second, third = roster()
    text = f"""kind: creators
batch_mode: true
model: none
creators:
  - {first}
  - {second}
  - {first}
  - {first}x
week_start:
  {second}: 2001-01-01
  {third}: 2130-01-02
groups:
  quay: [{first}, nobody]
"""
    found = problems(put(tmp_path / "spec.yaml", text))
    assert found == [
        ("WEEK_INVALID", 10, f"week_start.{second}"),
        ("CREATOR_DUPLICATED", 7, "creators.2"),
        ("PREFLIGHT_BLOCK", 8, "creators.3"),
        ("INVALID_INPUT", 13, "groups.quay.1"),
        ("INVALID_INPUT", 11, f"week_start.{third}"),
    ]


def test_validate_says_who_was_meant(tmp_path: Path) -> None:
    first, *_ = roster()
    (problem,) = check_spec(put(tmp_path / "spec.yaml", f"creator: {first}x\nmodel: none")).problems
    assert problem.message == f"CREATOR_UNKNOWN: Creator not found in active_creators: '{first}x'."
    assert problem.remedy == f"Did you mean {first!r}?"


def test_validate_knows_who_cannot_be_planned_for(tmp_path: Path) -> None:
    invented = sample_roster(creators=3, seed=7)
    first, second, *_ = invented.creator_ids
    by_id = {row["creator_id"]: row for row in invented.rows["creators"]}
    by_id[first]["is_active"], by_id[second]["time_zone"] = False, "Europe/Lisbom"
    own = [row for row in invented.rows["copy"] if row["creator_id"] in (first, second)]
    save_sample(invented.rows | {"copy": own}, replace=True)
    path = put(
        tmp_path / "spec.json", json.dumps({"batch_mode": True, "creators": invented.creator_ids, "model": "none"})
    )
    found = [(one.message.partition(":")[0], one.remedy) for one in check_spec(path).problems]
    assert [code for code, _ in found] == ["CREATOR_INACTIVE", "TIMEZONE_UNKNOWN", "COPY_NONE"]
    assert found[1][1] == "Did you mean 'Europe/Lisbon'?"


def test_validate_finds_rules_that_contradict_each_other(tmp_path: Path) -> None:
    invented = sample_roster(creators=2, seed=7)
    of_its_own = invented.rows["creators"][0]
    of_its_own["rules"] = json.dumps({"min_per_day": 5, "max_per_day": 4})
    save_sample(invented.rows, replace=True)
    given = {"batch_mode": True, "creators": invented.creator_ids, "model": "none"}
    (problem,) = check_spec(put(tmp_path / "own.json", json.dumps(given))).problems
    name = of_its_own["creator_id"]
    assert problem.message == f"RULES_CONTRADICT: The rules of {name!r}: min_per_day (5) is more than max_per_day (4)."
    of_the_batch = given | {"rules": {"min_slot_types": 12, "max_slot_type_share": 0.01}}
    found = check_spec(put(tmp_path / "batch.json", json.dumps(of_the_batch))).problems
    assert [one.message.partition(":")[0] for one in found] == ["RULES_CONTRADICT"] * 2


def test_validate_finds_what_a_roster_is_wrong_in_and_knows_whom_it_brings(tmp_path: Path) -> None:
    head = "creator_id,page_name,time_zone,audience_size\n"
    put(tmp_path / "roster/creators.csv", head + "alma,Alma,Europe/Lisbon,900\nbela,Bela,Europe/Lisbn,900\n")
    path = put(tmp_path / "spec.yaml", "creator: alma\nmodel: none\nroster: roster\n")
    found = check_spec(path).problems
    assert [(one.code, one.line, one.field) for one in found] == [("CSV_INVALID", 3, "time_zone")]


def test_validate_asks_for_the_keys_of_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = roster()
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    path = put(tmp_path / "spec.yaml", f"creator: {first}\nmodel: openai:gpt-4o\n")
    assert problems(path) == [("MODEL_KEY_MISSING", 2, "model")]


def test_checking_loads_nothing_heavy(tmp_path: Path, home: Path) -> None:
    first, *_ = roster()
    put(tmp_path / "spec.yaml", f"creator: {first}\nmodel: none\n")
    for command in ("validate", "plan"):
        assert not loaded_by(tmp_path, command, "spec.yaml", PRESSROOM_HOME=str(home)) & {
            "prefect", "sqlalchemy", "sqlmodel", "rich", "ortools", "numpy", "icalendar"
        }  # fmt: skip


def test_the_roster_that_a_batch_brings_is_there_when_it_is_planned(tmp_path: Path) -> None:
    invented = sample_roster(creators=2, seed=7)
    write_roster(invented.rows, tmp_path / "roster")
    names = invented.creator_ids
    given = batch(*names, base_dir=tmp_path, output_dir=tmp_path / "out", roster="roster")
    items, prepare = plan_creators(given, Claims())
    assert [item.creator for item in items] == names
    assert {prepare(item).item_id for item in items} == set(names)
    assert [one.creator_id for one in listed(pool().execute)] == sorted(names)


def test_the_steps_that_a_plan_follows_are_the_flows() -> None:
    for step in foreseen_steps.STEPS:
        task = getattr(stages, step.stage)
        names = list(task.fn.__code__.co_varnames[: task.fn.__code__.co_argcount])
        assert list(step.inputs) == names, step.stage
        assert task.version == "1"
        assert task.persist_result
    told = {*foreseen_steps.AFTER, *(step.stage for step in foreseen_steps.STEPS)}
    assert told == {stage for phase in PHASES for stage in phase.stages}


def test_a_plan_counts_the_questions_of_every_stage_that_asks() -> None:
    assert set(foreseen_models.QUESTIONS) == set(prompts.FORMS) <= {*foreseen_steps.AFTER, "score_attention"}


def test_a_spec_that_is_nobodys_is_refused(tmp_path: Path, capsys: Capture) -> None:
    path = put(tmp_path / "spec.yaml", "kind: creators\nbatch_mode: true\n")
    said = press(capsys, "run", path)
    assert said.code == 2
    assert "batch mode needs to know for whom" in said.err
    spec, found = read_spec(put(tmp_path / "one.yaml", "kind: creators\n"))
    assert (spec is not None, found) == (True, [])
    assert press(capsys, "run", tmp_path / "one.yaml").code == 2


def test_members_of_a_group_enter_one_after_the_other() -> None:
    names = ["dora", "alma", "cora", "bela"]
    entering = laid(batch(*names, groups={"quay": ["dora", "bela"]}), known(*names))
    assert [item.creator for item in entering] == ["dora", "bela", "alma", "cora"]
