"""How urgent something is, by the time that is left until it has to be there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tasks.errors import fault
from tasks.models import Priority

CRITICAL_WITHIN, HIGH_WITHIN = timedelta(hours=24), timedelta(days=3)


def urgency(given: Priority, deadline: datetime | None, now: datetime, what: str) -> Priority:
    """Return the more urgent of what was given and what the deadline makes of it; DEADLINE_PASSED once it is over.

    A time without a zone is read as UTC, since a job may run on another machine than it was written on.
    """
    if deadline is None:
        return given
    due = deadline if deadline.tzinfo is not None else deadline.replace(tzinfo=UTC)
    left = due - now
    if left <= timedelta(0):
        raise fault("DEADLINE_PASSED", what=what, deadline=due.isoformat(timespec="minutes"))
    by_time = Priority.LOW
    if left < CRITICAL_WITHIN:
        by_time = Priority.CRITICAL
    elif left < HIGH_WITHIN:
        by_time = Priority.HIGH
    return min(given, by_time, key=lambda priority: priority.rank)
