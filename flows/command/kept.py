"""The server of `pressroom up`, kept alive.

Batches at work do without it for a while, and their worker asks again once it answers, so that neither is touched.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from flows.command.screen import note
from tasks.errors import PressroomError

if TYPE_CHECKING:
    from flows.command.server import LocalServer

MOST_ENDS, WITHIN_SECONDS = 3, 300.0
"""A server that has ended so often in so short a time is not started again."""


class KeptServer:
    """A server that is started again where it has ended by itself."""

    def __init__(self, server: LocalServer) -> None:
        """Take one that answers."""
        self._server = server
        self._ends: deque[float] = deque(maxlen=MOST_ENDS)

    def look(self) -> bool:
        """Start it again if it has ended, and wait until it answers; false where that is of no use."""
        while (code := self._server.code) is not None:
            ended = f"The server has ended with code {code} (see {self._server.log})"
            if self._ends_often():
                note(f"{ended}, {MOST_ENDS} times in {WITHIN_SECONDS / 60:g} minutes, so it is not started again.")
                return False
            note(f"{ended} and is started again; batches at work go on meanwhile.")
            self._server.again()
            if not self._is_coming():
                return False
        return True

    def _ends_often(self) -> bool:
        self._ends.append(time.monotonic())
        return len(self._ends) == MOST_ENDS and self._ends[-1] - self._ends[0] < WITHIN_SECONDS

    def _is_coming(self) -> bool:
        """Wait until it answers; false where it neither does nor ends."""
        try:
            self._server.wait()
        except PressroomError as error:
            if self._server.code is None:
                note(error.message)
                return False
        else:
            note("The server answers again.")
        return True
