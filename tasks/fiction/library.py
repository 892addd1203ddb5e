"""The library: where a project's works lie, so that one job finds what another has made, and people may edit it.

<output_dir>/<project_id>/characters.json
                          outline.json
                          chapters/chapter-01.md       the text
                          chapters/chapter-01.json     its title, ending and quality
                          book/<project_id>.epub ...
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from tasks.errors import PressroomError, fault
from tasks.fiction.story import Characters, Ending, Outline, QualityReport
from tasks.files import decode, path_below, read_bytes, read_data, read_text, write_atomically
from tasks.models import Output
from tasks.shape import Shape

ShapeT = TypeVar("ShapeT", bound=Shape)
MADE = "made"
"""Field of a work's file with a hash of what it said when it was made here."""


class ChapterRecord(Shape):
    """What is kept of a chapter beside its text."""

    number: int
    title: str
    ending: Ending
    words: int
    by_model: str
    revision: int = 0
    text_sha256: str
    """Of the text as it was made: another one has been edited by somebody."""
    quality: QualityReport | None = None


class Shelf:
    """A project's folder in the library; a place in it from which a link leads out of the library is PATH_OUTSIDE."""

    def __init__(self, root: Path, project_id: str) -> None:
        self.project_id = project_id
        self._root = root

    @property
    def characters(self) -> Path:
        """Its characters."""
        return self._place("characters.json")

    @property
    def outline(self) -> Path:
        """Its outline."""
        return self._place("outline.json")

    def text(self, number: int) -> Path:
        """A chapter's text."""
        return self._place("chapters", f"chapter-{number:02}.md")

    def record(self, number: int) -> Path:
        """What is kept beside it."""
        return self._place("chapters", f"chapter-{number:02}.json")

    def quality(self, number: int) -> Path:
        """What quality control said of it, when it was asked by itself."""
        return self._place("quality", f"chapter-{number:02}.json")

    def book(self, ending: str) -> Path:
        """The book in a form."""
        return self._place("book", f"{self.project_id}{ending}")

    def _place(self, *parts: str) -> Path:
        return path_below(self._root, self.project_id, *parts)

    def is_edited(self, path: Path) -> bool:
        """Say whether a work is there that is not as it was made here: its author has written or changed it."""
        if not path.is_file():
            return False
        try:
            data = read_data(path)
        except PressroomError:
            return True  # Whoever reads it is told what is wrong with it.
        return not isinstance(data, dict) or data.get(MADE) != _mark(data)

    def edited_text(self, number: int) -> str | None:
        """Return a chapter's text where its author has written or changed it; None where it is as it was made here."""
        path = self.text(number)
        if not path.is_file():
            return None
        content = read_bytes(path)
        if self.record(number).is_file():
            record = self.read_record(number)
            if record.text_sha256 == hashlib.sha256(content).hexdigest():
                return None
        return body_of(with_text(path, decode(content, path)))

    def read_characters(self) -> Characters:
        """Read its characters; CHARACTERS_MISSING where there are none."""
        return self._read(self.characters, Characters, "CHARACTERS_MISSING")

    def read_outline(self) -> Outline:
        """Read its outline; OUTLINE_MISSING where there is none."""
        return self._read(self.outline, Outline, "OUTLINE_MISSING")

    def read_record(self, number: int) -> ChapterRecord:
        """Read what is kept of a chapter; CHAPTER_MISSING where there is none."""
        return self._read(self.record(number), ChapterRecord, "CHAPTER_MISSING", number=number)

    def read_text(self, number: int) -> str:
        """Read a chapter's text; CHAPTER_MISSING where there is none."""
        return body_of(self._read_file(number))

    def read_chapter(self, number: int) -> tuple[str, str, ChapterRecord | None]:
        """Read a chapter's title and text, and its record if it has one: a text of the author's own needs none."""
        whole = self._read_file(number)
        record = self.read_record(number) if self.record(number).is_file() else None
        return heading_of(whole) or (record.title if record else ""), body_of(whole), record

    def _read_file(self, number: int) -> str:
        path = self.text(number)
        if not path.is_file():
            raise fault("CHAPTER_MISSING", project=self.project_id, path=str(path), number=number)
        return with_text(path, read_text(path))

    def _read(self, path: Path, shape: type[ShapeT], missing: str, **more: object) -> ShapeT:
        if not path.is_file():
            raise fault(missing, project=self.project_id, path=str(path), **more)
        try:
            text = read_text(path)
            return shape.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(map(str, first["loc"])) or "the whole"
            raise fault("WORK_INVALID", path=str(path), why=f"{where}: {first['msg']}") from None
        except PressroomError as error:
            raise fault("WORK_INVALID", path=str(path), why=error.message.rstrip(".")) from error


def with_text(path: Path, whole: str) -> str:
    """Return what a chapter's file says; WORK_INVALID where there is nothing but a heading in it."""
    if not body_of(whole):
        raise fault("WORK_INVALID", path=str(path), why="it has no text")
    return whole


def titled(title: str, text: str) -> bytes:
    """Return a chapter's file: its title as a heading, and its text."""
    return f"# {title}\n\n{text.strip()}\n".encode()


def heading_of(markdown: str) -> str:
    """Return the title in a chapter's file; empty where it has none."""
    first = markdown.partition("\n")[0]
    return first.removeprefix("# ").strip() if first.startswith("# ") else ""


def body_of(markdown: str) -> str:
    """Return the text of a chapter's file without its heading."""
    first, _, rest = markdown.partition("\n")
    return rest.strip() if first.startswith("# ") else markdown.strip()


def save(path: Path, content: bytes) -> Output:
    """Write a work under its name, whole or not at all, and say what was written."""
    write_atomically(path, content)
    return Output.of(str(path), content)


def save_shape(path: Path, shape: Shape) -> Output:
    """Write a work as JSON that people can read and edit; a mark tells later whether they have."""
    data = shape.model_dump(mode="json")
    marked = {**data, MADE: _mark(data)}
    return save(path, json.dumps(marked, indent=2, ensure_ascii=False).encode() + b"\n")


def _mark(data: Mapping[str, Any]) -> str:
    """Hash what a work says, whatever its lay-out."""
    said = {name: value for name, value in data.items() if name != MADE}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
