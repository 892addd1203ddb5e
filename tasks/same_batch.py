"""Whether what is asked for under the name of a known batch has anything to do with that batch.

A spec may change between two runs of a batch: what it no longer names is dropped from the batch. One that has nothing
in common with it, and writes elsewhere, would drop all of it, and nobody meant that who gave a name a second time.
Nor is a part of a batch to become the whole, which would be made beside the other parts and with the whole budget.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from tasks.bounds import with_changes
from tasks.errors import fault
from tasks.ledger.spending import budgets_in
from tasks.models import CAME_OUT, BatchOptions, ItemStatus

if TYPE_CHECKING:
    from tasks.ledger.past import Known, Past


def refuse_another(
    batch: BatchOptions, was: tuple[str, str], before: Iterable[tuple[str, ItemStatus]], asked: Collection[str]
) -> None:
    """Raise BATCH_TAKEN where a batch, named and with absolute folders, has the name of another one.

    `was` are the outputs' folder and the spec of the one that is known, `before` its items and how they stand, `asked`
    the names of all that are wanted. Another one asks for nothing of what was made, nor to where it lies; in one folder
    the same document may have another name: that of its config says which of several it is. And another one it is that
    asks for more than the part which is known, and is no part.
    """
    (folder, spec), name = was, batch.batch_id or ""
    standing = dict(before)
    made = [item_id for item_id, status in standing.items() if status in CAME_OUT]
    if folder != str(batch.output_dir) and made and not set(made) & set(asked):
        what = f"another one: it has made {made[0]!r}, and this asks for {next(iter(asked))!r} and for nothing of it"
        raise fault("BATCH_TAKEN", batch_id=name, what=what, hint="")
    part_of = budgets_in(spec).part_of
    more = next((item_id for item_id in asked if item_id not in standing), None)
    if part_of and not batch.part_of and more is not None:
        what = f"a part of one, and this asks for {more!r} as well, which is not in it"
        hint = f"All parts go on with `{with_changes(name, part_of)}`. "
        raise fault("BATCH_TAKEN", batch_id=name, what=what, hint=hint)


def refuse_taken(batch: BatchOptions, past: Past, known: Mapping[str, Known], asked: Collection[str]) -> None:
    """Raise the same for a batch of which the ledger is asked; `known` are the items that it has of that name."""
    row = past.batch(batch.batch_id or "")
    if row is not None:
        standing = ((item_id, one.standing.status) for item_id, one in known.items())
        refuse_another(batch, (row["output_dir"], past.spec(row["batch_id"])), standing, asked)
