"""The file of a job's items: one a line, each as its source writes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from tasks.complaints import complaints, refuse
from tasks.errors import PressroomError, fault, rebuilt
from tasks.fiction.job_item import JobItem
from tasks.fiction.models import FictionBatch
from tasks.fiction.request import item_complaints
from tasks.files import expect_content, read_text, write_atomically
from tasks.json_text import parse_json

MOST_BYTES = 1_000_000_000


def read_items(batch: FictionBatch) -> list[JobItem]:
    """Return a job's items, from its file where they lie in one; the first thing that is wrong in it is raised."""
    if batch.items_file is None:
        return batch.items
    path = batch.base_dir / batch.items_file
    text = read_text(path, limit=MOST_BYTES)
    expect_content(path, batch.items_sha256)
    # Not by `splitlines`, which ends a line at Unicode's own line ends too, and a text may have those.
    lines = enumerate(text.split("\n"), 1)
    return [_item(batch, line, number, path) for number, line in lines if line.strip()]


def lines_of(batch: FictionBatch) -> list[int]:
    """Return the line of each item in a job's file of items."""
    assert batch.items_file is not None
    text = read_text(batch.base_dir / batch.items_file, limit=MOST_BYTES)
    return [number for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def write_items(path: Path, items: Iterable[JobItem]) -> tuple[Path, str]:
    """Write a job's items one a line, under a name of their content, and return file and sha256."""
    content = "".join(item.model_dump_json() + "\n" for item in items).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    named = path.with_name(f"{path.stem}-{sha256[:12]}{path.suffix}")
    write_atomically(named, content)
    return named, sha256


def _item(batch: FictionBatch, line: str, number: int, path: Path) -> JobItem:
    try:
        value = parse_json(line, str(path))
    except PressroomError as error:
        why = str(error.details["why"]).removeprefix("line 1, ")
        raise fault("SPEC_MALFORMED", path=str(path), format="JSON", why=f"line {number}: {why}") from None
    try:
        item = JobItem.model_validate(value)
        refuse(JobItem, ((place[1:], error) for place, error in item_complaints(batch, [item])))
    except ValidationError as error:
        problem = complaints(error, JobItem, str(path), line, start=number)[0]
        found = rebuilt(problem.code, problem.message, problem.remedy)
        found.details = {"path": problem.file, "line": problem.line, "field": problem.field}
        raise found from None
    return item
