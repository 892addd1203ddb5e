"""What a batch says of models and money. Light, since `validate` reads it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tasks.shape import Shape

_NAME = r"^(none|[a-z][a-z0-9_-]*:\S+)$"


def _named(value: str) -> str:
    if not re.match(_NAME, value):
        raise PydanticCustomError("model_name", "it should be `none` or `vendor:model`, such as `openai:gpt-4o`")
    return value


ModelName = Annotated[str, AfterValidator(_named), Field(json_schema_extra={"pattern": _NAME})]
"""`vendor:model`, such as `openai:gpt-4o`, or `none`."""


class Distribution(StrEnum):
    """How items are shared out among several models."""

    ROUND_ROBIN = "round_robin"
    BY_FIELD = "by_field"
    BY_LOAD = "by_load"


class ModelOptions(Shape):
    """Which models a batch uses, and which of them an item gets."""

    model_config = ConfigDict(extra="forbid")

    use: list[ModelName] = []
    """Models as `vendor:model`, such as `openai:gpt-4o`; `none` does without. Default: the machine's own."""
    distribution: Distribution = Distribution.ROUND_ROBIN
    """round_robin: one after the other. by_field: as `routes` says. by_load: the one with fewest tokens in flight."""
    field: str = "genre"
    """The field of an item that `routes` goes by."""
    routes: dict[str, ModelName] = {}
    """Model by the value of that field, such as `fantasy: openai:gpt-4o`; other values get the first of `use`."""
    rotation: bool = True
    """false: every item gets the first model, and the others only stand by."""
    fallback: bool = True
    """Whether an item goes to the next model while its own is down."""
    wait_seconds: Annotated[float, Field(gt=0)] = 3600.0
    """Longest time that one call waits for limits, for a lane that is shut, or for what the vendor asks to wait."""


class Cap(Shape):
    """How much money each item may take in some of its stages."""

    model_config = ConfigDict(extra="forbid")

    name: str
    """What it is called where it is told of."""
    usd: Annotated[float, Field(gt=0)]
    stages: list[str] = []
    """The stages it is for; all where none is named."""


class Budget(Shape):
    """How much may be spent, in money and tokens; work that would go beyond it is not begun."""

    model_config = ConfigDict(extra="forbid")

    batch_usd: Annotated[float, Field(gt=0)] | None = None
    """US dollars for the whole batch, its earlier runs included."""
    item_usd: Annotated[float, Field(gt=0)] | None = None
    """US dollars for each item."""
    item_tokens: Annotated[int, Field(gt=0)] | None = None
    """Tokens for each item, those that a model reads and those that it writes, earlier runs included."""
    caps: list[Cap] = []
    """US dollars for each item in some of its stages; a call without a known price passes them."""
