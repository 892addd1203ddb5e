"""Admission lets stages in by priority, then arrival, never past a limit, and loses no place."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from flows.admission import Admission


class Crowd:
    """Workers that note when they are in, so that order and peak can be read afterwards."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.inside = self.peak = 0
        self.order: list[str] = []
        self.doors: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def _work(self, name: str, stage: str, rank: int) -> None:
        await self.admission.acquire(stage, rank)
        self.inside += 1
        self.peak = max(self.peak, self.inside)
        self.order.append(name)
        try:
            await self.doors[name].wait()
        finally:
            self.inside -= 1
            self.admission.release(stage)

    async def comes(self, name: str, *, rank: int = 2, stage: str = "a") -> None:
        """Start a worker and see how far it gets."""
        self.doors[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._work(name, stage, rank))
        await settled()

    async def goes(self, name: str) -> None:
        """Let a worker end."""
        self.doors[name].set()
        await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, timeout=20))


def test_the_more_urgent_go_first_and_equals_in_order_of_arrival() -> None:
    async def test() -> None:
        crowd = Crowd(Admission({"a": 1}))
        for name, rank in [("first", 2), ("low", 3), ("normal", 2), ("critical", 0), ("normal too", 2), ("high", 1)]:
            await crowd.comes(name, rank=rank)
        for _ in range(6):
            await crowd.goes(crowd.order[-1])
        assert crowd.order == ["first", "critical", "high", "normal", "normal too", "low"]
        assert crowd.peak == 1

    run(test())


def test_limits_are_held_by_each_stage_on_its_own() -> None:
    async def test() -> None:
        crowd = Crowd(Admission({"a": 1, "b": 2}))
        for number in range(4):
            await crowd.comes(f"a{number}", stage="a")
            await crowd.comes(f"b{number}", stage="b")
            await crowd.comes(f"free{number}", stage="free")
        assert crowd.order == ["a0", "b0", "free0", "b1", "free1", "free2", "free3"]
        for name in crowd.order:
            crowd.doors[name].set()
        await settled()
        assert crowd.order[7:] == ["a1", "b2", "b3"]
        for task in crowd.tasks.values():
            task.cancel()

    run(test())


def test_stages_that_share_places_hold_together_one_limit_and_who_is_further_on_goes_first() -> None:
    async def test() -> None:
        admission = Admission({"a": 2})
        admission.share("b", "a")
        crowd = Crowd(admission)
        for name, stage in (("one", "a"), ("two", "b"), ("three", "a"), ("four", "b")):
            await crowd.comes(name, stage=stage)
        assert crowd.order == ["one", "two"]
        for name in ("two", "one", "four", "three"):
            await crowd.goes(name)
        assert (crowd.order, crowd.peak) == (["one", "two", "four", "three"], 2)

    run(test())


def test_nobody_enters_while_paused_and_what_is_inside_goes_on() -> None:
    async def test() -> None:
        admission = Admission({"a": 2})
        crowd = Crowd(admission)
        await crowd.comes("inside")
        admission.pause()
        await crowd.comes("waits")
        await crowd.goes("inside")
        assert crowd.order == ["inside"]
        assert crowd.tasks["inside"].done()
        admission.resume()
        await settled()
        assert crowd.order == ["inside", "waits"]
        await crowd.goes("waits")

    run(test())


def test_a_raised_limit_admits_at_once_and_a_lowered_one_when_enough_have_left() -> None:
    async def test() -> None:
        admission = Admission({"a": 1})
        crowd = Crowd(admission)
        for name in "uvwxyz":
            await crowd.comes(name)
        admission.set_limit("a", 3)
        await settled()
        assert crowd.order == ["u", "v", "w"]
        admission.set_limit("a", 1)
        await crowd.goes("u")
        await crowd.goes("v")
        assert crowd.order == ["u", "v", "w"]
        await crowd.goes("w")
        assert crowd.order == ["u", "v", "w", "x"]
        for task in crowd.tasks.values():
            task.cancel()

    run(test())


@pytest.mark.parametrize("first", ["grant", "cancel"])
def test_a_place_granted_in_the_same_turn_as_a_cancel_is_not_lost(first: str) -> None:
    async def test() -> None:
        loop = asyncio.get_running_loop()
        crowd = Crowd(Admission({"a": 1}))
        for name in ("holds", "cancelled", "next"):
            await crowd.comes(name)
        # Both in one turn of the loop: the waiter wakes up with a place that it may not take any more.
        steps: list[Callable[[], Any]] = [
            crowd.doors["holds"].set,
            partial(loop.call_soon, crowd.tasks["cancelled"].cancel),
        ]
        for step in steps if first == "grant" else reversed(steps):
            step()
        await settled()
        assert crowd.order == ["holds", "next"]
        await crowd.goes("next")
        await crowd.comes("later")
        assert crowd.order[-1] == "later"
        await crowd.goes("later")

    run(test())


def test_limits_hold_and_everyone_gets_in_however_many_waiters_are_cancelled() -> None:
    async def test() -> None:
        chance = random.Random(7)
        admission = Admission({"a": 3})
        crowd = Crowd(admission)
        for number in range(200):
            await crowd.comes(str(number), rank=chance.randrange(4))
            if chance.random() < 0.3:
                chance.choice(list(crowd.tasks.values())).cancel()
            for name in chance.sample(crowd.order, k=min(2, len(crowd.order))):
                crowd.doors[name].set()
        while len(crowd.order) < 200 and not all(task.done() for task in crowd.tasks.values()):
            for name in crowd.order:
                crowd.doors[name].set()
            await settled()
        assert crowd.peak == 3
        assert crowd.inside == 0
        entered_or_cancelled = set(crowd.order) | {name for name, task in crowd.tasks.items() if task.cancelled()}
        assert len(entered_or_cancelled) == 200

    run(test())


def test_stages_in_turns_are_gone_through_by_one_item_before_the_next_begins_them() -> None:
    async def test() -> None:
        admission = Admission()
        admission.set_turns(["write", "speak"])
        order: list[str] = []

        async def item(name: str) -> None:
            for stage in ("find", "write", "speak", "pack"):
                await admission.take_turn(stage, 2, name)
                await admission.acquire(stage, 2)
                order.append(f"{name} {stage}")
                await settled()
                admission.release(stage)

        await asyncio.gather(item("a"), item("b"))
        assert order[:2] == ["a find", "b find"], "what is not given in turns goes side by side"
        turns = [step for step in order if step.split()[1] in ("write", "speak")]
        assert turns == ["a write", "a speak", "b write", "b speak"]
        assert order.index("b write") < order.index("a pack") + 2, "past its turn an item holds up nobody"

    run(test())


def test_an_items_turn_ends_when_it_leaves_and_a_turn_is_no_stage_at_work() -> None:
    async def test() -> None:
        admission = Admission()
        admission.set_turns(["write"])
        await admission.take_turn("write", 2, "a")
        assert admission.is_idle
        waiting = asyncio.create_task(admission.take_turn("write", 2, "b"))
        await settled()
        assert not waiting.done()
        admission.end_turn("c")
        await settled()
        assert not waiting.done(), "nobody ends another's turn"
        admission.end_turn("a")
        await waiting

    run(test())
