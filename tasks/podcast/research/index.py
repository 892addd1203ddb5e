"""The index of a folder of notes: all its passages, to be searched by what is in them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.podcast.research.cutting import Cut, cut
from tasks.podcast.research.found import Passage
from tasks.podcast.research.reader import Reader
from tasks.podcast.research.survey import Stamp, Survey, named, warning
from tasks.podcast.research.terms import Terms, Wanted, indexed
from tasks.words import cut as shortened

_TABLE = """
CREATE VIRTUAL TABLE passages USING fts5(
    heading, words, number UNINDEXED, text UNINDEXED, place UNINDEXED,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
)
"""
_SEARCH = """
SELECT heading, words, number, text, place FROM passages WHERE passages MATCH ?
ORDER BY bm25(passages, 0.5, 1.0), number, rowid LIMIT ?
"""
_LOOKED_AT = 10
"""Passages that are looked at for each that is wanted."""
_RUNS = 0.25
"""Share of a text's runs of letters that a passage must have: single ones stand in any text."""


@dataclass
class FileRead:
    """What was read of a file, kept as long as it does not change."""

    stamp: Stamp
    title: str
    cuts: list[Cut]
    refused: str = ""


@dataclass
class Index:
    """All passages of a folder, as it was when it was surveyed."""

    folder: Path
    base: Path
    survey: Survey
    files: dict[Path, FileRead]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        # In a file of SQLite's own, of which the larger part stays in memory and which is gone when it is closed.
        self._base = sqlite3.connect("", check_same_thread=False)
        self._base.execute(_TABLE)
        self._base.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", self._rows())
        self._base.commit()

    @property
    def warnings(self) -> list[str]:
        """What is not in it, and why."""
        refused = [(path, one.refused) for path, one in self.files.items() if one.refused]
        return [*(warning(path, self.folder, why) for path, why in refused), *self.survey.warnings]

    def search(self, wanted: Wanted, most: int) -> list[Passage]:
        """Return the passages that are nearest to what is wanted, the best first."""
        if not wanted.question:
            return []
        with self._lock:
            rows = self._base.execute(_SEARCH, (wanted.question, most * _LOOKED_AT)).fetchall()
        paths = list(self.files)
        fitting = [row for row in rows if _fits(f"{row[0]} {row[1]}".split(), wanted)]
        return [self._passage(paths[row[2]], row[3], row[4]) for row in fitting[:most]]

    def _rows(self) -> Iterator[tuple[str, str, int, str, str]]:
        for number, one in enumerate(self.files.values()):
            head = indexed(one.title)
            for part in one.cuts:
                yield f"{head} {indexed(part.heading)}", indexed(part.text), number, part.text, part.place

    def _passage(self, path: Path, text: str, place: str) -> Passage:
        title = self.files[path].title or path.stem
        return Passage(text=text, where=named(path, self.base), place=place, title=shortened(title, 200))


def build(folder: Path, base: Path, found: Survey, known: Mapping[Path, FileRead], reader: Reader) -> Index:
    """Read the files of a folder, but for those of which is known what they hold, into an index."""
    files = {path: _read(path, stamp, known.get(path), reader) for path, stamp in found.files.items()}
    return Index(folder, base, found, files)


def _read(path: Path, stamp: Stamp, known: FileRead | None, reader: Reader) -> FileRead:
    if known is not None and known.stamp == stamp:
        return known
    reading = reader.read(path)
    return FileRead(stamp, reading.title, cut(reading), reading.refused)


def _fits(has: Sequence[str], wanted: Wanted) -> bool:
    """Say whether a passage is about it: a word of the title, two of the rest, or enough of letters that follow."""
    words = sum(_has(has, word) for word in wanted.rest.words)
    by_words = any(_has(has, word) for word in wanted.title.words) or words > 1
    return by_words or any(_has_runs(has, terms) for terms in (wanted.title, wanted.rest))


def _has(has: Sequence[str], word: str) -> bool:
    return any(one.startswith(word) for one in has)


def _has_runs(has: Sequence[str], terms: Terms) -> bool:
    return bool(terms.runs) and sum(_has(has, run) for run in terms.runs) >= _RUNS * len(terms.runs)
