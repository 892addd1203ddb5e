"""Whether a model could be called: its key and, under a budget, its price; asked before a batch begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tasks.errors import PressroomError, fault
from tasks.llm.keys import key_missing
from tasks.llm.setup import model_setup
from tasks.model_options import Budget
from tasks.settings import settings


def unready(models: Iterable[str], kind: str, budget: Budget) -> Iterator[PressroomError]:
    """Yield what stands in the way of each model, once; nothing is called."""
    has_budget = budget.batch_usd is not None or budget.item_usd is not None or bool(model_setup().purses_of(kind))
    for model in dict.fromkeys(models):
        try:
            model_setup().name_of(model)
        except PressroomError as error:
            yield error
            continue
        if variable := key_missing(model):
            yield fault("MODEL_KEY_MISSING", model=model, variable=variable)
        if has_budget and not _is_priced(model):
            yield fault("PRICE_UNKNOWN", model=model, path=str(settings().models_path))


def _is_priced(model: str) -> bool:
    from tasks.llm.prices import is_priced  # The table of prices takes half a second to load.

    return is_priced(model)
