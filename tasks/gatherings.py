"""Gatherings: where items of a batch meet that are made together.

Some items share what none of them can decide alone, such as which of two posts the same text. Each goes through its own
stages up to that point, waits there until all the others have come or have ended, and then one piece of work is done
for all who are present. Nobody waits for ever: patience bounds it, and who comes later finds what was made before.
All of it runs on the runner's loop, so there are no locks but one for each name: it lets a second item take over a
failed host, and who comes while something is being made wait for it and so know of it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tasks.models import Item, Outcome

GivenT = TypeVar("GivenT")
MadeT = TypeVar("MadeT")
Make = Callable[[Mapping[str, GivenT], Sequence[MadeT]], Awaitable[MadeT]]
"""Makes one thing of what each item present has given, by item id, and of what was made for those before."""
Sleep = Callable[[float, asyncio.Event], Awaitable[None]]


@dataclass(eq=False)
class _Meeting:
    """Those who are made together: open until all have come, or who waits has lost patience."""

    given: dict[str, Any] = field(default_factory=dict)
    waiting: int = 0
    is_closed: asyncio.Event = field(default_factory=asyncio.Event)
    made: Any = None


class Gatherings:
    """The gatherings of one batch by name."""

    def __init__(self, expected: Iterable[Item] = (), look_again: Callable[[], None] = lambda: None) -> None:
        """`expected` are the items to come, those that meet nobody among them; `look_again` hears when one waits."""
        self._missing: dict[str, set[str]] = defaultdict(set)
        for item in expected:
            if item.gathering:
                self._missing[item.gathering].add(item.item_id)
        self._name_of = {item_id: name for name, ids in self._missing.items() for item_id in ids}
        self._open: dict[str, _Meeting] = {}
        self._made: dict[str, list[Any]] = defaultdict(list)
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._entered: set[str] = set()
        self._look_again = look_again
        self.apart = 0
        """Items that wait just now for others who have yet to enter; read from any thread.

        Who waits for those inside is no reason to let more in: when they have met, there would be too many.
        """

    @property
    def is_needed(self) -> bool:
        """Whether anybody is to meet anybody."""
        return bool(self._name_of)

    def enter(self, item_ids: Iterable[str]) -> None:
        """Know that these are inside, so that who waits for them need not make room for them."""
        self._entered.update(item_ids)
        self._count()

    def drop(self, ended: Iterable[Outcome]) -> None:
        """Expect these no more, however they have ended."""
        for outcome in ended:
            if name := self._name_of.pop(outcome.item_id, None):
                self._missing[name].discard(outcome.item_id)
                self._close_if_complete(name)

    async def make_together(
        self, name: str, item_id: str, given: GivenT, make: Make[GivenT, MadeT], *, patience: float, sleep: Sleep
    ) -> MadeT:
        """Meet the others and return what was made for all; the first to get its turn makes it.

        One thing of a name is made at a time: two at once would not know of each other.
        `patience` is how many seconds to wait without one more of them coming or ending. Whoever is alive does so
        within its own deadline, so with that for a patience nobody who is alive is left out, however many there are.
        """
        meeting = self._open.setdefault(name, _Meeting())
        meeting.given[item_id] = given
        self._missing[name].discard(item_id)
        self._close_if_complete(name)
        while not meeting.is_closed.is_set():
            missing = len(self._missing[name])
            await self._wait(meeting, item_id, patience, sleep)
            if len(self._missing[name]) == missing:
                self._close(name, meeting)
        async with self._turns[name]:
            if meeting.made is None:
                meeting.made = await make(dict(meeting.given), tuple(self._made[name]))
                self._made[name].append(meeting.made)
        made: MadeT = meeting.made
        return made

    async def _wait(self, meeting: _Meeting, item_id: str, patience: float, sleep: Sleep) -> None:
        meeting.waiting += 1
        self._count()
        self._look_again()
        try:
            await sleep(patience, meeting.is_closed)
        except BaseException:
            if not meeting.is_closed.is_set():
                meeting.given.pop(item_id, None)
            raise
        finally:
            meeting.waiting -= 1
            self._count()

    def _close_if_complete(self, name: str) -> None:
        meeting = self._open.get(name)
        if meeting is not None and meeting.given and not self._missing[name]:
            self._close(name, meeting)

    def _close(self, name: str, meeting: _Meeting) -> None:
        meeting.is_closed.set()
        if self._open.get(name) is meeting:
            del self._open[name]
        self._count()

    def _count(self) -> None:
        self.apart = sum(
            meeting.waiting for name, meeting in self._open.items() if not self._missing[name] <= self._entered
        )
