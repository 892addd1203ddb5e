"""A book made ready: every text cleaned and read once, so that no form meets what a file cannot hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tasks.errors import PressroomError, fault
from tasks.fiction.book import Book, Format
from tasks.fiction.export.languages import Language, language_of
from tasks.fiction.export.text import Block, blocks_of, lines_of
from tasks.plain_text import one_line

NAMELESS = "—"
"""Stands for a title of which nothing can be seen: files must have one."""


@dataclass(frozen=True)
class Chapter:
    """A chapter, ready to be set."""

    number: int
    """Counted from 1."""
    title: str
    """Its number where it has none."""
    blocks: list[Block]


@dataclass(frozen=True)
class Manuscript:
    """A book, ready to be set."""

    identifier: str
    title: str
    author: str
    language: Language
    genre: str
    description: list[str]
    """Its lines."""
    rights: list[str]
    note: list[str]
    published: date
    chapters: list[Chapter]
    cover: bytes | None
    """As it was given, and not looked at yet."""

    @property
    def imprint(self) -> list[str]:
        """What stands below the title: rights, how it was made, the day, and the name that no other book has."""
        return [*self.rights, *self.note, self.published.isoformat(), self.identifier]


def manuscript_of(book: Book) -> Manuscript:
    """Read a book's texts."""
    return Manuscript(
        identifier=one_line(book.identifier) or NAMELESS,
        title=one_line(book.title) or NAMELESS,
        author=one_line(book.author),
        language=language_of(book.language),
        genre=one_line(book.genre),
        description=lines_of(book.description),
        rights=lines_of(book.rights),
        note=lines_of(book.note),
        published=book.published,
        chapters=[
            Chapter(number, one_line(chapter.title) or str(number), blocks_of(chapter.text))
            for number, chapter in enumerate(book.chapters, 1)
        ],
        cover=book.cover,
    )


def cannot(manuscript: Manuscript, form: Format, why: str) -> PressroomError:
    """Say why a book cannot be had in a form; its title stands for the project, of which a book knows nothing."""
    return fault("EXPORT_FAILED", project=manuscript.title, form=form.value, why=why)
