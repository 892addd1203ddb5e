"""Ctrl-C and signals: once ends the batch cleanly, twice leaves at once.

The first one raises KeyboardInterrupt in the main thread, where the batch ends its work, keeps what
is finished and writes its reports. Prefect puts its own handler for SIGTERM in while a flow runs
and calls ours afterwards, so both ways come out here.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from flows.command.exits import INTERRUPTED

SHOW_CURSOR = "\x1b[?25h"


@contextmanager
def interruptible(first: Callable[[], None]) -> Iterator[None]:
    """Call `first` and raise KeyboardInterrupt at the first signal; leave the process at the second Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen = 0

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal seen
        seen += 1
        if seen == 1:
            first()
            raise KeyboardInterrupt
        if number == signal.SIGINT:
            _leave_now()

    numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_now() -> None:
    if sys.stderr.isatty():
        sys.stderr.write(SHOW_CURSOR + "\n")
        sys.stderr.flush()
    # Not sys.exit: whatever holds the clean end up would hold that up as well. The ledger survives it.
    os._exit(INTERRUPTED)
