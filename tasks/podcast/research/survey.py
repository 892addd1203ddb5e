"""What lies in a folder of notes: the files that can be read, and why others are not."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tasks.errors import PressroomError, fault
from tasks.files import MAX_BYTES, resolve_inside
from tasks.podcast.research.reading_worker import READERS
from tasks.words import count, cut, size

ENDINGS = frozenset({*READERS, ".pdf"})
MOST_FILES = 5_000
"""Files that are read; a folder with more is likely not one of notes."""
MOST_BYTES = 500_000_000
"""What all of them may have together."""
_TOO_MUCH = f"{MOST_FILES:,} files or {size(MOST_BYTES)} are the most, and so nothing after it was read either"
_WIDTH = 200
"""Letters of a file's name that are shown."""


class Stamp(NamedTuple):
    """By what a file that has changed is known."""

    size: int
    changed: int
    """In nanoseconds."""


_NONE = Stamp(0, 0)


class Survey(NamedTuple):
    """The files of a folder that can be read, by where they really lie."""

    files: dict[Path, Stamp]
    warnings: list[str]


def survey(folder: Path) -> Survey:
    """Look through a folder and those in it; hidden ones, and links that leave it, are left out."""
    files, others, total = dict[Path, Stamp](), Counter[str](), 0
    paths, warnings = _files(folder)
    for path in paths:
        if path.suffix.lower() not in ENDINGS:
            others[path.suffix.lower() or "no ending"] += 1
            continue
        real, stamp, why = _look_at(path, folder)
        total += stamp.size
        if why:
            warnings.append(warning(path, folder, why))
        elif len(files) >= MOST_FILES or total > MOST_BYTES:
            warnings.append(warning(path, folder, _TOO_MUCH))
            break
        else:
            files[real] = stamp
    return Survey(files, [*warnings, *_of_others(others)])


def _look_at(path: Path, folder: Path) -> tuple[Path, Stamp, str]:
    """Return where a file really lies, its stamp, and why it is not to be read, if so."""
    try:
        str(path).encode()
        real = resolve_inside(folder, path)
        status = real.stat()
    except UnicodeEncodeError:
        return path, _NONE, "its name is not UTF-8"
    except PressroomError:
        return path, _NONE, "it is a link that leaves the folder"
    except OSError as error:
        return path, _NONE, error.strerror or type(error).__name__
    if status.st_size > MAX_BYTES:
        return path, _NONE, f"it has {size(status.st_size)}, and {size(MAX_BYTES)} are the most"
    return real, Stamp(status.st_size, status.st_mtime_ns), ""


def folder_of(notes: Path, base: Path) -> Path:
    """Return where the notes lie; NOTES_MISSING says why they cannot be read, PATH_OUTSIDE that they lie elsewhere."""
    folder = resolve_inside(base, notes)
    if not folder.exists():
        raise fault("NOTES_MISSING", path=str(notes), why="it is not there")
    if not folder.is_dir():
        raise fault("NOTES_MISSING", path=str(notes), why="it is a file")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise fault("NOTES_MISSING", path=str(notes), why="it may not be read")
    return folder


def named(path: Path, base: Path) -> str:
    """Return how a file is named to people: from the spec's folder, with slashes."""
    name = os.path.relpath(path, os.path.realpath(base)).replace(os.sep, "/")
    return cut(os.fsencode(name).decode(errors="replace"), _WIDTH)


def _files(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the files in their order, and a warning for each folder that cannot be looked into."""
    refused: list[OSError] = []
    paths: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += (Path(place, name) for name in names if not name.startswith("."))
    why = [(Path(os.fsdecode(error.filename)), error.strerror or type(error).__name__) for error in refused]
    return sorted(paths), [warning(path, folder, reason) for path, reason in sorted(why)]


def warning(path: Path, folder: Path, why: str) -> str:
    """Say why a file was left out."""
    return f"{named(path, folder)!r} was not read: {why}."


def _of_others(others: Counter[str]) -> list[str]:
    if not others:
        return []
    kinds = ", ".join(cut(ending, 20) for ending, _ in others.most_common(5))
    return [f"{count(others.total(), 'file')} of other kinds not read ({kinds}); Markdown, text, HTML and PDF are."]
