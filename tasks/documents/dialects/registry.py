"""Which reader reads which dialect. Each is loaded when a config of its dialect is met: most folders hold but one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from tasks.documents.dialects.reading import Reading, Source
from tasks.documents.dialects.recogniser import Recognised
from tasks.models import JsonObject

_ARTIFACTS_APART = "CE"

Reader = Callable[[JsonObject, Source], Reading]


@cache
def reader_of(recognised: Recognised) -> Reader:
    """Load what reads configs of a dialect, other than A, and kind."""
    name = f"dialect_{recognised.dialect.lower()}"
    if recognised.kind == "artifact" and recognised.dialect in _ARTIFACTS_APART:
        name += "_artifact"
    module = import_module(f"tasks.documents.dialects.{name}")
    return cast(Reader, module.read_content if recognised.kind == "content" else module.read_artifact)
