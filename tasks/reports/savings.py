"""What prompt caches have saved, measured: the tokens that were not read anew, at the difference of the two prices.

Items that are made one by one, each with nothing kept from the one before, pay the full price for the same tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tasks.governor.charges import Charge
from tasks.ledger.uses import Use

CostOf = Callable[[str, Charge], float | None]
"""Says what a charge of a model costs, or None where its price is not known."""


def saved_by_caches(models: Iterable[Use], cost_of: CostOf) -> float | None:
    """Return how many US dollars more the same input would have cost; None where a price is not known."""
    saved = 0.0
    for use in models:
        if not use.cached_tokens:
            continue
        anew = cost_of(use.name, Charge(input_tokens=use.cached_tokens))
        kept = cost_of(use.name, Charge(input_tokens=use.cached_tokens, cached_tokens=use.cached_tokens))
        if anew is None or kept is None:
            return None
        saved += anew - kept
    return saved
