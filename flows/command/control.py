"""`pressroom cancel`, `pause` and `continue`: ask something of a batch that runs in another process.

The wish is written into the ledger, which the running batch reads once a second; the command waits
until the batch shows that it has obeyed. Of a batch that nobody works on, `cancel` ends the runs that
wait on the server for a worker.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.command import exits, options
from flows.command.screen import document, say

if TYPE_CHECKING:
    from deployments.waiting import Waiting
    from tasks.errors import PressroomError

PATIENCE_SECONDS = 10.0
_LOOK_EVERY = 0.1


@dataclass(frozen=True)
class Wish:
    """What can be asked of a running batch."""

    control: str
    help: str
    done: str
    """What to say once it has obeyed."""
    wanted: tuple[str, ...]
    """Statuses that show it has."""
    ended: str = "has ended meanwhile"
    """What to say of one that has ended by itself since it was asked."""


WISHES = {
    "cancel": Wish(
        "cancel",
        "end a running batch, or one that was sent and has not begun; what is finished is kept",
        "what is finished is kept, `pressroom resume` goes on",
        ("stopped", "interrupted"),
    ),
    "pause": Wish(
        "pause", "let nothing new begin in a running batch", "what was at work goes on, nothing new begins", ("paused",)
    ),
    "continue": Wish("run", "let a paused batch go on", "it goes on", ("running",), "went on and has ended"),
}
RETRY = Wish("retry", "", "it goes on, and what has failed is tried again", ("running",), "went on and has ended")


class _Seen(NamedTuple):
    """What the ledger says of a batch."""

    status: str
    standing: str
    """The same as `pressroom status` says it."""
    control: str
    finished_at: float

    @property
    def is_over(self) -> bool:
        """Whether it has ended; one that was interrupted may go on at another worker."""
        return self.status not in ("running", "paused", "interrupted")

    def has_heard(self, asked_at: float) -> bool:
        """Whether it was not over before it heard what it was asked then; who heeds `retry` writes over it."""
        return not self.is_over or (self.finished_at >= asked_at and self.control != "retry")


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    for name, wish in WISHES.items():
        about = (
            f"{wish.help[:1].upper()}{wish.help[1:]}. Waits up to {PATIENCE_SECONDS:g} s until the batch has obeyed."
        )
        parser: argparse.ArgumentParser = commands.add_parser(name, help=wish.help, description=about)
        parser.add_argument("batch", metavar="BATCH", help="a batch id; `pressroom status` lists them")
        if name == "continue":
            parser.add_argument("--retry-failed", action="store_true", help="and try again what has failed so far")
        options.common(parser)
        parser.set_defaults(call=run, wish=name)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.ledger import ask, await_ledger
    from tasks.errors import fault
    from tasks.ledger.batch_rows import AT_WORK

    batch_id = arguments.batch
    wish = RETRY if getattr(arguments, "retry_failed", False) else WISHES[arguments.wish]
    await_ledger()
    before = _known(batch_id)
    if before is None or before.status not in AT_WORK:
        if arguments.wish == "cancel" and (ended := _cancel_waiting(batch_id)):
            if before is not None:
                ask(batch_id, "run")  # Whoever watches it need not wait for a worker any more.
            return _tell_ended(batch_id, before and before.status, ended, as_json=arguments.json)
        raise _not_running(batch_id, before) if before is not None else fault("UNKNOWN_BATCH", batch_id=batch_id)
    asked_at = time.time()
    ask(batch_id, wish.control)
    seen = _wait(batch_id, wish)
    if not seen.has_heard(asked_at):
        raise _not_running(batch_id, seen)
    return _tell(arguments, wish, seen)


def _tell(arguments: argparse.Namespace, wish: Wish, seen: _Seen) -> int:
    """Say whether a batch has obeyed, and return the exit code; one that has ended since has nothing left to obey."""
    batch_id, obeyed = arguments.batch, seen.status in wish.wanted or seen.is_over
    if arguments.json:
        document({"batch_id": batch_id, "asked": arguments.wish, "obeyed": obeyed, "status": seen.status})
    elif seen.status in wish.wanted:
        say(f"Batch {batch_id} is {seen.status}: {wish.done}.")
    elif obeyed:
        say(f"Batch {batch_id} {wish.ended}: {seen.standing}.")
    else:
        say(f"Batch {batch_id} was asked to {arguments.wish}; after {PATIENCE_SECONDS:g} s it is still {seen.status}.")
        say("`pressroom status` shows when it has obeyed.")
    return exits.SUCCEEDED if obeyed else exits.NOT_ALL


def _not_running(batch_id: str, seen: _Seen) -> PressroomError:
    from tasks.errors import fault

    hint = "Nothing is left to do." if seen.status == "succeeded" else f"`pressroom resume {batch_id}` goes on with it."
    return fault("BATCH_NOT_RUNNING", batch_id=batch_id, status=seen.status, hint=hint)


def _cancel_waiting(batch_id: str) -> list[Waiting]:
    """End the runs of a batch that wait on the server, where there is one, and return them."""
    from flows.command.server import reached_if_any

    with reached_if_any() as is_there:
        if not is_there:
            return []
        from deployments.waiting import cancel_waiting

        return cancel_waiting(batch_id)


def _tell_ended(batch_id: str, status: str | None, ended: list[Waiting], *, as_json: bool) -> int:
    if as_json:
        runs = [str(one.run_id) for one in ended]
        document({"batch_id": batch_id, "asked": "cancel", "obeyed": True, "status": status, "runs": runs})
    else:
        stands = "has not begun" if status is None else f"is {status}"
        runs_are = "run is" if len(ended) == 1 else f"{len(ended):,} runs are"
        say(f"Batch {batch_id} {stands}; its waiting {runs_are} cancelled.")
    return exits.SUCCEEDED


def _wait(batch_id: str, wish: Wish) -> _Seen:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (seen := _look(batch_id)).status not in wish.wanted and not seen.is_over and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)
    return seen


def _look(batch_id: str) -> _Seen:
    from flows.command.ledger import looking_at
    from flows.command.status import standing
    from tasks.ledger.batch_rows import batch_row

    with looking_at(batch_id) as glance:
        found = glance.batch(batch_id)
        row = batch_row(glance.execute, batch_id)
        return _Seen(found["status"], standing(found), row["control"], row["finished_at"] or 0.0)


def _known(batch_id: str) -> _Seen | None:
    from tasks.errors import PressroomError

    try:
        return _look(batch_id)
    except PressroomError as error:
        if error.code != "UNKNOWN_BATCH":
            raise
        return None
