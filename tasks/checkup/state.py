"""The state folder and the disk: whether work can be kept, and who else may change it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tasks.checkup.finding import Finding, defect, ok, warning
from tasks.files import draft_beside
from tasks.settings import settings
from tasks.words import size

LEAST_BYTES, FEW_BYTES = 100_000_000, 1_000_000_000
"""Room on the disk below which nothing can be relied on, and below which a large batch may run out of it."""
_TRIED_BYTES = 4096


def look() -> Iterator[Finding]:
    """Look at the state folder and at the room on its disk, and on that of the current folder."""
    home = settings().home
    yield (state := _folder(home))
    yield from (_named(folder) for folder in settings().folders if not folder.is_dir())
    places = {Path.cwd()} if state.verdict == "fault" else {_there(home), Path.cwd()}
    for place in {place.stat().st_dev: place for place in sorted(places)}.values():
        yield _room(place)


def why_unusable(folder: Path) -> str:
    """Say why nothing can be made in a folder, which need not be there; nothing where it can."""
    there = _there(folder)
    if not there.is_dir():
        return f"{str(there)!r} is no folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{str(there)!r} cannot be written to"
    if there != folder and shutil.disk_usage(there).total == 0:
        return f"{str(there)!r} is on no disk"  # Such as `/proc`, where root may write and still make nothing.
    return ""


def _folder(home: Path) -> Finding:
    there = _there(home)
    if why := why_unusable(home):
        says = f"{why}, so that {str(home)!r} cannot be used and no batch kept"
        return defect("state folder", says, "Give yourself the right to write there, or name another PRESSROOM_HOME.")
    if there != home:
        return ok("state folder", f"{str(home)!r} will be made by the first batch")
    if why := next(filter(None, map(_why_unwritable, _kept_in(home))), ""):
        says = f"{why}, so that what a batch pays for cannot be kept"
        return defect("state folder", says, "Mend that folder and its permissions, or name another PRESSROOM_HOME.")
    known = home.stat()
    if known.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        says = f"others of this machine may change {str(home)!r}, and with it what batches are taken to have made"
        return warning("state folder", says, f"Run `chmod go-w {home}`.")
    if hasattr(os, "geteuid") and known.st_uid not in (os.geteuid(), 0):
        return warning("state folder", f"{str(home)!r} belongs to somebody else", "Name your own in PRESSROOM_HOME.")
    return ok("state folder", str(home))


def _kept_in(home: Path) -> Iterator[Path]:
    """Yield the folders into which a batch writes: the state folder, and those of items files and of checkpoints."""
    yield home
    patterns = ("items", "checkpoints", "checkpoints/*", "checkpoints/*/*")
    yield from (folder for pattern in patterns for folder in sorted(home.glob(pattern)))


def _why_unwritable(folder: Path) -> str:
    """Say why a file cannot be written in a folder; nothing where one can, which is tried, since rights do not tell."""
    draft = draft_beside(folder / "doctor")
    try:
        with open(draft, "xb") as file:
            file.write(bytes(_TRIED_BYTES))
    except OSError as error:
        return f"{str(folder)!r} cannot be written to: {error.strerror}"
    finally:
        with suppress(OSError):
            os.unlink(draft)
    return ""


def _named(folder: Path) -> Finding:
    says = f"{str(folder)!r} of PRESSROOM_FOLDERS is not there"
    return warning("folders of specs", says, "Make it, or take it out of PRESSROOM_FOLDERS.")


def _room(place: Path) -> Finding:
    free = shutil.disk_usage(place).free
    says, remedy = f"{size(free)} are free at {str(place)!r}", "Free some: `pressroom clean` says what can go."
    if free < LEAST_BYTES:
        return defect("disk", f"only {says}, so that batches fail", remedy)
    return warning("disk", f"only {says}", remedy) if free < FEW_BYTES else ok("disk", says)


def _there(path: Path) -> Path:
    """Return a path, or the nearest above it that is there."""
    return next(one for one in (path, *path.parents) if one.exists())
