"""In which order an item's models are tried now: by what is down, and by who has least to do."""

from __future__ import annotations

from tasks.governor.governor import governor
from tasks.model_options import Distribution, ModelOptions
from tasks.models import Item

Choice = tuple[str, str]
"""A model and why it is tried."""


async def order_of(item: Item, options: ModelOptions) -> list[Choice]:
    """Return the models to try, the first one first, each with the reason that the ledger keeps.

    Without fallback that is one. A lane that is shut goes last: waiting for it is what remains when all are.
    """
    choices = [(model, item.model_reason if place == 0 else "") for place, model in enumerate(item.models)]
    if len(choices) > 1 and options.distribution is Distribution.BY_LOAD and options.rotation:
        loads = await governor().loads(item.models)
        least_first = sorted(item.models, key=loads.__getitem__)
        choices = [(model, f"{loads[model]:,} tokens in flight") for model in least_first]
    if len(choices) == 1 or not options.fallback:
        return choices[:1]
    shut = await governor().shut(item.models)
    standing = [choice for choice in choices if choice[0] not in shut]
    down = [choice for choice in choices if choice[0] in shut]
    why = f"{choices[0][0]} {shut[choices[0][0]]}" if choices[0][0] in shut else f"{choices[0][0]} failed"
    first, *others = [*standing, *down]
    reason = first[1] if first == choices[0] else f"fallback: {why}"
    return [(first[0], reason), *((model, f"fallback: {why}") for model, _ in others)]
