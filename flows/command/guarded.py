"""Prefect's server as it is served on this machine: closed to what is not from this machine where it has no password.

A server on loopback is out of reach of other machines, but not of the pages that somebody looks at in a browser here:
Prefect takes requests from every origin, and whoever may make runs there may run programs. So without an auth string it
answers only to requests that name this machine, and come from a page of it or from no page at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from flows.command.hosts import is_loopback

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
_REFUSED = b'{"exception_message": "This server answers only to programs and pages of its own machine."}'


def create() -> App:
    """Make the server's application, as Prefect's settings have it."""
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    known = get_current_settings().server.api.auth_string
    app = create_app()
    return app if known is not None and known.get_secret_value() else guarded(app)


def guarded(app: App) -> App:
    """Refuse what is not from this machine before the application sees it."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_from_here(scope):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            head = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 403, "headers": head})
            await send({"type": "http.response.body", "body": _REFUSED})

    return answer


def _is_from_here(scope: Message) -> bool:
    """Say whether a request names this machine, and if it comes from a page, one of this machine.

    The first keeps off pages whose own name has been made to lead to this machine.
    """
    said = {name: value.decode("latin-1") for name, value in scope["headers"] if name in (b"host", b"origin")}
    addresses = [f"//{said.get(b'host', '')}", *([said[b"origin"]] if b"origin" in said else [])]
    return all(is_loopback(_host(one)) for one in addresses)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
