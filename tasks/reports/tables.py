"""A table of a report before it takes a form: heads and rows as plain texts, set as Markdown or HTML later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Table:
    """Rows of names, numbers and words."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    names: int = 1
    """How many columns on the left hold names, which are set as they are, never as markup."""
    words: tuple[str, ...] = ()
    """Heads of columns that hold words; all others but the names hold numbers."""
    note: str = ""
    """What is to be said below it."""
    has_sum: bool = False
    """Whether the last row is no row of its own, but adds up others."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """Heads of the columns that stand to the right."""
        return tuple(name for name in self.head[self.names :] if name not in self.words)


def without_empty(table: Table, *optional: str) -> Table:
    """Drop those of the optional columns in which every row says nothing."""
    places = [
        place
        for place, name in enumerate(table.head)
        if name not in optional or any(row[place] not in ("", "-", "0") for row in table.rows)
    ]
    head = tuple(table.head[place] for place in places)
    rows = [tuple(row[place] for place in places) for row in table.rows]
    return replace(table, head=head, rows=rows)
