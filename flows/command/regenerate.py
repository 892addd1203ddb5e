"""`pressroom regenerate`: make again what a changed template goes into."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.paths import shown_path
from flows.command.screen import document, note, say
from tasks import words

if TYPE_CHECKING:
    from tasks.documents.regeneration import Again, Regeneration

HELP = "make again what a changed template goes into"
DESCRIPTION = """Find every config below a folder that uses a template, also through templates that include, extend or
import it, and make the documents again as one batch, whether or not anything has changed.

What was made before is made again with the values and at the place of the last time, as the ledger has them; a config
that was never made, with its own values. --dry-run only says what that is, starts no server and writes nothing.

NAME is a file's name or its path. A template that stands in a config goes by the id of the config or its pattern."""
KIND = "documents"
"""The kind whose items are made from templates."""
MOST = 20
"""Lines listed at most of each sort."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "regenerate", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--template", metavar="NAME", required=True, help="the template that has changed")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be made again")
    parser.add_argument("--base", metavar="DIR", default=".", help="folder of the configs (default: the current one)")
    parser.add_argument("--batch-id", metavar="ID", type=options.batch_id, help="name of the new batch")
    parser.add_argument("--output", metavar="DIR", help="make them below this folder instead of where they lie")
    parser.add_argument("--max-parallel", metavar="N", type=options.number(1000), help="at most N at work in each lane")
    options.common(parser)
    parser.set_defaults(call=run, mode=None, reuse=None)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    found = _find(arguments)
    is_only_said = arguments.dry_run or not found.documents
    if is_only_said and arguments.json:
        document(_as_document(found, dry_run=arguments.dry_run))
    else:
        tell = say if is_only_said else note
        for line in report(found, dry_run=arguments.dry_run):
            tell(line)
    if is_only_said:
        return exits.SUCCEEDED
    return _make(found, arguments)


def _find(arguments: argparse.Namespace) -> Regeneration:
    from flows.command.ledger import looking
    from tasks.errors import fault
    from tasks.ledger.past import Past
    from tasks.specs import hook

    base, output = Path(arguments.base).expanduser(), options.given(arguments).get("output_dir")
    with looking() as glance:
        past = Past(glance.execute if glance is not None else None)
        if arguments.batch_id is not None and past.batch(arguments.batch_id) is not None:
            what = f"There is a batch {arguments.batch_id!r} already, and what it has made would stay as it is."
            raise fault("INVALID_INPUT", what=what)
        find = hook(KIND, "regenerate", "be made again by template")
        found: Regeneration = find(arguments.template, base, past, Path(str(output)) if output else None)
    return found


def _make(found: Regeneration, arguments: argparse.Namespace) -> int:
    from flows.command.run import tell
    from flows.command.running import run_batch
    from tasks.specs import name_batch

    batch = name_batch(KIND, found.batch(options.given(arguments)))
    read_from = f"the configs that use {arguments.template}"
    return tell(run_batch(KIND, batch, read_from=read_from, verbose=arguments.verbose), arguments)


def report(found: Regeneration, *, dry_run: bool) -> list[str]:
    """Say which configs use the template and why, and what is made again of each."""
    users = found.users.found
    below = shown_path(found.base_dir)
    lines = [f"{found.template} is used by {words.count(len(users), 'config')} below {below}:"]
    lines += _listed([(user.config_id, user.why) for user in users])
    before = [again for again in found.documents if again.batch_id is not None]
    never = [again for again in found.documents if again.batch_id is None]
    if before:
        lines += ["", f"{words.count(len(before), 'document')} made before, again with the values of the last time:"]
        lines += _listed([_made(again, found.base_dir) for again in before])
    if never:
        lines += ["", f"{words.count(len(never), 'config')} never made, with the values of its own:"]
        lines += _listed([(again.operation.content_config_id, "") for again in never])
    lines += _left_out(found)
    if not found.documents:
        return [*lines, "", "Nothing to make again."]
    return [*lines, "", "To make them: the same command without --dry-run"] if dry_run else lines


def _made(again: Again, base_dir: Path) -> tuple[str, str]:
    near = (again.operation.output_path or "").removeprefix(f"{base_dir}{os.sep}")
    return near, f"{again.item_id} of batch {again.batch_id}"


def _left_out(found: Regeneration) -> list[str]:
    lines: list[str] = []
    if found.outside:
        lines += ["", f"{words.count(len(found.outside), 'document')} left out, made outside {found.base_dir}:"]
        lines += _listed([_made(again, found.base_dir) for again in found.outside])
        lines.append("  --output DIR makes them below another folder.")
    if found.users.unreadable:
        number = len(found.users.unreadable)
        lines += ["", f"{words.count(number, 'file')} that could not be read, so that nobody can tell:"]
        lines += _listed([(shown_path(path), error.message) for path, error in found.users.unreadable])
    if found.forgotten:
        lines += ["", f"{words.count(len(found.forgotten), 'batch')} not looked at:"]
        lines += _listed([(batch_id, error.message) for batch_id, error in found.forgotten])
    return lines


def _listed(rows: list[tuple[str, str]]) -> list[str]:
    shown = rows[:MOST]
    width = min(40, max((len(name) for name, _ in shown), default=0))
    lines = [f"  {name:<{width}}  {why}".rstrip() for name, why in shown]
    return [*lines, f"  and {len(rows) - MOST:,} more"] if len(rows) > MOST else lines


def _as_document(found: Regeneration, *, dry_run: bool) -> dict[str, Any]:
    users = found.users
    return {
        "template": found.template,
        "base_dir": str(found.base_dir),
        "dry_run": dry_run,
        "configs": [{"config_id": one.config_id, "path": str(one.path), "why": one.why} for one in users.found],
        "documents": [_again_document(again) for again in found.documents],
        "outside": [_again_document(again) for again in found.outside],
        "unreadable": [
            {"path": str(path), "code": error.code, "message": error.message} for path, error in users.unreadable
        ],
        "forgotten": [
            {"batch_id": batch_id, "code": error.code, "message": error.message} for batch_id, error in found.forgotten
        ],
    }


def _again_document(again: Again) -> dict[str, Any]:
    return {
        "content_config_id": again.operation.content_config_id,
        "context": again.operation.context,
        "output_path": again.operation.output_path,
        "made_before": again.batch_id is not None,
        "batch_id": again.batch_id,
        "item_id": again.item_id,
    }
