"""The edited file of a review: given by its path, or written in the editor of whoever sits at the terminal."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.command.screen import note
from tasks.errors import PressroomError, fault


@contextmanager
def edited_file(arguments: argparse.Namespace) -> Iterator[Path | None]:
    """Yield the edited file of a decision; None where nothing is edited.

    What was written in the editor is kept when the decision is refused, so that it can be mended.
    """
    if arguments.decision != "edit":
        yield None
    elif arguments.file is not None:
        path = Path(arguments.file).expanduser().absolute()
        if not path.is_file():
            why = f"There is no edited file {arguments.file!r}, and nothing was decided"
            raise fault("USAGE", why=why, command="pressroom review")
        yield path
    else:
        copy = _copy_of(_first_output(arguments.batch, arguments.item))
        _edit(copy)
        try:
            yield copy
        except PressroomError:
            note(f"What you have written is kept: --file {shlex.quote(str(copy))} takes it.")
            raise
        shutil.rmtree(copy.parent)


def _editor() -> list[str]:
    """Return the editor's command line, or refuse: without a terminal nobody could use it."""
    why = ""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        why = "There is no terminal to edit in: give the edited file with --file"
    elif not named.strip():
        why = "VISUAL and EDITOR name no editor: set one of them, or give the edited file with --file"
    if why:
        raise fault("USAGE", why=why, command="pressroom review")
    return shlex.split(named)


def _first_output(batch_id: str, item_id: str) -> Path:
    from flows.command.ledger import await_ledger, looking_at
    from tasks.ledger.reviews import waiting_items

    _editor()
    await_ledger()
    with looking_at(batch_id) as glance:
        waiting = [one for one in waiting_items(glance.execute, batch_id) if one["item_id"] == item_id]
    if not waiting or not waiting[0]["outputs"]:
        hint = f"`pressroom review {batch_id}` lists what waits."
        why = "it has no file" if waiting else "no such item waits"
        raise fault("NOT_IN_REVIEW", item_id=item_id, batch_id=batch_id, why=why, hint=hint)
    return Path(waiting[0]["outputs"][0]["path"])


def _copy_of(path: Path) -> Path:
    copy = Path(tempfile.mkdtemp(prefix="pressroom-review-")) / path.name
    copy.write_bytes(path.read_bytes())
    return copy


def _edit(copy: Path) -> None:
    before = copy.read_bytes()
    editor = _editor()
    try:
        ended = subprocess.run([*editor, str(copy)], check=False).returncode
    except OSError as error:
        raise fault("USAGE", why=f"The editor {editor[0]!r} cannot be run", command="pressroom review") from error
    if ended:
        raise fault("USAGE", why=f"The editor ended with {ended}, and nothing was decided", command="pressroom review")
    if copy.read_bytes() == before:
        shutil.rmtree(copy.parent)
        why = "Nothing was changed, and nothing was decided: `approve` takes it as it is"
        raise fault("USAGE", why=why, command="pressroom review")
