"""A show's cover: the one that was given, if directories would take it, or one that is drawn for its title."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from tasks.cover_looks import looks_of
from tasks.errors import fault
from tasks.files import read_bytes, resolve_inside
from tasks.pictures import MOST_BYTES, Picture, PictureError, look_at
from tasks.plain_text import one_line
from tasks.podcast.show import Show
from tasks.typesetting import SignMissingError, draw_png, settable

SIDE = 1400
"""Pixels a side of a cover that is drawn: the least that directories take, which is also quick to fetch."""
LEAST, MOST = 1400, 3000
"""Pixels a side of one that is given, as directories want it."""
_TEMPLATE = Path(__file__).parent / "templates" / "cover.typ"
_DAY = date(2000, 1, 1)
"""Typst wants a day, and a picture has none: any other would be the same picture."""


def cover_of(show: Show, base: Path) -> Picture:
    """Return a show's cover, named from the spec's folder `base`; COVER_INVALID says what is wrong with it. Blocks."""
    if show.cover is None:
        return Picture(_drawn(one_line(show.title), one_line(show.author), show.language), ".png", SIDE, SIDE)
    try:
        picture = look_at(read_bytes(resolve_inside(base, show.cover), limit=MOST_BYTES))
    except PictureError as error:
        raise fault("COVER_INVALID", path=str(show.cover), why=str(error)) from error
    if picture.width != picture.height or not LEAST <= picture.width <= MOST:
        why = f"it is {picture.width:,} by {picture.height:,} pixels"
        raise fault("COVER_INVALID", path=str(show.cover), why=why)
    return picture


@lru_cache(maxsize=8)  # Each of a show's episodes asks for it.
def _drawn(title: str, author: str, language: str) -> bytes:
    """Draw a cover; where our fonts lack its letters, one without letters: players show the title beside it."""
    name, *rest = language.split("-")
    region = next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), "")
    said = {"title": settable(title), "author": settable(author)}
    data = {"lang": name, "region": region, **looks_of(title)}
    try:
        return draw_png(_TEMPLATE, {**data, **said}, _DAY)
    except SignMissingError:
        return draw_png(_TEMPLATE, {**data, "title": [], "author": []}, _DAY)
