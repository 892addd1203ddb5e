"""What speaking a text takes from limits and budgets: known before, since vendors bill the characters they are sent."""

from __future__ import annotations

import dataclasses

from tasks.governor.charges import Charge
from tasks.llm.prices import cost_of
from tasks.speech.names import Voice


def charge_of(voice: Voice, text: str) -> Charge:
    """Return what speaking a text takes; its cost is None where the price is not known."""
    charge = Charge(1, characters=len(text))
    return dataclasses.replace(charge, cost_usd=cost_of(voice.lane, charge))
