"""`pressroom watch`: how batches stand that run elsewhere, until they end."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.interrupts import interruptible
from flows.command.screen import document, note, say
from flows.command.watch import Watch

if TYPE_CHECKING:
    from tasks.errors import PressroomError
    from tasks.ledger.following import Seen

HELP = "show how batches stand that run elsewhere, until they end"
DESCRIPTION = """Show the progress of a batch that another terminal, a worker or another machine with the same ledger
runs, and end as `pressroom run` does: with its summary, and its exit code. Reads the ledger only, so that it can begin
and end at any time: Ctrl-C leaves the batch alone.

A batch that is not in the ledger yet, or that was interrupted, is waited for: until it begins, or goes on at another
worker. Several, such as the parts of a batch that was sent in such, are counted together; the exit code is the highest
of theirs."""
EVERY_SECONDS = 0.5
_LEAST_PATIENCE = 2.0
"""A batch that begins is in the ledger a moment before somebody holds it."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "watch", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("batches", metavar="BATCH", nargs="+", type=options.batch_id, help="a batch id")
    parser.add_argument(
        "--patience", metavar="TIME", type=options.age, help="how long to wait for a batch that nobody works on"
    )
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.running import shown

    watch, names = Watch(), list(dict.fromkeys(arguments.batches))
    named = f"batch {names[0]}" if len(names) == 1 else f"{len(names)} batches"
    try:
        with interruptible(lambda: None), shown(watch, f"Waiting for {named} to begin ...", verbose=arguments.verbose):
            follow(names, watch, arguments.patience)
    except KeyboardInterrupt:
        note(f"What is at work is left alone. `pressroom watch {' '.join(names)}` shows it again.")
        if arguments.json:
            _tell(names, as_json=True)
        return exits.INTERRUPTED
    return _tell(names, as_json=arguments.json)


def follow(batch_ids: Sequence[str], watch: Watch, patience: float | None = None) -> None:
    """Return when all have ended, or patience has; UNKNOWN_BATCH where one has not begun by then."""
    from tasks.progress import together

    followers = [Follower(batch_id, patience) for batch_id in batch_ids]
    while True:
        over = [one.is_over() for one in followers]
        seen = [one.seen for one in followers if one.seen is not None]
        if seen:
            watch.made = sum(one.made for one in seen)
            watch.hear(together([one.progress for one in seen]), [])
        if all(over):
            return
        time.sleep(EVERY_SECONDS)


class Follower:
    """Looks at one batch, each time it is asked, until it has ended."""

    def __init__(self, batch_id: str, patience: float | None) -> None:
        """`patience` is how long it may be that nobody works on it; for ever where nothing is said."""
        self.seen: Seen | None = None
        self._batch_id = batch_id
        self._patience = None if patience is None else max(patience, _LEAST_PATIENCE)
        self._looks = 0
        self._idle_since: float | None = None
        self._has_noted = False
        self._blind: PressroomError | None = None

    def is_over(self) -> bool:
        """Look, and say whether it has ended, or patience has; UNKNOWN_BATCH where it has not begun by then."""
        from tasks.errors import fault

        seen = self._look()
        if seen is not None and seen.is_over:
            return True
        if seen is not None and seen.is_held:
            self._idle_since = None
            return False
        if self._is_patient(seen):
            return False
        if seen is None:
            raise self._blind or fault("UNKNOWN_BATCH", batch_id=self._batch_id)
        return True

    def _look(self) -> Seen | None:
        """Look once. While the ledger cannot be read, it stands as it stood the last time."""
        from tasks.errors import PressroomError
        from tasks.ledger.following import look
        from tasks.ledger.looking import looking

        self._looks += 1
        blind: PressroomError | None = None
        try:
            with looking() as glance:
                self.seen = look(glance, self._batch_id, self._looks) if glance is not None else None
        except PressroomError as error:
            if error.code == "UNKNOWN_BATCH":
                self.seen = None
            elif error.code in ("LEDGER_LOCKED", "LEDGER_AWAY"):
                blind = error
            else:
                raise
        self._note_blind(blind)
        return self.seen

    def _is_patient(self, seen: Seen | None) -> bool:
        """Say whether to wait on for a batch that nobody works on."""
        now = time.monotonic()
        if self._idle_since is None:
            self._idle_since, self._has_noted = now, False
        idle = now - self._idle_since
        if idle >= _LEAST_PATIENCE and not self._has_noted and self._blind is None:
            self._has_noted = True
            self._note_idle(seen)
        return self._patience is None or idle < self._patience

    def _note_idle(self, seen: Seen | None) -> None:
        """Say what is waited for; where there is no such batch, name its parts, if it was sent in such."""
        if seen is not None:
            again = f"`pressroom resume {self._batch_id}` goes on with it, or the worker that takes it up"
            why = "It was sent to a worker and waits for it" if seen.is_sent else "Nobody works on the batch now"
            note(f"{why}: {again}. Ctrl-C ends the waiting.")
        elif parts := parts_of(self._batch_id):
            shows = f"`pressroom watch {' '.join(parts)}` shows those"
            note(f"There is no batch {self._batch_id!r} yet, but {', '.join(parts)}: {shows}. Ctrl-C ends the waiting.")

    def _note_blind(self, error: PressroomError | None) -> None:
        if error is not None and self._blind is None:
            note(f"{error} It is looked at again until that has passed.")
        self._blind = error


def parts_of(batch_id: str) -> list[str]:
    """Name the parts that a batch was sent in, as far as they have begun: `<batch_id>-1` and so on."""
    from tasks.ledger.looking import looking

    with looking() as glance:
        rows = glance.execute("SELECT batch_id FROM batch WHERE batch_id LIKE ?", (f"{batch_id}-%",)) if glance else ()
    found = {row["batch_id"] for row in rows}
    return [name for number in range(1, len(found) + 1) if (name := f"{batch_id}-{number}") in found]


def _tell(batch_ids: Sequence[str], *, as_json: bool) -> int:
    """Tell what became of the batches, to programs of one as `run` does, of several in a list; return the exit code."""
    from flows.command.ledger import result_of
    from flows.command.summary import summary

    results = [result_of(batch_id) for batch_id in batch_ids]
    if as_json:
        document(results[0] if len(results) == 1 else {"batches": results})
    for result in [] if as_json else results:
        say()
        for line in summary(result):
            say(line)
    return max(map(exits.of_result, results))
