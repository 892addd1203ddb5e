"""The gate's numbers, and what two judges come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks.creators.consensus import agree
from tasks.creators.findings import Consensus, Dimensions, Verdict
from tasks.creators.gates import Gates
from tasks.creators.models import CreatorBatch

GATES = Gates()
SCORES = st.floats(0, 100)
WRITTEN = {
    "weights": {"compliance": 0.30, "value": 0.25, "authenticity": 0.20, "engagement": 0.15, "retention": 0.10},
    "bands": [
        {"confidence_from": 0.8, "approved": 85.0, "review": 70.0},
        {"confidence_from": 0.5, "approved": 80.0, "review": 65.0},
        {"confidence_from": 0.0, "approved": 75.0, "review": 60.0},
    ],
    "abort_below": 50.0,
    "primary_share": 0.6,
    "divergence": 15.0,
    "critic_approves": 70.0,
    "returns": 1,
    "certainty": {"full_consensus": 0.95, "partial": 0.75, "requires_review": 0.50, "rejected": 0.0},
}


def test_the_defaults_are_those_that_are_written() -> None:
    assert GATES.model_dump() == WRITTEN


def test_a_spec_changes_any_of_them() -> None:
    batch = CreatorBatch(creators=["alma"], quality={"weights": {"value": 0.5}, "abort_below": 40})  # type: ignore[arg-type]
    assert batch.quality.weights.value == 0.5
    assert batch.quality.weights.compliance == 0.30
    assert batch.quality.abort_below == 40


@pytest.mark.parametrize(
    ("confidence", "thresholds"),
    [(1.0, (85, 70)), (0.8, (85, 70)), (0.79, (80, 65)), (0.5, (80, 65)), (0.49, (75, 60)), (0.0, (75, 60))],
)
def test_the_less_a_forecast_knows_the_lower_the_thresholds(confidence: float, thresholds: tuple[int, int]) -> None:
    assert GATES.thresholds(confidence) == thresholds


@pytest.mark.parametrize(
    ("primary", "expert", "consensus", "status", "certainty"),
    [
        (85, 85, "FULL_CONSENSUS", "APPROVED", 0.95),
        (100, 99, "FULL_CONSENSUS", "APPROVED", 0.95),
        (90, 80, "PARTIAL", "APPROVED", 0.75),
        (86, 75, "PARTIAL", "NEEDS_REVIEW", 0.75),
        (84.9, 84.9, "REQUIRES_REVIEW", "NEEDS_REVIEW", 0.50),
        (70, 70, "REQUIRES_REVIEW", "NEEDS_REVIEW", 0.50),
        (69.9, 100, "REJECTED", "REJECTED", 0.0),
        (100, 69.9, "REJECTED", "REJECTED", 0.0),
        (10, 10, "REJECTED", "REJECTED", 0.0),
    ],
)
def test_what_two_scores_come_to(primary: float, expert: float, consensus: str, status: str, certainty: float) -> None:
    found = agree(primary, expert, GATES.thresholds(0.9), GATES)
    assert (found.consensus, found.status, found.certainty) == (consensus, status, certainty)


@given(SCORES, SCORES, st.floats(0, 1))
def test_whoever_rejects_is_enough_and_the_combined_score_lies_between(one: float, two: float, sure: float) -> None:
    thresholds = GATES.thresholds(sure)
    found = agree(one, two, thresholds, GATES)
    assert found.score == pytest.approx(0.6 * one + 0.4 * two)
    assert (found.consensus is Consensus.REJECTED) is (min(one, two) < thresholds.review)
    assert (found.status is Verdict.APPROVED) <= (max(one, two) >= thresholds.approved)
    assert found.diverges is (abs(one - two) > 15)


@given(SCORES, SCORES)
def test_a_better_score_never_has_a_worse_verdict(one: float, two: float) -> None:
    ranks = [Verdict.REJECTED, Verdict.NEEDS_REVIEW, Verdict.APPROVED]
    thresholds = GATES.thresholds(0.9)
    better = agree(min(100, one + 5), two, thresholds, GATES)
    assert ranks.index(better.status) >= ranks.index(agree(one, two, thresholds, GATES).status)


def test_dimensions_count_by_their_weights_and_the_weakest_is_what_costs_most() -> None:
    found = Dimensions(compliance=100, value=80, authenticity=60, engagement=40, retention=20)
    assert GATES.weights.score(found) == pytest.approx(70)
    assert GATES.weights.weakest(found) == "engagement"
    doubled = GATES.weights.model_copy(update={"retention": 0.2})
    assert doubled.weakest(found) == "retention"
    assert doubled.score(found) == pytest.approx((70 + 2) / 1.1)


@pytest.mark.parametrize(
    "given",
    [
        {"weights": dict.fromkeys(WRITTEN["weights"], 0)},  # type: ignore[call-overload]
        {"bands": []},
        {"bands": [{"confidence_from": 0.5, "approved": 80, "review": 70}]},
        {"bands": [{"confidence_from": 0, "approved": 70, "review": 80}]},
        {"primary_share": 1.5},
        {"abort_below": -1},
        {"treshold": 3},
    ],
)
def test_numbers_that_make_no_gate_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Gates.model_validate(given)
