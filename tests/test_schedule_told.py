"""What a preview foretells of a week, what a check finds of its copy, and what reports add up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import creating
import pytest
import weeks
from rosters import audience, copy, creator, put_rows, schedule_row
from schedule_parts import document
from sites import put

from tasks.creators import store
from tasks.creators.audience import assess
from tasks.creators.hours import passed_over
from tasks.creators.models import CreatorBatch
from tasks.creators.pool import pool
from tasks.creators.previewing import preview_creators
from tasks.creators.report_section import sections_about
from tasks.creators.revenue import Revenue
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.specs import check_spec


def previewed(lapsing: list[int]) -> str:
    """What a preview says of the posts of a creator of whose audience so many lapsed, week by week."""
    put_rows(creator("alma"), *(copy(f"c-{name}", "alma", slot_type=name) for name in SLOT_TYPES))
    for back, size in enumerate(reversed(lapsing), start=1):
        put_rows(
            *(audience("alma", back, segment=name, size=of) for name, of in (("regular", 1_000), ("lapsing", size)))
        )
    given = {"batch_id": "b", "creators": ["alma"], "week_start": "2030-03-04", "asked_on": date(2030, 2, 27)}
    _, (preview, *_) = preview_creators(CreatorBatch.model_validate(given | {"model": "none"}), None, 1)
    assert preview.error is None
    return preview.facts["posts"]


def test_a_preview_counts_the_posts_that_a_worn_audience_takes_from_a_week() -> None:
    assert previewed([100, 300, 600, 1_000, 1_500, 2_100, 2_800, 3_600]) == (
        "about 29: 3 4 4 4 5 5 4, and follow-ups; -1 a day because the audience is worn (HIGH)"
    )


def test_a_preview_of_an_audience_that_stays_says_nothing_of_it() -> None:
    assert previewed([100] * 8) == "about 36: 4 5 5 5 6 6 5, and follow-ups"


def test_validate_finds_copy_that_the_rules_let_nobody_use(tmp_path: Path) -> None:
    put_rows(
        creator("alma"), copy("c1", "alma", performance=61.0), creator("bela", rules='{"min_copy_performance": 5}')
    )
    put_rows(copy("c2", "bela", performance=40.0))
    text = "batch_mode: true\ncreators: [alma, bela]\nmodel: none\nrules: {min_copy_performance: 62}\n"
    (problem,) = check_spec(put(tmp_path / "spec.yaml", text)).problems
    assert problem.message == (
        "COPY_NONE: 'alma' has no copy to use: the best of it has done 61, and min_copy_performance is 62."
    )
    assert problem.remedy.startswith("Lower `min_copy_performance`, or import copy")
    assert problem.field == "creators.0"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Rules(prime_hours=[8, 9, 12]), ["No post is in the prime hours 8, 9: what posts have brought"]),
        (Rules(prime_hours=[12, 14]), []),
        (Rules(prime_hours=[3, 14]), []),
        (Rules(), []),
    ],
)  # fmt: skip
def test_prime_hours_that_somebody_gave_and_a_week_does_without_are_told(rules: Rules, said: list[str]) -> None:
    assert [told[:59] for told in passed_over(rules, weeks.plan(weeks.known()))] == said


def keep(name: str, status: str, **fields: Any) -> None:
    whole = document(schedule_id=name, revenue=Revenue(expected=200.0, low=150.0, high=260.0), **fields)
    written = whole.model_dump_json()
    row = schedule_row(name, schedule_id=name, item_id=name, status=status, document=written)
    store.save_schedule(row, [])


def test_a_rejected_week_is_listed_and_not_added_up() -> None:
    keep("alma", "APPROVED")
    keep("bela", "REJECTED", creator_id="bela")
    (section,) = sections_about(pool().execute, "b")
    assert [(row[0], row[2], row[6]) for row in section.tables[0].rows] == [
        ("alma", "approved", "$200"),
        ("bela", "rejected", "$200"),
        ("together", "", "$200"),
    ]
    assert [fact.value for fact in section.facts][:1] == ["$200"]


def test_a_report_does_not_call_a_risk_low_of_which_nothing_is_known() -> None:
    risk = assess(creating.item(), creating.context(audience=[], samples=[]))
    keep("alma", "APPROVED", audience_risk=risk)
    (section,) = sections_about(pool().execute, "b")
    (told,) = [fact for fact in section.parts[0].facts if fact.name == "Audience risk"]
    assert told.note == "0 of 100. Nothing is known of the audience"


def test_who_gives_the_beginning_of_a_name_is_told_the_whole(tmp_path: Path) -> None:
    put_rows(creator("bela"), creator("elias-pottery"))
    (problem,) = check_spec(put(tmp_path / "spec.yaml", "creator: elias\nmodel: none\n")).problems
    assert problem.remedy == "Did you mean 'elias-pottery'?"
