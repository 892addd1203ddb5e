"""The form for print and for the page as it is: PDF, tagged so that it can be read aloud (PDF/UA)."""

from __future__ import annotations

from tasks.fiction.book import Format
from tasks.fiction.export.cover import cover_of
from tasks.fiction.export.manuscript import Chapter, Manuscript, cannot
from tasks.fiction.export.markup import TEMPLATES
from tasks.fiction.export.text import Block, Paragraph
from tasks.pictures import Picture
from tasks.typesetting import NotSetError, SignMissingError, set_pdf, settable


def as_pdf(manuscript: Manuscript) -> bytes:
    """Set a book on pages of A5: cover, title page with imprint, contents, chapters.

    A sign that no font here has is an EXPORT_FAILED that names it: a book with boxes in it would look finished. Ours
    have all of Thai, Latin, Cyrillic, Greek, Arabic, Hebrew, most Indic scripts, symbols and emoji; Chinese, Japanese
    and Korean are taken from the fonts of the system.
    """
    cover = cover_of(manuscript, Format.PDF)
    try:
        return set_pdf(TEMPLATES / "book.typ", _data(manuscript), {"cover.svg": _as_svg(cover)}, manuscript.published)
    except SignMissingError as error:
        why = f"no font on this machine can show {str(error)!r}; install one that can, or leave this form out"
        raise cannot(manuscript, Format.PDF, why) from error
    except NotSetError as error:
        raise cannot(manuscript, Format.PDF, str(error)) from error


def _as_svg(cover: Picture) -> str:
    """Wrap a picture into text, which is all that Typst takes from memory."""
    size = f'width="{cover.width}" height="{cover.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{cover.address}"/></svg>'


def _data(manuscript: Manuscript) -> dict[str, object]:
    language, day = manuscript.language, manuscript.published
    return {
        "lang": language.name,
        "region": language.region,
        "names": {
            "title": manuscript.title,
            "author": manuscript.author,
            "cover": f"{language.words.cover}: {manuscript.title}",
        },
        "title": settable(manuscript.title),
        "author": settable(manuscript.author),
        "description": " ".join(manuscript.description),
        "genre": manuscript.genre,
        "day": [day.year, day.month, day.day],
        "imprint": [settable(line) for line in manuscript.imprint],
        "words": {"contents": settable(language.words.contents)},
        "chapters": [_chapter(chapter) for chapter in manuscript.chapters],
    }


def _chapter(chapter: Chapter) -> dict[str, object]:
    return {"title": settable(chapter.title), "blocks": [_block(block) for block in chapter.blocks]}


def _block(block: Block) -> dict[str, object] | None:
    """Write a break between scenes as nothing."""
    if not isinstance(block, Paragraph):
        return None
    runs = [
        {"lines": [settable(line) for line in run.text.split("\n")], "is_emphasised": run.is_emphasised}
        for run in block.runs
    ]
    return {"runs": runs, "is_verse": block.is_verse}
