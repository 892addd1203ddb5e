"""The files of a schedule: JSON for programs, CSV for spreadsheets, iCalendar for calendars.

Each is written whole or not at all, and under a name that follows from creator and week alone: one that is made again
takes the place of the one before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tasks.creators.document import ScheduleDocument
from tasks.creators.store_posts import Once
from tasks.files import write_atomically
from tasks.models import Output

ENDINGS = ("json", "csv", "ics")
_UNSAFE = re.compile(r"[^\w.@+-]|^\.")


def schedule_paths(folder: Path | str, creator_id: str, week_start: date) -> list[str]:
    """Say where the files of a creator's week lie: those of `ENDINGS`, in this order."""
    stem = f"{_UNSAFE.sub('_', creator_id)}-{week_start}"
    return [os.path.join(folder, f"{stem}.{ending}") for ending in ENDINGS]


def write_schedule(document: ScheduleDocument, folder: Path | str, once: Sequence[Once] = ()) -> list[Output]:
    """Write a schedule's files and describe them; `once` are the posts that the creator's week has had."""
    made = []
    for path in schedule_paths(folder, document.creator_id, document.week_start):
        content = _content(document, path, once)
        write_atomically(path, content)
        made.append(Output.of(path, content))
    return made


def _content(document: ScheduleDocument, path: str, once: Sequence[Once]) -> bytes:
    # Loaded when there is something to write: whoever only asks where files lie waits for neither.
    if path.endswith(".csv"):
        from tasks.creators.table_file import as_table

        return as_table(document)
    if path.endswith(".ics"):
        from tasks.creators.calendar_file import as_calendar

        return as_calendar(document, once)
    return document.model_dump_json(indent=2).encode()
