"""A long list of creators, cut into chunks of at most ten that are likely to end together.

The dearest goes first, each to the chunk that has least to do so far (longest processing time first), so that no
chunk is left with a dear one at the end. Who plans together is never parted, and enters together where that can be: a
member that waits for one who is still outside makes room for a creator too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

MOST = 10
"""Creators in a chunk at most; only a group that is larger goes beyond."""


@dataclass(frozen=True)
class Unit:
    """Creators who stay together: a group, or one who is in none."""

    names: tuple[str, ...]
    cost: float
    """What they are likely to take, in whatever unit all have."""


@dataclass
class Chunk:
    """Units that one turn of the entrance after the other is taken from, the dearest first."""

    units: list[Unit] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The creators."""
        return [name for unit in self.units for name in unit.names]

    @property
    def cost(self) -> float:
        """What they are likely to take together."""
        return sum(unit.cost for unit in self.units)

    def has_room(self, unit: Unit, most: int) -> bool:
        """Say whether a unit fits in; a chunk with nobody in it takes any."""
        return not self.units or len(self.names) + len(unit.names) <= most


def cut(units: Sequence[Unit], most: int = MOST) -> list[Chunk]:
    """Cut units into as few chunks of `most` creators as hold them, the dearest chunk first."""
    count = -(-sum(len(unit.names) for unit in units) // most)
    chunks = [Chunk() for _ in range(count)]
    for unit in sorted(units, key=lambda unit: (-unit.cost, unit.names)):
        roomy = [chunk for chunk in chunks if chunk.has_room(unit, most)]
        if not roomy:  # Groups do not fill chunks to the brim.
            chunks.append(Chunk())
            roomy = chunks[-1:]
        min(roomy, key=lambda chunk: chunk.cost).units.append(unit)
    return sorted((chunk for chunk in chunks if chunk.units), key=lambda chunk: -chunk.cost)


def in_turn(chunks: Sequence[Chunk]) -> Iterator[Unit]:
    """Yield a unit of each chunk, then the next of each."""
    for turn in range(max((len(chunk.units) for chunk in chunks), default=0)):
        for chunk in chunks:
            if turn < len(chunk.units):
                yield chunk.units[turn]


def in_rows(units: Iterable[Unit], width: int) -> Iterator[str]:
    """Yield the creators as they enter where `width` do at once: a group that the row has no room for begins the next.

    Those behind it fill the row, so a group steps back by less than a row.
    """
    waiting, room = list(units), width
    while waiting:
        fits = (unit for unit in waiting if len(unit.names) <= room)
        unit = waiting[0] if room == width else next(fits, waiting[0])
        waiting.remove(unit)
        yield from unit.names
        room = (room - len(unit.names)) % width or width
