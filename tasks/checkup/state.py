"""The state folder and the disk: whether work can be kept, and who else may change it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from tasks.checkup.finding import Finding, defect, ok, warning
from tasks.settings import settings
from tasks.words import size

LEAST_BYTES, FEW_BYTES = 100_000_000, 1_000_000_000
"""Room on the disk below which nothing can be relied on, and below which a large batch may run out of it."""


def look() -> Iterator[Finding]:
    """Look at the state folder and at the room on its disk, and on that of the current folder."""
    home = settings().home
    yield from _folder(home)
    places = {_there(home), Path.cwd()}
    for place in {place.stat().st_dev: place for place in sorted(places)}.values():
        yield _room(place)


def _folder(home: Path) -> Iterator[Finding]:
    there, remedy = _there(home), "Give yourself the right to write there, or name another folder in PRESSROOM_HOME."
    if not there.is_dir():
        yield defect("state folder", f"{str(there)!r} is no folder", "Move that file, or name another PRESSROOM_HOME.")
        return
    if not os.access(there, os.W_OK | os.X_OK):
        yield defect("state folder", f"{str(there)!r} cannot be written to, so no batch can be kept", remedy)
        return
    if there != home:
        yield ok("state folder", f"{str(home)!r} will be made by the first batch")
        return
    known = home.stat()
    if known.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        says = f"others of this machine may change {str(home)!r}, and with it what batches are taken to have made"
        yield warning("state folder", says, f"Run `chmod go-w {home}`.")
    elif hasattr(os, "geteuid") and known.st_uid not in (os.geteuid(), 0):
        yield warning("state folder", f"{str(home)!r} belongs to somebody else", "Name your own in PRESSROOM_HOME.")
    else:
        yield ok("state folder", str(home))


def _room(place: Path) -> Finding:
    free = shutil.disk_usage(place).free
    says, remedy = f"{size(free)} are free at {str(place)!r}", "Free some: `pressroom clean` says what can go."
    if free < LEAST_BYTES:
        return defect("disk", f"only {says}, so that batches fail", remedy)
    return warning("disk", f"only {says}", remedy) if free < FEW_BYTES else ok("disk", says)


def _there(path: Path) -> Path:
    """Return a path, or the nearest above it that is there."""
    return next(one for one in (path, *path.parents) if one.exists())
