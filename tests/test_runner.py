"""The event-loop runner: limits, upstream failures, retries, timeouts and cancels, through Prefect's real engine."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import kinds
import pytest
from kinds import FakeItem, items, work
from prefect import flow, task
from prefect.context import AsyncClientContext
from prefect.futures import PrefectFuture
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import BaseModel

from flows.runner import EventLoopTaskRunner
from flows.stage_desk import Attempt, NoDesk
from flows.stage_future import StageFuture
from tasks.errors import PressroomError, StoppedError, fault
from tasks.stage import stage

pytestmark = pytest.mark.usefixtures("prefect_server")


class Begun(BaseModel):
    """An item on its way from stage to stage."""

    item: FakeItem
    text: str = "first"

    @property
    def item_id(self) -> str:
        """The item's name."""
        return self.item.item_id


@stage(timeout_seconds=60, retries=2, retry_delays=[0.01], checkpoint=False)
async def first(item: FakeItem) -> Begun:
    """Begin."""
    await work("first", item)
    return Begun(item=item)


@stage(timeout_seconds=60, retries=2, retry_delays=[0.01], checkpoint=False)
async def second(made: Begun) -> Begun:
    """Go on."""
    await work("second", made.item)
    return made


@stage(timeout_seconds=60, retries=2, retry_delays=[0.01], checkpoint=False)
async def third(made: Begun) -> str:
    """End."""
    await work("third", made.item)
    return f"{made.item_id} done"


def is_made(made: Begun) -> bool:
    return made.text == "made before"


@stage(timeout_seconds=60, idle_if=is_made)
async def mending(made: Begun) -> str:
    """Mend what needs it."""
    if is_made(made):
        return "as it was"
    await work("mending", made.item)
    return "mended"


@stage(timeout_seconds=1, retries=2, retry_delays=[0.6], checkpoint=False)
async def hasty(item: FakeItem) -> str:
    """Work under a short timeout."""
    await work("hasty", item)
    return "done"


def chained(given: Sequence[FakeItem]) -> list[StageFuture]:
    return third.map(second.map(first.map(given)))  # type: ignore[return-value]  # what our runner gives


def run(body: Callable[[EventLoopTaskRunner], Any], *, drain: float = 5.0, **limits: int) -> Any:
    """Run a flow of these stages under limits; `body` is given the runner that is live."""
    runner = EventLoopTaskRunner(limits, drain_seconds=drain)

    @flow(name="stages", task_runner=runner)
    def stages() -> Any:
        (live,) = runner._live
        return body(live)

    with kinds.quick():
        return stages()


def ends(futures: Sequence[PrefectFuture[Any]]) -> list[Any]:
    """What Prefect's own futures say: a value, or the error as a value."""
    return [future.result(raise_on_failure=False) for future in futures]


def code(end: Any) -> Any:
    return end.code if isinstance(end, PressroomError) else end


def test_three_mapped_stages_hold_their_limits_and_items_overtake_each_other() -> None:
    given = items(12, seconds={"first": 0.02, "second": 0.02, "third": 0.02})
    given[0].ends["first"] = ["until:third:11"]
    made = run(lambda _: ends(chained(given)), first=5, second=3, third=2)
    assert made == [f"i{number} done" for number in range(12)]
    assert [kinds.peak(name) for name in ("first", "second", "third")] == [5, 3, 2]
    assert kinds.peak("first", "second", "third") > 5
    assert kinds.ended("third")[-1] == "i0"


def test_a_stage_that_has_nothing_to_do_waits_for_no_place_and_is_not_written_down() -> None:
    given = items(3)
    given[0].ends["mending"] = ["until:third:2"]
    begun = [Begun(item=given[0]), *(Begun(item=item, text="made before") for item in given[1:])]
    kept, noted = [], []

    class Keeper(NoDesk):
        async def attempt_ended(self, attempt: Attempt) -> None:
            noted.append((attempt.ticket.stage, attempt.ticket.item_id))

        async def write_checkpoint(self, key: str, adapter: Any, value: Any, parts: dict[str, str]) -> str:
            kept.append(value)
            return ""

    def body(live: EventLoopTaskRunner) -> list[Any]:
        live.desk = Keeper()
        mended = mending.map(begun)
        ends(third.map(begun[:1] * 2, wait_for=mended[1:]))
        return ends(mended)

    assert run(body, mending=1) == ["mended", "as it was", "as it was"]
    assert kept == ["mended"]
    assert [name for stage, name in noted if stage == "mending"] == ["i0"]


