"""A week that waits for review beside one that is in force: which of them counts, before the decision and after it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import creating
from creating import WEEK
from kinds import ledger
from rosters import schedule
from schedule_parts import document
from waiting_weeks import ITEM, decided, edited, item_row, refusal, saved, set_in, used_up, waiting

from tasks.claims import Claims
from tasks.creators.models import CreatorBatch, CreatorItem
from tasks.creators.planning import preparing
from tasks.creators.pool import pool
from tasks.creators.store import listed
from tasks.creators.weeks_asked import items_of
from tasks.ledger.standing import payload_of
from tasks.models import ItemStatus, Outcome


def statuses() -> dict[str, str]:
    return {row["schedule_id"]: row["status"] for row in pool().execute("SELECT schedule_id, status FROM schedule")}


def beside_one_in_force(folder: Path) -> str:
    """Save a week that waits for review after one of the same creator was approved, and return its id."""
    schedule("alma", ["c3"], schedule_id="in-force")
    return waiting(folder).schedule_id


def test_what_is_approved_stays_in_force_while_another_waits(tmp_path: Path) -> None:
    new = beside_one_in_force(tmp_path)
    assert statuses() == {"in-force": "APPROVED", new: "NEEDS_REVIEW"}
    assert used_up() == {"c1", "c2", "c3"}


def test_what_is_approved_in_review_takes_the_place_of_what_was_in_force(tmp_path: Path) -> None:
    new = beside_one_in_force(tmp_path)
    decided("approve")
    assert statuses() == {"in-force": "SUPERSEDED", new: "APPROVED"}
    assert used_up() == {"c1", "c2"}


def test_what_is_rejected_leaves_what_is_in_force(tmp_path: Path) -> None:
    new = beside_one_in_force(tmp_path)
    decided("reject")
    assert statuses() == {"in-force": "APPROVED", new: "REJECTED"}
    assert used_up() == {"c3"}


def test_a_rejected_week_gives_the_files_back_to_the_one_before_of_the_same_item(tmp_path: Path) -> None:
    kept = document(schedule_id="in-force").model_dump_json()
    schedule("alma", schedule_id="in-force", item_id=ITEM, document=kept, saved_at=0.5)
    waiting(tmp_path)
    decided("reject")
    (path,) = (tmp_path / "output/b").glob("*.json")
    back = json.loads(path.read_text())
    assert back["schedule_id"] == "in-force"
    assert back["revised_at"] > back["generated_at"], "later than the one that was rejected, for calendars"


def test_of_two_that_wait_the_later_one_is_decided_upon(tmp_path: Path) -> None:
    waits = waiting(tmp_path).schedule_id
    schedule("alma", schedule_id="later", status="NEEDS_REVIEW")
    assert statuses() == {waits: "SUPERSEDED", "later": "NEEDS_REVIEW"}


def test_a_week_that_is_approved_at_once_takes_the_place_of_all_and_a_rejected_one_stays_rejected(
    tmp_path: Path,
) -> None:
    waits = beside_one_in_force(tmp_path)
    schedule("alma", schedule_id="refused", status="REJECTED")
    schedule("alma", schedule_id="new")
    assert statuses() == {"in-force": "SUPERSEDED", waits: "SUPERSEDED", "refused": "REJECTED", "new": "APPROVED"}


AT_FOUR = set_in(0, starts_at="2030-03-04T04:15:00+00:00")


def test_an_edit_that_breaks_rules_is_refused_says_which_and_how_to_take_it_and_nothing_is_changed(
    tmp_path: Path,
) -> None:
    before = waiting(tmp_path)
    files = {path: path.read_bytes() for path in (tmp_path / "output/b").iterdir()}
    said = refusal("edit", edited(tmp_path, AT_FOUR))
    assert said.startswith("EDIT_BREAKS_RULES: The edited file ")
    assert "avoid_hours: Monday 04:15 (0-10); quarter: Monday 04:15 is a quarter (0-10)" in said
    assert "--despite-rules" in said
    assert saved() == ("NEEDS_REVIEW", before)
    assert item_row().status == "needs_review"
    assert {path: path.read_bytes() for path in (tmp_path / "output/b").iterdir()} == files
    assert pool().execute("SELECT * FROM review_decision") == []


def test_what_an_edit_may_never_change_is_refused_despite_rules_as_well(tmp_path: Path) -> None:
    waiting(tmp_path)
    assert "EDIT_INVALID" in refusal("edit", edited(tmp_path, set_in(0, value=99.0)), despite_rules=True)


def prepared(**fields: Any) -> CreatorItem:
    """The item of alma as it enters a batch."""
    batch = CreatorBatch(batch_id="b", creators=["alma"], asked_on=WEEK - timedelta(days=3), **fields)
    with_week = batch.model_copy(update={"week_start": fields.get("week_start", WEEK)})
    items = items_of(with_week, listed(pool().execute))
    payload = payload_of(items[0])
    prepare = preparing(with_week, items, Claims(), pool().execute)
    item = prepare(prepare(items[0]))  # As one enters that is tried again at the end of its batch.
    assert payload_of(items[0]) == payload, "what is asked for is the same"
    return item


def test_the_seed_of_a_week_moves_with_each_rejection_and_the_critic_reads_the_last_note(tmp_path: Path) -> None:
    waiting(tmp_path)
    assert (prepared(seed=7).seed, prepared(seed=7).rejected_for) == (7, "")
    decided("reject", note="Too many offers.")
    assert (prepared(seed=7).seed, prepared(seed=7).rejected_for) == (8, "Too many offers.")
    schedule("alma", schedule_id="again", item_id=ITEM, status="NEEDS_REVIEW")
    with ledger() as opened:
        opened.settle_items("b", [Outcome(item_id=ITEM, status=ItemStatus.NEEDS_REVIEW)])
    decided("reject", note="Still.")
    assert (prepared(seed=7).seed, prepared(seed=7).rejected_for) == (9, "Still.")


def test_another_week_and_one_that_was_approved_keep_their_seed(tmp_path: Path) -> None:
    waiting(tmp_path)
    decided("approve")
    assert prepared(seed=7).seed == 7
    schedule("alma", schedule_id="again", item_id=ITEM, status="NEEDS_REVIEW")
    with ledger() as opened:
        opened.settle_items("b", [Outcome(item_id=ITEM, status=ItemStatus.NEEDS_REVIEW)])
    decided("reject")
    assert prepared(seed=7).seed == 8
    assert prepared(seed=7, week_start=WEEK + timedelta(days=7)).seed == 7


def test_what_was_said_of_a_rejected_week_is_no_part_of_what_a_batch_asks_for() -> None:
    asked = creating.item()
    told = asked.model_copy(update={"rejected_for": "too many posts"})
    assert payload_of(told) == payload_of(asked)
    assert payload_of(asked.model_copy(update={"seed": 1})) != payload_of(asked)
