"""Where in a spec, or in its file of items, each document of a batch was asked for."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tasks.complaints import Place, Problem
from tasks.documents.models import DocumentBatch, Operation
from tasks.documents.request_shapes import asked
from tasks.errors import PressroomError
from tasks.yaml_lines import Lines

if TYPE_CHECKING:
    from tasks.documents.items_file import ItemLines


class Places:
    """The places of a batch's documents, by number; nothing is looked for before something is wrong."""

    def __init__(self, batch: DocumentBatch, file: str, text: str) -> None:
        self.batch, self._file, self._lines = batch, file, Lines(text)

    def problem(self, number: int, error: PressroomError, field: str) -> Problem:
        """Describe an error of a document; `field` is the one of its operation that the error is about."""
        start, name, operations = self._parts[bisect_right(self._parts, number, key=lambda part: part[0]) - 1]
        if number - start >= len(operations):
            return self._in_file(number - start - len(operations), error, field)
        place = self._place(name, number - start, operations[number - start], field)
        return Problem.of(error, self._file, self._lines.of(place), ".".join(map(str, place)))

    @cached_property
    def _parts(self) -> list[tuple[int, str, list[Operation]]]:
        """What each field asks for, with the number of its first document; what is beyond the last is the file's."""
        parts: list[tuple[int, str, list[Operation]]] = []
        start = 0
        for name, operations in asked(self.batch):
            if operations or not parts:
                parts.append((start, name, operations))
                start += len(operations)
        return parts

    def _place(self, name: str, index: int, operation: Operation, field: str) -> Place:
        config_id = operation.content_config_id
        if name == "matrix":
            configs = self.batch.matrix.configs if self.batch.matrix is not None else []
            return (name, "configs", configs.index(config_id)) if field == "content_config_id" else (name, field)
        is_listed = name in ("operations", "requests")
        if field == "context" and not (is_listed and operation.context):
            if config_id in self.batch.individual_contexts:
                return ("individual_contexts", config_id)
            if self.batch.shared_context:
                return ("shared_context",)
        return (name, index, field) if is_listed else (name, index)

    def _in_file(self, index: int, error: PressroomError, field: str) -> Problem:
        line, name = self._lines_of_file.of(index, field)
        return Problem.of(error, str(self._items_file), line, name)

    @property
    def _items_file(self) -> Path:
        return self.batch.base_dir / (self.batch.items_file or "")

    @cached_property
    def _lines_of_file(self) -> ItemLines:
        from tasks.documents.items_file import ItemLines

        return ItemLines(self._items_file)


class Where(NamedTuple):
    """The place of one document."""

    places: Places
    number: int

    def problem(self, error: PressroomError, field: str) -> Problem:
        """Describe an error of the document, at the field of its operation that it is about."""
        return self.places.problem(self.number, error, field)
