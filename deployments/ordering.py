"""How long the server's automations wait for an event that another one follows: seconds, where Prefect says 15 minutes.

Prefect keeps in memory which events it has seen. Once it is started again it waits for those of before, which never
come: meanwhile a run that has ended counts as silent, and is marked as crashed, and one that has crashed is left lying.
`PREFECT_SERVER_EVENTS_CAUSAL_ORDERING` names this module, for the server.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect.server.events.ordering import memory
from prefect.server.events.schemas.events import ReceivedEvent

PATIENCE = timedelta(seconds=10)
"""Events that belong together come within a second or two; whoever is silent counts as gone after 75."""


class CausalOrdering(memory.CausalOrdering):
    """Prefect's own order, with less patience for what is missing."""

    async def wait_for_leader(self, event: ReceivedEvent) -> None:
        """Wait for the event that this one follows, unless it has waited long enough."""
        if not _is_overdue(event):
            await super().wait_for_leader(event)

    async def get_lost_followers(self) -> list[ReceivedEvent]:
        """Return, once, the events that have waited long enough, in the order in which they occurred."""
        overdue = [self._events[event_id] for event_id in self._waitlist if _is_overdue(self._events[event_id])]
        for event in overdue:
            await self.forget_follower(event)
        return sorted(overdue, key=lambda event: event.occurred)


def _is_overdue(event: ReceivedEvent) -> bool:
    return datetime.now(UTC) - event.received >= PATIENCE
