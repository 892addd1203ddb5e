"""A machine's own small model, which nobody has named: what it says is shown, and rejects nobody's week."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from asking import settle_models

from tasks.claims import Claims
from tasks.creators.models import CreatorBatch
from tasks.creators.planning import lay, preparing
from tasks.creators.rules import GateProfile
from tasks.creators.store import Listed
from tasks.ledger.standing import payload_of

ALMA = Listed("alma", "Alma", True, "", "", 2_000, "Europe/Lisbon", 90, 250)


def gates(**fields: Any) -> GateProfile:
    """The profile under which the item of a batch enters."""
    usual: dict[str, Any] = {"batch_id": "b", "creators": ["alma"], "asked_on": date(2030, 2, 27)}
    batch = CreatorBatch.model_validate(usual | fields)
    items = lay(batch, [ALMA], None).items
    before = payload_of(items[0])
    item = preparing(batch, items, Claims(), None)(items[0])
    assert payload_of(items[0]) == before
    return item.gates


def test_the_word_of_the_machines_own_small_model_does_not_count_unless_it_is_asked_to() -> None:
    assert gates() is GateProfile.DRAFT
    assert gates(gates="standard") is GateProfile.STANDARD


@pytest.mark.parametrize("model", ["local:smollm2-135m", "openai:gpt-4o", "none"])
def test_a_model_that_is_named_counts(model: str) -> None:
    assert gates(model=model) is GateProfile.STANDARD
    assert gates(model=model, gates="draft") is GateProfile.DRAFT


def test_a_default_that_somebody_has_set_for_the_machine_counts() -> None:
    settle_models(default="openai:gpt-4o")
    assert gates() is GateProfile.STANDARD
