"""How long to wait before something is tried again, as users write it."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tasks.shape import Shape

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([smh]?)")


def _seconds(value: Any) -> Any:
    """Read `120s` and `2m` as seconds."""
    if not isinstance(value, str):
        return value
    found = _TIME.fullmatch(value.strip())
    if found is None:
        raise PydanticCustomError("seconds", "it should be seconds, as `120` or `120s`")
    return float(found[1]) * _UNITS[found[2]]


Seconds = Annotated[float, BeforeValidator(_seconds), Field(gt=0)]
"""A time that may also be written as `120s` or `2m`."""


class RetryDelay(Shape):
    """How long to wait before something is tried again."""

    model_config = ConfigDict(extra="allow")

    initial: Seconds = 10.0
    """Before the second attempt."""
    multiplier: Annotated[float, Field(ge=1, le=10)] = 2.0
    """By which each further wait is longer."""
    max: Seconds = 120.0
    """Longest wait."""


def delays(config: RetryDelay, *, most: int = 10) -> list[float]:
    """Return the waits before each further attempt; the last one repeats."""
    waits = [min(config.max, config.initial * config.multiplier**number) for number in range(most)]
    return waits[: waits.index(config.max) + 1] if config.max in waits else waits
