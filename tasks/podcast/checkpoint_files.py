"""Checkpoint files: every few episodes a file says where the batch stands, for people and for a resume.

    with keeping_checkpoints(batch_id, batch) as hear, listening(batch_id, hear): ...

They lie beside `batch_result.json`, and each holds the batch's spec as well, so that `pressroom run
<batch_id>_checkpoint_2.json` goes on with the batch. What is done is known from the ledger all the same: a file that
is older than the batch takes nothing back, and makes nothing twice.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tasks.errors import PressroomError
from tasks.events import Progress
from tasks.files import read_bytes, write_atomically
from tasks.ledger.looking import looking
from tasks.models import BatchOptions, Outcome
from tasks.podcast.sessions import SessionState, session_state
from tasks.podcast.told import told_of
from tasks.reports.files import report_paths
from tasks.shape import Shape

logger = logging.getLogger("pressroom")
EVERY = 5
"""Episodes that finish between two files."""


class CheckpointFile(Shape):
    """What such a file holds; `tasks/podcast/models.py` takes it for the spec in it."""

    kind: str
    session_state: SessionState
    spec: dict[str, Any]
    """What was asked for, as the ledger has it."""


@contextmanager
def keeping_checkpoints(
    batch_id: str, batch: BatchOptions, every: int = EVERY
) -> Iterator[Callable[[Progress, list[Outcome]], None]]:
    """Yield a listener that has a file written whenever enough episodes have finished; at the end the last of them.

    It counts on the batch's thread, and nothing more: files are written in one of their own, one after the other.
    """
    keeper = _Keeper(batch_id, folder_of(batch, batch_id), every)
    try:
        yield keeper.hear
    finally:
        keeper.close()


def folder_of(batch: BatchOptions, batch_id: str) -> Path:
    """Return where the checkpoint files of a named batch lie."""
    return report_paths(batch.output_dir or Path(), batch_id).summary.parent


def checkpoint_names(folder: Path, batch_id: str) -> list[str]:
    """Name the checkpoint files that there are of a batch, in their order."""
    return [name for _, name in sorted(_numbered(folder, batch_id))]


class _Keeper:
    """Counts what has finished since the last file, and has the next one written."""

    def __init__(self, batch_id: str, folder: Path, every: int) -> None:
        self._batch_id = batch_id
        self._folder = folder
        self._every = every
        self._since: int | None = None
        """Episodes that have finished since the last file; none before anything was heard."""
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="pressroom-checkpoints")

    def hear(self, progress: Progress, outcomes: list[Outcome]) -> None:
        """Hear what has ended."""
        if self._since is None:
            # What an earlier run has finished after its last file, because it was killed.
            self._since = max(0, progress.finished - len(outcomes) - _finished_in_last(self._folder, self._batch_id))
        self._since += len(outcomes)
        if self._since >= self._every:
            self._since = 0
            self._writer.submit(self._write)

    def close(self) -> None:
        """Write the last file, where something has finished since, and wait for it."""
        if self._since:
            self._writer.submit(self._write)
        self._writer.shutdown()

    def _write(self) -> None:
        """Write a file. That it could not be harms nothing: the ledger has all of it, and the next one holds it too."""
        try:
            write_checkpoint(self._batch_id, self._folder)
        except (OSError, PressroomError) as error:
            logger.error("Batch %r: a checkpoint file could not be written: %s", self._batch_id, error)
        except Exception:
            logger.exception("Batch %r: a checkpoint file could not be made.", self._batch_id)


def write_checkpoint(batch_id: str, folder: Path) -> Path:
    """Write where a batch stands to the next of its checkpoint files, and return its path."""
    known = _numbered(folder, batch_id)
    path = folder / f"{batch_id}_checkpoint_{max((number for number, _ in known), default=0) + 1}.json"
    with looking() as glance:
        assert glance is not None  # a batch that something has finished of is in the ledger
        kind, spec = glance.spec(batch_id)
        told = told_of(glance.execute, batch_id)
        state = session_state(glance.execute, batch_id, told, [*checkpoint_names(folder, batch_id), path.name])
    content = CheckpointFile(kind=kind, session_state=state, spec=json.loads(spec))
    write_atomically(path, content.model_dump_json(indent=2).encode() + b"\n")
    return path


def _numbered(folder: Path, batch_id: str) -> list[tuple[int, str]]:
    named = re.compile(rf"{re.escape(batch_id)}_checkpoint_([1-9][0-9]*)\.json")
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return [(int(found[1]), name) for name in names if (found := named.fullmatch(name))]


def _finished_in_last(folder: Path, batch_id: str) -> int:
    """Return how many episodes had finished by a batch's last file; none where it has none that can be read."""
    names = checkpoint_names(folder, batch_id)
    if not names:
        return 0
    try:
        progress = CheckpointFile.model_validate_json(read_bytes(folder / names[-1])).session_state.progress
    except (PressroomError, ValidationError) as error:
        logger.warning("The checkpoint file %r cannot be read: %s", names[-1], error)
        return 0
    return progress.completed + progress.failed
