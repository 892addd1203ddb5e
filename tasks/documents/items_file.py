"""The file of items: operations one a line (JSONL), or as a list (YAML, JSON)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tasks.complaints import complaints
from tasks.documents.models import Operation
from tasks.errors import PressroomError, fault, rebuilt
from tasks.files import expect_content, parse_data, read_text, write_atomically
from tasks.yaml_lines import Lines

MAX_ITEMS_FILE = 1_000_000_000
_LINE = Path("line.json")
_Operations = TypeAdapter(list[Operation])


def read_items_file(path: Path, sha256: str | None = None) -> list[Operation]:
    """Read operations from JSONL, YAML or JSON; ITEMS_FILE_CHANGED when the content is not the one expected."""
    text = _text(path)
    if not _is_lines(path):
        data: object = parse_data(text, path)
        expect_content(path, sha256)
        return _validated(data, path, text)
    expect_content(path, sha256)
    return [_line(line, number, path) for number, line in _filled(text)]


def write_items_file(path: Path, operations: list[Operation]) -> str:
    """Write operations as JSONL and return the file's sha256."""
    lines = "".join(operation.model_dump_json(exclude_defaults=True) + "\n" for operation in operations)
    content = lines.encode()
    write_atomically(path, content)
    return hashlib.sha256(content).hexdigest()


class ItemLines:
    """Lines of a file of items, by the number of the operation and its field."""

    def __init__(self, path: Path) -> None:
        text = _text(path)
        self._numbers = [number for number, _ in _filled(text)] if _is_lines(path) else None
        self._lines = Lines(text, depth=2)

    def of(self, index: int, field: str) -> tuple[int, str]:
        """Return the line of an operation's field, and what the field is called."""
        if self._numbers is not None:
            return self._numbers[index], field
        return self._lines.of((index, field)), f"{index}.{field}"


def _text(path: Path) -> str:
    return read_text(path, limit=MAX_ITEMS_FILE) if _is_lines(path) else read_text(path)


def _is_lines(path: Path) -> bool:
    return path.suffix == ".jsonl"


def _filled(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _line(line: str, number: int, path: Path) -> Operation:
    try:
        value = parse_data(line, _LINE)
    except PressroomError as error:
        why = str(error.details["why"]).removeprefix("line 1, ")
        raise fault("SPEC_MALFORMED", path=str(path), format="JSON", why=f"line {number}: {why}") from None
    try:
        return Operation.model_validate({"content_config_id": value} if isinstance(value, str) else value)
    except ValidationError as error:
        raise _invalid(error, path, line, number) from error


def _validated(data: object, path: Path, text: str) -> list[Operation]:
    parts = data if isinstance(data, list) else [data]
    try:
        whole: list[object] = [{"content_config_id": part} if isinstance(part, str) else part for part in parts]
        return _Operations.validate_python(whole)
    except ValidationError as error:
        raise _invalid(error, path, text, 1) from error


def _invalid(error: ValidationError, path: Path, text: str, start: int) -> PressroomError:
    """Say the first thing that is wrong, in words and with its place; `text` begins at line `start`."""
    first = complaints(error, Operation, str(path), text, start=start)[0]
    found = rebuilt(first.code, first.message, first.remedy)
    found.details = {"path": first.file, "line": first.line, "field": first.field}
    return found
