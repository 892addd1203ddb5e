"""The master list of topics: which episode is about what, from a YAML, JSON or CSV file or from the spec itself."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from tasks.errors import PressroomError, fault
from tasks.files import read_data, read_text, write_atomically
from tasks.podcast.episode import Topic
from tasks.podcast.made import is_made
from tasks.podcast.models import PodcastBatch
from tasks.podcast.presets import PRESETS, Strategy, preset_for
from tasks.podcast.shows import show_of, topics_file_of
from tasks.yaml_lines import Lines

BETWEEN = ";"
"""Parts the questions of a CSV row."""


_STRAY = "a cell without a column"


class Faulty(NamedTuple):
    """An entry of a master list that is wrong."""

    error: PressroomError
    line: int
    entry: str
    """Which one it is, in words; empty in a table, where the line says it."""


class Asked(NamedTuple):
    """An episode that is asked for: its topic, and what is wrong with it from the start."""

    topic: Topic
    fault: PressroomError | None = None


def asked(batch: PodcastBatch) -> list[Asked]:
    """Return the episodes that a batch asks for, in order; TOPICS_INVALID where the list itself cannot be read.

    NOTHING_UPCOMING where it asks for the next ones and the list has no further ones.
    """
    topics = batch.topics or read_topics(topics_file_of(batch))
    if batch.upcoming and not batch.episodes:
        topics = list(islice((topic for topic in topics if not is_made(batch, topic.episode)), batch.upcoming))
        if not topics:
            raise fault("NOTHING_UPCOMING", show=show_of(batch).title)
    by_number = {topic.episode: topic for topic in reversed(topics)}
    if not batch.episodes:
        return list(_checked(topics))
    missing = {number: _missing(number, by_number) for number in batch.episodes if number not in by_number}
    chosen = [by_number.get(number) or Topic(episode=number, title=f"episode {number}") for number in batch.episodes]
    return [Asked(one.topic, missing.get(one.topic.episode) or one.fault) for one in _checked(chosen)]


def strategy_of(batch: PodcastBatch) -> Strategy:
    """Return how a batch is run: as its preset says, which follows from its size where none is named."""
    preset = batch.preset or preset_for(len(asked(batch)))
    return PRESETS[preset].strategy


def size_of(batch: PodcastBatch) -> int:
    """Count the episodes that a batch asks for, faulty ones among them."""
    if batch.upcoming and not batch.episodes and (batch.topics or not any(faulty_topics(topics_file_of(batch)))):
        return len(asked(batch))
    return len(batch.episodes) or len(batch.topics) or sum(1 for _ in _entries_of(topics_file_of(batch)))


def read_topics(path: Path) -> list[Topic]:
    """Read a master list; TOPICS_INVALID names the first entry that is wrong, and what is wrong with it."""
    return [_topic(path, entry) for entry in _entries_of(path)]


def faulty_topics(path: Path) -> Iterator[Faulty]:
    """Yield all entries of a master list that are wrong, each with its line."""
    lines = Lines("" if _is_table(path) else read_text(path))
    for entry in _entries_of(path):
        try:
            _topic(path, entry)
        except PressroomError as error:
            line = entry.line or lines.of(entry.at)
            yield Faulty(error, line, entry.place if entry.line is None else "")


def _checked(topics: list[Topic]) -> Iterator[Asked]:
    seen: set[int] = set()
    for topic in topics:
        if topic.episode in seen:
            yield Asked(topic, fault("EPISODE_DUPLICATED", number=topic.episode))
        elif not topic.title:
            yield Asked(topic, fault("TOPIC_EMPTY", number=topic.episode))
        else:
            yield Asked(topic)
        seen.add(topic.episode)


def _missing(number: int, known: dict[int, Topic]) -> PressroomError:
    span = f"{min(known)} to {max(known)}" if known else "nothing"
    return fault("EPISODE_UNKNOWN", number=number, known=span)


class _Entry(NamedTuple):
    """An entry of a master list as it is written."""

    place: str
    """In words."""
    value: Any
    line: int | None = None
    """Of a table."""
    at: tuple[str | int, ...] = ()
    """In a file of YAML or JSON."""


def _entries_of(path: Path) -> Iterator[_Entry]:
    return _rows(path) if _is_table(path) else _listed(path)


def _is_table(path: Path) -> bool:
    return path.suffix.casefold() == ".csv"


def _listed(path: Path) -> Iterator[_Entry]:
    data = read_data(path)
    entries, above = (data.get("topics"), ("topics",)) if isinstance(data, dict) else (data, ())
    if not isinstance(entries, list):
        raise fault("TOPICS_INVALID", path=str(path), place="the whole", why="it is no list of topics")
    yield from (_Entry(f"entry {number + 1}", entry, at=(*above, number)) for number, entry in enumerate(entries))


def _rows(path: Path) -> Iterator[_Entry]:
    text = read_text(path)
    header = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",", restkey=_STRAY
    )
    try:
        for row in reader:
            cells = {name: cell for name, cell in row.items() if (any(cell) if name == _STRAY else cell)}
            if not cells:  # What spreadsheets leave below a table.
                continue
            if "questions" in cells:
                cells["questions"] = [part.strip() for part in cells["questions"].split(BETWEEN) if part.strip()]
            yield _Entry(f"line {reader.line_num}", {"title": "", **cells}, line=reader.line_num)
    except csv.Error as error:
        place = f"line {reader.line_num}"
        raise fault("TOPICS_INVALID", path=str(path), place=place, why=str(error)) from error


def _topic(path: Path, entry: _Entry) -> Topic:
    try:
        return Topic.model_validate(entry.value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        why = f"{field}: {first['msg']}"
        raise fault("TOPICS_INVALID", path=str(path), place=entry.place, why=why) from None


def write_topics(path: Path, topics: list[Topic]) -> Path:
    """Write topics to a file, under a name of their content, and return where it lies."""
    content = json.dumps([topic.model_dump(mode="json") for topic in topics], ensure_ascii=False).encode()
    named = path.with_name(f"{path.stem}-{hashlib.sha256(content).hexdigest()[:12]}.json")
    write_atomically(named, content)
    return named
