"""The questions that are asked once for many creators, whose weeks are planned together or soon after each other.

Each takes names (ids or page names) and returns rows that say whose they are, for who asks to deal them out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from tasks.creators.store import GONE, Execute

_VALID = f"s.status NOT IN ({', '.join(repr(status) for status in GONE)})"


def profiles(execute: Execute, names: Collection[str]) -> Sequence[Any]:
    """The creators of these names."""
    where, values = _people(names)
    return execute(f"SELECT * FROM creator WHERE {where}", values)


def names(execute: Execute) -> list[str]:
    """Every creator's id and page name, of which one may be meant by a name that is nobody's."""
    rows = execute("SELECT creator_id, page_name FROM creator ORDER BY creator_id", ())
    return [name for row in rows for name in (row["creator_id"], row["page_name"])]


def audiences(execute: Execute, names: Collection[str], first: date, end: date) -> Sequence[Any]:
    """How large their segments were in the weeks from `first` to before `end`, oldest first."""
    where, values = _people(names)
    query = (
        f"SELECT * FROM audience_week WHERE creator_id IN (SELECT creator_id FROM creator WHERE {where}) "
        "AND week_start >= ? AND week_start < ? ORDER BY week_start, segment"
    )
    return execute(query, [*values, str(first), str(end)])


def inventory(execute: Execute, ids: Collection[str], groups: Collection[str]) -> Sequence[Any]:
    """Their own copy and what their groups share."""
    own, own_values = _within("creator_id", ids)
    shared, shared_values = _within("group_name", groups)
    query = (
        f"SELECT * FROM creator_copy WHERE is_active AND (({own} AND creator_id <> '') "
        f"OR (creator_id = '' AND {shared})) ORDER BY copy_id"
    )
    return execute(query, [*own_values, *shared_values])


def sample_rows(execute: Execute, ids: Collection[str], first: date, end: date) -> Sequence[Any]:
    """What their posts brought from `first` to before `end`, oldest first."""
    where, values = _within("creator_id", ids)
    query = (
        f"SELECT * FROM performance_sample WHERE {where} AND posted_on >= ? AND posted_on < ? "
        "ORDER BY posted_on, hour, slot_type, id"
    )
    return execute(query, [*values, str(first), str(end)])


def uses_in_samples(execute: Execute, names: Collection[str], groups: Collection[str], end: date) -> Sequence[Any]:
    """When each copy was last posted before `end`, by whom, among these and all who are in these groups."""
    where, values = _people(names, groups)
    query = (
        "SELECT creator_id, copy_id, max(posted_on) AS used_on FROM performance_sample "
        f"WHERE creator_id IN (SELECT creator_id FROM creator WHERE {where}) AND posted_on < ? "
        "AND copy_id IS NOT NULL GROUP BY creator_id, copy_id"
    )
    return execute(query, [*values, str(end)])


def uses_in_schedules(execute: Execute, names: Collection[str], groups: Collection[str], week: date) -> Sequence[Any]:
    """When schedules that were saved for other weeks use each copy: the last day before that week, and days after it.

    `later_week` is empty in a row about all weeks before; about those after it there is a row each, since a batch may
    be about to plan some of them anew.
    """
    where, values = _people(names, groups)
    query = (
        "SELECT s.creator_id, i.copy_id, CASE WHEN s.week_start < ? THEN '' ELSE s.week_start END AS later_week, "
        "max(substr(i.starts_at, 1, 10)) AS used_on, min(substr(i.starts_at, 1, 10)) AS first_on "
        "FROM schedule s JOIN schedule_item i ON i.schedule_id = s.schedule_id "
        f"WHERE s.creator_id IN (SELECT creator_id FROM creator WHERE {where}) AND s.week_start <> ? AND {_VALID} "
        "AND i.copy_id IS NOT NULL GROUP BY 1, 2, 3"
    )
    return execute(query, [str(week), *values, str(week)])


def saved_posts(execute: Execute, names: Collection[str], groups: Collection[str], week: date) -> Sequence[Any]:
    """The posts of that week that stand in the saved schedules of these and of all who are in these groups."""
    where, values = _people(names, groups)
    query = (
        "SELECT c.creator_id, c.page_name, c.group_name, i.copy_id, i.starts_at FROM schedule s "
        "JOIN schedule_item i ON i.schedule_id = s.schedule_id JOIN creator c ON c.creator_id = s.creator_id "
        f"WHERE s.week_start = ? AND {_VALID} AND s.creator_id IN (SELECT creator_id FROM creator WHERE {where}) "
        "ORDER BY c.creator_id, i.starts_at, i.post_id"
    )
    return execute(query, [str(week), *values])


def kinds_of_creators(execute: Execute) -> Sequence[Any]:
    """What each creator is about and how large the audience is."""
    return execute("SELECT creator_id, niche, audience_size FROM creator", ())


def ended_items(execute: Execute, batch_id: str, item_ids: Collection[str]) -> set[str]:
    """Those of a batch's items that are over, however."""
    where, values = _within("item_id", item_ids)
    query = f"SELECT item_id FROM item WHERE batch_id = ? AND {where} AND status NOT IN ('pending', 'running')"
    return {row["item_id"] for row in execute(query, [batch_id, *values])}


def finished_items(execute: Execute, batch_id: str) -> set[str]:
    """Those of a batch's items whose schedules were saved."""
    query = "SELECT item_id FROM item WHERE batch_id = ? AND status IN ('succeeded', 'needs_review')"
    return {row["item_id"] for row in execute(query, (batch_id,))}


def rejections(execute: Execute, weeks: Collection[date]) -> Sequence[Any]:
    """What persons have said of schedules of these weeks that they rejected, in order, with whose each was."""
    where, values = _within("s.week_start", {str(week) for week in weeks})
    query = (
        "SELECT DISTINCT d.id, d.decided_at, d.note, s.creator_id, s.week_start FROM review_decision d "
        "JOIN schedule s ON s.batch_id = d.batch_id AND s.item_id = d.item_id "
        f"WHERE d.decision = 'reject' AND {where} ORDER BY d.decided_at, d.id"
    )
    return execute(query, values)


def _people(names: Collection[str], groups: Collection[str] = ()) -> tuple[str, list[object]]:
    parts = [_within(column, among) for column, among in (("creator_id", names), ("page_name", names))]
    parts += [_within("group_name", groups)] if groups else []
    return " OR ".join(part for part, _ in parts), [value for _, values in parts for value in values]


def _within(column: str, among: Iterable[str]) -> tuple[str, list[object]]:
    values = sorted(among)
    return (f"{column} IN ({', '.join('?' * len(values))})" if values else "1 = 0"), [*values]
