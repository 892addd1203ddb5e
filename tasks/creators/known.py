"""Who is known before a batch begins: the roster in the ledger, and one that the batch brings and will import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.creators.models import CreatorBatch
from tasks.creators.store import Execute, Listed, listed, resolved


@dataclass(frozen=True)
class Known:
    """Who is known, and of whom more will be once the batch's own roster is imported."""

    listing: list[Listed]
    brought: frozenset[str] = frozenset()
    """Ids in the roster that the batch brings, of those whom the ledger does not know yet."""

    @property
    def names(self) -> list[str]:
        """Every id and page name."""
        return [name for one in self.listing for name in (one.creator_id, one.page_name)]


def known_to(batch: CreatorBatch, execute: Execute | None) -> Known:
    """Return who is known; nothing is imported for it. `execute` asks the ledger, if there is one."""
    found = {one.creator_id: one for one in (listed(execute) if execute is not None else ())}
    brought = {one.creator_id: (one, columns) for one, columns in _brought(batch)} if batch.roster is not None else {}
    everybody = {name: one for name, (one, _) in brought.items()} | found
    for name in brought.keys() & found.keys():
        one, columns = brought[name]
        everybody[name] = found[name]._replace(**{column: getattr(one, column) for column in columns})
    return Known([everybody[name] for name in sorted(everybody)], frozenset(brought.keys() - found.keys()))


def number_of_weeks(batch: CreatorBatch) -> int:
    """Count the weeks that a batch asks for; where they are given by creator, whose name is whose has to be known."""
    from tasks.creators.weeks_asked import names_in, wanted

    if not isinstance(batch.week_start, dict):
        return len(wanted(batch, {}))
    from tasks.ledger.looking import looking

    with looking() as glance:
        listing = known_to(batch, glance.execute if glance is not None else None).listing
    return len(wanted(batch, resolved(names_in(batch), ((one.creator_id, one.page_name) for one in listing))))


def _brought(batch: CreatorBatch) -> Iterator[tuple[Listed, set[str]]]:
    """Read creators.csv as far as it is sound; what is wrong with it is found by who imports or checks it.

    With each comes what the file has a column for: only that changes where the ledger knows him.
    """
    from tasks.creators.roster_files import RosterFile, find_files, read_file

    assert batch.roster is not None
    for path in find_files(batch.base_dir / batch.roster):
        file = read_file(path) if path.name == "creators.csv" else None
        if not isinstance(file, RosterFile):
            continue
        for row in file.rows:
            one = Listed(
                creator_id=row.get("creator_id", ""),
                page_name=row.get("page_name", ""),
                is_active=row.get("is_active", "true").lower() not in ("false", "0", "no"),
                group=row.get("group", ""),
                niche=row.get("niche", ""),
                audience_size=int(size) if (size := row.get("audience_size", "0")).isdecimal() else 0,
                time_zone=row.get("time_zone", ""),
                copies=0,
                samples=0,
                rules=row.get("rules", "{}"),
            )
            yield one, set(file.columns) & set(Listed._fields)
