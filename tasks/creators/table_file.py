"""A schedule as CSV: one row a post, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from tasks.creators.document import ScheduleDocument, SchedulePost

_OF_THE_WEEK = ("creator_id", "page_name", "week_start", "time_zone")
_OF_A_POST = tuple(SchedulePost.model_fields)
COLUMNS = (*_OF_THE_WEEK, *_OF_A_POST)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_table(document: ScheduleDocument) -> bytes:
    """Write a schedule's posts as CSV (RFC 4180, UTF-8)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    week = [_cell(getattr(document, name)) for name in _OF_THE_WEEK]
    writer.writerows([*week, *(_cell(getattr(post, name)) for name in _OF_A_POST)] for post in document.posts)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """Write a value; a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:.2f}"
    text = str(value).replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULA) else text
