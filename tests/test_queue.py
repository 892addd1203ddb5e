"""The queue of a batch: what is shown of it is what the engine does next, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path

import kinds
import pytest
from hypothesis import given as for_all
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from kinds import FakeItem, items, run_batch
from queueing import Hall

from flows.admission import Admission
from flows.foretelling import Turn, foretell
from flows.line import AGEING_SECONDS, Key, Line, Steps
from tasks.errors import BatchFailed, fault
from tasks.ledger.hastening import hasten
from tasks.ledger.queues import read_queues
from tasks.models import Item, ItemStatus, Outcome, Priority

PRIORITIES = st.sampled_from(list(Priority))
LATER = "later"
"""A lane that none is: it is chosen as the item is prepared."""


@st.composite
def batches(draw: st.DrawFn) -> list[FakeItem]:
    """Items of any urgency in any lane, some of which wait for others before them."""
    made: list[FakeItem] = []
    for number in range(draw(st.integers(1, 12))):
        names = [item.item_id for item in made]
        item = FakeItem(item_id=f"i{number}", priority=draw(PRIORITIES), text=draw(st.sampled_from("xyz")))
        item.lane = draw(st.sampled_from(["main", "together", LATER]))
        needs: bool = draw(st.booleans())
        if names and needs:
            item.needs = draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
        if names and draw(st.integers(0, 4)) == 0:
            item.continues = draw(st.sampled_from(names))
        made.append(item)
    return made


def ready(turns: list[Turn]) -> list[Turn]:
    """Those whose turn depends on nobody, in lanes where their place is known."""
    return [turn for turn in turns if not turn.waits_for and turn.waiter.lane and _is_placed(turn)]


def _is_placed(turn: Turn) -> bool:
    return turn.waiter.lane != "together" or turn.waiter.group is not None


def test_whatever_is_shown_to_go_next_goes_next() -> None:
    numbers = itertools.count()

    @for_all(batches(), st.data())
    @hypothesis_settings(max_examples=30, deadline=None)
    def try_one(batch: list[FakeItem], data: st.DataObject) -> None:
        later = {item.item_id: data.draw(st.sampled_from(["main", "together"])) for item in batch if item.lane == LATER}
        began = time.time() - data.draw(st.sampled_from([0, 700, 1900]))
        go_through(Hall(opened, f"b{next(numbers)}", batch, began=began, later=later), data)

    with kinds.ledger() as opened:
        try_one()


def go_through(hall: Hall, data: st.DataObject) -> None:
    """Let a batch go through to its end, whatever people want meanwhile, and compare what enters with what is shown."""
    entered: list[str] = []
    while True:
        shown = ready(hall.turns())
        now = hall.let_in()
        for lane in ("main", "together"):
            told = [turn.waiter.item_id for turn in shown if turn.waiter.lane == lane]
            gone = [name for name in now if name in told]
            assert gone == told[: len(gone)]
        entered += now
        waiting = [one.item_id for one in hall.queue.waiting]
        hastens: bool = data.draw(st.booleans())
        if waiting and hastens:
            hall.hasten(data.draw(st.sampled_from(waiting)), data.draw(PRIORITIES))
        if not hall.inside:
            break
        position = data.draw(st.integers(0, len(hall.inside) - 1))
        hall.end(position, data.draw(st.sampled_from([ItemStatus.SUCCEEDED] * 3 + [ItemStatus.FAILED])))
    assert hall.turns() == []
    assert len(entered) == len(set(entered))


def order(hall: Hall) -> list[tuple[str, int | None]]:
    return [(turn.waiter.item_id, turn.position) for turn in hall.turns()]


def test_an_item_no_longer_lends_its_urgency_once_it_is_skipped() -> None:
    urgent = FakeItem(item_id="urgent", priority=Priority.CRITICAL, needs=["bad", "slow"])
    with kinds.ledger() as opened:
        batch = [FakeItem(item_id="bad", priority=Priority.CRITICAL), *items(2), FakeItem(item_id="slow"), urgent]
        hall = Hall(opened, "b", batch)
        assert order(hall) == [("bad", 1), ("slow", 2), ("urgent", 3), ("i0", 4), ("i1", 5)]
        assert hall.turns()[1].lent_by == "urgent"
        assert hall.let_in() == ["bad"]
        hall.end(0, ItemStatus.FAILED)
        assert hall.let_in() == ["i0"]
        assert order(hall) == [("i1", 1), ("slow", 2)]


def test_a_lane_that_is_chosen_late_is_shown_once_it_is_known_and_with_whom_an_item_goes() -> None:
    batch = [FakeItem(item_id=f"i{number}", lane=LATER, text="xyxy"[number]) for number in range(4)]
    with kinds.ledger() as opened:
        hall = Hall(opened, "b", batch, later=dict.fromkeys([item.item_id for item in batch], "together"))
        assert {turn.waiter.lane for turn in hall.turns()} == {None}
        assert hall.let_in() == ["i0"]
        assert order(hall) == [("i2", 1), ("i1", 2), ("i3", 3)]
        assert {turn.waiter.lane for turn in hall.turns()} == {"together"}


def test_what_is_kept_back_has_no_turn_and_says_so_until_a_person_has_answered() -> None:
    batch = [*items(12, models=["acme:quill"]), FakeItem(item_id="after", needs=["i11"]), FakeItem(item_id="other")]
    with kinds.ledger() as opened:
        hall = Hall(opened, "b", batch)
        hall.let_in()
        for item in batch[:10]:
            error = fault("TEMPORARY_ERROR", what="busy")
            hall.failures.note([Outcome.failed(item.item_id, error)])
        hall.entrance.keep_back()
        (inside,) = [unit.items[0].item_id for unit in hall.inside]
        assert inside == "i11", "it is what another one waits for"
        hall.let_in()
        kept = {turn.waiter.item_id: turn for turn in hall.turns() if turn.waiter.is_kept_back}
        assert set(kept) == {f"i{number}" for number in range(11)}
        assert {turn.position for turn in kept.values()} == {None}
        assert ("after", 1) in order(hall)
        hall.hasten("i7", Priority.HIGH)
        hall.failures.reopen()
        hall.entrance.reopen()
        hall.marks.wait(hall.entrance.places())
        assert order(hall)[:2] == [("i7", 1), ("i0", 2)]


def test_who_is_free_or_comes_again_has_waited_only_since_then() -> None:
    with kinds.ledger() as opened:
        first, second = items(2)
        second.needs = ["i0"]
        hall = Hall(opened, "b", [first, second], began=time.time() - 2 * AGEING_SECONDS)
        hall.let_in()
        blocked = hall.turns()[0]
        hall.end(0)
        assert blocked.waits_for == ["i0"]
        assert hall.turns()[0].waits_for == []
        assert hall.turns()[0].waiter.since == pytest.approx(time.time(), abs=30)
        again = hall.let_in()
        unit = hall.inside[0]
        hall.end(0, ItemStatus.FAILED)
        hall.entrance.wait_again(unit.items)
        hall.marks.wait(hall.entrance.places())
        assert [turn.waiter.item_id for turn in hall.turns()] == again


@for_all(st.lists(st.tuples(st.integers(0, 900), PRIORITIES, st.integers(0, 2), st.booleans()), max_size=60), st.data())
@hypothesis_settings(deadline=None)
def test_nobody_is_overtaken_by_who_came_more_than_a_bound_after_him(
    arrivals: list[tuple[int, Priority, int, bool]], data: st.DataObject
) -> None:
    now = 0.0
    steps, line, came = Steps(lambda: now), Line[Item](), dict[str, int]()

    def go() -> None:
        item, _ = line.pop()
        for other in line:
            rank = data_ranks[other.item_id]
            assert came[item.item_id] <= came[other.item_id] + rank, "it came later, and went before"

    data_ranks: dict[str, int] = {}
    for number, (passed, priority, group, goes) in enumerate(arrivals):
        now += passed
        name = f"i{number}"
        came[name], data_ranks[name] = steps.now, priority.rank
        line.push(Item(item_id=name), Key(steps.now, priority.rank, group, data.draw(st.integers(0, 3)), number))
        if goes and line:
            go()
    while line:
        go()


def test_a_stage_that_has_waited_long_goes_before_more_urgent_ones_that_came_later() -> None:
    now = 0.0
    went: list[str] = []

    async def test() -> None:
        admission = Admission({"a": 1}, clock=lambda: now)

        async def work(name: str, rank: int) -> None:
            await admission.acquire("a", rank)
            went.append(name)
            admission.release("a")

        nonlocal now
        await admission.acquire("a", 0)
        tasks = [asyncio.create_task(work("patient", Priority.LOW.rank))]
        for number in range(5):
            await asyncio.sleep(0)
            now += AGEING_SECONDS
            tasks.append(asyncio.create_task(work(f"urgent{number}", 0)))
        await asyncio.sleep(0)
        admission.release("a")
        await asyncio.gather(*tasks)

    asyncio.run(test())
    assert went.index("patient") == 2


def once(is_so: Callable[[], bool]) -> None:
    while not is_so():
        threading.Event().wait(0.02)


def started() -> list[str]:
    return [line.item_id for line in kinds.log("start") if line.stage == "draft"]


@pytest.mark.usefixtures("prefect_server")
def test_a_slow_batch_goes_as_it_is_shown_and_hears_of_a_change_from_outside(tmp_path: Path) -> None:
    given = items(9, seconds={"draft": 0.5})
    given[1].priority, given[3].priority = Priority.LOW, Priority.HIGH
    given[6].priority, given[6].needs = Priority.CRITICAL, ["i5"]
    given[8].continues = "i4"
    shown: list[list[str]] = []

    def look() -> None:
        with kinds.ledger() as opened:
            once(lambda: len(started()) == 1)
            hasten(opened, "b", "i8", Priority.HIGH)
            # Heard of within about a second; the order is shown once the next has begun after that.
            threading.Event().wait(2.0)
            before = len(started())
            once(lambda: len(started()) > before)
            turns = foretell(read_queues(opened.execute, "b")[0], time.time())
            shown.append([turn.waiter.item_id for turn in turns])
            assert all(turn.seconds for turn in turns)

    looking = threading.Thread(target=look)
    looking.start()
    run_batch("b", given, tmp_path, max_parallel=1, window=1, canary=0)
    looking.join()
    (told,) = shown
    order = started()
    assert len(told) >= 1
    assert order[len(order) - len(told) :] == told
    assert order[:2] == ["i5", "i6"]
    assert order.index("i4") < order.index("i8") < order.index("i0")


@pytest.mark.usefixtures("prefect_server")
def test_a_change_while_nothing_runs_counts_at_the_next_resume_and_no_spec_undoes_it(tmp_path: Path) -> None:
    given = items(5)
    given[0].ends["draft"] = ["hang"]
    with pytest.raises(BatchFailed):
        run_batch("b", given, tmp_path, max_parallel=1, window=1, deadline_seconds=1)
    with kinds.ledger() as opened:
        done = hasten(opened, "b", "i3", Priority.CRITICAL)
        assert (done.before, done.is_at_work) == ("normal", False)
    given[3].text, given[4].text = "changed", "changed as well"
    given[4].priority = Priority.HIGH
    run_batch("b", given, tmp_path, max_parallel=1, window=1)
    assert started()[1:3] == ["i3", "i4"]
    with kinds.ledger() as opened:
        row = next(row for row in opened.items("b") if row.item_id == "i3")
        assert (row.priority, row.asked_priority) == ("normal", "critical")
