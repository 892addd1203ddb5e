"""A batch whose money or disk is used up: it begins nothing more, and waits a while for answers that are paid for."""

from __future__ import annotations

import time

from flows.failures import DRAIN_SECONDS
from tasks.errors import PressroomError

STOP_PATIENCE_SECONDS = 15.0
"""How long a stopped batch waits for work to end before it goes on without it."""


class Ending:
    """Why a batch is about to stop, if it is, and how much longer it waits for what is at work."""

    def __init__(self) -> None:
        self.reason: PressroomError | None = None
        self._until = 0.0

    def begin(self, reason: PressroomError) -> bool:
        """Let the time begin to run; False when it runs already."""
        if self.reason is not None:
            return False
        self.reason, self._until = reason, time.monotonic() + DRAIN_SECONDS
        return True

    def patience(self, *, is_stopped: bool) -> float | None:
        """Return the seconds to wait for the next end; None for as long as it takes."""
        if is_stopped:
            return STOP_PATIENCE_SECONDS
        return None if self.reason is None else max(0.0, self._until - time.monotonic())
