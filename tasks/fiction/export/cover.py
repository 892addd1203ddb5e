"""A book's cover: the one that was given, or one that is drawn for its title."""

from __future__ import annotations

from tasks.cover_looks import looks_of
from tasks.fiction.book import Format
from tasks.fiction.export.manuscript import Manuscript, cannot
from tasks.fiction.export.markup import TEMPLATES
from tasks.pictures import Picture, PictureError, look_at
from tasks.typesetting import NotSetError, SignMissingError, draw_png, settable

DRAWN = (1600, 2400)
"""Width and height of a cover that is drawn, in pixels; shops ask for about as much."""


def cover_of(manuscript: Manuscript, form: Format) -> Picture:
    """Return a book's cover; EXPORT_FAILED says what is wrong with one that was given."""
    try:
        return Picture(_draw(manuscript), ".png", *DRAWN) if manuscript.cover is None else look_at(manuscript.cover)
    except (PictureError, NotSetError) as error:
        raise cannot(manuscript, form, str(error)) from error


def _draw(manuscript: Manuscript) -> bytes:
    """Draw a cover; where our fonts lack its letters, one without letters, for a title page follows it anyway."""
    data = {
        "lang": manuscript.language.name,
        "region": manuscript.language.region,
        "title": settable(manuscript.title),
        "author": settable(manuscript.author),
        **looks_of(manuscript.title),
    }
    try:
        return draw_png(TEMPLATES / "cover.typ", data, manuscript.published)
    except SignMissingError:
        return draw_png(TEMPLATES / "cover.typ", {**data, "title": [], "author": []}, manuscript.published)
