"""Which model an item gets: as a job's own words say, else as those of every batch."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.fiction.genres import FIRST_OF_ROUTES, ROUTES
from tasks.fiction.models import FictionBatch, FictionItem, Routing
from tasks.llm.routing import assign_models
from tasks.model_options import Distribution, ModelOptions

_BY = {Routing.ROUND_ROBIN: Distribution.ROUND_ROBIN, Routing.BY_LOAD: Distribution.BY_LOAD}


def assign(batch: FictionBatch, items: Sequence[FictionItem]) -> None:
    """Give each item its models."""
    assign_models(batch.model_copy(update={"models": options_of(batch)}), items)


def options_of(batch: FictionBatch) -> ModelOptions:
    """Return what a batch says of its models, a job's own words included.

    `by_genre` without routes is the source's table, and then the models it names need no further list.
    """
    models, config = batch.models, batch.config
    changed: dict[str, object] = {}
    if config.model_rotation is False:
        changed["rotation"] = False
    if config.routing is Routing.BY_GENRE:
        changed |= {"distribution": Distribution.BY_FIELD, "field": "genre"}
        if not models.routes:
            changed["routes"] = ROUTES
        if not models.use and batch.model is None:
            changed["use"] = [FIRST_OF_ROUTES]
    elif config.routing is not None:
        changed["distribution"] = _BY[config.routing]
    return models.model_copy(update=changed)