def test_who_says_that_a_stage_has_nothing_to_do_takes_what_it_takes() -> None:
    with pytest.raises(TypeError, match="'is_made' must take the same inputs"):
        stage(timeout_seconds=1, checkpoint=False, idle_if=is_made)(first.fn)


def test_an_upstream_failure_names_the_first_failed_stage_through_two_stages_and_stops_that_item_only() -> None:
    given = items(4)
    given[1].ends["first"] = ["permanent"]
    given[2].ends["second"] = ["permanent"]

    def body(_: EventLoopTaskRunner) -> list[Any]:
        begun = first.map(given)
        gone_on = second.map(begun)
        return [ends(begun)[1], ends(gone_on)[1], *ends(third.map(gone_on))]

    own, skipped, *made = run(body)
    assert (code(own), code(skipped)) == ("INVALID_INPUT", "UPSTREAM_FAILED")
    assert made[0] == "i0 done"
    assert made[3] == "i3 done"
    for error, name in [(skipped, "first"), (made[1], "first"), (made[2], "second")]:
        assert error.code == "UPSTREAM_FAILED"
        assert f"{name!r} failed before it (INVALID_INPUT)" in str(error)
        assert error.__cause__.code == "INVALID_INPUT"
    assert kinds.calls() == {"first": 4, "second": 3, "third": 2}


@pytest.mark.parametrize("delay", [2.0, 0.0])
def test_an_item_in_its_retrys_wait_holds_no_place_and_every_attempt_takes_one(delay: float) -> None:
    patient = first.with_options(retry_delay_seconds=[delay] if delay else 0)
    given = items(4, seconds={"first": 0.02})
    given[0].ends["first"] = ["connection"]
    assert {code(end) is None or type(end) for end in run(lambda _: ends(patient.map(given)), first=1)} == {Begun}
    assert kinds.peak("first") == 1
    assert kinds.calls_of("first") == {"i0": 2, "i1": 1, "i2": 1, "i3": 1}
    if delay:
        assert kinds.ended("first") == ["i0", "i1", "i2", "i3", "i0"]


def test_a_timeout_counts_neither_the_queue_nor_waits_for_retries() -> None:
    given = items(4, seconds={"hasty": 0.4})
    given[3].ends["hasty"] = ["connection", "transient"]
    assert run(lambda _: ends(hasty.map(given)), hasty=1) == ["done"] * 4
    assert kinds.peak("hasty") == 1
    assert kinds.calls_of("hasty")["i3"] == 3


def test_a_stage_that_hangs_is_ended_by_its_timeout_and_tried_again() -> None:
    given = items(2)
    given[0].ends["hasty"] = ["hang", "hang"]
    given[1].ends["hasty"] = ["hang"]
    hastier = hasty.with_options(timeout_seconds=1.5, retries=1, retry_delay_seconds=0.01)
    hung, recovered = run(lambda _: ends(hastier.map(given)))
    assert (hung.code, hung.message, recovered) == ("TIMEOUT", "hasty took longer than 1.5 s.", "done")
    assert kinds.calls_of("hasty") == {"i0": 2, "i1": 2}


@pytest.mark.parametrize("how", ["connection", "transient", "timeout"])
def test_what_may_pass_is_retried_and_then_given_up(how: str) -> None:
    given = items(2)
    given[0].ends["first"] = [how, how]
    given[1].ends["first"] = [how] * 3
    recovered, failed = run(lambda _: ends(first.map(given)))
    assert recovered.text == "first"
    assert failed.transient
    assert kinds.calls_of("first") == {"i0": 3, "i1": 3}


def test_what_stays_is_never_retried_and_what_nobody_foresaw_is_internal() -> None:
    given = items(2)
    given[0].ends["first"] = ["permanent"]
    given[1].ends["first"] = ["unknown"]
    permanent, unknown = run(lambda _: ends(first.map(given)))
    assert (permanent.code, unknown.code) == ("INVALID_INPUT", "INTERNAL")
    assert "first: ZeroDivisionError: oops" in unknown.message
    assert kinds.calls_of("first") == {"i0": 1, "i1": 1}


def test_retries_wait_as_long_as_they_are_told() -> None:
    patient = first.with_options(retry_delay_seconds=[0.01, 2.0], retry_jitter_factor=0)
    given = items(2, seconds={"first": 1.0})
    given[0].seconds = {}
    given[0].ends["first"] = ["connection", "connection"]
    run(lambda _: ends(patient.map(given)))
    assert kinds.ended("first") == ["i0", "i0", "i1", "i0"]


def when_started(count: int) -> None:
    """Wait until stages are at work."""
    while len(kinds.log("start")) < count:
        time.sleep(0.01)


