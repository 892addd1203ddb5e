"""Foretelling: in which order the items of a batch will go, and when, told from the ledger by the engine's own rules.

It goes through the queue as the engine will, one item after the other, as if each succeeded: what an item was waited
for with is free then. Times follow from how fast items have begun so far, and are unknown where nothing tells.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import NamedTuple

from flows.line import Key, Line, Steps
from flows.needs import Needs, awaited, serves
from tasks.ledger.queues import Queue, Waiter
from tasks.models import Item, ItemStatus, Priority


class Turn(NamedTuple):
    """When the turn of an item that waits will come."""

    waiter: Waiter
    position: int | None
    """Place among those of its lane, or among those whose lane is not known; none where it may never come."""
    priority: str
    """With what others lend it."""
    lent_by: str
    """Who does; empty where it is its own."""
    waits_for: list[str]
    seconds: float | None
    """Until it begins, as expected; none where nothing tells."""


def foretell(queue: Queue, now: float) -> list[Turn]:
    """Return the turns of all who wait, in the order in which they are expected; last those that may never come."""
    waiters = {one.item_id: one for one in queue.waiting}
    items = [_item(queue, one) for one in queue.waiting]
    needs = Needs(items, {})
    order = _order(queue, needs, items, now)
    paces = {lane: queue.pace(lane, now) for lane in {one.lane for one in queue.waiting}}
    places: Counter[str | None] = Counter()
    turns: list[Turn] = []
    for item in order:
        one = waiters.pop(item.item_id)
        places[one.lane] += 1
        pace, ahead = paces[one.lane], places[one.lane] if one.lane is not None else len(turns) + 1
        turns.append(_turn(one, needs, item, places[one.lane], pace.seconds(ahead) if pace is not None else None))
    return turns + [_turn(waiters[one.item_id], needs, one, None, None) for one in items if one.item_id in waiters]


def _item(queue: Queue, one: Waiter) -> Item:
    """Return an item that waits for those only which it still has to wait for."""
    item = Item(item_id=one.item_id, priority=Priority(one.priority), needs=one.needs, continues=one.continues)
    left = [] if one.is_free else [name for name in awaited(item) if not _is_served(queue, item, name)]
    return item.model_copy(update={"needs": left, "continues": ""})


def _is_served(queue: Queue, item: Item, name: str) -> bool:
    return name in queue.statuses and serves(item, name, ItemStatus(queue.statuses[name]))


def _order(queue: Queue, needs: Needs[Item], items: list[Item], now: float) -> list[Item]:
    steps, line, order = Steps(time.time, queue.began), Line[Item](), list[Item]()
    waiters = {one.item_id: one for one in queue.waiting}

    def wait(item: Item, since: float) -> None:
        one = waiters[item.item_id]
        # One that is not in its lane yet comes after those there that are as urgent.
        group = sys.maxsize if one.group is None else one.group
        rank, height = needs.rank(item.item_id), needs.height(item.item_id)
        line.push(item, Key(steps.at(since), rank, group, height, one.position))

    for item in items:
        one = waiters[item.item_id]
        if needs.admit(item) and not one.is_kept_back:
            wait(item, queue.began if one.since is None else one.since)
    for worker in queue.at_work:
        for item in needs.end(worker.item_id, ItemStatus.SUCCEEDED):
            wait(item, now)
    pace = queue.pace(None, now)
    while line:
        order.append(line.pop()[0])
        for item in needs.end(order[-1].item_id, ItemStatus.SUCCEEDED):
            wait(item, now + (pace.seconds(len(order)) if pace is not None else 0.0))
    return order


def _turn(one: Waiter, needs: Needs[Item], item: Item, position: int | None, seconds: float | None) -> Turn:
    priority = list(Priority)[needs.rank(item.item_id)].value
    return Turn(one, position, priority, needs.lender(item.item_id), item.needs, seconds)
