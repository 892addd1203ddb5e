"""`pressroom clean`: throw away what the state folder no longer needs; without `--yes` only say what that is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document, note, say
from tasks import words

if TYPE_CHECKING:
    from tasks.ledger.needs import Needs
    from tasks.litter import Found, Sort

HELP = "throw away old checkpoints and what killed runs left behind"
DESCRIPTION = """Throw away what the state folder (PRESSROOM_HOME) no longer needs: checkpoints that were neither made
nor used for a while, items files that no batch would read again, and drafts of writers that were killed.

Without --yes nothing is removed; what would go is counted. Outputs and the ledger's history always stay, and so does
whatever a batch at work may need. A stage whose checkpoint is gone runs again when a later batch needs it."""
DEFAULT_AGE = options.age("30d")
_NAMES: dict[Sort, tuple[str, str]] = {
    "checkpoint": ("checkpoint", ""),
    "items": ("items file", "needed by no batch"),
    "temporary": ("draft", "left by writers that were killed"),
}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "clean", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--yes", action="store_true", help="remove it; without this, only say what would go")
    parser.add_argument(
        "--older-than",
        metavar="AGE",
        type=options.age,
        help="spare what is younger, such as 12h or 30d (default: 30d; with --batch nothing is spared)",
    )
    parser.add_argument("--batch", metavar="ID", help="only checkpoints that this batch has used and no other")
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.ledger import looking
    from tasks.ledger.needs import Needs
    from tasks.litter import find_litter, remove_litter
    from tasks.settings import settings

    age, batch_id = arguments.older_than, arguments.batch
    if age is None:
        age = DEFAULT_AGE if batch_id is None else 0.0
    with looking() as glance:
        needs = Needs(glance.execute if glance is not None else None)
        if batch_id is not None:
            _refuse_unless_at_rest(batch_id, needs)
        found = find_litter(settings().home, needs, older_than=age, batch_id=batch_id)
    gone, failed = remove_litter(found, prune=not needs.at_work) if arguments.yes else (found, [])
    if arguments.json:
        document(_as_document(gone, failed, removed=arguments.yes))
    else:
        for line in _report(gone, _said(age, batch_id), removed=arguments.yes):
            say(line)
        for error in failed:
            note(f"could not be removed: {error.filename}: {error.strerror}")
    return exits.NOT_ALL if failed else exits.SUCCEEDED


def _refuse_unless_at_rest(batch_id: str, needs: Needs) -> None:
    from tasks.errors import fault

    if batch_id not in needs.batches:
        raise fault("UNKNOWN_BATCH", batch_id=batch_id)
    if batch_id in needs.at_work:
        raise fault("BATCH_BUSY", batch_id=batch_id, owner="its checkpoints are in use")


def _as_document(found: Found, failed: list[OSError], *, removed: bool) -> dict[str, Any]:
    from tasks.settings import settings

    return {
        "home": str(settings().home),
        "removed": removed,
        **{
            f"{name.replace(' ', '_')}s": {"files": found.count(sort), "bytes": found.size(sort)}
            for sort, (name, _why) in _NAMES.items()
        },
        "files": len(found.litter),
        "bytes": found.size(),
        "needed_by_batches_at_work": found.needed,
        "used_by_other_batches": found.shared,
        "failed": [{"path": str(error.filename), "why": error.strerror} for error in failed],
    }


def _said(age: float, batch_id: str | None) -> str:
    """Say which checkpoints were looked for."""
    parts = [f"of {batch_id} alone"] if batch_id is not None else []
    parts += [f"not made or used for {words.age(age)}"] if age else []
    return ", ".join(parts) or "of any age"


def _report(found: Found, which: str, *, removed: bool) -> list[str]:
    from flows.command.paths import shown_path
    from tasks.settings import settings

    home = shown_path(settings().home)
    if not found.litter:
        lines = [f"Nothing to remove in {home}."]
    else:
        lines = [f"{'Removed from' if removed else 'Would go from'} {home}:", ""]
        for sort, (name, why) in _NAMES.items():
            if number := found.count(sort):
                what, size = words.count(number, name), words.size(found.size(sort))
                lines.append(f"  {what:<20}  {size:>9}  {why or which}")
        lines += ["", f"{words.count(len(found.litter), 'file')}, {words.size(found.size())}."]
    if found.shared:
        lines.append(f"{words.count(found.shared, 'checkpoint')} more, used by other batches too, can go by age only.")
    if found.needed:
        lines.append(f"{words.count(found.needed, 'file')} more may be needed by a batch at work.")
    if found.litter and not removed:
        lines.append("Outputs and the ledger's history stay. To remove these: the same command with --yes")
    return lines
