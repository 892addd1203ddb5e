"""Recommendations are derived from what happened, and there are none where nothing stands out."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from histories import attempt, bound, history, item
from spendings import spent_history, use

from tasks.ledger.history import History, Missing
from tasks.ledger.lanes import LaneDocument
from tasks.ledger.uses import Budgets
from tasks.reports.report import report_of


def advice(whole: History) -> list[str]:
    return report_of(whole).advice


def told(words: str, whole: History) -> bool:
    return any(words in sentence for sentence in advice(whole))


def test_a_batch_in_which_all_went_well_needs_no_advice() -> None:
    assert advice(history([attempt()], [item()])) == []
    assert advice(spent_history(use("acme:large", "draft"), attempts=[attempt()])) == []


def test_the_most_common_failure_comes_first_with_its_remedy() -> None:
    items = [item("a", "failed"), item("b", "failed"), item("c", "failed", code="DISK_FULL")]
    missing = [Missing("a", "failed", "TIMEOUT", "Slow.", "Wait longer."), Missing("c", "failed", "DISK_FULL", "", "x")]
    first = advice(history([], items, missing=missing))[0]
    assert first == "2 of 3 failures are `TIMEOUT`. Wait longer. `pressroom retry b1` tries what failed again."
    assert told("All 2 failures are `TIMEOUT`.", history([], items[:2]))
    assert told("The one failure is `TIMEOUT`.", history([], items[:1]))


def test_of_failures_none_of_which_is_more_frequent_than_the_others_none_is_singled_out() -> None:
    codes = ("CONFIG_NOT_FOUND", "DISK_FULL", "TIMEOUT")
    items = [item(f"i{number}", "failed", code=code) for number, code in enumerate(codes)]
    first = advice(history([], items))[0]
    rest = "`pressroom retry b1` tries what failed again."
    assert first == f"The 3 failures have several codes, each listed with its remedy. {rest}"
    late = [item(f"i{number}", "failed", code=code) for number, code in enumerate(("ITEM_DEADLINE", "TOKENS_EXCEEDED"))]
    assert advice(history([], late)) == ["The 2 failures have several codes, each listed with its remedy."]


def test_one_items_remedy_is_not_taken_for_that_of_all_who_failed_with_its_code() -> None:
    items = [item("a", "failed"), item("b", "failed")]
    missing = [
        Missing("a", "failed", "TIMEOUT", "Slow.", "Wait."),
        Missing("b", "failed", "TIMEOUT", "Slower.", "Run."),
    ]
    (first,) = advice(history([], items, missing=missing))
    assert first.startswith("All 2 failures are `TIMEOUT`. They have several causes, each listed with its remedy. ")


def test_a_bound_that_has_to_be_raised_in_the_spec_is_not_left_to_a_retry() -> None:
    late = Missing("a", "failed", "ITEM_DEADLINE", "Late.", "Raise it in the spec and run that again.")
    (first,) = advice(history([], [item("a", "failed", code="ITEM_DEADLINE")], missing=[late]))
    assert first == "The one failure is `ITEM_DEADLINE`. Raise it in the spec and run that again."


def test_a_bound_that_held_the_batch_up_is_named() -> None:
    attempts = [attempt(f"i{n}", asked=0.0, started=n, ended=n + 1) for n in range(10)]
    whole = history(attempts, [item()], bounds=[bound(1, "draft", why="max_parallel")])
    assert told("`draft` held the batch up: attempts waited 45.0s for its 1 place and worked 10.0s; if the", whole)
    assert told("raise `max_parallel`", whole)
    assert not advice(history(attempts, [item()], bounds=[bound(1, "draft", why="few items")]))
    assert not advice(history(attempts, [item()], bounds=[bound(5, "draft")]))


def test_waiting_for_limits_longer_than_working_is_told_with_the_model() -> None:
    models = [use("acme:large", "draft", waited=9.0), use("acme:small", "draft", waited=1.0)]
    whole = spent_history(*models, attempts=[attempt(ended=12.0, limited=10.0)], bounds=[bound(1, "draft")])
    assert told("Attempts waited for limits 5.0 times as long as they worked, most of all for `acme:large`", whole)
    assert not told("waited for limits", spent_history(*models, attempts=[attempt(ended=12.0, limited=5.0)]))


def lane(**more: Any) -> LaneDocument:
    given: Any = {"lane": "acme", "breaker": "open", "opened_until": None, "penalised_until": None}
    whole: LaneDocument = given | {"failures": 5, "reason": "TIMEOUT", "changed_at": 0.0} | more
    return whole


def test_a_lane_that_was_shut_is_named() -> None:
    whole = spent_history(use("acme:large", "draft"), lanes=[lane()])
    assert told("`acme` was shut after 5 failures in a row (TIMEOUT) and still is", whole)
    assert not advice(spent_history(use("acme:large", "draft"), lanes=[lane(breaker="closed")]))


def test_a_prompt_cache_that_hardly_helped_is_told_where_many_asked_the_same_stage() -> None:
    many = {"items": 5, "calls": 5, "input_tokens": 10_000}
    assert told("5 % of what `draft` asked `m:x`", spent_history(use("m:x", "draft", **many, cached_tokens=500)))
    assert not advice(spent_history(use("m:x", "draft", **many, cached_tokens=5000)))
    assert not advice(spent_history(use("m:x", "draft", **many | {"items": 2})))
    assert not advice(spent_history(use("m:x", "draft", **many | {"input_tokens": 3000})))


def test_estimates_far_above_their_use_are_told() -> None:
    far = use("m:x", "draft", reserved_tokens=9000, used_tokens=2000)
    assert told("reserved 4.5 times the tokens they used", spent_history(far))
    assert not advice(spent_history(far._replace(reserved_tokens=3000)))


@pytest.mark.parametrize(
    ("kind", "mend"),
    [
        ("fiction", "lower `words` in its projects, or raise the limits in `models.yaml`"),
        ("documents", "lower `max_tokens` in its configs, or raise the limits in `models.yaml`"),
        ("creators", "fewer for it: raise the limits in `models.yaml`"),
    ],
)
def test_estimates_far_above_their_use_are_mended_by_what_the_users_of_a_kind_can_set(kind: str, mend: str) -> None:
    far = use("m:x", "draft", reserved_tokens=9000, used_tokens=2000)
    assert told(mend, dataclasses.replace(spent_history(far), kind=kind))


def test_a_budget_that_is_nearly_used_or_has_ended_items_is_told() -> None:
    spent = use("m:x", "draft", cost=0.85)
    assert told("85 % of the budget is used", spent_history(spent, budgets=Budgets(1.0)))
    assert not advice(spent_history(spent, budgets=Budgets(2.0)))
    stopped = [item("a"), item("b", "cancelled", code="BUDGET_EXCEEDED")]
    assert told("The budget ended 1 item.", spent_history(spent, items=stopped, budgets=Budgets(1.0)))
    failed = spent_history(spent, items=[item("b", "failed", code="BUDGET_EXCEEDED")])
    assert advice(failed) == [
        "The budget ended 1 item. Raise `budget` in the spec; then `pressroom run SPEC --batch-id b1` goes on."
    ]
    whole = spent_history(spent, items=stopped)
    emptied = dataclasses.replace(whole, reason="BUDGET_EXCEEDED: The budget of kind 'documents' is used up")
    assert told("Once its kind has a higher one in `models.yaml`, or room again, `pressroom resume b1`", emptied)


def test_unknown_outcomes_and_unknown_prices_are_told() -> None:
    whole = spent_history(use("m:x", "draft", unknown=2, unknown_usd=0.3, unpriced=1))
    assert told("The vendor's bill says whether 2 calls of unknown outcome were paid for", whole)
    assert told("The price of `m:x` is not known, so the cost is without 1 call", whole)
