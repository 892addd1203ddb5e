"""Who plans together: the groups of the roster, and those that a batch declares for itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from tasks.creators.models import CreatorBatch
from tasks.creators.store import Listed
from tasks.errors import PressroomError, fault


def group_of(batch: CreatorBatch, listing: Sequence[Listed], ids: Mapping[str, str]) -> dict[str, str]:
    """Return the group of each creator that has one; what a batch declares wins over the roster."""
    found = {one.creator_id: one.group for one in listing if one.group}
    for group, members in batch.groups.items():
        found |= {ids.get(member, member): group for member in members}
    return found


def group_faults(
    batch: CreatorBatch, ids: Mapping[str, str], asked: Collection[str]
) -> Iterator[tuple[str, int, PressroomError]]:
    """Yield what is wrong with the members of declared groups: group, number of the member, and why.

    Refused with the whole batch: a member that is misspelt would leave the others unaware of each other.
    """
    seen: dict[str, str] = {}
    for group, members in batch.groups.items():
        for number, member in enumerate(members):
            if member not in ids and member not in asked:
                why = f"Group {group!r} names {member!r}, whom neither the roster nor the batch knows."
                yield group, number, fault("INVALID_INPUT", what=why)
            elif (other := seen.setdefault(ids.get(member, member), group)) != group:
                why = f"Group {group!r} names {member!r}, who is in group {other!r} already."
                yield group, number, fault("INVALID_INPUT", what=why)
