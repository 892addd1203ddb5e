"""Searching a folder of notes: its index is made once, however many episodes ask, and again when files change."""

from __future__ import annotations

import threading
from pathlib import Path

from tasks.errors import fault
from tasks.limiters import LoopLimiter
from tasks.podcast.episode import Topic
from tasks.podcast.research.found import Found
from tasks.podcast.research.index import Index, build
from tasks.podcast.research.reader import Reader
from tasks.podcast.research.survey import folder_of, survey
from tasks.podcast.research.terms import wanted_of

MOST_AT_ONCE = 5
"""Searches at once in a process."""
_MOST_FOLDERS = 4
"""Folders whose indexes are kept; the one that was asked longest ago goes first."""
_searches = LoopLimiter("podcast_searches")
_lock = threading.Lock()
_locks: dict[tuple[Path, Path], threading.Lock] = {}
_indexes: dict[tuple[Path, Path], Index] = {}


def find(notes: Path, base: Path, topic: Topic, *, most: int, reader: Reader | None = None) -> Found:
    """Search a folder of notes, named from the spec's folder `base`, for what it says of a topic.

    Blocks, for minutes where there is much to read: see `find_apart`. Raises NOTES_MISSING, NOTHING_FOUND and
    PATH_OUTSIDE; a file that cannot be read is a warning.
    """
    index = _text_in(notes, base, reader)
    passages = index.search(wanted_of(topic), most)
    if not passages:
        raise fault("NOTHING_FOUND", notes=str(notes), topic=topic.title)
    return Found(notes=str(notes), passages=passages, warnings=index.warnings)


def unread_of(notes: Path, base: Path) -> list[str]:
    """Read a folder of notes and say what of it could not be read; NOTES_MISSING where nothing could. Blocks.

    A search after it finds the same index.
    """
    return _text_in(notes, base, None).warnings


async def find_apart(notes: Path, base: Path, topic: Topic, *, most: int) -> Found:
    """Do the same in a thread, so that nothing else waits."""

    def search() -> Found:
        return find(notes, base, topic, most=most)

    return await _searches.apart(MOST_AT_ONCE, search)


def _text_in(notes: Path, base: Path, reader: Reader | None) -> Index:
    """Return the index of a folder in which there is any text."""
    index = _index_of(folder_of(notes, base), base, reader)
    if not any(one.cuts for one in index.files.values()):
        why = " ".join(["it holds no text.", *index.warnings[:3]]).rstrip(".")
        raise fault("NOTES_MISSING", path=str(notes), why=why)
    return index


def _index_of(folder: Path, base: Path, reader: Reader | None) -> Index:
    """Return the index of a folder as it is now; who asks while it is made waits for it."""
    key = (folder, base)
    with _lock:
        lock = _locks.setdefault(key, threading.Lock())
    with lock:
        found = survey(folder)
        with _lock:
            index = _indexes.pop(key, None)
        if index is None or index.survey != found:
            known = index.files if index is not None else {}
            with reader or Reader() as reading:
                index = build(folder, base, found, known, reading)
        with _lock:
            _indexes[key] = index
            while len(_indexes) > _MOST_FOLDERS:
                del _indexes[next(iter(_indexes))]
    return index
