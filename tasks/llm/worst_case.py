"""Worst case."""

import dataclasses
from typing import Any

from tasks.governor.charges import Charge
from tasks.llm.prices import cost_of
from tasks.llm.prompts import Prompt, Tuning


def worst_case(model: str, prompt: Prompt, tuning: Tuning, output: type[Any]) -> Charge:
    """Estimate."""
    n = len((prompt.system + prompt.shared + prompt.own).encode()) + 100
    charge = Charge(1, n, tuning.max_tokens)
    return dataclasses.replace(charge, cost_usd=cost_of(model, charge))
