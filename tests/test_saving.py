"""A schedule is saved once, whole, and with its certificate, however often its saving is begun."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from creating import WEEK, context, item
from schedule_parts import quality

from tasks.creators import saving
from tasks.creators.audience import assess
from tasks.creators.certificate import is_genuine, signed_bytes
from tasks.creators.composing import compose
from tasks.creators.context import Copy
from tasks.creators.document import ScheduleDocument
from tasks.creators.findings import (
    Anomalies,
    Anomaly,
    Attention,
    Check,
    Critique,
    Draft,
    Forecast,
    Judged,
    Performance,
    Preflight,
    Price,
    Prices,
    Readiness,
    Verdict,
)
from tasks.creators.pool import pool
from tasks.creators.report_section import sections_about
from tasks.creators.saved import saved_in
from tasks.creators.week_plan import PlannedPost, Relaxation, WeekPlan
from tasks.errors import PressroomError
from tasks.models import ItemStatus, Outcome

POSTS = (
    PlannedPost(
        post_id="0-01", day=0, slot_type="offer", content_type="offer", minute_of_day=607, copy_id="own", value=40
    ),
    PlannedPost(
        post_id="0-01f", day=0, slot_type="offer", content_type="offer", minute_of_day=640, parent="0-01", value=10
    ),
    PlannedPost(post_id="3-01", day=3, slot_type="bundle", content_type="offer", minute_of_day=1270, copy_id="plain"),
    PlannedPost(post_id="6-01", day=6, slot_type="tip", content_type="text", minute_of_day=540, needs_manual_copy=True),
)
COPIES = [
    Copy(copy_id="own", text="Two bowls", slot_type="offer", price=19.0),
    Copy(copy_id="plain", text="Three bowls", slot_type="bundle"),
]


def forecast() -> Forecast:
    flat: dict[str, Any] = {"by_day": [1.0] * 7, "by_hour": [1.0] * 24, "by_slot_type": {}}
    return Forecast(level=20, **flat, spread=0.4, level_error=0.1, confidence=0.9, samples=200)


def found(folder: Path, *posts: PlannedPost, **fields: Any) -> dict[str, Any]:
    """All that the phases hand to the last one."""
    one = item(batch_id="b", output_root=folder, **fields.pop("item", {}))
    known = context(copies=COPIES)
    plan = WeekPlan(posts=list(posts or POSTS), relaxed=fields.pop("relaxed", []))
    draft = Draft(
        plan=plan,
        forecast=forecast(),
        attention=Attention(scores={}),
        preflight=Preflight(status=Readiness.READY, checks=[Check(name="profile", passed=True)]),
        risk=assess(one, known),
        performance=Performance(windows=[], saturation=10, opportunity=50, confidence=0.9),
    )
    return {
        "item": one,
        "context": known,
        "draft": draft,
        "prices": Prices(prices=[Price(slot_type="offer", price=12), Price(slot_type="bundle", price=30)]),
        "critique": Critique(approves=True, score=90),
        "judged": Judged(plan=plan, quality=quality(**fields)),
        "odd": Anomalies(),
    }


def save(given: dict[str, Any]) -> Outcome:
    return asyncio.run(saving.save(**given))


def rows(query: str, *values: object) -> Sequence[Any]:
    return pool().execute(query, values)


def document_in(outcome: Outcome) -> ScheduleDocument:
    return ScheduleDocument.model_validate_json(Path(outcome.outputs[0].path).read_bytes())


def test_an_approved_week_becomes_files_rows_and_a_certificate(tmp_path: Path) -> None:
    outcome = save(found(tmp_path))
    whole = document_in(outcome)
    assert outcome.status is ItemStatus.SUCCEEDED
    assert [Path(one.path).suffix for one in outcome.outputs] == [".json", ".csv", ".ics"]
    ((row),) = rows("SELECT * FROM schedule")
    assert (row["schedule_id"], row["status"], row["week_start"]) == (whole.schedule_id, "APPROVED", str(WEEK))
    assert ScheduleDocument.model_validate_json(row["document"]) == whole
    posts = rows("SELECT post_id, starts_at FROM schedule_item ORDER BY post_id")
    assert [(one["post_id"], one["starts_at"]) for one in posts] == [(p.post_id, p.starts_at) for p in whole.posts]
    assert whole.certificate is not None
    assert whole.certificate.items_validated == 4
    written = json.loads(Path(outcome.outputs[0].path).read_bytes())
    assert is_genuine(whole.certificate, signed_bytes(written))
    written["posts"][0]["price"] = 1
    assert not is_genuine(whole.certificate, signed_bytes(written))


def test_a_post_asks_for_its_copys_price_before_that_of_its_slot_type_and_a_follow_up_for_none(tmp_path: Path) -> None:
    whole = document_in(save(found(tmp_path)))
    assert [post.price for post in whole.posts] == [19.0, None, 30.0, None]
    assert [post.copy_text for post in whole.posts] == ["Two bowls", "", "Three bowls", ""]


def test_the_same_input_makes_the_same_schedule_but_for_id_and_times(tmp_path: Path) -> None:
    given = found(tmp_path)
    one, other = compose(**given), compose(**given)
    assert one.schedule_id != other.schedule_id
    assert signed_bytes(one.model_dump(mode="json")) == signed_bytes(other.model_dump(mode="json"))


def test_a_save_that_is_tried_again_leaves_one_schedule(tmp_path: Path) -> None:
    given = found(tmp_path)
    first, second = save(given), save(given)
    assert first == second
    assert len(rows("SELECT * FROM schedule")) == 1


def test_a_run_that_was_killed_between_files_and_rows_ends_right(tmp_path: Path) -> None:
    from tasks.creators.files import write_schedule

    given = found(tmp_path)
    write_schedule(compose(**given), tmp_path)
    outcome = save(given)
    ((row),) = rows("SELECT schedule_id FROM schedule")
    assert document_in(outcome).schedule_id == row["schedule_id"]
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_a_run_that_was_killed_after_the_rows_keeps_its_schedule_and_writes_what_is_missing(tmp_path: Path) -> None:
    given = found(tmp_path)
    first = save(given)
    for output in first.outputs:
        Path(output.path).unlink()
    assert save(given).outputs == first.outputs
    assert all(Path(output.path).is_file() for output in first.outputs)


def test_a_week_that_came_out_otherwise_supersedes_the_one_before(tmp_path: Path) -> None:
    save(found(tmp_path))
    save(found(tmp_path, *POSTS[:2]))
    statuses = [row["status"] for row in rows("SELECT status FROM schedule ORDER BY saved_at")]
    assert statuses == ["SUPERSEDED", "APPROVED"]
    assert saved_in(pool().execute, "b")[item().item_id].items_scheduled == 2


def test_a_week_for_review_is_saved_and_says_what_to_look_at(tmp_path: Path) -> None:
    relaxed = [
        Relaxation(phase="copy_selection", rule="reuse_days", wanted="30", held=held, why="no fresh tip")
        for held in ("20", "10", "20")
    ]
    given = found(tmp_path, score=78.0, status=Verdict.NEEDS_REVIEW, relaxed=relaxed)
    given["odd"] = Anomalies(found=[Anomaly(severity="MEDIUM", what="Sunday has one post.")])
    outcome = save(given)
    assert outcome.status is ItemStatus.NEEDS_REVIEW
    assert outcome.warnings == (
        "waits for review: scored 78, and 85 is approved unseen",
        "reuse_days relaxed in copy_selection, 3 times: 20 or 10 held instead of 30",
        "copy is to be written by hand for 6-01",
        "medium: Sunday has one post.",
    )
    assert rows("SELECT status FROM schedule")[0]["status"] == "NEEDS_REVIEW"


def test_a_good_week_that_waits_for_review_says_what_for(tmp_path: Path) -> None:
    outcome = save(found(tmp_path, status=Verdict.NEEDS_REVIEW, remarks=["A rule holds only in part."]))
    assert outcome.warnings[0] == "waits for review: A rule holds only in part."


@pytest.mark.parametrize(
    ("fields", "odd", "why"),
    [
        ({"score": 64.0, "status": Verdict.REJECTED}, [], "the second judge gives 64, and at least 70 of each was"),
        (
            {"score": 70.0, "primary": 87.0, "expert": 37.0, "status": Verdict.REJECTED, "by_model": "quay:a"},
            [],
            r"was rejected: the second judge \(quay:a\) gives 37, and at least 70 of each was needed",
        ),
        ({"score": 69.9, "expert": 69.9, "status": Verdict.REJECTED}, [], "the second judge gives 69, and at least 70"),
        ({"status": Verdict.REJECTED, "violations": ["spacing_minutes: 2-01 is too near"]}, [], "2-01 is too near"),
        ({}, [Anomaly(severity="CRITICAL", what="Two posts at once.")], "Two posts at once"),
    ],
)
def test_a_rejected_week_is_not_saved(fields: dict[str, Any], odd: list[Anomaly], why: str, tmp_path: Path) -> None:
    given = found(tmp_path, **fields) | {"odd": Anomalies(found=odd)}
    with pytest.raises(PressroomError, match=f"QUALITY_REJECTED: The schedule of 'alma' scored .*{why}"):
        save(given)
    assert not rows("SELECT * FROM schedule")
    assert not list(tmp_path.glob("*.json"))


def test_who_is_rejected_by_this_machines_small_model_is_told_of_the_profile_for_it(tmp_path: Path) -> None:
    remedies = []
    for model in ("local:small", "quay:large"):
        with pytest.raises(PressroomError) as refused:
            save(found(tmp_path, score=64.0, status=Verdict.REJECTED, by_model=model))
        remedies.append(refused.value.remedy)
    assert ["gates: draft" in remedy for remedy in remedies] == [True, False]


def test_reports_tell_of_each_schedule_and_of_all(tmp_path: Path) -> None:
    assert list(sections_about(pool().execute, "b")) == []
    save(found(tmp_path))
    save(found(tmp_path, item={"item_id": "two"}, score=80.0, status=Verdict.NEEDS_REVIEW) | {"context": other()})
    (section,) = sections_about(pool().execute, "b")
    assert [row[:4] for row in section.tables[0].rows] == [
        ("alma", "2030-03-04", "approved", "91"),
        ("bela", "2030-03-04", "needs review", "80"),
        ("together", "", "", ""),
    ]
    first, _ = section.parts
    assert first.title == "Alma at the wheel (alma), week of 2030-03-04: approved"
    assert first.drawn[0] == "Mon  4  10:07 offer, (10:40 offer)"
    assert first.drawn[1] == "Tue  5  -"
    assert first.pictures[0].svg.count("<path") == 4
    assert ("compliance", "100") in first.tables[0].rows
    certificates = [fact.value for fact in first.facts if fact.name == "Certificate"]
    assert certificates[0].startswith("`sha256:")


def other() -> Any:
    known = context(copies=COPIES)
    assert known.profile is not None
    return known.model_copy(update={"profile": known.profile.model_copy(update={"creator_id": "bela"})})
