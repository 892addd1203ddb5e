"""How the pool is used: who waited, how busy it was, how many statements ran; and what follows for how many may work.

Additive increase, multiplicative decrease, as with the calls of a model: each connection that was there at once
raises the number a little, one a round; one that had to be waited for halves it, once a second at most, since those
that wait together wait for the same reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic

LONG_SECONDS = 0.05
"""A connection that took longer to get was waited for; opening one takes less."""
_REST_SECONDS = 1.0


@dataclass(frozen=True)
class PoolUse:
    """How a pool was used in some time."""

    connections: int
    """How many there are."""
    elapsed_seconds: float = 0.0
    checkouts: int = 0
    """How often one was taken."""
    waited_seconds: float = 0.0
    """How long callers waited for one, all together."""
    busy_seconds: float = 0.0
    """How long they were held, all together."""
    statements: int = 0
    peak: int = 0
    """Most that were held at once since the pool was opened."""

    @property
    def utilisation(self) -> float:
        """Share of the connections' time in which they were held."""
        whole = self.connections * self.elapsed_seconds
        return self.busy_seconds / whole if whole else 0.0

    def since(self, earlier: PoolUse) -> PoolUse:
        """Return what came after an earlier look."""
        return replace(
            self,
            elapsed_seconds=self.elapsed_seconds - earlier.elapsed_seconds,
            checkouts=self.checkouts - earlier.checkouts,
            waited_seconds=self.waited_seconds - earlier.waited_seconds,
            busy_seconds=self.busy_seconds - earlier.busy_seconds,
            statements=self.statements - earlier.statements,
        )


@dataclass
class Pace:
    """How many may be worked on at once, between 1 and `most`."""

    most: int
    allowed: float
    _dropped_at: float = field(default=float("-inf"))

    @property
    def value(self) -> int:
        """The number now."""
        return max(1, min(self.most, int(self.allowed)))

    def begin_with(self, number: int) -> None:
        """Begin anew with this many."""
        self.allowed = float(max(1, min(self.most, number)))

    def heard(self, waited_seconds: float, *, now: float) -> None:
        """Hear how long somebody waited for a connection."""
        if waited_seconds < LONG_SECONDS:
            self.allowed = min(float(self.most), self.allowed + 1 / max(1.0, self.allowed))
        elif now - self._dropped_at >= _REST_SECONDS:
            self._dropped_at = now
            self.allowed = max(1.0, self.allowed / 2)


class Meter:
    """Counts, from any thread."""

    def __init__(self, connections: int, pace: Pace) -> None:
        self._lock = Lock()
        self._use = PoolUse(connections)
        self._pace = pace
        self._held = 0
        self._opened_at = monotonic()

    def took(self, waited_seconds: float) -> None:
        """Somebody has taken a connection, after having waited so long."""
        with self._lock:
            self._held += 1
            self._pace.heard(waited_seconds, now=monotonic())
            self._use = replace(
                self._use,
                checkouts=self._use.checkouts + 1,
                waited_seconds=self._use.waited_seconds + waited_seconds,
                peak=max(self._use.peak, self._held),
            )

    def gave(self, held_seconds: float) -> None:
        """Somebody has given a connection back."""
        with self._lock:
            self._held -= 1
            self._use = replace(self._use, busy_seconds=self._use.busy_seconds + held_seconds)

    def ran(self, statement: str) -> None:
        """A statement ran; the beginning of a transaction is none."""
        if not statement.startswith("BEGIN"):
            with self._lock:
                self._use = replace(self._use, statements=self._use.statements + 1)

    def use(self) -> PoolUse:
        """What was counted so far."""
        with self._lock:
            return replace(self._use, elapsed_seconds=monotonic() - self._opened_at)
