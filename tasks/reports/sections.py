"""A kind's own part of the reports: what its items are, beyond that they were made.

A kind offers it in its `spec.py`, as `sections(execute, batch_id)`, which asks the ledger and nothing else, so that a
report reads the same at the end of a run and a week later. What is told is given as facts, tables and pictures; how
they look in HTML and in Markdown is the reports' matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.reports.facts import Fact
from tasks.reports.pictures.picture import Picture
from tasks.reports.tables import Table
from tasks.specs import has_spec, kind_spec

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute

Sections = Callable[["Execute", str], Iterable["Section"]]


@dataclass(frozen=True)
class Section:
    """Something that a kind tells of a batch."""

    title: str
    """Empty: it has nothing to tell by itself."""
    facts: Sequence[Fact] = ()
    job: Sequence[Fact] = ()
    """What is told with the batch's own facts, where it says what was asked for."""
    pictures: Sequence[Picture] = ()
    drawn: Sequence[str] = ()
    """Lines that stand for the pictures where none can be shown."""
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    """What is good to know, a sentence each."""
    parts: Sequence[Section] = field(default_factory=list)
    """What it consists of, each told by itself."""


def sections_of(kind: str, execute: Execute, batch_id: str) -> list[Section]:
    """Return what a kind tells of a batch; nothing for one that tells nothing of its own."""
    hook: Sections | None = getattr(kind_spec(kind), "sections", None) if has_spec(kind) else None
    return list(hook(execute, batch_id)) if hook is not None else []
