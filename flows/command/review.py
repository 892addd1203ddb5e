"""`pressroom review`: what waits for a person's decision, and the decision."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.paths import shown_path
from flows.command.screen import document, note, say
from tasks import words

if TYPE_CHECKING:
    from tasks.ledger.reviews import DecisionDocument, WaitingDocument

HELP = "list what waits for a person's decision, and decide"
DESCRIPTION = """Without a decision: list what waits in all batches or in one, and what was decided in it.

  approve   it counts as succeeded, or, where more is to be made of it, `pressroom resume` goes on with it
  reject    it counts as failed; `pressroom retry` makes it again
  edit      the edited file takes the place of what was made, once it has been checked, and is approved.
            Without --file the file is opened in the editor that VISUAL or EDITOR names. One that breaks
            rules is refused and says which; --despite-rules takes it, and the decision keeps them

Each decision is kept with who, when and why. A batch that runs need not be waited for; the reports of one that does
not are written again."""
DECISIONS = ("approve", "reject", "edit")
MOST = 50
"""Items and decisions listed at most; --json has them all."""
DONE = {"approve": "approved", "edit": "edited and approved", "reject": "rejected"}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "review", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("batch", metavar="BATCH", nargs="?", help="a batch id (default: all batches)")
    parser.add_argument("item", metavar="ITEM", nargs="?", help="an item that waits in it")
    parser.add_argument("decision", metavar="DECISION", nargs="?", choices=DECISIONS, help=", ".join(DECISIONS))
    parser.add_argument("--note", metavar="TEXT", default="", help="why, to be kept with the decision")
    parser.add_argument("--file", metavar="EDITED", help="the edited file")
    parser.add_argument("--despite-rules", action="store_true", help="take an edit that breaks rules")
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    for name, given in (("a file", arguments.file is not None), ("--despite-rules", arguments.despite_rules)):
        if given and arguments.decision != "edit":
            from tasks.errors import fault

            raise fault("USAGE", why=f"Only `edit` takes {name}", command="pressroom review")
    return _list(arguments) if arguments.decision is None else _decide(arguments)


def _list(arguments: argparse.Namespace) -> int:
    from flows.command.ledger import looking
    from tasks.ledger.reviews import decisions_in, waiting_items

    with looking() as glance:
        if arguments.batch is not None and glance is not None:
            glance.batch(arguments.batch)
        waiting = waiting_items(glance.execute, arguments.batch) if glance is not None else []
        decided = decisions_in(glance.execute, arguments.batch) if glance is not None and arguments.batch else []
    if arguments.item is not None:
        waiting = [one for one in waiting if one["item_id"] == arguments.item]
        decided = [one for one in decided if one["item_id"] == arguments.item]
    if arguments.json:
        document({"waiting": waiting, "decisions": decided} if arguments.batch else {"waiting": waiting})
        return exits.SUCCEEDED
    for line in _lines(waiting, decided):
        say(line)
    return exits.SUCCEEDED


def _lines(waiting: list[WaitingDocument], decided: list[DecisionDocument]) -> list[str]:
    lines = [] if waiting else ["Nothing waits for review."]
    for one in waiting[:MOST]:
        since = f" (since {words.when(one['since'])})" if one["since"] is not None else ""
        lines.append(f"{one['batch_id']}  {one['item_id']}{since}")
        lines += [f"  {text}" for text in one["why"]]
        lines += [f"  {shown_path(made['path'])}" for made in one["outputs"]]
    if len(waiting) > MOST:
        lines.append(f"and {len(waiting) - MOST:,} more (--json lists all)")
    if decided:
        lines += ["", "Decided:"]
    for done in decided[-MOST:]:
        why = f": {done['note']}" if done["note"] else ""
        despite = f" despite {words.count(len(done['broken_rules']), 'broken rule')}" if done["broken_rules"] else ""
        said = f"{DONE[done['decision']]}{despite} by {done['decided_by']} at {words.when(done['decided_at'])}"
        lines.append(f"  {done['item_id']}  {said}{why}")
    if waiting:
        lines += ["", "To decide: pressroom review BATCH ITEM approve|reject|edit"]
    return lines


def _decide(arguments: argparse.Namespace) -> int:
    from flows.command.editing import edited_file
    from flows.deciding import decide_on, in_words
    from tasks.reviews import Decision

    with edited_file(arguments) as edited:
        decided = decide_on(
            arguments.batch,
            arguments.item,
            Decision(arguments.decision),
            by=_who(),
            note=arguments.note,
            edited=edited,
            despite_rules=arguments.despite_rules,
        )
    row, item = decided.row, decided.item
    if arguments.json:
        said = row.model_dump(exclude={"id"}) | {name: item[name] for name in ("status", "outputs", "warnings")}
        said["broken_rules"] = json.loads(row.broken_rules or "[]")
        reports = [str(path) for path in decided.reports]
        document(said | {"batch_status": decided.batch["status"], "waiting": decided.waiting, "reports": reports})
        return exits.SUCCEEDED
    for line in in_words(decided):
        say(line)
    if not decided.reports:
        note("The batch is at work and writes its reports when it ends.")
    return exits.SUCCEEDED


def _who() -> str:
    """Name whoever decides, as this machine knows them."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return "unknown"
