"""Items of a batch that wait for others: who enters when, who is skipped and why, and that all of it ends."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kinds
import pytest
from hypothesis import given as for_all
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from kinds import FakeItem, codes, fake, items, run_batch, statuses

from flows.needs import Needs
from tasks.errors import PressroomError
from tasks.models import Item, ItemStatus, Outcome, Priority
from tasks.results import BatchResult

with_server = pytest.mark.usefixtures("prefect_server")


def chain(count: int, **fields: Any) -> list[FakeItem]:
    """Items each of which needs the one before."""
    made = items(count, **fields)
    for before, item in itertools.pairwise(made):
        item.needs = [before.item_id]
    return made


def lines(stage: str, *events: str) -> list[str]:
    return [f"{line.event} {line.item_id}" for line in kinds.log(*events) if line.stage == stage]


@with_server
def test_an_item_enters_only_when_all_that_it_needs_have_succeeded(tmp_path: Path) -> None:
    given = items(4)
    given[0].needs = ["i2", "i3"]
    result = run_batch("b", given, tmp_path)
    assert result.successful == 4
    log = lines("draft", "start") + lines("publish", "end")
    assert lines("draft", "start")[-1] == "start i0"
    assert log.index("end i3") > 0
    order = [f"{line.event} {line.stage} {line.item_id}" for line in kinds.log("start", "end")]
    assert order.index("start draft i0") > max(order.index("end publish i2"), order.index("end publish i3"))


@with_server
def test_an_item_that_continues_another_enters_while_that_is_still_at_work(tmp_path: Path) -> None:
    given = items(2)
    given[1].continues = "i0"
    given[0].ends["publish"] = ["until:polish:2"]
    result = run_batch("b", given, tmp_path)
    assert result.successful == 2
    order = [f"{line.event} {line.stage} {line.item_id}" for line in kinds.log("start", "end")]
    assert order.index("end polish i0") < order.index("start draft i1") < order.index("end publish i0")


@with_server
def test_what_waits_for_a_failed_item_is_skipped_with_the_reason_and_the_rest_is_made(tmp_path: Path) -> None:
    given = [*chain(4), FakeItem(item_id="apart")]
    given[1].ends["polish"] = ["permanent"]
    result = run_batch("b", given, tmp_path)
    assert statuses(result) == {
        "i0": "succeeded",
        "i1": "failed",
        "i2": "skipped",
        "i3": "skipped",
        "apart": "succeeded",
    }
    assert codes(result)["i3"] == "PREDECESSOR_FAILED"
    told = {one.item_id: one.error_message or "" for one in result.results}
    assert "'i1'" in told["i2"]
    assert "INVALID_INPUT" in told["i2"]
    assert "'i1'" in told["i3"]


@with_server
def test_a_retry_makes_the_failed_item_and_all_that_were_skipped_for_it(tmp_path: Path) -> None:
    given = chain(3)
    given[1].ends["polish"] = ["permanent"]
    run_batch("b", given, tmp_path)
    again = run_batch("b", given, tmp_path, select="failed")
    assert set(statuses(again).values()) == {"succeeded"}
    assert kinds.calls_of("draft")["i0"] == 1


@with_server
def test_a_resume_skips_again_what_waits_for_an_item_that_has_failed_for_good(tmp_path: Path) -> None:
    given = chain(3)
    given[0].ends["draft"] = ["permanent"]
    with pytest.raises(PressroomError):
        fake(kinds.FakeBatch(batch_id="b", items=given, base_dir=tmp_path))
    with pytest.raises(PressroomError) as caught:
        fake(kinds.FakeBatch(batch_id="b", items=given, base_dir=tmp_path))
    result = getattr(caught.value, "result", None)
    assert isinstance(result, BatchResult)
    assert statuses(result) == {"i0": "failed", "i1": "skipped", "i2": "skipped"}
    assert kinds.calls_of("draft") == {"i0": 1}


@with_server
def test_what_waits_for_a_review_is_skipped_until_it_is_decided_but_who_continues_it_goes_on(tmp_path: Path) -> None:
    given = items(3)
    given[0].review = ["look at it"]
    given[1].continues = "i0"
    given[2].needs = ["i0"]
    result = run_batch("b", given, tmp_path)
    assert statuses(result) == {"i0": "needs_review", "i1": "succeeded", "i2": "skipped"}
    assert codes(result)["i2"] == "PREDECESSOR_IN_REVIEW"


@with_server
def test_an_item_lends_its_urgency_to_what_it_waits_for(tmp_path: Path) -> None:
    given = [*items(6), FakeItem(item_id="base", priority=Priority.LOW), FakeItem(item_id="urgent", text="other")]
    given[-1].priority, given[-1].needs = Priority.CRITICAL, ["base"]
    run_batch("b", given, tmp_path, limit=1, window=1, canary=0)
    assert [line.split()[1] for line in lines("draft", "start")][:2] == ["base", "urgent"]


@with_server
def test_mode_retry_keeps_those_waiting_whose_predecessor_comes_again(tmp_path: Path) -> None:
    given = chain(2)
    given[0].ends["draft"] = ["transient"] * 3
    result = run_batch("b", given, tmp_path, mode="retry")
    assert set(statuses(result).values()) == {"succeeded"}


@with_server
def test_a_batch_whose_rest_waits_for_what_may_not_enter_stops_with_the_reason(tmp_path: Path) -> None:
    given = [*items(14, models=["acme:quill"]), FakeItem(item_id="book", needs=["i13"])]
    for item in given[:13]:
        item.ends["draft"] = ["permanent", "unknown"]
    for item in given[:13]:
        item.ends["draft"] = ["unknown"]
    with pytest.raises(PressroomError, match="TOO_MANY_FAILURES"):
        fake(kinds.FakeBatch(batch_id="b", items=given, base_dir=tmp_path, canary=0, limit=1, window=1))


def test_items_that_wait_for_each_other_in_a_circle_are_refused() -> None:
    ring = [Item(item_id="a", needs=["b"]), Item(item_id="b", needs=["a"])]
    with pytest.raises(PressroomError, match="circle"):
        Needs(ring, {})


ENDS = [ItemStatus.SUCCEEDED, ItemStatus.FAILED, ItemStatus.NEEDS_REVIEW]


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[Item], dict[str, ItemStatus], dict[str, ItemStatus]]:
    """Items with needs among those before them, in any order; how each ends, and how some stand already."""
    count = draw(st.integers(1, 12))
    made, ends, before = [], {}, {}
    for number in range(count):
        names = [f"i{other}" for other in range(number)]
        needs = draw(st.lists(st.sampled_from(names), unique=True, max_size=3)) if names else []
        continues = draw(st.sampled_from(["", *names]))
        name = f"i{number}"
        item = Item(item_id=name, needs=needs, continues=continues, priority=draw(st.sampled_from(list(Priority))))
        if draw(st.integers(0, 4)):
            made.append(item)
            ends[name] = draw(st.sampled_from(ENDS))
        else:
            before[name] = draw(st.sampled_from(ENDS))
    return draw(st.permutations(made)), ends, before


@for_all(batches())
@hypothesis_settings(max_examples=300)
def test_everything_ends_whatever_waits_for_what_and_however_it_ends(
    batch: tuple[list[Item], dict[str, ItemStatus], Mapping[str, ItemStatus]],
) -> None:
    given, ends, before = batch
    needs = Needs(given, before)
    ready = [item for item in given if needs.admit(item)]
    over: dict[str, ItemStatus] = {}
    while ready:
        item = ready.pop()
        assert all(over.get(name, before.get(name)) is ItemStatus.SUCCEEDED for name in item.needs)
        over[item.item_id] = ends[item.item_id]
        outcome = Outcome(item_id=item.item_id, status=ends[item.item_id])
        ready += needs.end(outcome.item_id, outcome.status)
    fallen = [one.item.item_id for one in needs.fallen()]
    assert not needs.has_blocked
    assert len(fallen) == len(set(fallen))
    assert set(over) | set(fallen) == {item.item_id for item in given}
    assert not set(over) & set(fallen)


@for_all(batches())
def test_whoever_is_waited_for_is_as_urgent_as_whoever_waits(
    batch: tuple[list[Item], dict[str, ItemStatus], Mapping[str, ItemStatus]],
) -> None:
    given, _, before = batch
    needs = Needs(given, before)
    names = {item.item_id for item in given}
    for item in given:
        for name in {*item.needs, item.continues} & names:
            assert needs.rank(name) <= needs.rank(item.item_id)
            assert needs.height(name) > needs.height(item.item_id)


def test_a_later_word_on_urgency_is_lent_to_all_that_are_waited_for() -> None:
    given = [Item(item_id="a"), Item(item_id="b", needs=["a"]), Item(item_id="c", needs=["b"])]
    needs = Needs(given, {})
    assert set(needs.hasten("c", Priority.CRITICAL.rank)) == {"a", "b", "c"}
    assert needs.rank("a") == 0
    assert set(needs.hasten("c", Priority.LOW.rank)) == {"a", "b", "c"}
    assert (needs.rank("a"), needs.rank("c")) == (2, 3)
