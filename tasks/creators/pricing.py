"""Phase 12, beside the placement: what offers ask for."""

from __future__ import annotations

from math import floor
from statistics import fmean

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Draft, Price, Prices
from tasks.creators.models import CreatorItem
from tasks.creators.slot_types import SLOT_TYPES

LEAST, MOST = 0.5, 2.0
"""Of the creator's own price, between what an offer's may lie."""
OFFERS = tuple(name for name, slot in SLOT_TYPES.items() if slot.content_type == "offer")


def price(item: CreatorItem, context: CreatorContext, draft: Draft) -> Prices:
    """Set a price for each slot type that sells something: the creator's own, by how the kinds of offers do.

    A kind that brings more than the others asks for more, within bounds, since what buyers are used to is worth more
    than what a few samples say. Copy with a price of its own keeps it. A creator without a price sells nothing.
    """
    base = context.known.base_price
    if base <= 0:
        return Prices()
    factors = {name: draft.forecast.by_slot_type.get(name, 1.0) for name in OFFERS}
    middling = fmean(factors.values())
    times = {name: factor / middling if middling > 0 else 1.0 for name, factor in factors.items()}
    return Prices(prices=[_priced(name, base, each) for name, each in times.items()])


def _priced(slot_type: str, base: float, times: float) -> Price:
    held = min(MOST, max(LEAST, times))
    bound = "" if held == times else f", held to {held:g}"
    why = f"{base:.2f} x {times:.2f}: what it brings against other offers{bound}"
    return Price(slot_type=slot_type, price=charm(base * held), why=why)


def charm(amount: float) -> float:
    """Return the nearest price that ends in .99, or the amount itself, in cents, where it is below a dollar."""
    cents = round(amount, 2)
    return cents if cents < 1 else round(floor(cents + 0.51) - 0.01, 2)
