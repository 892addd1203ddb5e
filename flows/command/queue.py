"""`pressroom queue`: who waits in a batch and goes next, and a change of an item's priority while it waits."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document, note, say
from tasks import words

if TYPE_CHECKING:
    from flows.foretelling import Turn
    from tasks.ledger.queues import Queue

HELP = "show who waits in a batch and goes next, and change an item's priority"
DESCRIPTION = """Show what is at work and who waits: place in its lane, priority, since when, for whom, and when it is
expected to begin, by how fast items have begun so far. Who is waited for is as urgent as the most urgent of those who
wait for it.

With --priority: change that of an item that waits. A running batch hears of it within about a second, one at rest when
it is resumed. It stands, whatever the spec says, until it is changed again."""
PRIORITIES = ("critical", "high", "normal", "low")
MOST = 20
"""Items of a batch shown, unless said otherwise; --json has all."""
_MOST_AWAITED = 3
_COLUMNS = ("LANE", "#", "ITEM", "PRIORITY", "WAITS SINCE", "BEGINS IN ABOUT", "WAITS FOR")


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "queue", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("batch", metavar="BATCH", nargs="?", help="a batch id (default: all batches at work)")
    parser.add_argument("item", metavar="ITEM", nargs="?", help="an item that waits in it")
    parser.add_argument("--priority", choices=PRIORITIES, help="what the item's priority becomes")
    parser.add_argument("--most", metavar="N", type=options.number(1_000_000), help=f"show N items (default: {MOST})")
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.priority is None:
        return _list(arguments)
    if arguments.item is None:
        from tasks.errors import fault

        raise fault("USAGE", why="--priority is an item's: name its batch and the item", command="pressroom queue")
    return _hasten(arguments)


def _list(arguments: argparse.Namespace) -> int:
    from flows.command.ledger import looking
    from flows.foretelling import foretell
    from tasks.errors import fault
    from tasks.ledger.queues import read_queues

    with looking() as glance:
        queues = read_queues(glance.execute, arguments.batch) if glance is not None else []
    if arguments.batch is not None and not queues:
        raise fault("UNKNOWN_BATCH", batch_id=arguments.batch)
    now = time.time()
    told = [(queue, _chosen(foretell(queue, now), arguments.item)) for queue in queues]
    if arguments.json:
        documents = [_document(queue, turns, arguments.most, now) for queue, turns in told]
        document({"batches": documents} if arguments.batch is None else documents[0])
        return exits.SUCCEEDED
    if not told:
        say("No batch is at work.")
    for number, (queue, turns) in enumerate(told):
        for line in ["", *_lines(queue, turns, arguments.most or MOST, now)][number == 0 :]:
            say(line)
    return exits.SUCCEEDED


def _chosen(turns: list[Turn], item_id: str | None) -> list[Turn]:
    return turns if item_id is None else [turn for turn in turns if turn.waiter.item_id == item_id]


def _document(queue: Queue, turns: list[Turn], most: int | None, now: float) -> dict[str, Any]:
    return {
        "batch_id": queue.batch_id,
        "kind": queue.kind,
        "status": queue.status,
        "reason": queue.reason,
        "waiting_count": len(turns),
        "at_work": [one._asdict() for one in queue.at_work],
        "waiting": [_turn_document(turn, now) for turn in turns[:most]],
    }


def _turn_document(turn: Turn, now: float) -> dict[str, Any]:
    one = turn.waiter
    return {
        "item_id": one.item_id,
        "lane": one.lane,
        "position": turn.position,
        "priority": turn.priority,
        "lent_by": turn.lent_by or None,
        "own_priority": one.priority,
        "asked_at": one.asked_at,
        "since": one.since,
        "waits_for": turn.waits_for,
        "kept_back": one.is_kept_back,
        "expected_seconds": turn.seconds,
        "expected_start": None if turn.seconds is None else now + turn.seconds,
    }


def _lines(queue: Queue, turns: list[Turn], most: int, now: float) -> list[str]:
    head = f"Batch {queue.batch_id} ({queue.kind}): {queue.status}"
    lines = [f"{head}, {len(queue.at_work):,} at work, {len(turns):,} waiting", *_standing(queue, bool(turns))]
    if queue.at_work:
        lines += ["", "At work:"]
        rows = [("  " + (one.lane or "-"), one.item_id, _age(one.since, now)) for one in queue.at_work[:most]]
        lines += [*_table(rows), *_more(len(queue.at_work) - most)]
    if turns:
        lines += ["", *_table([_COLUMNS, *(_row(turn) for turn in turns[:most])]), *_more(len(turns) - most)]
    return lines


def _standing(queue: Queue, waits: bool) -> list[str]:
    """Say what keeps those who wait from going."""
    if queue.status == "paused":
        why = f" ({queue.reason})" if queue.reason else ""
        return [f"Nothing new begins until `pressroom continue {queue.batch_id}`{why}."]
    if not queue.is_at_work and waits:
        return [f"Nobody works on it; `pressroom resume {queue.batch_id}` goes on in this order."]
    return []


def _row(turn: Turn) -> tuple[str, ...]:
    one = turn.waiter
    why = f" (lent by {turn.lent_by})" if turn.lent_by else " (asked for)" if one.asked_at is not None else ""
    since = words.when(one.since) if one.since is not None else "-"
    begins = words.seconds(turn.seconds) if turn.seconds is not None else "unknown"
    place = str(turn.position) if turn.position is not None else "-"
    return one.lane or "(not yet)", place, one.item_id, turn.priority + why, since, begins, _awaited(turn)


def _awaited(turn: Turn) -> str:
    if turn.waiter.is_kept_back:
        return "a person's answer: too many of its model fail"
    named = ", ".join(turn.waits_for[:_MOST_AWAITED])
    more = len(turn.waits_for) - _MOST_AWAITED
    return f"{named} and {more:,} more" if more > 0 else named


def _age(since: float | None, now: float) -> str:
    return words.seconds(max(0.0, now - since)) if since is not None else ""


def _more(number: int) -> list[str]:
    return [f"  and {number:,} more (--most N shows more)"] if number > 0 else []


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _hasten(arguments: argparse.Namespace) -> int:
    from flows.command.ledger import await_ledger
    from tasks.ledger.hastening import hasten
    from tasks.ledger.store import Ledger
    from tasks.models import Priority
    from tasks.settings import settings

    await_ledger()
    ledger = Ledger(settings())
    try:
        done = hasten(ledger, arguments.batch, arguments.item, Priority(arguments.priority))
    finally:
        ledger.close()
    if arguments.json:
        document(done._asdict())
        return exits.SUCCEEDED
    say(f"{done.item_id} of batch {done.batch_id}: {done.priority} (was {done.before})")
    if done.is_at_work:
        note("The batch hears of it within a second.")
    else:
        note(f"It counts when the batch is taken up again: pressroom resume {done.batch_id}")
    return exits.SUCCEEDED
