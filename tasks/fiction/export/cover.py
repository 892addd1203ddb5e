"""A book's cover: the one that was given, or one that is drawn for its title."""

from __future__ import annotations

import hashlib

from tasks.fiction.book import Format
from tasks.fiction.export.manuscript import Manuscript, cannot
from tasks.fiction.export.picture import Picture, PictureError, look_at
from tasks.fiction.export.typesetting import NotSetError, SignMissingError, draw_png, settable

DRAWN = (1600, 2400)
"""Width and height of a cover that is drawn, in pixels; shops ask for about as much."""
_PALETTES = (
    ("#1d3557", "#f1e9da", "#e9b872", "#2c4a73"),
    ("#2d3a3a", "#f4efe6", "#d98e73", "#43544f"),
    ("#3b2c4a", "#f3ecf0", "#e3b5a4", "#55416b"),
    ("#7a3b2e", "#faf1e4", "#f0c987", "#94503f"),
    ("#20463c", "#f2efe2", "#d9c27e", "#30604f"),
    ("#e9e1d1", "#2b2a33", "#b5533c", "#d5c8b0"),
    ("#dfe6e4", "#22343c", "#3f7d76", "#c3d1ce"),
    ("#16202e", "#e8e6e1", "#8fb3c9", "#26374d"),
)
"""Ground, letters, what stands out, and what stands back; letters are well to be read on both others."""


def cover_of(manuscript: Manuscript, form: Format) -> Picture:
    """Return a book's cover; EXPORT_FAILED says what is wrong with one that was given."""
    try:
        return Picture(_draw(manuscript), ".png", *DRAWN) if manuscript.cover is None else look_at(manuscript.cover)
    except (PictureError, NotSetError) as error:
        raise cannot(manuscript, form, str(error)) from error


def _draw(manuscript: Manuscript) -> bytes:
    """Draw a cover; where our fonts lack its letters, one without letters, for a title page follows it anyway."""
    seed = hashlib.sha256(manuscript.title.encode()).digest()
    ground, letters, bright, dim = _PALETTES[seed[0] % len(_PALETTES)]
    data = {
        "lang": manuscript.language.name,
        "region": manuscript.language.region,
        "title": settable(manuscript.title),
        "author": settable(manuscript.author),
        "colours": {"ground": ground, "letters": letters, "bright": bright, "dim": dim},
        "chance": [byte / 255 for byte in seed[1:]],
    }
    try:
        return draw_png("cover.typ", data, manuscript.published)
    except SignMissingError:
        return draw_png("cover.typ", {**data, "title": [], "author": []}, manuscript.published)
