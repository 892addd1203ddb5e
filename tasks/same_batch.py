"""Whether what is asked for under the name of a known batch has anything to do with that batch.

A spec may change between two runs of a batch: what it no longer names is dropped from the batch. One that has nothing
in common with it, and writes elsewhere, would drop all of it, and nobody meant that who gave a name a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from tasks.errors import fault
from tasks.models import CAME_OUT, ItemStatus


def refuse_another(
    batch_id: str, folders: tuple[str, Path | None], before: Iterable[tuple[str, ItemStatus]], asked: Collection[str]
) -> None:
    """Raise BATCH_TAKEN where a batch has made something, and nothing of that is asked for, nor to where it lies.

    `folders` are the outputs' then and now, `before` its items and how they stand, `asked` the names of all that are
    wanted now. In one folder the same document may have another name: that of its config says which of several it is.
    """
    if folders[0] == str(folders[1]):
        return
    made = [item_id for item_id, status in before if status in CAME_OUT]
    if made and not set(made) & set(asked):
        raise fault("BATCH_TAKEN", batch_id=batch_id, made=made[0], asked=next(iter(asked)))
