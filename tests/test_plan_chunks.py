"""What a plan says of its chunks adds up to what it says of the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.estimates import shared_out
from tasks.plans import Estimate, ItemPlan, Plan, StagePlan, Verdict

SECONDS = st.floats(0.1, 1_000)


def plan(verdicts: dict[str, Verdict], seconds: float | None, tokens: int | None = 5) -> Plan:
    """A plan of items of one stage each."""
    items = [
        ItemPlan(name, verdict, [StagePlan("draft", "main", verdict, tokens=tokens)])
        for name, verdict in verdicts.items()
    ]
    return Plan("fake", "a", "", is_known=False, items=items, estimate=Estimate(seconds=seconds))


@given(st.lists(st.dictionaries(st.uuids().map(str), SECONDS, min_size=1, max_size=4), min_size=1, max_size=4), SECONDS)
def test_the_chunks_take_together_what_the_plan_takes(chunks: list[dict[str, float]], seconds: float) -> None:
    whole = plan({name: Verdict.NEW for chunk in chunks for name in chunk}, seconds)
    found = shared_out(whole, chunks)
    assert sum(one.seconds or 0.0 for one in found) == pytest.approx(seconds, abs=0.001 * len(found))
    assert sum(one.share for one in found) == pytest.approx(1.0, abs=0.001 * len(found))
    assert sum(one.tokens or 0 for one in found) == 5 * len(whole.items)
    assert [one.items for one in found] == [list(chunk) for chunk in chunks]


def test_what_is_made_already_takes_nothing_of_a_chunk() -> None:
    verdicts = {"a": Verdict.NEW, "b": Verdict.REUSE, "c": Verdict.RERUN, "d": Verdict.DONE}
    first, second = shared_out(plan(verdicts, 8.0), [{"a": 3.0, "b": 90.0}, {"c": 1.0, "d": 90.0}])
    assert (first.share, first.seconds, first.tokens) == (0.75, 6.0, 5)
    assert (second.share, second.seconds, second.tokens) == (0.25, 2.0, 5)


def test_where_the_time_of_the_whole_is_not_known_that_of_a_chunk_is_not_either() -> None:
    (one,) = shared_out(plan({"a": Verdict.NEW}, None, tokens=None), [{"a": 15.0}])
    assert (one.share, one.seconds, one.tokens) == (1.0, None, None)


def test_of_a_plan_with_nothing_to_make_no_chunk_has_a_share() -> None:
    (one,) = shared_out(plan({"a": Verdict.DONE}, 0.0), [{"a": 15.0}])
    assert (one.share, one.seconds, one.tokens) == (0.0, 0.0, 0)
