"""What a batch has spent on models, as the ledger tells it: nothing left out in silence, nothing counted twice."""

from __future__ import annotations

import json
import time

import pytest
from calls import call, lane, write
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import ledger
from test_history import NOW, begin, read, stage

from tasks.ledger.glance import glancing
from tasks.ledger.owner import new_owner
from tasks.ledger.results import read_result
from tasks.ledger.spending import TOP, budgets_in
from tasks.ledger.store import Ledger
from tasks.ledger.tables import CallRow
from tasks.ledger.uses import Budgets, Spending
from tasks.settings import settings as pressroom


def spent(*rows: CallRow, items: tuple[str, ...] = ("a", "b"), **batch: object) -> Spending:
    with ledger() as opened:
        begin(opened, *items, **batch)  # type: ignore[arg-type]  # columns of the batch
        write(opened, *rows)
        return read(opened).spending


def test_a_batch_without_a_call_has_spent_nothing() -> None:
    found = spent()
    assert (found.total.calls, found.total.cost, found.models, found.items) == (0, 0.0, [], [])


def test_what_was_settled_is_added_up_by_model_stage_and_item() -> None:
    found = spent(
        call("a", cached_tokens=400),
        call("a", stage="polish", model="acme:small", cost_usd=0.25),
        call("b", cost_usd=1.0, input_tokens=3000),
    )
    assert (found.total.cost, found.total.calls, found.total.items) == (1.75, 3, 2)
    assert (found.total.input_tokens, found.total.output_tokens, found.total.cached_tokens) == (5000, 300, 400)
    assert found.total.cached_share == 0.08
    assert [(use.name, use.items, use.cost) for use in found.models] == [
        ("acme:large", 2, 1.5),
        ("acme:small", 1, 0.25),
    ]
    assert [(use.name, use.calls, use.cost) for use in found.stages] == [("draft", 2, 1.5), ("polish", 1, 0.25)]
    assert [use.keys for use in found.cells] == [("acme:large", "draft"), ("acme:small", "polish")]
    assert [(use.name, use.cost) for use in found.items] == [("b", 1.0), ("a", 0.75)]


def test_an_unknown_outcome_counts_at_its_worst_and_its_tokens_do_not() -> None:
    total = spent(call("a"), call("b", status="unknown", cost_usd=0.2, settled_at=None)).total
    assert (total.cost, total.unknown, total.unknown_usd, total.input_tokens) == (0.7, 1, 0.2, 1000)


def test_a_call_that_was_refunded_used_nothing_and_may_have_failed() -> None:
    total = spent(call("a"), call("b", status="refunded", error_code="API_RATE_LIMIT")).total
    assert (total.calls, total.failed, total.cost, total.input_tokens) == (2, 1, 0.5, 1000)


def test_calls_of_unknown_price_are_counted_apart() -> None:
    found = spent(call("a"), call("b", model="own:house", cost_usd=None))
    assert (found.total.cost, found.total.unpriced) == (0.5, 1)
    assert {use.name: use.unpriced for use in found.models} == {"acme:large": 0, "own:house": 1}


def test_a_call_in_flight_counts_only_as_such() -> None:
    held = call("a", status="held", lease_until=time.time() + 60, settled_at=None)
    total = spent(held, call("b"), status="running", owner=new_owner(), lease_until=time.time() + 60).total
    assert (total.calls, total.cost, total.held, total.held_usd) == (1, 0.5, 1, 0.5)


@pytest.mark.parametrize(
    ("status", "lease"), [("running", -1.0), ("partial", 60.0)], ids=["its process is gone", "its batch is at rest"]
)
def test_a_call_that_nobody_waits_for_any_more_is_of_unknown_outcome(status: str, lease: float) -> None:
    held = call("a", status="held", lease_until=time.time() + lease, settled_at=None)
    total = spent(held, status=status, owner=new_owner(), lease_until=time.time() + 60).total
    assert (total.calls, total.held, total.unknown, total.unknown_usd, total.cost) == (1, 0, 1, 0.5, 0.5)


def test_only_the_dearest_items_are_told_one_by_one() -> None:
    names = tuple(f"i{n}" for n in range(TOP + 5))
    found = spent(*[call(name, cost_usd=float(n)) for n, name in enumerate(names)], items=names)
    assert [use.name for use in found.items] == [f"i{n}" for n in range(TOP + 4, 4, -1)]


def test_reasons_for_a_model_are_counted_by_items() -> None:
    rows = [call("a"), call("a", stage="polish"), call("b"), call("b", model="acme:small", reason="acme:large is down")]
    assert [tuple(one) for one in spent(*rows).choices] == [
        ("acme:large", "round robin", 2, 3),
        ("acme:small", "acme:large is down", 1, 1),
    ]


