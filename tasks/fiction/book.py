"""A book as it is exported, whatever the form."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from tasks.shape import Shape


class Format(StrEnum):
    """What a book is exported as."""

    EPUB = "epub"
    DOCX = "docx"
    HTML = "html"
    MARKDOWN = "markdown"
    PDF = "pdf"


ENDINGS = {
    Format.EPUB: ".epub",
    Format.DOCX: ".docx",
    Format.HTML: ".html",
    Format.MARKDOWN: ".md",
    Format.PDF: ".pdf",
}
"""What the files of each form end with."""


class BookChapter(Shape):
    """A chapter of a book."""

    title: str
    text: str
    """Paragraphs with an empty line between them; `*emphasis*`, and `***` alone for a break between scenes."""


class Book(Shape):
    """A book: what stands on its cover and in its imprint, and its chapters in order."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    identifier: str
    """A URN that stays the same when the book is made again."""
    title: str
    author: str = ""
    language: str = "en"
    genre: str = ""
    description: str = ""
    rights: str = ""
    note: str = ""
    """What readers are to know of how it was made, such as that a small model drafted it; stands in the imprint."""
    published: date
    chapters: Annotated[list[BookChapter], Field(min_length=1)]
    cover: bytes | None = None
    """PNG or JPEG; one is drawn where there is none."""
