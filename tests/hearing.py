"""Servers on loopback that hear what is sent over HTTP, and answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Quiet(BaseHTTPRequestHandler):
    """Handles requests, and says nothing of them on the terminal."""

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[int]:
    """Serve as the handler does, at a free port where none is given; yields the port."""
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


@contextmanager
def receiving() -> Iterator[tuple[int, list[Any]]]:
    """Take what comes over HTTP; yields the port, and the documents in their order."""
    heard: list[Any] = []

    class Taking(Quiet):
        """Takes what is sent."""

        def do_POST(self) -> None:
            """Take a message."""
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

    with serving(Taking) as port:
        yield port, heard


@contextmanager
def answering_always(status: int, port: int = 0) -> Iterator[str]:
    """Answer so whatever is asked; yields the address of what takes this for Prefect's API."""

    class Answer(Quiet):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

    with serving(Answer, port) as port:
        yield f"http://127.0.0.1:{port}/api"
