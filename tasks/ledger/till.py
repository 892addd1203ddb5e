"""One transaction about calls: what is in flight and in the window, who waits, what is spent; and the changes to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Any, NamedTuple

from tasks.governor.charges import Caller, Charge, Purse

Execute = Callable[[str, Sequence[object]], Any]
"""Runs a query with `?` for each value and returns a cursor."""

DAY_SECONDS = 86400.0
TICKET_SPARE_SECONDS = 5.0
"""How much longer than its wait a ticket counts: so long does a process that died keep room from others."""
DUE_SECONDS = 0.1
"""How long before and after the time at which it comes again a ticket's holder is given to come."""


class Amounts(NamedTuple):
    """Requests and tokens, together."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def plus(self, other: Amounts) -> Amounts:
        """Add up."""
        return Amounts(*(one + two for one, two in zip(self, other, strict=True)))


class InFlight(NamedTuple):
    """The calls of a lane that are under way, and when the first of their leases runs out."""

    calls: int
    lease_until: float
    amounts: Amounts


class Ahead(NamedTuple):
    """Those who came before: how many of them are about to go, and what all of them ask for."""

    due: int
    amounts: Amounts


class Taken(NamedTuple):
    """What is gone from a purse or held by calls in flight, in US dollars and in tokens."""

    usd: float = 0.0
    tokens: int = 0


class Ticket(NamedTuple):
    """A place in the order: the lanes it waits for (empty where they have room), since when, and how long it counts."""

    vendor: str
    model: str
    since: float
    lease_until: float


@dataclass
class LaneState:
    """A row of `model_lane`: whether the lane is open."""

    name: str
    penalised_until: float = 0.0
    breaker: str = "closed"
    failures: int = 0
    failing_since: float = 0.0
    opened_until: float = 0.0
    probe_until: float = 0.0
    reason: str | None = None
    changed_at: float = 0.0


_STATE = [field.name for field in fields(LaneState)]
_AMOUNTS = "COALESCE(SUM(requests), 0), COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0)"
_CALL = (
    "id, batch_id, kind, item_id, stage, vendor, model, reason, status, owner, lease_until, reserved_at, requests, "
    "input_tokens, output_tokens, cached_tokens, characters, searches, cost_usd, waited_seconds, run_seconds, "
    "worst_input_tokens, worst_output_tokens"
)
_INSERT = f"INSERT INTO model_call ({_CALL}) VALUES ({', '.join('?' * len(_CALL.split(',')))})"
_END = (
    "UPDATE model_call SET status = ?, counts_from = ?, settled_at = ?, run_seconds = ?, error_code = ?, "
    "requests = ?, input_tokens = ?, output_tokens = ?, cached_tokens = ?, characters = ?, searches = ?, "
    "cost_usd = COALESCE(?, cost_usd) WHERE id = ?"
)
_LOSE = (
    "UPDATE model_call SET status = 'unknown', counts_from = ?, settled_at = ?, run_seconds = ?, error_code = ? "
    "WHERE id = ?"
)
_RESOLVE = (
    "UPDATE model_call SET status = 'settled', input_tokens = ?, output_tokens = ?, cached_tokens = ?, "
    "characters = ?, searches = ?, cost_usd = COALESCE(?, cost_usd) WHERE id = ? AND status = 'unknown'"
)
_TICKET = (
    "INSERT INTO model_ticket (id, vendor, model, owner, since, lease_until, input_tokens, output_tokens) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET vendor = excluded.vendor, "
    "model = excluded.model, lease_until = excluded.lease_until"
)


def insert_lanes(execute: Execute, names: Sequence[str]) -> None:
    """Give lanes their rows, as they are before anything has happened; those that have one keep it."""
    row = f"({', '.join('?' * len(_STATE))})"
    values = [value for name in names for value in astuple(LaneState(name))]
    query = f"INSERT INTO model_lane ({', '.join(_STATE)}) VALUES {', '.join([row] * len(names))}"
    execute(f"{query} ON CONFLICT DO NOTHING", values)


def vendor_of(model: str) -> str:
    """The vendor of `vendor:model`."""
    return model.partition(":")[0]


def column_of(lane: str) -> str:
    """The column that says which calls go through a lane."""
    return "model" if ":" in lane else "vendor"


class Till:
    """An open transaction. `now` is the time on the clock that all processes go by."""

    def __init__(self, execute: Execute, now: float, ahead_seconds: float = 0.0) -> None:
        self._execute = execute
        self._ahead = ahead_seconds
        self.now = now

    def at(self, moment: float) -> float:
        """When a moment of this process's clock was, on the clock of all."""
        return moment + self._ahead

    def lane(self, name: str) -> LaneState:
        """Read the state of a lane."""
        row = self._row(f"SELECT {', '.join(_STATE)} FROM model_lane WHERE name = ?", name)
        return LaneState(*row) if row else LaneState(name)

    def write_lane(self, state: LaneState) -> None:
        """Write the state of a lane."""
        name, *values = astuple(replace(state, changed_at=self.now))
        changes = ", ".join(f"{column} = ?" for column in _STATE[1:])
        self._execute(f"UPDATE model_lane SET {changes} WHERE name = ?", (*values, name))

    def in_flight(self, lane: str) -> InFlight:
        """Add up what is under way in a lane."""
        query = f"SELECT COUNT(*), COALESCE(MIN(lease_until), 0), {_AMOUNTS} FROM model_call "
        calls, lease, *amounts = self._row(query + f"WHERE {column_of(lane)} = ? AND counts_from IS NULL", lane)
        return InFlight(calls, lease, Amounts(*amounts))

    def in_flight_of(self, lane: str, owner: str) -> int:
        """Count what a process has under way in a lane."""
        where = f"WHERE {column_of(lane)} = ? AND counts_from IS NULL AND owner = ? AND lease_until >= ?"
        return int(self._row(f"SELECT COUNT(*) FROM model_call {where}", lane, owner, self.now)[0])

    def used(self, lane: str, since: float) -> Amounts:
        """Add up what has ended in a lane and still counts."""
        where = f"WHERE {column_of(lane)} = ? AND counts_from > ?"
        return Amounts(*self._row(f"SELECT {_AMOUNTS} FROM model_call {where}", lane, since))

    def leaving(self, lane: str, since: float) -> list[tuple[float, int, int, int]]:
        """List what has ended in a lane and still counts, in the order in which it will count no more."""
        query = "SELECT counts_from, requests, input_tokens, output_tokens FROM model_call "
        where = f"WHERE {column_of(lane)} = ? AND counts_from > ? ORDER BY counts_from"
        return list(self._execute(query + where, (lane, since)).fetchall())

    def ahead(self, lane: str, ticket: str, since: float) -> Ahead:
        """Add up what those ask for who wait for room in a lane and came before; each stands for one request."""
        query = (
            "SELECT COALESCE(SUM(CASE WHEN lease_until BETWEEN ? AND ? THEN 1 ELSE 0 END), 0), COUNT(*), "
            "COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0) FROM model_ticket "
        )
        where = f"WHERE {column_of(lane)} = ? AND lease_until > ? AND id <> ? AND since <= ?"
        due = self.now + TICKET_SPARE_SECONDS
        times = due - DUE_SECONDS, due + DUE_SECONDS
        waiting, *amounts = self._row(query + where, *times, lane, self.now, ticket, since)
        return Ahead(waiting, Amounts(*amounts))

    def expire(self, lane: str) -> None:
        """Let go of calls whose process has died: nobody will know what they came to, so their money stays held."""
        change = "UPDATE model_call SET status = 'unknown', counts_from = lease_until, settled_at = ? "
        where = f"WHERE {column_of(lane)} = ? AND counts_from IS NULL AND lease_until < ?"
        self._execute(change + where, (self.now, lane, self.now))

    def spent(self, purse: Purse, caller: Caller) -> tuple[Taken, Taken]:
        """Add up what is gone from a purse, and what calls in flight may take from it."""
        where, values = calls_of(purse, caller, self.now)
        query = (
            "SELECT status = 'held' AND lease_until >= ?, COALESCE(SUM(cost_usd), 0), "
            f"COALESCE(SUM(input_tokens + output_tokens), 0) FROM model_call WHERE {where} GROUP BY 1"
        )
        rows = self._execute(query, (self.now, *values)).fetchall()
        sums = {bool(held): Taken(float(usd), int(tokens)) for held, usd, tokens in rows}
        return sums.get(False, Taken()), sums.get(True, Taken())

    def insert_call(
        self, call_id: str, caller: Caller, worst: Charge, *, owner: str, lease_until: float, waited: float
    ) -> None:
        """Write down a call that may be made now."""
        who = (call_id, caller.batch_id, caller.kind, caller.item_id, caller.stage, vendor_of(caller.model))
        state = (caller.model, caller.reason, "held", owner, lease_until, self.now)
        self._execute(_INSERT, (*who, *state, *_values(worst), waited, 0.0, worst.input_tokens, worst.output_tokens))

    def end_call(
        self, call_id: str, status: str, used: Charge, *, counts_from: float, seconds: float, code: str | None
    ) -> None:
        """Write down what a call came to; where its cost is not known, the worst case stands."""
        self._execute(_END, (status, counts_from, self.now, seconds, code, *_values(used), call_id))

    def lose_call(self, call_id: str, *, counts_from: float, seconds: float, code: str | None) -> None:
        """Write down that nobody knows what a call came to; the worst case stands."""
        self._execute(_LOSE, (counts_from, self.now, seconds, code, call_id))

    def resolve_call(self, call_id: str, used: Charge) -> bool:
        """Write down what a call came to after all; False where none of unknown outcome has this name."""
        _requests, *amounts = _values(used)
        return bool(self._execute(_RESOLVE, (*amounts, call_id)).rowcount)

    def delete_call(self, call_id: str) -> None:
        """Forget a call that was never made."""
        self._execute("DELETE FROM model_call WHERE id = ?", (call_id,))

    def renew(self, owner: str, models: Iterable[str], lease_until: float) -> None:
        """Keep what a process has under way."""
        names = sorted(models)
        marks = ", ".join("?" * len(names))
        where = f"WHERE model IN ({marks}) AND counts_from IS NULL AND owner = ?"
        self._execute(f"UPDATE model_call SET lease_until = ? {where}", (lease_until, *names, owner))

    def ticket(self, ticket: str) -> Ticket | None:
        """Read a ticket."""
        row = self._row("SELECT vendor, model, since, lease_until FROM model_ticket WHERE id = ?", ticket)
        return Ticket(*row) if row else None

    def write_ticket(
        self,
        ticket: str,
        lanes: Iterable[str],
        worst: Charge,
        *,
        owner: str,
        known: Ticket | None,
        seconds: float,
        is_vague: bool,
    ) -> None:
        """Take a place in the order in the lanes that have no room, and keep it for so long and a little longer."""
        where = {column_of(lane): lane for lane in lanes}
        vendor, model, until = where.get("vendor", ""), where.get("model", ""), self.now + seconds
        since, until = known.since if known else self.now, until + TICKET_SPARE_SECONDS
        if known is not None and (known.vendor, known.model) == (vendor, model):
            moved = until - known.lease_until
            if moved < TICKET_SPARE_SECONDS if is_vague else abs(moved) < DUE_SECONDS / 4:
                return
        wanted = worst.input_tokens, worst.output_tokens
        self._execute(_TICKET, (ticket, vendor, model, owner, since, until, *wanted))

    def drop_ticket(self, ticket: str) -> None:
        """Give a place in the order back, and those of processes that died."""
        self._execute("DELETE FROM model_ticket WHERE id = ? OR lease_until < ?", (ticket, self.now))

    def loads(self, models: Sequence[str]) -> dict[str, int]:
        """Add up the tokens in flight of each model."""
        marks = ", ".join("?" * len(models))
        query = (
            "SELECT model, SUM(input_tokens + output_tokens) FROM model_call "
            f"WHERE model IN ({marks}) AND counts_from IS NULL AND lease_until >= ? GROUP BY model"
        )
        found = {model: int(tokens) for model, tokens in self._execute(query, (*models, self.now)).fetchall()}
        return {model: found.get(model, 0) for model in models}

    def rows(self, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
        """Run a query and return its rows by column name, as the quick look does."""
        cursor = self._execute(query, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _row(self, query: str, *values: object) -> Any:
        return self._execute(query, values).fetchone()


def _values(charge: Charge) -> tuple[object, ...]:
    tokens = charge.input_tokens, charge.output_tokens, charge.cached_tokens
    return charge.requests, *tokens, charge.characters, charge.searches, charge.cost_usd


def calls_of(purse: Purse, caller: Caller, now: float) -> tuple[str, tuple[object, ...]]:
    """Return the condition, and its values, by which a query finds the calls that are paid from a purse."""
    if purse.scope == "batch":
        return "batch_id = ?", (caller.batch_id,)
    if purse.scope == "item" and purse.stages:
        marks = ", ".join("?" * len(purse.stages))
        values = (caller.batch_id, caller.item_id, *purse.stages)
        return f"batch_id = ? AND item_id = ? AND stage IN ({marks})", values
    if purse.scope == "item":
        return "batch_id = ? AND item_id = ?", (caller.batch_id, caller.item_id)
    since = 0.0 if purse.days is None else now - purse.days * DAY_SECONDS
    return "kind = ? AND reserved_at > ?", (caller.kind, since)
