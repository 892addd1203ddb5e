"""Processes that end with the one that has started them, however that ends.

They are out of reach of the terminal's Ctrl-C, which would end them before a batch could be closed, and write to a
file.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# Its standard input is a pipe from us: when we are gone, killed or not, reading from it ends, and so does the child.
_WATCH = """
import os, signal, sys, threading, time
def watch():
    while os.read(0, 1):  # not by `sys.stdin`, whose lock would be held when the interpreter ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep({patience})
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
"""
PATIENCE_SECONDS = 10.0
"""How long a child may take to end once it is asked to."""


class Child:
    """A process that runs some Python code of ours."""

    def __init__(
        self,
        code: str,
        *arguments: str,
        log: Path,
        environment: Mapping[str, str],
        goes_on: bool = False,
    ) -> None:
        """Start it; `environment` goes before that of this process, and one that `goes_on` keeps what its log holds."""
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab" if goes_on else "wb") as file:
            # -P: no module of ours is looked for in the current folder, whose files may be a stranger's.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _WATCH.format(patience=PATIENCE_SECONDS) + code, *arguments],
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    @property
    def process_id(self) -> int:
        """Its number."""
        return self._process.pid

    def end(self) -> None:
        """Ask it to end and wait until it has; one that does not is killed."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
