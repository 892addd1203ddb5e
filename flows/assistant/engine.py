"""Prefect, loaded and connected when the first batch is made, and kept until the server ends.

An assistant's program starts its servers long before anybody asks them for something, and most often nobody does.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import Context, copy_context
from typing import TypeVar

from flows.command.running import QUIET
from flows.command.server import LocalServer, answers, connected, start_early

ResultT = TypeVar("ResultT")
_API = "PREFECT_API_URL"


class Engine:
    """Runs functions that need Prefect, each on the thread that asks for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._context: Context | None = None
        self._url: str | None = None

    def call(self, function: Callable[[], ResultT]) -> ResultT:
        """Call a function with Prefect's settings in its context."""
        with self._lock:
            if self._context is None or self._is_gone():
                self._context = self._connect()
            context = self._context.copy()
        return context.run(function)

    def _connect(self) -> Context:
        """Return a context in which Prefect knows its server; SERVER_FAILED when that does not start."""
        for name, value in QUIET.items():
            os.environ.setdefault(name, value)
        is_told, context = _API in os.environ, copy_context()
        if self._url is not None:
            server = LocalServer()
            context.run(self._stack.enter_context, connected(server))
            self._url = server.url
        else:
            context.run(self._stack.enter_context, connected(start_early()))
            self._url = None if is_told else _found(context)
        return context

    def _is_gone(self) -> bool:
        """Whether a server that nobody told us of, such as that of `pressroom up`, has ended meanwhile."""
        return self._url is not None and not answers(self._url)


def _found(context: Context) -> str | None:
    """Return the address of a server that was started or found; None where Prefect's own settings name one."""
    from prefect.settings import PREFECT_API_URL

    url: str | None = context.run(PREFECT_API_URL.value)
    return url if _API in os.environ or url != PREFECT_API_URL.value() else None
