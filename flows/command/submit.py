"""`pressroom submit`: hand a batch to a worker, at once or later, whole or in parts."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import complain, document, note, say
from tasks import words

if TYPE_CHECKING:
    from deployments.sending import Sending, Sent
    from tasks.models import BatchOptions
    from tasks.specs import Spec

HELP = "hand a batch to a worker of `pressroom up`"
DESCRIPTION = """Send a batch to a Prefect server, where a worker takes it up: at once, or from a time on. It goes on
when this terminal is closed; `pressroom watch` shows how it stands. The spec is read as by `pressroom run`.

A large list can be sent in parts, each a run and a batch of its own (ID-1, ID-2, ...), by their number or by their
size, and a while apart. What belongs together stays together: the steps of a project, creators who plan together,
documents of one file. Parts share the budget of the batch by their sizes, and write below the batch's one folder.

The server is the one of `pressroom up`, or that Prefect is set to (PREFECT_API_URL). Its workers must have the same
ledger, and find the spec's folders and PRESSROOM_HOME where they are here."""
QUEUES = ("critical", "high", "normal", "low")
_MOST_PARTS = 1000
_MOST_NAMED = 12
"""Parts up to which the command that shows them all is written out."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "submit", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.spec(parser)
    parser.add_argument("--priority", choices=QUEUES, help="the queue (default: that of the kind's deployment)")
    parser.add_argument("--at", metavar="TIME", type=options.moment, help="begin at 2030-03-04T06:30, or at 06:30")
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--chunks", metavar="N", type=options.number(_MOST_PARTS), help="send it in N parts")
    parts.add_argument("--chunk-size", metavar="N", type=options.number(1_000_000), help="in parts of N entries")
    parser.add_argument("--stagger", metavar="TIME", type=options.age, help="parts begin so far apart, such as 1h")
    options.batch(parser)
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.asked import load_asked
    from flows.command.server import reached
    from tasks.errors import as_fault, fault

    if arguments.stagger is not None and not (arguments.chunks or arguments.chunk_size):
        raise fault("USAGE", why="--stagger goes with --chunks or --chunk-size", command="pressroom submit")
    spec = load_asked(arguments.spec, options.given(arguments))
    sent = list["Sent"]()
    try:
        # First of all, since some kinds' items load Prefect, which looks for its server once.
        with reached():
            _send(arguments, spec, sent)
    except Exception as error:
        if not (sent and arguments.json):
            raise
        refused = as_fault(error, what="pressroom")
        complain(refused, as_json=True, **_as_document(spec, sent))
        return exits.of_error(refused)
    _tell(arguments, spec, sent)
    return exits.SUCCEEDED


def _checked(spec: Spec, *, is_whole: bool) -> BatchOptions:
    """Name the batch, and refuse what its run would refuse as a whole: single items fail there, and the others go on.

    Its items are made for that, as its run will make them; nothing is written.
    """
    from flows.command.ledger import looking
    from tasks.errors import fault
    from tasks.ledger.past import Past
    from tasks.reports.claimed import claims_of
    from tasks.same_batch import refuse_taken
    from tasks.specs import hook, kind_spec, name_batch, output_folder

    if kind_spec(spec.kind).size_of(spec.batch) == 0:
        raise fault("EMPTY_BATCH")
    named = name_batch(spec.kind, spec.batch)
    claims = claims_of(spec.kind, output_folder(named), spec.batch_id)
    planned = hook(spec.kind, "plan", "be submitted")(named, claims)
    with looking() as glance:
        if is_whole and glance is not None:
            past = Past(glance.execute)
            refuse_taken(named, past, past.items(spec.batch_id), [item.item_id for item in planned.items])
    return named


def _send(arguments: argparse.Namespace, spec: Spec, sent: list[Sent]) -> None:
    """Send the batch or its parts; `sent` has those that the server took, whatever happens."""
    from deployments.sending import send
    from flows.command.ledger import ask, known_at_rest
    from tasks.ledger.batch_rows import SENT

    is_whole = not (arguments.chunks or arguments.chunk_size)
    batches = _batches(arguments, spec.kind, _checked(spec, is_whole=is_whole))
    known = known_at_rest(one.batch.batch_id or "" for one in batches)
    _note_waiting([one.batch.batch_id or "" for one in batches])
    try:
        for one in send(spec.kind, batches, arguments.priority):
            sent.append(one)
            if one.batch_id in known:
                ask(one.batch_id, SENT)  # Whoever watches it waits until it goes on.
    except BaseException:
        _note_sent(spec.batch_id, sent, len(batches))
        raise


def _note_waiting(batch_ids: list[str]) -> None:
    """Say how many runs of these batches wait on the server already: each of them will begin too."""
    from deployments.waiting import waiting

    if not (found := waiting(batch_ids)):
        return
    named = f"batch {found[0].batch_id}" if len(batch_ids) == 1 else "these batches"
    wait = f"wait{'s' if len(found) == 1 else ''} already, the first from {words.when(found[0].at.timestamp())}"
    note(f"{words.count(len(found), 'run')} of {named} {wait}. What one of them makes is not made again by the next.")


def _note_sent(batch_id: str, sent: list[Sent], total: int) -> None:
    """Say what the server has of a batch whose sending was cut short, and how the rest of it is sent."""
    if not sent:
        return
    names = ", ".join(one.batch_id for one in sent)
    note(f"Sent before that, {len(sent):,} of {words.count(total, 'run')}: {names}. Workers take them up.")
    if len(sent) < total:
        again = f"the same command with `--batch-id {batch_id}` sends all of them"
        note(f"Once those are over, {again}: what is made in them is not made again, and the rest is made.")


def _batches(arguments: argparse.Namespace, kind: str, whole: BatchOptions) -> list[Sending]:
    """Return the batch, or its parts, as a worker elsewhere can read them."""
    from deployments.sending import Sending
    from tasks.parts import Cut, split
    from tasks.settings import settings
    from tasks.specs import spilled

    parts = [whole]
    if arguments.chunks or arguments.chunk_size:
        parts = split(kind, whole, Cut(arguments.chunks, arguments.chunk_size))
    home = settings().home.absolute()
    return [Sending(spilled(kind, one, home), _at(arguments, number)) for number, one in enumerate(parts)]


def _at(arguments: argparse.Namespace, number: int) -> datetime | None:
    first: datetime | None = arguments.at
    if not arguments.stagger or not (number or first):
        return first
    return (first or datetime.now().astimezone()) + timedelta(seconds=arguments.stagger * number)


def _as_document(spec: Spec, sent: list[Sent]) -> dict[str, object]:
    runs = [{**one._asdict(), "at": one.at.isoformat()} for one in sent]
    return {"kind": spec.kind, "batch_id": spec.batch_id, "runs": runs}


def _tell(arguments: argparse.Namespace, spec: Spec, sent: list[Sent]) -> None:
    if arguments.json:
        document(_as_document(spec, sent))
        return
    say(f"{spec.kind}: sent as {words.count(len(sent), 'run')}, queue {sent[0].queue}")
    for one in sent:
        say(f"  {one.batch_id}  from {words.when(one.at.timestamp())}  {one.run_url or one.run_id}")
    say()
    shows = "status" if len(sent) > _MOST_NAMED else f"watch {' '.join(one.batch_id for one in sent)}"
    say(f"To see how it stands: pressroom {shows}")
