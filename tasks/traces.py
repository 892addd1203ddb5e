"""Traces of a batch for those who watch it with OpenTelemetry: batch, item, attempt at a stage, call of a model.

    with tracing(batch_id, kind): ...

Without an endpoint in the environment (OTEL_EXPORTER_OTLP_ENDPOINT) nothing is loaded, and what is told here goes
nowhere. With one, `tasks/spans.py` makes spans of it. No text of a prompt, an answer or an error is told.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.models import Outcome

logger = logging.getLogger("pressroom")
ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Where the environment says to which address traces go; the first goes before the second."""
MISSING = "OTEL_EXPORTER_OTLP_ENDPOINT is set, but no traces are made: install `pressroom[traces]`."
Facts = Mapping[str, str | int | float | bool | None]
"""What is said of a span; what is None is not known."""


class Span:
    """An attempt at a stage that is going on. (This one is nobody's.)"""

    def end(self, *, status: str, error_code: str | None = None) -> None:
        """Hear how it ended."""


NOBODYS = Span()


class Traces:
    """What becomes of what is told: nothing, where nobody watches. May be called from any thread, and never raises."""

    def enter(self, item_ids: Iterable[str]) -> None:
        """Hear that items begin."""

    def leave(self, outcomes: Iterable[Outcome]) -> None:
        """Hear what became of items."""

    def begin_stage(self, item_id: str, stage: str, attempt: int, *, is_chunk: bool) -> Span:
        """Hear that an attempt at a stage begins; calls of models from here on are part of it."""
        return NOBODYS

    def call(self, model: str, seconds: float, facts: Facts, error_code: str | None) -> None:
        """Hear of a call that has ended just now."""

    def settle(self, status: str, facts: Facts) -> None:
        """Hear how the batch came out."""

    def close(self) -> None:
        """Send what is left, within a few seconds."""


NOWHERE = Traces()
_current: ContextVar[Traces | None] = ContextVar("traces", default=None)


def traces() -> Traces:
    """Return the traces of the batch that runs here."""
    return _current.get() or NOWHERE


def is_wanted() -> bool:
    """Say whether the environment asks for traces."""
    return any(os.environ.get(name) for name in ENDPOINTS) and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true"


def is_installed() -> bool:
    """Say whether what makes and sends them is there."""
    try:
        return all(find_spec(name) for name in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"))
    except ModuleNotFoundError:
        return False


@contextmanager
def tracing(batch_id: str, kind: str) -> Iterator[None]:
    """Open a batch's traces for all that runs inside. A batch whose traces cannot be made runs all the same."""
    opened = _opened(batch_id, kind)
    token = _current.set(opened)
    try:
        yield
    finally:
        _current.reset(token)
        opened.close()


def _opened(batch_id: str, kind: str) -> Traces:
    if not is_wanted():
        return NOWHERE
    if not is_installed():
        logger.warning(MISSING)
        return NOWHERE
    from tasks.spans import BatchSpans

    return BatchSpans(batch_id, kind)
