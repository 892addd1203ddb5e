"""What may go of the state folder: drafts of writers that were killed, old checkpoints, items files nobody needs.

Only files that Pressroom named itself, in its own folders, ever count; links are neither followed nor removed.
What goes can be made again: the outputs and the ledger's history stay. While a batch is at work, nothing it
has used goes, and nothing at all that is younger than its start.
"""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from tasks.checkpoints import Checkpoints
from tasks.ledger.needs import Needs

Sort = Literal["checkpoint", "items", "temporary"]

GRACE_SECONDS = 3600.0
"""Younger drafts and items files never go: a run that is just beginning writes before the ledger knows of it."""
DRAFT_SECONDS = 60.0
"""The same for drafts in the folders of a batch that holds its lease."""
_DRAFT = re.compile(r"\..+\.\d+-\d+\.tmp", re.DOTALL)
_ASKED_AT_ONCE = 500


@dataclass(frozen=True)
class Litter:
    """A file that may go, as it was when it was found."""

    sort: Sort
    path: Path
    size: int
    stamp: tuple[int, int]


@dataclass
class Found:
    """What may go."""

    litter: list[Litter] = field(default_factory=list)
    needed: int = 0
    """Files that would go too, if no batch at work might need them."""
    shared: int = 0
    """Checkpoints of the batch that was asked for which others have used as well."""

    def count(self, sort: Sort) -> int:
        """Files of a sort."""
        return sum(one.sort == sort for one in self.litter)

    def size(self, sort: Sort | None = None) -> int:
        """Bytes of a sort, or of all."""
        return sum(one.size for one in self.litter if sort in (None, one.sort))


@dataclass(frozen=True)
class _File:
    path: Path
    status: os.stat_result


def find_litter(home: Path, needs: Needs, *, older_than: float, batch_id: str | None = None) -> Found:
    """Look for what may go: what has been neither written nor used for `older_than` seconds.

    With a `batch_id` only the checkpoints of that batch count, and of these only those no other batch has used.
    """
    search = _Search(needs, time.time())
    search.checkpoints(home / "checkpoints", older_than, batch_id)
    if batch_id is None:
        search.items_files(home / "items", older_than)
        for folder in ("checkpoints", "items"):
            search.drafts(home / folder)
    return search.found


def remove_litter(found: Found, *, prune: bool) -> tuple[Found, list[OSError]]:
    """Remove what was found, unless it has changed since; return what is gone, and what could not be removed.

    `prune` removes the folders that are empty then; not while a batch is at work, which may be about to use one.
    """
    gone, failed = Found(needed=found.needed, shared=found.shared), list[OSError]()
    for one in found.litter:
        try:
            if _stamp(os.lstat(one.path)) == one.stamp:
                os.unlink(one.path)
                gone.litter.append(one)
        except FileNotFoundError:
            continue
        except OSError as error:
            failed.append(error)
    if prune:
        _remove_empty_folders(one.path for one in gone.litter if one.sort == "checkpoint")
    return gone, failed


def remove_leftovers(outputs: Iterable[Path], *, before: float) -> None:
    """Remove drafts that killed writers have left in the folders of a batch's outputs.

    A draft lives for moments; one of a minute that is older than the run which ends now, `before`, is nobody's. Those
    of the batch's own outputs are nobody's at any age: nobody else may write these, and the batch does not any more.
    """
    folders: dict[Path, list[str]] = {}
    for path in outputs:
        folders.setdefault(path.parent, []).append(f".{path.name}.")
    for folder, own in folders.items():
        for entry in _entries(folder):
            if _DRAFT.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):
                    is_own = entry.name.startswith(tuple(own))
                    youngest = math.inf if is_own else min(before, time.time() - DRAFT_SECONDS)
                    if entry.stat(follow_symlinks=False).st_mtime < youngest:
                        os.unlink(entry.path)


class _Search:
    def __init__(self, needs: Needs, now: float) -> None:
        self.found = Found()
        self._needs = needs
        self._now = now
        self._since = min(needs.at_work.values(), default=float("inf"))

    def checkpoints(self, folder: Path, older_than: float, batch_id: str | None) -> None:
        for owner, base in _bases(folder):
            files = ((file, key) for file in _files(base) if (key := Checkpoints.key(file.path)))
            while some := list(islice(files, _ASKED_AT_ONCE)):
                uses = self._needs.uses([key for _, key in some])
                for file, key in some:
                    # A batch with a folder of its own uses what lies there, and nobody else does.
                    mine = [use for use in uses.get(key, ()) if owner in (None, use.batch_id)]
                    users = {use.batch_id for use in mine} | ({owner} if owner else set())
                    last = max([file.status.st_mtime, *(use.at for use in mine)])
                    if batch_id is None or users == {batch_id}:
                        self._note(file, "checkpoint", last, older_than, users)
                    elif batch_id in users:
                        self.found.shared += 1

    def items_files(self, folder: Path, older_than: float) -> None:
        needed = self._needs.items_files()
        for file in _files(folder):
            if file.path.parent == folder and file.path.suffix == ".jsonl" and file.path.name not in needed:
                self._note(file, "items", file.status.st_mtime, max(older_than, GRACE_SECONDS))

    def drafts(self, folder: Path) -> None:
        for file in _files(folder):
            if _DRAFT.fullmatch(file.path.name):
                self._note(file, "temporary", file.status.st_mtime, GRACE_SECONDS)

    def _note(self, file: _File, sort: Sort, last: float, older_than: float, users: Collection[str] = ()) -> None:
        if last > self._now - older_than:
            return
        if file.status.st_mtime >= self._since or not self._needs.at_work.keys().isdisjoint(users):
            self.found.needed += 1
        else:
            self.found.litter.append(Litter(sort, file.path, file.status.st_size, _stamp(file.status)))


def _bases(folder: Path) -> Iterator[tuple[str | None, Path]]:
    """The folder that all batches share, without an owner, and those of single batches."""
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False) and (entry.name == "shared" or entry.name.startswith("of-")):
            yield entry.name.removeprefix("of-") if entry.name != "shared" else None, Path(entry.path)


def _files(folder: Path) -> Iterator[_File]:
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            with suppress(FileNotFoundError):
                yield _File(Path(entry.path), entry.stat(follow_symlinks=False))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    if folder.is_symlink():
        return []
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_ino, status.st_mtime_ns


def _remove_empty_folders(removed: Iterable[Path]) -> None:
    emptied = {folder for path in removed for folder in path.parents[:3]}
    for folder in sorted(emptied, key=lambda one: len(one.parts), reverse=True):
        with suppress(OSError):  # not empty
            folder.rmdir()
