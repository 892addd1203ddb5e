"""The form for readers: EPUB 3, as a publication of pages in XHTML.

Written here and not by EbookLib, whose licence (AGPL) would bind whoever uses Pressroom; the format is a few files in
an archive, and epubcheck judges them in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from tasks.fiction.book import Format
from tasks.fiction.export.cover import cover_of
from tasks.fiction.export.manuscript import Manuscript
from tasks.fiction.export.markup import TEMPLATES, template_environment
from tasks.fiction.export.packing import pack
from tasks.pictures import Picture

_PAGES = ("cover", "title", "contents")
"""Pages before the chapters, each from the template of its name."""


def as_epub(manuscript: Manuscript) -> bytes:
    """Write a book as EPUB: cover, title page with imprint, contents, chapters."""
    return pack(_files(manuscript, cover_of(manuscript, Format.EPUB)), manuscript.published)


def _files(manuscript: Manuscript, cover: Picture) -> Iterator[tuple[str, bytes]]:
    yield "mimetype", b"application/epub+zip"  # which must come first
    yield "META-INF/container.xml", _render("container.xml", manuscript, cover)
    yield "EPUB/package.opf", _render("package.opf", manuscript, cover)
    yield "EPUB/style.css", (TEMPLATES / "epub.css").read_bytes()
    yield f"EPUB/cover{cover.ending}", cover.content
    for name in _PAGES:
        yield f"EPUB/{name}.xhtml", _render(f"{name}.xhtml", manuscript, cover)
    page = template_environment().get_template("chapter.xhtml.jinja")
    for chapter in manuscript.chapters:
        yield f"EPUB/chapter-{chapter.number}.xhtml", page.render(book=manuscript, chapter=chapter).encode()


def _render(name: str, manuscript: Manuscript, cover: Picture) -> bytes:
    page = template_environment().get_template(f"{name}.jinja")
    return page.render(book=manuscript, cover=cover, pages=_PAGES).encode()
