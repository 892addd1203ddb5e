"""Creators share a few connections: who finds none waits, and then fewer creators are worked on at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.creators.pool import Pool, pool
from tasks.creators.pool_use import Pace
from tasks.errors import PressroomError
from tasks.settings import settings


@pytest.fixture
def small() -> Iterator[Pool]:
    """A pool of two connections with little patience."""
    opened = Pool(replace(settings(), connections=2, ledger_patience_seconds=0.2))
    yield opened
    opened.close()


def test_a_third_of_the_pool_works_at_once_and_never_more_than_half() -> None:
    sizes = {size: Pool(replace(settings(), connections=size)) for size in (1, 2, 3, 10, 15)}
    assert {size: (one.default, one.cap) for size, one in sizes.items()} == {
        1: (1, 1),
        2: (1, 1),
        3: (1, 1),
        10: (3, 5),
        15: (5, 7),
    }


def test_it_begins_with_what_was_asked_for_up_to_the_cap() -> None:
    shared = Pool(settings())
    assert shared.parallelism() == 3
    shared.begin_with(4)
    assert shared.parallelism() == 4
    shared.begin_with(50)
    assert shared.parallelism() == 5
    shared.begin_with(None)
    assert shared.parallelism() == 3


def test_the_process_has_one_pool_and_another_for_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pool()
    assert pool() is first
    monkeypatch.setenv("PRESSROOM_CONNECTIONS", "15")
    settings.cache_clear()
    assert pool().size == 15


@pytest.mark.parametrize("text", ["0", "-1", "many", "2.5", "1001"])
def test_a_number_of_connections_that_cannot_be_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSROOM_CONNECTIONS", text)
    settings.cache_clear()
    with pytest.raises(PressroomError, match="PRESSROOM_CONNECTIONS"):
        settings()


def test_a_long_wait_halves_it_and_quick_ones_bring_it_back() -> None:
    pace = Pace(most=5, allowed=4.0)
    pace.heard(0.2, now=10.0)
    pace.heard(0.2, now=10.1)
    assert pace.value == 2
    for _ in range(20):
        pace.heard(0.0, now=12.0)
    assert pace.value == 5


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 2))), st.integers(1, 50))
def test_it_stays_between_one_and_the_cap(waits: list[tuple[float, float]], cap: int) -> None:
    pace, now = Pace(most=cap, allowed=1.0), 0.0
    for waited, passed in waits:
        now += passed
        pace.heard(waited, now=now)
        assert 1 <= pace.value <= cap


def test_reading_keeps_nobody_from_writing_and_writing_nobody_from_reading(small: Pool) -> None:
    with small.reading() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM creator").scalar() == 0
        with closing(sqlite3.connect(settings().ledger_path, timeout=0)) as other:
            other.execute("INSERT INTO audience_week VALUES ('a', '2030-03-04', 'new', 1)")
            assert reader.exec_driver_sql("SELECT count(*) FROM audience_week").scalar() == 0
            other.commit()
    with small.writing() as writer:
        writer.exec_driver_sql("DELETE FROM audience_week")
        assert small.execute("SELECT count(*) AS number FROM audience_week")[0]["number"] == 1


def test_whoever_finds_no_connection_is_told_so(small: Pool) -> None:
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(small.reading())
        with pytest.raises(PressroomError) as caught:
            small.execute("SELECT 1 AS one")
    assert caught.value.code == "TEMPORARY_ERROR"
    assert "2 connections" in caught.value.message
    assert small.execute("SELECT 1 AS one")[0]["one"] == 1


def test_waiting_for_a_connection_is_measured_and_lowers_the_parallelism() -> None:
    shared = Pool(replace(settings(), connections=4))
    shared.begin_with(2)
    assert shared.parallelism() == 2
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(shared.reading())
        waiting = Thread(target=shared.execute, args=("SELECT 1 AS one",))
        waiting.start()
        waiting.join(0.1)
    waiting.join()
    use = shared.use()
    assert use.waited_seconds >= 0.05
    assert (use.checkouts, use.peak) == (5, 4)
    assert shared.parallelism() == 1
    shared.close()


def test_statements_and_busy_time_are_counted_and_told_for_a_batch_alone() -> None:
    shared = Pool(settings())
    shared.execute("SELECT 1 AS one")
    before = shared.use()
    with shared.reading() as connection:
        for _ in range(3):
            connection.exec_driver_sql("SELECT 1")
    use = shared.use().since(before)
    assert (use.statements, use.checkouts) == (3, 1)
    assert 0 < use.busy_seconds <= use.elapsed_seconds
    assert 0 < use.utilisation <= 0.1
    shared.close()


def test_its_work_runs_in_threads_of_its_own_limit_on_any_loop() -> None:
    async def several() -> list[int]:
        ask = pool().execute
        rows = await asyncio.gather(*(pool().apart(ask, f"SELECT {number} AS number") for number in range(30)))
        return [row[0]["number"] for row in rows]

    for _ in range(2):
        assert asyncio.run(several()) == list(range(30))
    assert pool().use().peak <= pool().size


@pytest.mark.usefixtures("database")
def test_it_serves_every_database_that_can_hold_the_ledger() -> None:
    with pool().writing() as connection:
        connection.exec_driver_sql("INSERT INTO audience_week VALUES ('a', '2030-03-04', 'new', 1)")
    found = pool().execute("SELECT size FROM audience_week WHERE creator_id = ?", ("a",))
    assert [row["size"] for row in found] == [1]
    pool().close()


@pytest.mark.usefixtures("database")
def test_all_that_is_read_through_one_connection_is_of_one_moment() -> None:
    count = "SELECT count(*) FROM audience_week"
    with pool().reading() as reader:
        before = reader.exec_driver_sql(count).scalar()
        with pool().writing() as writer:
            writer.exec_driver_sql("INSERT INTO audience_week VALUES ('a', '2030-03-04', 'new', 1)")
        assert reader.exec_driver_sql(count).scalar() == before
    assert [row["size"] for row in pool().execute("SELECT size FROM audience_week")] == [1]
    pool().close()
