"""The feed of a show: RSS 2.0 with the tags of Apple and of Podcasting 2.0, from the records of its episodes.

Built whole each time, under a lock that all processes share, from the records that lie in the show's folder then:
whoever builds last sees all that were there before, so that none is ever missing from it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from filelock import FileLock, Timeout
from jinja2 import Environment
from pydantic import ValidationError

from tasks.errors import PressroomError, fault
from tasks.files import path_below, read_text, write_atomically
from tasks.page_templates import page_environment
from tasks.plain_text import clean, one_line
from tasks.podcast.package.parts import EpisodeRecord, clock
from tasks.podcast.package.record import RECORD
from tasks.podcast.show import Show

FEED = "feed.xml"
PLACEHOLDER = "https://podcast.invalid/"
"""Stands for the address of a show that has none: feeds must have whole ones, and this one never leads anywhere."""
LOCK_SECONDS = 60.0
_LOCK = ".feed.lock"
_TEMPLATES = Path(__file__).parent / "templates"
_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace that Podcasting 2.0 has for `podcast:guid`."""


def rebuild_feed(show: Show, show_folder: Path, cover: str, *, patience: float = LOCK_SECONDS) -> list[str]:
    """Write the feed of all episodes below a show's folder, and return a warning for each record that cannot be read.

    `cover` is the picture's name in the folder. Blocks while others write it, `patience` seconds at most: FEED_BUSY
    then.
    """
    path = show_folder / FEED
    show_folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(show_folder / _LOCK, timeout=patience):
            records, warnings = read_records(show_folder)
            write_atomically(path, feed_of(show, records, cover).encode())
    except Timeout:
        raise fault("FEED_BUSY", path=str(path), seconds=patience) from None
    return warnings


def read_records(show_folder: Path) -> tuple[list[EpisodeRecord], list[str]]:
    """Return the records below a show's folder, the newest first, and a warning for each that cannot be read.

    Of two that are the same episode, as where it was made once more elsewhere, the one that was published last counts.
    """
    found: dict[str, EpisodeRecord] = {}
    warnings: list[str] = []
    for path in sorted(show_folder.glob(f"*/{RECORD}")):
        try:
            inside = path_below(show_folder, path.parent.name, RECORD)
            record = EpisodeRecord.model_validate_json(read_text(inside))
        except (PressroomError, ValidationError) as error:
            why = error.message.rstrip(".") if isinstance(error, PressroomError) else "it is no record of an episode"
            warnings.append(f"The episode {path.parent.name!r} is not in the feed: {why}.")
            continue
        other = found.get(record.guid)
        if other is None or other.published <= record.published:
            found[record.guid] = record
    return sorted(found.values(), key=lambda one: (one.published, one.number), reverse=True), warnings


def feed_of(show: Show, records: Sequence[EpisodeRecord], cover: str) -> str:
    """Write the feed."""
    base = base_of(show)
    category, _, subcategory = (part.strip() for part in (one_line(show.category) or "Education").partition(">"))
    feed = {
        "title": one_line(show.title),
        "link": base.removesuffix("/") if show.link else base,
        "base": base,
        "is_placeholder": base == PLACEHOLDER,
        "description": clean(show.description).strip() or one_line(show.title),
        "language": show.language,
        "newest": format_datetime(records[0].published) if records else "",
        "author": one_line(show.author) or one_line(show.title),
        "email": one_line(show.email),
        "cover": _address(base, cover),
        "category": category,
        "subcategory": subcategory,
        "explicit": "true" if show.is_explicit else "false",
        "guid": str(uuid.uuid5(_GUIDS, _name_of(show, base))),
        "episodes": [_episode(record, base) for record in records],
    }
    return clean(_environment().get_template("feed.xml.jinja").render(feed=feed)) + "\n"


def base_of(show: Show) -> str:
    """Return the address below which a show's files are named, with a slash at its end."""
    link = one_line(show.link)
    if not link:
        return PLACEHOLDER
    return quote((link if "://" in link else f"https://{link}").rstrip("/"), safe=":/?#[]@!$&'()*+,;=%~") + "/"


def _name_of(show: Show, base: str) -> str:
    """Return what a feed's guid is made of: its address without protocol, as Podcasting 2.0 wants it, or its title."""
    if base == PLACEHOLDER:
        return one_line(show.title)
    parts = urlsplit(base)
    return f"{parts.netloc}{parts.path}{FEED}"


def _episode(record: EpisodeRecord, base: str) -> dict[str, Any]:
    title = one_line(record.title) or f"Episode {record.number}"
    summary, note = clean(record.summary).strip() or title, clean(record.note).strip()
    notes = _environment().get_template("notes.html.jinja").render(episode=record, summary=summary, note=note)
    return {
        "title": title,
        "description": f"{summary}\n\n{note}".strip(),
        "notes": notes.strip(),
        "guid": record.guid,
        "number": record.number,
        "published": format_datetime(record.published),
        "seconds": round(record.seconds),
        "size": record.size,
        "audio": _address(base, record.file),
        "transcript": _address(base, record.transcript),
        "chapters": _address(base, record.chapters_file),
    }


def _address(base: str, path: str) -> str:
    return base + quote(path)


@cache
def _environment() -> Environment:
    environment = page_environment(_TEMPLATES)
    environment.filters["clock"] = clock
    return environment
