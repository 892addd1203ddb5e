"""Which model an item gets, decided before it enters, so that its fingerprint can hold the choice.

An item carries its models in the order in which they are tried: the first is its own, the others stand by. What is
decided later, and may differ from run to run (which lane is down, which has least to do), is noted with each call.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.errors import fault
from tasks.llm.setup import model_setup
from tasks.model_options import Distribution, ModelOptions
from tasks.models import BatchOptions, Item

NONE = "none"
OWN = "the machine's own"
"""Why an item has a model that neither its batch nor its config names."""


def assign_models(options: BatchOptions, items: Sequence[Item]) -> None:
    """Give each item of a batch its models; MODEL_UNKNOWN for one that cannot be.

    `items` are all of the batch, also those that are done: what an item gets by turns must not change on a resume.
    """
    chosen = options_of(options)
    models = chosen.use
    if NONE in models:
        if len(models) > 1 or chosen.routes:
            raise fault("INVALID_INPUT", what="The batch names models and `none`, which does without.")
        return
    for model in [*models, *chosen.routes.values()]:
        model_setup().name_of(model)
    is_own = options.model is None and not options.models.use
    for position, item in enumerate(items):
        item.models, item.model_reason = _choice(chosen, models, item, position)
        if is_own and item.models == models:
            item.model_reason = OWN


def is_default(item: Item) -> bool:
    """Say whether nobody chose an item's model."""
    return item.model_reason == OWN


def options_of(options: BatchOptions) -> ModelOptions:
    """Return what a batch says of its models, with its short form and the machine's default filled in."""
    if options.model is not None and options.models.use:
        raise fault("INVALID_INPUT", what="The batch has both `model` and `models.use`; one of them is enough.")
    use = [options.model] if options.model is not None else options.models.use
    return options.models.model_copy(update={"use": use or [model_setup().default]})


def _choice(chosen: ModelOptions, models: list[str], item: Item, position: int) -> tuple[list[str], str]:
    """Return an item's models, its own first, and why that one."""
    if chosen.distribution is Distribution.BY_FIELD:
        value = _value(item, chosen.field)
        own = chosen.routes.get(value, models[0])
        reason = f"{chosen.field} {value!r}" if value in chosen.routes else f"no route for {chosen.field} {value!r}"
    elif len(models) == 1:
        return list(models), "the only one"
    elif not chosen.rotation:
        own, reason = models[0], "no rotation"
    elif chosen.distribution is Distribution.BY_LOAD:
        return list(models), "by load"
    else:
        own, reason = models[position % len(models)], "by turns"
    # The others in the order that follows it, so that what a lane drops is spread over all of them.
    start = models.index(own) + 1 if own in models else 0
    return [own, *(model for model in models[start:] + models[:start] if model != own)], reason


def _value(item: Item, field: str) -> str:
    """Read a field of an item, or of the values that it is made with."""
    value = getattr(item, field, None)
    if value is None:
        context = getattr(item, "context", None)
        value = context.get(field) if isinstance(context, dict) else None
    return "" if value is None else str(value)
