"""Somebody who is told over HTTP: a receiver on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def receiving() -> Iterator[tuple[int, list[Any]]]:
    """Take what comes over HTTP; yields the port, and the documents in their order."""
    heard: list[Any] = []

    class Taking(BaseHTTPRequestHandler):
        """Takes what is sent."""

        def do_POST(self) -> None:
            """Take a message."""
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, heard
        server.shutdown()
