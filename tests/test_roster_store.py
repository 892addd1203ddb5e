"""What the roster is asked for, and how schedules are saved: in every database that can hold the ledger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from creating import WEEK
from rosters import copy, creator, put_rows, sample, schedule, schedule_row

from tasks.creators.pool import Pool, pool
from tasks.creators.store import listed, resolved, write_schedule
from tasks.settings import settings

pytestmark = pytest.mark.usefixtures("database")


def statuses() -> dict[str, str]:
    return {one["schedule_id"]: one["status"] for one in pool().execute("SELECT schedule_id, status FROM schedule")}


def test_creators_are_listed_with_the_copy_they_may_use_and_their_samples() -> None:
    put_rows(
        creator("bo", group_name="kiln", is_active=False),
        creator("alma", group_name="kiln"),
        creator("cy"),
        copy("a1", "alma"),
        copy("a2", "alma", is_active=False),
        copy("k1", group_name="kiln"),
        copy("k2", group_name="kiln"),
        sample("alma"),
        sample("alma", 8),
    )
    found = listed(pool().execute)
    assert [(one.creator_id, one.is_active, one.group, one.copies, one.samples) for one in found] == [
        ("alma", True, "kiln", 3, 2),
        ("bo", False, "kiln", 2, 0),
        ("cy", True, "", 0, 0),
    ]
    assert found[0].page_name == "Alma page"


def test_a_later_schedule_of_a_week_supersedes_the_earlier_one_and_no_other() -> None:
    schedule("alma", ["a1"], schedule_id="first")
    schedule("alma", schedule_id="other-week", week=WEEK + timedelta(days=7))
    schedule("bo", schedule_id="other-creator")
    schedule("alma", ["a1"], schedule_id="second")
    assert statuses() == {
        "first": "SUPERSEDED",
        "second": "APPROVED",
        "other-week": "APPROVED",
        "other-creator": "APPROVED",
    }


def test_of_two_schedules_of_a_week_that_two_processes_save_at_once_one_stands() -> None:
    put_rows(creator("alma"))
    other = Pool(settings())  # as another process has it
    with other.writing() as connection, ThreadPoolExecutor(1) as thread:
        write_schedule(connection, schedule_row("alma", schedule_id="first"), [])
        second = thread.submit(schedule, "alma", schedule_id="second")
        wait([second], timeout=0.3)
        connection.commit()
        second.result()
    other.close()
    assert statuses() == {"first": "SUPERSEDED", "second": "APPROVED"}


def test_a_rejected_schedule_supersedes_nothing() -> None:
    schedule("alma", schedule_id="first")
    schedule("alma", schedule_id="second", status="REJECTED")
    assert statuses() == {"first": "APPROVED", "second": "REJECTED"}


def test_an_approved_schedule_stands_while_a_later_one_waits_for_review() -> None:
    schedule("alma", schedule_id="first", batch_id="a")
    schedule("alma", schedule_id="second", batch_id="b", status="NEEDS_REVIEW")
    schedule("alma", schedule_id="third", batch_id="c", status="NEEDS_REVIEW")
    assert statuses() == {"first": "APPROVED", "second": "SUPERSEDED", "third": "NEEDS_REVIEW"}


def test_saving_a_schedule_again_leaves_it_once() -> None:
    schedule("alma", ["a1", "a2"], schedule_id="first")
    schedule("alma", ["a1"], schedule_id="first", quality_score=95.0)
    (only,) = pool().execute("SELECT status, quality_score FROM schedule")
    assert (only["status"], only["quality_score"]) == ("APPROVED", 95.0)
    posts = pool().execute("SELECT copy_id FROM schedule_item WHERE schedule_id = ?", ("first",))
    assert [post["copy_id"] for post in posts] == ["a1"]


def test_names_are_ids_or_page_names_and_an_id_goes_first() -> None:
    known = [("alma", "At the wheel"), ("bo", "alma"), ("cy", "Cy")]
    assert resolved(["alma", "At the wheel", "cy", "nobody"], known) == {
        "alma": "alma",
        "At the wheel": "alma",
        "cy": "cy",
    }
