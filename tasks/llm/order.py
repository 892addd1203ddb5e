"""In which order an item's models are tried now: by what is down, and by who has least to do."""

from __future__ import annotations

from tasks.governor.governor import governor
from tasks.ledger.lanes import is_shut
from tasks.model_options import Distribution, ModelOptions
from tasks.models import Item
from tasks.settings import settings

Choice = tuple[str, str]
"""A model and why it is tried."""


async def order_of(item: Item, options: ModelOptions) -> list[Choice]:
    """Return the models to try, the first one first, each with the reason that the ledger keeps.

    Without fallback that is one. A lane that is shut goes last: waiting for it is what remains when all are.
    """
    choices = [(model, item.model_reason if place == 0 else "") for place, model in enumerate(item.models)]
    if len(choices) > 1 and options.distribution is Distribution.BY_LOAD and options.rotation:
        loads = await governor(settings()).loads(item.models)
        least_first = sorted(item.models, key=loads.__getitem__)
        choices = [(model, f"{loads[model]:,} tokens in flight") for model in least_first]
    if len(choices) == 1 or not options.fallback:
        return choices[:1]
    shut = {lane["lane"] for lane in await governor(settings()).lanes() if is_shut(lane)}
    first = choices[0][0]
    instead = f"instead of {first}, which is {'shut' if first in shut else 'failing'}"
    order = sorted(choices, key=lambda choice: choice[0] in shut)
    return [choice if choice[0] == first else (choice[0], instead) for choice in order]
