"""Which failures are worth another try when a spec has changed: those of a bound that was raised."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.bounds import raised_bounds
from tasks.creators.models import CreatorBatch
from tasks.documents.models import DocumentBatch
from tasks.models import BatchOptions


@pytest.mark.parametrize(
    ("before", "after", "mended"),
    [
        ({"item_deadline_seconds": 5}, {"item_deadline_seconds": 6}, {"ITEM_DEADLINE"}),
        ({"item_deadline_seconds": 5}, {}, {"ITEM_DEADLINE"}),
        ({"item_deadline_seconds": 5}, {"item_deadline_seconds": 5}, set()),
        ({"item_deadline_seconds": 5}, {"item_deadline_seconds": 4}, set()),
        ({}, {"item_deadline_seconds": 4}, set()),
        ({"budget": {"item_tokens": 10}}, {"budget": {"item_tokens": 11}}, {"TOKENS_EXCEEDED"}),
        ({"budget": {"item_usd": 1}}, {"budget": {"item_usd": 1.5}}, {"BUDGET_EXCEEDED"}),
        ({"budget": {"batch_usd": 1}}, {}, {"BUDGET_EXCEEDED"}),
    ],
)
def test_a_bound_is_raised_when_it_is_higher_or_gone(
    before: dict[str, Any], after: dict[str, Any], mended: set[str]
) -> None:
    old, new = DocumentBatch.model_validate(before), DocumentBatch.model_validate(after)
    assert raised_bounds(old.model_dump_json(), new) == mended


def test_the_sources_word_for_a_deadline_raises_it_as_well() -> None:
    old: BatchOptions = CreatorBatch(creators=["alma"], timeout_per_creator=0.5)
    assert raised_bounds(old.model_dump_json(), CreatorBatch(creators=["alma"])) == {"ITEM_DEADLINE"}
