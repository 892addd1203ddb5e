"""The order within this process: of those who wait for one model only the first asks the ledger.

A thousand items that wait would otherwise each ask again and again. Each event loop has lines of its own, as
each process has; between them the tickets in the ledger keep the order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tasks.ledger.till import vendor_of
from tasks.work import current_work


class Turn:
    """A place in a line."""

    def __init__(self, line: deque[Turn]) -> None:
        self._line = line
        self._loop = asyncio.get_running_loop()
        self._called = asyncio.Event()
        self.hopes = True
        """Whether any change may help it; false for one that knows when there will be room."""
        self._is_back = False

    @property
    def is_first(self) -> bool:
        """Whether it is this one's turn."""
        return self._line[0] is self

    def listen(self) -> None:
        """From now on take note of being called."""
        self._called.clear()

    def call(self) -> None:
        """Have it look again, from whatever thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._called.set)

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until it is called; that is no work of the stage at hand."""
        try:
            if not self._called.is_set():
                await current_work().sleep(max(0.0, seconds), self._called)
        finally:
            self._is_back = False

    def step_back(self) -> None:
        """Let the others of the line go first, but for those who have stepped back as well and still rest."""
        self._line.remove(self)
        self._line.append(self)
        self._is_back = True
        if not self._line[0]._is_back:
            self._line[0].call()


class Lines:
    """All lines of this process, one for each model and event loop."""

    def __init__(self) -> None:
        self._lines: dict[tuple[asyncio.AbstractEventLoop, str], deque[Turn]] = {}

    @contextmanager
    def turn(self, model: str) -> Iterator[Turn]:
        """Stand in line; whoever is first then is called when this one leaves."""
        key = asyncio.get_running_loop(), model
        line = self._lines.setdefault(key, deque())
        turn = Turn(line)
        line.append(turn)
        try:
            yield turn
        finally:
            line.remove(turn)
            if line:
                line[0].call()
            else:
                del self._lines[key]

    def call_first(self, model: str, *, all_of_them: bool) -> None:
        """Have the first of every line of a model's vendor look again: those that hope, or all."""
        for (_, other), line in list(self._lines.items()):
            if vendor_of(other) == vendor_of(model):
                with suppress(IndexError):  # its own loop may empty it meanwhile
                    if all_of_them or line[0].hopes:
                        line[0].call()
