"""The form for any browser: one HTML file that loads nothing, and forbids itself to, whatever stands in its texts."""

from __future__ import annotations

from tasks.fiction.book import Format
from tasks.fiction.export.cover import cover_of
from tasks.fiction.export.manuscript import Manuscript
from tasks.fiction.export.markup import style_of, template_environment


def as_html(manuscript: Manuscript) -> bytes:
    """Write a book as one page, with its cover inside it and its contents linked."""
    template = template_environment().get_template("book.html.jinja")
    page = template.render(book=manuscript, cover=cover_of(manuscript, Format.HTML), style=style_of("book.css"))
    return page.encode()
