"""Waiting for what is not a stage's own work: outside its timeout, without its place, and told apart from work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import kinds
import pytest
from kinds import FakeItem, codes, items, run_batch
from prefect import flow
from prefect.task_engine import TaskRunTimeoutError

from flows.admission import Admission
from flows.runner import EventLoopTaskRunner
from flows.stage_desk import Ticket
from flows.waiting import Clock, Place, StageWork
from tasks.errors import PressroomError, fault
from tasks.events import Progress, listening
from tasks.models import Outcome
from tasks.stage import stage
from tasks.work import current_work


class QuickLoop(asyncio.SelectorEventLoop):
    """A loop on whose clock nothing but sleeping takes time: it jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        """Return the time on its own clock."""
        return self._now

    def _run_once(self) -> None:
        timers = [one for one in self._scheduled if not one.cancelled()]  # type: ignore[attr-defined]  # see below
        if timers and not self._ready:  # type: ignore[attr-defined]  # the standard library's loops have all three
            self._now = max(self._now, min(one.when() for one in timers))
        super()._run_once()  # type: ignore[misc]


def on_quick_loop(test: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(test)


async def begin(seconds: float | None, admission: Admission | None = None) -> StageWork:
    """Begin an attempt under a timeout, in its place."""
    place = Place(admission or Admission(), Ticket("draft", "a", 0))
    await place.take()
    return StageWork(clock=Clock(seconds), place=place)


def test_sixty_seconds_of_waiting_under_a_timeout_of_five_succeed() -> None:
    async def test() -> None:
        work = await begin(5)
        with work.clock.limit():
            await work.sleep(60)
        assert (work.waited_seconds, work.end()) == (60, 60)

    on_quick_loop(test())


@pytest.mark.parametrize(("worked", "ends"), [(1.6, nullcontext()), (1.7, pytest.raises(TaskRunTimeoutError))])
def test_work_between_waits_adds_up_to_the_timeout(worked: float, ends: AbstractContextManager[Any]) -> None:
    async def test() -> None:
        work = await begin(5)
        with ends, work.clock.limit():
            for _ in range(3):
                await asyncio.sleep(worked)
                await work.sleep(100)
        assert work.end() >= 200

    on_quick_loop(test())


def test_of_waits_that_overlap_time_counts_once_and_the_place_comes_back_once() -> None:
    async def test() -> None:
        admission = Admission({"draft": 1})
        work = await begin(5, admission)
        with work.clock.limit():
            await asyncio.gather(work.sleep(30), work.sleep(50), work.sleep(50), work.sleep(0.1))
            await asyncio.sleep(4)
            assert work.place.is_held
        assert work.end() == 50
        work.place.give()
        assert admission.is_idle

    on_quick_loop(test())


def test_many_short_waits_lend_the_place_out_as_a_long_one_does() -> None:
    async def test() -> None:
        admission = Admission({"draft": 1})
        work = await begin(None, admission)

        async def passes() -> None:
            (await begin(None, admission)).place.give()

        waited_for = asyncio.create_task(passes())
        for _ in range(10):
            await work.sleep(0.1)
        assert waited_for.done()

    on_quick_loop(test())


def test_a_wait_ends_early_when_it_is_told_to() -> None:
    async def test() -> None:
        work, called = await begin(5), asyncio.Event()
        asyncio.get_running_loop().call_later(20, called.set)
        with work.clock.limit():
            await work.sleep(60, called)
        assert work.waited_seconds == 20

    on_quick_loop(test())


def test_a_wait_that_is_cancelled_leaves_no_place_behind() -> None:
    async def test() -> None:
        admission = Admission({"draft": 1})
        for seconds in (10, 0.1):
            work = await begin(None, admission)
            waiting = asyncio.create_task(work.sleep(seconds))
            await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.wait([waiting])
            work.place.give()
            assert admission.is_idle
            assert work.end() == pytest.approx(0.05)

    on_quick_loop(test())


def test_one_that_comes_back_goes_before_those_that_have_not_begun_even_in_a_pause() -> None:
    async def test() -> None:
        admission = Admission({"draft": 1})
        work = await begin(None, admission)
        waiting = asyncio.create_task(work.sleep(10))
        await asyncio.sleep(1)
        other, third = Place(admission, Ticket("draft", "b", 0)), asyncio.Event()
        await other.take()
        new = asyncio.create_task(begin(None, admission))
        new.add_done_callback(lambda _: third.set())
        await asyncio.sleep(10)
        admission.pause()
        other.give()
        await waiting
        assert work.place.is_held
        work.place.give()
        await asyncio.sleep(1)
        assert not third.is_set()
        admission.resume()
        await third.wait()

    on_quick_loop(test())


def test_a_wait_that_outlives_its_attempt_takes_no_place() -> None:
    async def test() -> None:
        admission = Admission({"draft": 1})
        work = await begin(None, admission)
        left_behind = asyncio.create_task(work.sleep(10))
        await asyncio.sleep(1)
        work.end()
        await left_behind
        assert admission.is_idle
        await work.sleep(10)
        assert admission.is_idle

    on_quick_loop(test())


@stage(timeout_seconds=1.5, retries=0, checkpoint=False)
async def careful(item: FakeItem) -> str:
    """Wait and work as the item says: `seconds` has how long, by the order of their names."""
    kinds.note("start", "careful", item.item_id)
    try:
        for what, seconds in sorted(item.seconds.items()):
            await (current_work().sleep(seconds) if "wait" in what else asyncio.sleep(seconds))
    finally:
        kinds.note("end", "careful", item.item_id)
    return current_work().item_id


def run(body: Callable[[EventLoopTaskRunner], Any], **limits: int) -> Any:
    runner = EventLoopTaskRunner(limits, drain_seconds=5)

    @flow(name="waiting", task_runner=runner)
    def waiting() -> Any:
        (live,) = runner._live
        return body(live)

    with kinds.quick():
        return waiting()


def made_of(given: list[FakeItem]) -> list[Any]:
    made = [future.result(raise_on_failure=False) for future in careful.map(given)]
    return [one.code if isinstance(one, PressroomError) else one for one in made]


@pytest.mark.usefixtures("prefect_server")
def test_a_stage_is_ended_for_its_work_and_never_for_its_waiting() -> None:
    plans = [{"1 wait": 2.0}, {"1 work": 3.0}, {"1 work": 0.2, "2 wait": 1.0, "3 work": 0.2}]
    given = [FakeItem(item_id=f"i{number}", seconds=seconds) for number, seconds in enumerate(plans)]
    assert run(lambda _: made_of(given)) == ["i0", "TIMEOUT", "i2"]


@pytest.mark.usefixtures("prefect_server")
def test_an_item_that_waits_long_lets_the_others_pass() -> None:
    given = [FakeItem(item_id="waits", seconds={"1 wait": 2.0}), *items(4, seconds={"1 work": 0.05})]
    assert run(lambda _: made_of(given), careful=1) == ["waits", "i0", "i1", "i2", "i3"]
    assert kinds.ended("careful") == ["i0", "i1", "i2", "i3", "waits"]


@pytest.mark.usefixtures("prefect_server")
def test_a_cancel_reaches_an_item_that_waits_and_its_place_is_free() -> None:
    reason = fault("CANCELLED", by="on request")

    def body(runner: EventLoopTaskRunner) -> list[Any]:
        futures = careful.map([FakeItem(item_id="waits", seconds={"1 wait": 60.0})])
        while not kinds.log("start"):
            time.sleep(0.01)
        runner.cancel(reason)
        assert futures[0].result(raise_on_failure=False) is reason
        return made_of(items(2))

    assert run(body, careful=1) == ["i0", "i1"]


@pytest.mark.usefixtures("prefect_server")
def test_the_ledger_tells_waiting_from_work_and_an_item_is_charged_its_work_only(tmp_path: Path) -> None:
    result = run_batch("a", items(1, waits={"draft": 1.5}), tmp_path)
    assert codes(result) == {"i0": None}
    with kinds.ledger() as opened:
        rows = {row.stage: row for row in opened.stages("a")}
    assert rows["draft"].waited_seconds >= 1.5 > rows["draft"].run_seconds
    assert rows["polish"].waited_seconds == 0
    assert result.results[0].duration_seconds < 1.5


@pytest.mark.usefixtures("prefect_server")
def test_a_stage_knows_whose_work_it_does_and_with_which_models(tmp_path: Path) -> None:
    run_batch("a", items(1), tmp_path, model="acme:quill", budget={"item_usd": 2})
    (line,) = kinds.log("told")
    assert line.item_id == "a/fake/i0/draft/acme:quill/2.0"


@pytest.mark.usefixtures("prefect_server")
def test_those_who_watch_see_which_model_works_on_an_item_until_its_stage_ends(tmp_path: Path) -> None:
    seen: list[str] = []

    def listener(progress: Progress, _outcomes: list[Outcome]) -> None:
        seen.extend(one.model for one in progress.running)

    with listening("b", listener):
        run_batch("b", items(1, models=["acme:quill"], seconds={"draft": 2.0, "polish": 2.0}), tmp_path)
    assert list(dict.fromkeys(seen)) == ["acme:quill", ""]
