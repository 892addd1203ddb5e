"""A large batch in parts, each a batch of its own, without tearing apart what belongs together.

What belongs together only its kind knows: it hands its entries over in units, and a unit stays whole. All parts write
below the folder of the whole, and share its budget by how much of it they are, so that parts cost no more than a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tasks.errors import fault
from tasks.models import BatchOptions, BatchT
from tasks.specs import hook

EntryT = TypeVar("EntryT")
Unit = Sequence[EntryT]
"""Entries that stay together, in the order in which they are asked for."""
MOST = 1000
"""Parts at most."""
_MOST_LETTERS = 100


@dataclass(frozen=True)
class Cut:
    """How entries are dealt out: into so many parts, or into parts of so many entries."""

    number: int | None = None
    size: int | None = None

    @property
    def option(self) -> str:
        """The option of `pressroom submit` that stands for it."""
        return f"--chunk-size {self.size}" if self.size is not None else f"--chunks {self.number or 1}"

    def __call__(self, units: Sequence[Unit[EntryT]]) -> list[list[EntryT]]:
        """Return the entries of each part; CANNOT_SPLIT where there are fewer units than parts, or too many parts."""
        parts = _of_size(units, self.size) if self.size is not None else _as_many(units, self.number or 1)
        if len(parts) > MOST:
            raise fault("CANNOT_SPLIT", number=len(parts), why=f"{MOST:,} are the most")
        return [[entry for unit in part for entry in unit] for part in parts]


def units_by(entries: Iterable[EntryT], key: Callable[[EntryT], Hashable]) -> list[list[EntryT]]:
    """Put entries of the same key into one unit; units come in the order of their first entries."""
    units: dict[Hashable, list[EntryT]] = {}
    for entry in entries:
        units.setdefault(key(entry), []).append(entry)
    return list(units.values())


def split(kind: str, batch: BatchT, cut: Cut) -> list[BatchT]:
    """Return a named batch in parts named `<batch_id>-1`, `-2`, ...; INVALID_INPUT where its kind cannot be."""
    parts: list[tuple[dict[str, Any], int]] = hook(kind, "divide", "be sent in parts")(batch, cut)
    whole = sum(size for _, size in parts)
    made_with = {"part_of": f"--batch-id {batch.batch_id} {cut.option}"}
    return [_part(batch, number, fields | made_with, size / whole) for number, (fields, size) in enumerate(parts, 1)]


def _part(batch: BatchT, number: int, fields: dict[str, Any], share: float) -> BatchT:
    batch_id = f"{batch.batch_id}-{number}"
    if len(batch_id) > _MOST_LETTERS:
        raise fault("INVALID_INPUT", what=f"The batch id {batch_id!r} has more than {_MOST_LETTERS} letters.")
    return batch.model_copy(update={"budget": _budget(batch, share), **fields, "batch_id": batch_id})


def _budget(batch: BatchOptions, share: float) -> Any:
    usd = batch.budget.batch_usd
    return batch.budget if usd is None else batch.budget.model_copy(update={"batch_usd": usd * share})


def _of_size(units: Sequence[Unit[EntryT]], size: int) -> list[list[Unit[EntryT]]]:
    """Fill one part after the other; a unit that is larger is a part of its own."""
    parts: list[list[Unit[EntryT]]] = []
    room = 0
    for unit in units:
        if not parts or len(unit) > room:
            parts.append([])
            room = size
        parts[-1].append(unit)
        room -= len(unit)
    return parts


def _as_many(units: Sequence[Unit[EntryT]], number: int) -> list[list[Unit[EntryT]]]:
    """Deal out so that all parts are about as long, and none is empty."""
    if len(units) < number:
        why = f"{len(units):,} of them at most, since what belongs together stays together"
        raise fault("CANNOT_SPLIT", number=number, why=why)
    parts: list[list[Unit[EntryT]]] = []
    left, entries, begin = number, sum(map(len, units)), 0
    while left:
        taken, end = 0, begin
        while len(units) - end > left - 1 and (
            end == begin or (left == 1 or 2 * taken + len(units[end]) <= 2 * entries / left)
        ):
            taken += len(units[end])
            end += 1
        parts.append(list(units[begin:end]))
        begin, left, entries = end, left - 1, entries - taken
    return parts
