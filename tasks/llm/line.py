"""The line to a vendor: an HTTP client that reads an answer whole, up to a bound, and remembers how far it came.

What a failed request cost depends on how far it came: one that never left costs nothing, one that was answered in
half may have cost all of it. The vendors' clients tell neither, each in its own words, so it is noted here, below all
of them.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2

MOST_BYTES = 4_000_000
"""No answer is that long; a server that sends more is at fault, and must not fill the memory."""

_NO_TIMEOUT = dict.fromkeys(("connect", "read", "write", "pool"))
_SENDING = "send_request_headers.started"


@dataclass
class Trace:
    """How far one request came."""

    sent: bool = False
    """Whether its first byte may have left."""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    received: int = 0
    whole: bool = False
    """Whether the answer was read to its end."""
    too_large: bool = False
    most_bytes: int = MOST_BYTES
    """How long the answer may be."""

    async def hear(self, event: str, info: object) -> None:
        """Take note of what the connection reports."""
        self.sent = self.sent or event.endswith(_SENDING)


_trace: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def traced() -> Iterator[Trace]:
    """Note how far the request that is made inside comes."""
    trace = Trace()
    token = _trace.set(trace)
    try:
        yield trace
    finally:
        _trace.reset(token)


class Line(httpx2.AsyncClient):
    """A client without redirects, which would make two requests of one, and without timeouts of its own.

    Whoever asks bounds the whole time from sending to the last byte; a timeout between bytes never ends a server that
    sends one now and then.
    """

    def __init__(self, *, proxies: bool = True, most_bytes: int = MOST_BYTES) -> None:
        """`proxies`: whether those that the environment names are used; none leads to this machine itself."""
        self._most_bytes = most_bytes
        limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
        headers = {"Accept-Encoding": "identity"}
        timeout, trusted = httpx2.Timeout(600), _authorities(proxies)
        super().__init__(limits=limits, headers=headers, timeout=timeout, trust_env=proxies, verify=trusted)

    async def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:
        """Send a request and read its answer whole, whatever the caller means to do with it."""
        trace = _trace.get() or Trace()
        trace.most_bytes = self._most_bytes
        request.extensions = {**request.extensions, "timeout": _NO_TIMEOUT, "trace": trace.hear}
        response = await super().send(request, stream=True, **{**options, "follow_redirects": False})
        try:
            trace.status, trace.headers = response.status_code, dict(response.headers)
            trace.body = await _read(response, trace)
        finally:
            await response.aclose()
        trace.whole = True
        return httpx2.Response(
            response.status_code, headers=_without_encoding(response), content=trace.body, request=request
        )


@cache
def _authorities(trust_env: bool) -> ssl.SSLContext:
    """Load whom a client may trust once for all: that takes a tenth of a second."""
    return httpx2.create_ssl_context(trust_env=trust_env)


async def _read(response: httpx2.Response, trace: Trace) -> bytes:
    parts = []
    async for part in response.aiter_bytes():
        trace.received += len(part)
        if trace.received > trace.most_bytes:
            trace.too_large = True
            raise httpx2.ReadError("the answer is too large", request=response.request)
        parts.append(part)
    return b"".join(parts)


def _without_encoding(response: httpx2.Response) -> list[tuple[str, str]]:
    dropped = {"content-encoding", "content-length", "transfer-encoding"}
    return [(name, value) for name, value in response.headers.multi_items() if name.lower() not in dropped]
