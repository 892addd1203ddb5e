"""What is wrong with a batch of fiction, found before anything is made: in the spec, its projects and its library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

from tasks.claims import Claims
from tasks.complaints import Place, Problem
from tasks.errors import PressroomError, as_fault, fault
from tasks.fiction.asked import entries_of
from tasks.fiction.items_file import lines_of
from tasks.fiction.job_item import JobItem
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.fiction.planning import link, placed_items, preparing
from tasks.fiction.project import Project
from tasks.fiction.readiness import check_library, is_asked
from tasks.fiction.routing import assign
from tasks.yaml_lines import Lines


def check_fiction(batch: FictionBatch, file: str, text: str) -> Iterator[Problem]:
    """Yield every problem: of each item once, in the order of the spec, then of the models."""
    yield from _Checks(batch, file, text).problems()


class _Checks:
    """One look at a batch."""

    def __init__(self, batch: FictionBatch, file: str, text: str) -> None:
        self._batch = batch
        self._file = file
        self._lines = Lines(text)
        self._entries = entries_of(batch)
        self._placed = placed_items(batch, now=datetime.now(UTC))
        link([item for _, item in self._placed])

    def problems(self) -> Iterator[Problem]:
        """Yield them; a fault of a whole project is told once for each place that asks for it."""
        told: set[Problem] = set()
        prepare = preparing(self._batch, Claims())
        for position, item in self._placed:
            try:
                prepare(item)
                check_library(item)
            except Exception as error:
                found = as_fault(error, what=f"item {item.item_id!r}")
                problem = self._of_item(position, item, found)
                if problem not in told:
                    told.add(problem)
                    yield problem
        yield from self._of_models()

    def _of_item(self, position: int, item: FictionItem, error: PressroomError) -> Problem:
        entry = self._entries[position]
        if self._batch.items_file is not None:
            path = str(self._batch.base_dir / self._batch.items_file)
            return Problem.of(error, path, self._file_lines[position], _field(entry, error) or "item")
        if error.code == "DEADLINE_PASSED" and entry.deadline is None:
            return self._at(error, ("deadline",))
        if error.code == "CHAPTER_OUTSIDE" and entry.chapter_num is None and item.chapter in self._batch.chapters:
            return self._at(error, ("chapters", self._batch.chapters.index(item.chapter)))
        if self._batch.projects:
            is_written_out = isinstance(self._batch.projects[position], Project)
            field = "genre" if error.code == "GENRE_UNKNOWN" and is_written_out else ""
            return self._at(error, ("projects", position, *([field] if field else [])))
        field = _field(entry, error)
        return self._at(error, ("items", position, *([field] if field else [])))

    @cached_property
    def _file_lines(self) -> list[int]:
        return lines_of(self._batch)

    def _of_models(self) -> Iterator[Problem]:
        """Yield what stands in the way of the models that are asked."""
        from tasks.llm.readiness import unready

        field = "model" if self._batch.model is not None else "models"
        items = [item for _, item in self._placed]
        try:
            assign(self._batch, items)
        except PressroomError as refused:
            yield self._at(refused, (field,))
            return
        asking = [item for item in items if item.fault is None and is_asked(item)]
        if asking and not asking[0].models:
            yield self._at(fault("MODEL_NONE", what=f"Item {asking[0].item_id!r}"), (field,))
        models = dict.fromkeys(model for item in asking for model in item.models)
        for error in unready(models, "fiction", self._batch.budget):
            yield self._at(error, (field,))

    def _at(self, error: PressroomError, place: Place) -> Problem:
        return Problem.of(error, self._file, self._lines.of(place), ".".join(map(str, place)))


_FIELDS = {
    "PROJECT_NOT_FOUND": "project_id",
    "PROJECT_INVALID": "project_id",
    "CHAPTER_OUTSIDE": "chapter_num",
    "DEADLINE_PASSED": "deadline",
    "GENRE_UNKNOWN": "genre",
}


def _field(entry: JobItem, error: PressroomError) -> str:
    """Say which field of an item is at fault; nothing where it is none that it has."""
    field = _FIELDS.get(error.code, "")
    return field if field in entry.given else ""
