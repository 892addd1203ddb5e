"""What a person may decide of a whole week without being told that it breaks rules, and what is told all the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import weeks
from rosters import copy, put_rows
from schedule_parts import post
from sites import press
from waiting_weeks import decided, edited, item_row, refusal, saved, set_in, waiting

from tasks.creators.document import ScheduleDocument, SchedulePost


def whole_week(folder: Path, **first: Any) -> ScheduleDocument:
    """Save a whole week that waits for review and breaks no rule; `first` are fields of its first post."""
    plan = weeks.plan(weeks.known())
    texts = {one.copy_id: one.text for one in weeks.texts()}
    put_rows(*(copy(one.copy_id, "alma", text=one.text, slot_type=one.slot_type) for one in weeks.texts()))
    posts: list[SchedulePost] = []
    for one in plan.posts:
        same = {"post_id": one.post_id, "slot_type": one.slot_type, "content_type": one.content_type}
        own = {} if posts else first
        given = same | {"copy_id": one.copy_id, "copy_text": texts[one.copy_id or ""]} | own
        posts.append(post(one.day, one.minute_of_day or 0, **given))
    return waiting(folder, *posts, strategy=plan.strategy)


def by_hand(**fields: Any) -> dict[str, Any]:
    return {"copy_id": None, "copy_text": "", "needs_manual_copy": True} | fields


def broken(folder: Path, change: Callable[[dict[str, Any]], object]) -> list[str]:
    """The rules that an edit is taken with."""
    found: list[str] = json.loads(decided("edit", edited(folder, change)).broken_rules or "[]")
    return found


@pytest.mark.parametrize("needs", [True, False])
def test_a_text_of_ones_own_takes_the_place_of_copy_that_was_to_be_written_by_hand(needs: bool, tmp_path: Path) -> None:
    whole_week(tmp_path, **by_hand())
    assert broken(tmp_path, set_in(0, copy_text="In our own words.", needs_manual_copy=needs)) == []
    first = saved()[1].posts[0]
    assert (first.copy_id, first.copy_text, first.needs_manual_copy) == (None, "In our own words.", False)


def test_a_text_of_ones_own_takes_the_place_of_copy_from_the_roster(tmp_path: Path) -> None:
    whole_week(tmp_path)
    assert broken(tmp_path, set_in(0, copy_id=None, copy_text="In our own words.")) == []
    assert saved()[1].posts[0].copy_text == "In our own words."


def test_who_writes_a_text_and_leaves_the_copy_id_is_told_what_to_do(tmp_path: Path) -> None:
    whole_week(tmp_path)
    said = refusal("edit", edited(tmp_path, set_in(0, copy_text="In our own words.")))
    assert "with a text of your own set copy_id to null" in said


def test_a_post_that_needs_no_copy_any_more_and_has_no_text_is_refused(tmp_path: Path) -> None:
    whole_week(tmp_path, **by_hand())
    said = refusal("edit", edited(tmp_path, set_in(0, needs_manual_copy=False)))
    assert "has no copy, and does not say that it needs some" in said


def test_a_post_may_be_moved_to_another_day_whatever_was_planned_for_it(tmp_path: Path) -> None:
    whole_week(tmp_path)
    assert broken(tmp_path, set_in(0, starts_at="2030-03-05T17:08:00+00:00")) == []
    assert item_row().status == "succeeded"
    counts = Counter(one.weekday for one in saved()[1].posts)
    assert (counts["Monday"], counts["Tuesday"]) == (4, 6)


def test_posts_may_be_taken_out_and_what_that_does_to_the_mix_is_told(tmp_path: Path) -> None:
    whole_week(tmp_path)

    def one_a_day(data: dict[str, Any]) -> None:
        data["posts"] = list(
            {one["weekday"]: one for one in data["posts"] if one["slot_type"] != "live_recap"}.values()
        )

    found = broken(tmp_path, one_a_day)
    assert "min_slot_types: 7 slot types of at least 12" in found
    assert f"edited against a rule: {found[0]}" in json.loads(item_row().warnings)
    assert saved()[1].quality.violations == found


def test_an_edited_file_that_is_not_there_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiting(tmp_path)
    said = press(capsys, "review", "b", "alma", "edit", "--file", "nowhere.json")
    assert (said.code, "There is no edited file 'nowhere.json', and nothing was decided" in said.err) == (2, True)


def test_one_post_may_be_taken_out_of_any_week(tmp_path: Path) -> None:
    whole_week(tmp_path)
    assert broken(tmp_path, lambda data: data["posts"].pop(3)) == []


def test_a_day_that_is_left_without_posts_is_refused(tmp_path: Path) -> None:
    whole_week(tmp_path)

    def no_monday(data: dict[str, Any]) -> None:
        data["posts"] = [one for one in data["posts"] if one["weekday"] != "Monday"]

    assert "min_per_day: Monday has 0 posts of at least 1" in refusal("edit", edited(tmp_path, no_monday))