def test_calls_of_other_batches_are_theirs() -> None:
    assert spent(call("a"), call("a", batch_id="b2")).total.calls == 1


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("{}", Budgets()),
        ('{"budget": null}', Budgets()),
        ('{"budget": {"batch_usd": 5}}', Budgets(5)),
        ('{"items": [{"context": {"budget": {"batch_usd": 9}}}]}', Budgets()),
        ('{"budget": {"batch_usd": null, "item_usd": 0.5}}', Budgets(None, 0.5)),
        (
            '{"budget": {"batch_usd": 5}, "part_of": "--batch-id w --chunks 4"}',
            Budgets(5, None, "--batch-id w --chunks 4"),
        ),
    ],
)
def test_the_budget_is_read_from_what_was_asked_for(spec: str, found: Budgets) -> None:
    assert budgets_in(spec) == found


def fill(opened: Ledger) -> None:
    """A batch with a call of each standing and a budget."""
    begin(opened, "a", "b", "c", spec=json.dumps({"budget": {"batch_usd": 4.0}}))
    opened.record_stage(stage("a", NOW - 50))
    write(opened, call("a", cost_usd=0.1), call("a", cost_usd=0.2), call("b", status="unknown", cost_usd=None))
    write(opened, call("b", status="refunded"), call("c", status="held", settled_at=None), lane("acme"))


def test_the_result_carries_money_tokens_and_what_is_not_known_of_them() -> None:
    with ledger() as opened:
        fill(opened)
        result = read_result(opened, "b1")
    assert result.cost == pytest.approx(0.8)
    assert not result.cost_is_complete
    assert (result.unknown_outcomes, result.unknown_outcome_usd, result.budget_usd) == (2, 0.5, 4.0)
    assert (result.model_calls, result.input_tokens, result.output_tokens, result.cached_tokens) == (5, 2000, 200, 0)
    assert [(one.item_id, one.cost_is_complete) for one in result.results] == [("a", True), ("b", False), ("c", True)]
    assert [one.cost for one in result.results] == pytest.approx([0.3, 0.0, 0.5])
    with glancing(pressroom().ledger_path, patience=1.0) as glance:
        assert glance is not None
        assert json.dumps(glance.result("b1")) == json.dumps(result.model_dump(mode="json"))


def test_money_is_a_float_even_where_there_is_none() -> None:
    with ledger() as opened:
        begin(opened, "a")
        write(opened, call("a", status="refunded"))
    with glancing(pressroom().ledger_path, patience=1.0) as glance:
        assert glance is not None
        assert [type(value) for value in (glance.result("b1")["cost"], glance.money("b1")["in_flight_usd"])] == [
            float
        ] * 2


standings = st.sampled_from(["settled", "unknown", "refunded", "held"])
prices = st.one_of(st.none(), st.floats(0, 100))
rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["x:1", "x:2", "y:1"]), st.sampled_from("dp"), standings, prices),
    max_size=15,
)


@settings(max_examples=25, deadline=None)
@given(rows)
def test_every_way_to_add_up_comes_to_the_same(found: list[tuple[str, str, str, str, float | None]]) -> None:
    whole = [call(i, m, s, status=standing, cost_usd=price) for i, m, s, standing, price in found]
    with ledger() as opened:
        begin(opened, "a", "b", "c")
        with opened.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM model_call")
        write(opened, *whole)
        spending = read(opened).spending
    total = spending.total
    expected = sum(price or 0.0 for *_, standing, price in found if standing != "refunded")
    assert total.cost == pytest.approx(expected)
    assert total.calls == len(found)
    assert sum(moment.cost for moment in spending.moments) == pytest.approx(expected)
    for uses in (spending.models, spending.stages, spending.cells, spending.items):
        for name in ("calls", "cost", "unpriced", "unknown", "unknown_usd", "input_tokens", "failed"):
            assert sum(getattr(use, name) for use in uses) == pytest.approx(getattr(total, name))


def test_lanes_are_told_that_were_shut_while_the_batch_ran_and_still_are() -> None:
    with ledger() as opened:
        begin(opened, "a", finished_at=NOW - 10)
        write(opened, call("a"), lane("acme:large", breaker="open", opened_until=NOW + 60, changed_at=NOW - 20))
        write(opened, lane("acme", breaker="open", changed_at=NOW - 5), lane("other", breaker="open"))
        assert [one["lane"] for one in read(opened).lanes] == ["acme:large"]