def test_a_cancel_ends_what_runs_and_what_waits_with_its_reason() -> None:
    given = items(4, ends={"first": ["hang"]})
    reason = fault("FAIL_FAST", item_id="x", code="Y")

    def body(runner: EventLoopTaskRunner) -> tuple[list[Any], list[Any]]:
        futures = chained(given)
        when_started(2)
        runner.cancel(reason)
        states = [future.wrapped_future.result(timeout=5) for future in futures]
        return ends(futures), states

    made, states = run(body, first=2)
    assert made == [reason] * 4
    assert {state.name for state in states} == {"Cancelled"}
    assert kinds.calls() == {"first": 2}


def test_a_cancel_can_name_items_and_the_others_go_on() -> None:
    given = items(3, seconds={"first": 0.3})
    reason = fault("ITEM_DEADLINE", item_id="i1", seconds=1, option="item_deadline_seconds")

    def body(runner: EventLoopTaskRunner) -> list[Any]:
        futures = chained(given)
        when_started(3)
        runner.cancel(reason, ["i1"])
        return ends(futures)

    assert [code(end) for end in run(body)] == ["i0 done", "ITEM_DEADLINE", "i2 done"]


def test_a_cancel_reaches_an_item_in_its_retrys_wait() -> None:
    given = items(1, ends={"first": ["connection"]})
    reason = fault("CANCELLED", by="on request")

    def body(runner: EventLoopTaskRunner) -> list[Any]:
        futures = first.with_options(retry_delay_seconds=3600).map(given)
        while not kinds.log("broke"):
            time.sleep(0.01)
        runner.cancel(reason)
        return ends(futures)

    assert run(body) == [reason]


def test_a_stage_that_makes_another_error_of_its_cancel_is_cancelled_all_the_same_and_not_retried() -> None:
    tries = []

    @stage(timeout_seconds=5, retry_delays=[0.01], checkpoint=False)
    async def twisting(item: FakeItem) -> None:
        tries.append(item.item_id)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            raise ConnectionError("the connection broke") from None

    reason = fault("CANCELLED", by="on request")

    def body(runner: EventLoopTaskRunner) -> list[Any]:
        futures = twisting.map(items(1))
        while not tries:
            time.sleep(0.01)
        runner.cancel(reason)
        return ends(futures)

    assert run(body) == [reason]
    assert tries == ["i0"]


def test_cancel_all_on_the_decorators_runner_reaches_the_live_one() -> None:
    runner = EventLoopTaskRunner()

    @flow(task_runner=runner)
    def hanging() -> list[Any]:
        futures = first.map(items(2, ends={"first": ["hang"]}))
        when_started(2)
        runner.cancel_all()
        return ends(futures)

    with kinds.quick():
        made = hanging()
    assert [code(end) for end in made] == ["CANCELLED", "CANCELLED"]


def test_cancel_all_does_nothing_when_no_runner_is_live() -> None:
    EventLoopTaskRunner().cancel_all()
    assert run(lambda _: ends(first.map(items(1))))[0].text == "first"


def test_a_task_that_is_not_async_is_refused() -> None:
    @task
    def blocking(item: FakeItem) -> None:
        """Block the loop, if it were let."""

    with pytest.raises(TypeError, match="'blocking' is not an `async def` function"):
        run(lambda _: blocking.map(items(1)))


def test_a_stage_that_ignores_its_cancel_does_not_keep_the_flow_for_ever() -> None:
    kept: list[PrefectFuture[Any]] = []

    def body(_: EventLoopTaskRunner) -> None:
        kept.extend(first.map(items(1, ends={"first": ["stubborn"]}, seconds={"first": 4})))
        when_started(1)

    run(body, drain=0.1)
    (end,) = ends(kept)
    assert isinstance(end, StoppedError)
    assert "because its flow ended" in str(end)


def test_stages_of_one_flow_share_a_thread_and_a_client() -> None:
    seen = set()

    @task
    async def look(_number: int) -> None:
        context = AsyncClientContext.get()
        seen.add((threading.get_ident(), id(context and context.client)))

    run(lambda _: ends(look.map(range(5))))
    assert len(seen) == 1


def test_how_a_stage_ended_is_known_without_asking_the_server() -> None:
    def body(_runner: EventLoopTaskRunner) -> list[str]:
        futures = chained(items(2, ends={"second": []}))
        concurrent.futures.wait([future.wrapped_future for future in futures])  # Prefect's own wait keeps the state
        with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
            return [str(future.state.name) for future in futures]

    assert run(body) == ["Completed", "Completed"]
