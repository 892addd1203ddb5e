"""Somebody who watches with OpenTelemetry: a receiver of spans on loopback."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Received(NamedTuple):
    """A span, as it came in."""

    name: str
    id: bytes
    above: bytes
    trace: bytes
    is_error: bool
    facts: dict[str, Any]
    raw: str


class TraceReceiver:
    """The receiver: used as a context manager it runs in a thread of this process."""

    def __init__(self) -> None:
        self.spans: list[Received] = []
        self.services: set[str] = set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                receiver.take(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def take(self, body: bytes) -> None:
        """Read what was sent."""
        for of_service in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services |= {
                one.value.string_value for one in of_service.resource.attributes if one.key == "service.name"
            }
            for scope in of_service.scope_spans:
                for span in scope.spans:
                    facts = {
                        one.key: getattr(one.value, one.value.WhichOneof("value") or "") for one in span.attributes
                    }
                    is_error = span.status.code == 2
                    self.spans.append(
                        Received(
                            span.name, span.span_id, span.parent_span_id, span.trace_id, is_error, facts, str(span)
                        )
                    )

    def below(self, above: Received) -> list[Received]:
        """Return the spans whose parent this is."""
        return [one for one in self.spans if one.above == above.id]

    def named(self, name: str) -> list[Received]:
        """Return the spans of a name."""
        return [one for one in self.spans if one.name == name]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
