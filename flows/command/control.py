"""`pressroom cancel`, `pause` and `continue`: ask something of a batch that runs in another process.

The wish is written into the ledger, which the running batch reads once a second; the command waits
until the batch shows that it has obeyed. Of a batch that nobody works on, `cancel` ends the runs that
wait on the server for a worker.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document, say

if TYPE_CHECKING:
    from deployments.waiting import Waiting

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
    """Statuses that show it has; none means: any but running or paused."""


WISHES = {
    "cancel": Wish(
        "cancel",
        "end a running batch, or one that was sent and has not begun; what is finished is kept",
        "what is finished is kept, `pressroom resume` goes on",
        (),
    ),
    "pause": Wish(
        "pause", "let nothing new begin in a running batch", "what was at work goes on, nothing new begins", ("paused",)
    ),
    "continue": Wish("run", "let a paused batch go on", "it goes on", ("running",)),
}
RETRY = Wish("retry", "", "it goes on, and what has failed is tried again", ("running",))


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
    before = _known_status(batch_id)
    if before not in AT_WORK:
        if arguments.wish == "cancel" and (ended := _cancel_waiting(batch_id)):
            if before is not None:
                ask(batch_id, "run")  # Whoever watches it need not wait for a worker any more.
            return _tell_ended(batch_id, before, ended, as_json=arguments.json)
        if before is None:
            raise fault("UNKNOWN_BATCH", batch_id=batch_id)
        hint = f"`pressroom resume {batch_id}` goes on with it." if before != "succeeded" else "Nothing is left to do."
        raise fault("BATCH_NOT_RUNNING", batch_id=batch_id, status=before, hint=hint)
    ask(batch_id, wish.control)
    status = _wait(batch_id, wish)
    obeyed = _shows(status, wish)
    if arguments.json:
        document({"batch_id": batch_id, "asked": arguments.wish, "obeyed": obeyed, "status": status})
    elif obeyed:
        say(f"Batch {batch_id} is {status}: {wish.done}.")
    else:
        say(f"Batch {batch_id} was asked to {arguments.wish}; after {PATIENCE_SECONDS:g} s it is still {status}.")
        say("`pressroom status` shows when it has obeyed.")
    return exits.SUCCEEDED if obeyed else exits.NOT_ALL


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


def _wait(batch_id: str, wish: Wish) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _shows(status := _status(batch_id), wish) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)
    return status


def _shows(status: str, wish: Wish) -> bool:
    return status in wish.wanted if wish.wanted else status not in ("running", "paused")


def _status(batch_id: str) -> str:
    from flows.command.ledger import looking_at

    with looking_at(batch_id) as glance:
        return glance.batch(batch_id)["status"]


def _known_status(batch_id: str) -> str | None:
    from tasks.errors import PressroomError

    try:
        return _status(batch_id)
    except PressroomError as error:
        if error.code != "UNKNOWN_BATCH":
            raise
        return None
