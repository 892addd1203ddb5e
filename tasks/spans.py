"""OpenTelemetry spans of a batch, sent to the endpoint that the environment names.

Each batch has a provider of its own, and none is made the process's: what libraries tell of themselves (texts that a
model is sent among it) goes on to nowhere. Spans are sent while the batch runs, from a thread of its own; the end of
the batch waits a few seconds for the last of them and no longer, whatever the endpoint does.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Sequence
from contextvars import ContextVar

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

from tasks.models import ItemStatus, Outcome
from tasks.traces import Facts, Span, Traces

logger = logging.getLogger("pressroom")
PATIENCE_SECONDS = 3.0
"""How long the end of a batch waits for its last spans to be sent."""
MOST_WAITING = 50_000
"""Spans that wait to be sent; beyond them new ones are lost, so that an endpoint that is down fills no memory."""
_NAMES = {
    "model": "gen_ai.request.model",
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
}
"""What OpenTelemetry has a name of its own for."""
_WELL = ("succeeded", "reused", "needs_review", "partial")
_stage: ContextVar[OtelSpan | None] = ContextVar("stage", default=None)


class BatchSpans(Traces):
    """The spans of one batch; those of items that are at work are held until they end."""

    def __init__(self, batch_id: str, kind: str) -> None:
        self._facts: Facts = {"batch_id": batch_id, "kind": kind}
        self._sender = _Sender()
        resource = Resource.create({} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "pressroom"})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(
            BatchSpanProcessor(self._sender, max_queue_size=MOST_WAITING, schedule_delay_millis=1000)
        )
        self._tracer = self._provider.get_tracer("pressroom")
        self._batch = self._begin("batch", None)
        self._items: dict[str, OtelSpan] = {}

    def enter(self, item_ids: Iterable[str]) -> None:
        """Begin the spans of items."""
        for item_id in item_ids:
            self._items[item_id] = self._begin("item", self._batch, item_id=item_id)

    def leave(self, outcomes: Iterable[Outcome]) -> None:
        """End the spans of items; one that was refused before it began has a span without length."""
        for one in outcomes:
            span = self._items.pop(one.item_id, None) or self._begin("item", self._batch, item_id=one.item_id)
            _note(span, {"reused": one.reused})
            _end(span, one.status.value, one.failure.code if one.failure else None)

    def begin_stage(self, item_id: str, stage: str, attempt: int, *, is_chunk: bool) -> Span:
        """Begin the span of an attempt, below its item; that of a chunk of many items, below the batch."""
        above = self._batch if is_chunk else self._items.get(item_id, self._batch)
        span = self._begin(stage, above, item_id=item_id, stage=stage, attempt=attempt, chunk=is_chunk or None)
        _stage.set(span)
        return _Attempt(span)

    def call(self, model: str, seconds: float, facts: Facts, error_code: str | None) -> None:
        """Make the span of a call, whose length is known only now that it has ended."""
        began = time.time_ns() - int(seconds * 1e9)
        span = self._begin("model call", _stage.get() or self._batch, began, SpanKind.CLIENT, model=model, **facts)
        _end(span, "failed" if error_code else "succeeded", error_code)

    def settle(self, status: str, facts: Facts) -> None:
        """Note how the batch came out."""
        _note(self._batch, {"status": status, **facts})
        if status not in _WELL:
            self._batch.set_status(Status(StatusCode.ERROR, status))

    def close(self) -> None:
        """End what is still open and send it, for as long as there is patience."""
        for span in self._items.values():
            _end(span, ItemStatus.CANCELLED.value, None)
        self._items.clear()
        self._batch.end()
        # In a thread: what sends spans tries again and again where nobody answers, and knows no end from outside.
        last = threading.Thread(target=self._provider.shutdown, name="pressroom-traces", daemon=True)
        last.start()
        last.join(PATIENCE_SECONDS)
        if last.is_alive() or self._sender.has_failed:
            logger.warning("Traces of batch %r could not be sent, or not all.", self._facts["batch_id"])

    def _begin(
        self,
        name: str,
        above: OtelSpan | None,
        began: int | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        **facts: str | int | float | bool | None,
    ) -> OtelSpan:
        context = set_span_in_context(above) if above is not None else None
        span = self._tracer.start_span(name, context, kind, start_time=began)
        _note(span, {**self._facts, **facts})
        return span


class _Attempt(Span):
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def end(self, *, status: str, error_code: str | None = None) -> None:
        _end(self._span, status, error_code)


class _Sender(SpanExporter):
    """Sends spans, and knows whether all could be."""

    def __init__(self) -> None:
        # Its own words tell the address, which may hold a secret, once for every try.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._inner = OTLPSpanExporter()
        self.has_failed = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        self.has_failed = self.has_failed or result is not SpanExportResult.SUCCESS
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()  # type: ignore[no-untyped-call]  # theirs has no annotations


def _note(span: OtelSpan, facts: Facts) -> None:
    said = {_NAMES.get(name, f"pressroom.{name}"): value for name, value in facts.items() if value is not None}
    span.set_attributes(said)


def _end(span: OtelSpan, status: str, error_code: str | None) -> None:
    _note(span, {"status": status, "error_code": error_code})
    if status not in _WELL:
        span.set_status(Status(StatusCode.ERROR, error_code or status))
    span.end()
