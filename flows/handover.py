"""Handing on: what one item leaves to the next before it is over itself.

A chapter may be continued once it is known how it ends, while it is still being judged. The value passes as a future,
so Prefect shows who waited for whom, and who continues a stage that fails is skipped as after a stage of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from queue import SimpleQueue
from typing import cast

from prefect.futures import PrefectFuture

from flows.stage_future import StageFuture
from tasks.models import Item


class Handover:
    """What the items of a batch have handed on in this run; heard of from the runner's loop."""

    def __init__(self, items: Iterable[Item], wake: Callable[[], None]) -> None:
        """`items` are those of the batch; `wake` is called when one of them may enter."""
        self._wake = wake
        self._continued = {item.continues for item in items}
        self._futures: dict[str, StageFuture] = {}
        self._news: SimpleQueue[str] = SimpleQueue()

    def offer(self, items: Sequence[Item], futures: Sequence[PrefectFuture[object]]) -> None:
        """Hand on what these futures will bring; what nobody continues is let go."""
        for item, future in zip(items, futures, strict=True):
            assert isinstance(future, StageFuture)
            if item.item_id in self._continued:
                self._futures[item.item_id] = future
                future.add_done_callback(partial(self._hear, item.item_id))

    def taken_up(self, items: Sequence[Item]) -> list[StageFuture | None]:
        """Return, for each, what the item that it continues hands on; None where that is not at work in this run."""
        return [self._futures.get(item.continues) for item in items]

    def news(self) -> Iterator[str]:
        """Name, once, the items that have handed something on since the last time."""
        while not self._news.empty():
            yield self._news.get()

    def _hear(self, item_id: str, done: PrefectFuture[object]) -> None:
        if cast(StageFuture, done).error is None:
            self._news.put(item_id)
            self._wake()
