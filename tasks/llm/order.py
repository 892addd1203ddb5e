"""In which order an item's models are tried now: by what is down, and by who has least to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tasks.governor.charges import Charge
from tasks.governor.governor import governor
from tasks.ledger.lanes import is_shut
from tasks.model_options import Distribution, ModelOptions
from tasks.models import Item
from tasks.settings import settings

Choice = tuple[str, str]
"""A model and why it is tried."""


_heading: Counter[str] = Counter()


@contextmanager
def heading_for(model: str, charge: Charge) -> Iterator[None]:
    """Count a call from the moment its model is chosen: of ten that choose at once, not all go to the free one.

    The ledger knows of the calls of all processes, but of none before it is reserved.
    """
    tokens = charge.input_tokens + charge.output_tokens
    _heading[model] += tokens
    try:
        yield
    finally:
        _heading[model] -= tokens


async def order_of(item: Item, options: ModelOptions) -> list[Choice]:
    """Return the models to try, the first one first, each with the reason that the ledger keeps.

    Without fallback that is one. A lane that is shut goes last: waiting for it is what remains when all are.
    """
    if len(item.models) == 1 or not options.fallback:
        shut = set[str]()
    else:
        shut = {lane["lane"] for lane in await governor(settings()).lanes() if is_shut(lane)}
    choices = [(model, item.model_reason if place == 0 else "") for place, model in enumerate(item.models)]
    if len(choices) > 1 and options.distribution is Distribution.BY_LOAD and options.rotation:
        choices = await _by_load(item.models)
    if not options.fallback:
        return choices[:1]
    first = choices[0][0]
    instead = f"instead of {first}, which is {'shut' if first in shut else 'failing'}"
    order = sorted(choices, key=lambda choice: choice[0] in shut)
    return [choice if choice[0] == first else (choice[0], instead) for choice in order]


async def _by_load(models: list[str]) -> list[Choice]:
    """Order models by what they have to do. Nothing is waited for between this and the choice."""
    reserved = await governor(settings()).loads(models)
    loads = {model: max(reserved[model], _heading[model]) for model in models}
    return [(model, f"{loads[model]:,} tokens in flight") for model in sorted(models, key=loads.__getitem__)]
