"""A schedule in review: approved it holds, rejected it uses up no copy, edited it is checked and certified anew."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rosters import schedule
from sites import put
from waiting_weeks import decided, edited, item_row, refusal, saved, set_in, text, used_up, waiting

from tasks.creators.certificate import is_genuine, signed_bytes
from tasks.creators.document import ScheduleDocument
from tasks.creators.findings import Anomaly, Verdict
from tasks.creators.pool import pool
from tasks.creators.week_plan import Relaxation


def test_an_approved_schedule_holds_and_its_files_and_certificate_say_so(tmp_path: Path) -> None:
    before = waiting(tmp_path)
    row = decided("approve")
    status, now = saved()
    assert (status, now.status, now.posts) == ("APPROVED", Verdict.APPROVED, before.posts)
    assert now.quality.status is Verdict.NEEDS_REVIEW, "what the judges said stays"
    assert now.revised_at is not None
    assert now.revised_at > before.generated_at, "so that calendars take the new file for the later one"
    outputs = json.loads(item_row().outputs)
    assert [Path(made["path"]).suffix for made in outputs] == [".json", ".csv", ".ics"]
    on_disk = json.loads(Path(outputs[0]["path"]).read_text())
    assert ScheduleDocument.model_validate(on_disk) == now
    assert now.certificate is not None
    assert now.certificate.status == "APPROVED"
    assert is_genuine(now.certificate, signed_bytes(on_disk))
    assert (row.after, item_row().status) == (outputs[0]["sha256"], "succeeded")
    assert item_row().fingerprint is None or row.before != row.after
    assert used_up() == {"c1", "c2"}


def test_the_copy_of_a_rejected_schedule_counts_as_unused(tmp_path: Path) -> None:
    waiting(tmp_path)
    assert used_up() == {"c1", "c2"}
    decided("reject")
    assert (saved()[0], item_row().status, item_row().error_code) == ("REJECTED", "failed", "REVIEW_REJECTED")
    assert used_up() == set()


def test_posts_may_be_moved_given_other_copy_and_price_and_be_taken_out(tmp_path: Path) -> None:
    before = waiting(tmp_path)

    def change(data: dict[str, Any]) -> None:
        first, second, _ = data["posts"]
        first |= {"starts_at": "2030-03-09T11:08:00+01:00", "copy_id": "c4"}
        second |= {"price": 14.5, "copy_id": None, "copy_text": "In our own words."}
        data["posts"] = [first, second]

    row = decided("edit", edited(tmp_path, change), despite_rules=True)
    status, now = saved()
    assert status == "APPROVED"
    second, first = now.posts
    assert (first.starts_at, first.weekday, first.local_time) == ("2030-03-09T10:08:00+00:00", "Saturday", "10:08")
    assert (first.copy_id, first.copy_text) == ("c4", text(4))
    assert (second.price, second.copy_id, second.copy_text) == (14.5, None, "In our own words.")
    assert now.revenue.expected == round(before.revenue.expected * 40 / 50, 2)
    (kept,) = pool().execute("SELECT * FROM schedule")
    assert (kept["predicted_value"], kept["quality_score"]) == (now.revenue.expected, 78.0)
    posts = pool().execute("SELECT post_id, copy_id, starts_at FROM schedule_item ORDER BY starts_at", ())
    assert [(one["post_id"], one["copy_id"]) for one in posts] == [("4-19", None), ("0-10", "c4")]
    outputs = json.loads(item_row().outputs)
    assert row.after == outputs[0]["sha256"]
    assert now.certificate is not None
    assert is_genuine(now.certificate, signed_bytes(json.loads(Path(outputs[0]["path"]).read_text())))
    rows = list(csv.DictReader(Path(outputs[1]["path"]).read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 2
    calendar = Path(outputs[2]["path"]).read_text()
    assert (calendar.count("BEGIN:VEVENT"), calendar.count("STATUS:CANCELLED")) == (3, 1)


def test_rules_that_an_edit_was_taken_despite_are_told_and_kept(tmp_path: Path) -> None:
    waiting(tmp_path)
    row = decided("edit", edited(tmp_path, set_in(0, starts_at="2030-03-04T04:15:00+00:00")), despite_rules=True)
    assert "avoid_hours: Monday 04:15 (0-10)" in json.loads(row.broken_rules or "[]")
    _, now = saved()
    assert "avoid_hours: Monday 04:15 (0-10)" in now.quality.violations
    assert "edited against a rule: avoid_hours: Monday 04:15 (0-10)" in json.loads(item_row().warnings)
    assert now.certificate is not None
    assert now.certificate.checks["rules_hold"] is False


def test_of_an_edited_week_is_said_what_holds_of_it_and_not_how_the_one_before_scored(tmp_path: Path) -> None:
    odd = [Anomaly(severity="HIGH", what="The price of post 4-19 is 9.00 USD, and 1.00 is usual.")]
    relaxed = [Relaxation(phase="copy_selection", rule="reuse_days", wanted="30", held="20", why="no fresh tip")]
    waiting(tmp_path, anomalies=odd, relaxed=relaxed)
    decided("edit", edited(tmp_path, set_in(0, copy_id=None, copy_text="")), despite_rules=True)
    relax, by_hand, *broken = json.loads(item_row().warnings)
    assert (relax, by_hand) == (
        "reuse_days relaxed in copy_selection: 20 held instead of 30",
        "copy is to be written by hand for 0-10",
    )
    assert all(one.startswith("edited against a rule: ") for one in broken)


REFUSED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another creator": (lambda data: data.update(creator_id="bo"), "creator_id: it may not be changed"),
    "another week": (lambda data: data.update(week_start="2030-03-11"), "week_start: it may not be changed"),
    "another schedule": (lambda data: data.update(schedule_id="s"), "schedule_id: it may not be changed"),
    "a better score": (lambda data: data["quality"].update(score=99), "quality: it may not be changed"),
    "a slip in a name": (set_in(0, start_at="x"), "posts.0.start_at: there is no such field"),
    "no schedule": (lambda data: data.pop("creator_id"), "creator_id: Field required"),
    "no posts": (lambda data: data.update(posts=[]), "posts: none is left"),
    "a post twice": (lambda data: data["posts"].append(data["posts"][0]), "post '0-10': it stands there twice"),
    "a new post": (set_in(0, post_id="9-99"), "post '9-99': the schedule had no such post"),
    "another value": (set_in(0, value=99.0), "post '0-10', value: it may not be changed"),
    "a parent that is gone": (lambda data: data["posts"].pop(1), "post '4-19f': it follows up on '4-19', which was"),
    "no offset": (set_in(0, starts_at="2030-03-04T10:08:00"), "post '0-10', starts_at: it is no time with an offset"),
    "no time": (set_in(0, starts_at="soon"), "post '0-10', starts_at: it is no time"),
    "the week after": (set_in(0, starts_at="2030-03-11T00:10:00+00:00"), "it is not in the week of 2030-03-04"),
    "a clock of its own": (set_in(0, local_time="12:00"), "post '0-10', local_time: it follows from `starts_at`"),
    "a price below nothing": (set_in(0, price=-1), "post '0-10', price: it is no amount of money"),
    "another's copy": (set_in(0, copy_id="x"), "there is no copy 'x' that this creator may use"),
    "another text": (set_in(0, copy_text="Other."), "the text is not that of 'c1'"),
}


@pytest.mark.parametrize(("change", "why"), REFUSED.values(), ids=list(REFUSED))
def test_what_an_edit_may_not_change_is_refused_and_the_schedule_waits_on(
    change: Callable[[dict[str, Any]], object], why: str, tmp_path: Path
) -> None:
    before = waiting(tmp_path)
    files = {path: path.read_bytes() for path in (tmp_path / "output/b").iterdir()}
    said = refusal("edit", edited(tmp_path, change))
    assert said.startswith("EDIT_INVALID: The edited schedule ")
    assert why in said
    assert saved() == ("NEEDS_REVIEW", before)
    assert item_row().status == "needs_review"
    assert {path: path.read_bytes() for path in (tmp_path / "output/b").iterdir()} == files


def test_an_edited_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    waiting(tmp_path)
    assert "SPEC_MALFORMED" in refusal("edit", put(tmp_path / "edited.json", "{"))
    assert "NOT_UTF8" in refusal("edit", put(tmp_path / "edited.json", b"\xff"))
    assert item_row().status == "needs_review"


def test_a_schedule_whose_place_was_taken_can_only_be_rejected(tmp_path: Path) -> None:
    made = waiting(tmp_path)
    schedule("alma", schedule_id="later", batch_id="c")
    assert "its schedule is SUPERSEDED: a later one of that week has taken its place" in refusal("approve")
    assert "`pressroom review b alma reject` takes it off the list." in refusal("approve")
    decided("reject")
    assert saved() == ("SUPERSEDED", made)
