"""How the lanes of models stand, read like the quick look: plain SQL, nothing written, nothing loaded that is slow."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute, Row


class LaneDocument(TypedDict):
    """A vendor or a model: whether its breaker is closed, and whether it asked everyone to wait."""

    lane: str
    breaker: str
    """open, half_open or closed."""
    opened_until: float | None
    """When the next call may try whether it works again; None where the breaker is not open."""
    penalised_until: float | None
    """Until when nobody calls, because the vendor said so."""
    failures: int
    """Failures in a row."""
    reason: str | None
    changed_at: float


def lane_documents(execute: Execute, *, now: float) -> list[LaneDocument]:
    """Read the lanes that were ever used, by name."""
    return [_lane(row, now) for row in execute("SELECT * FROM model_lane ORDER BY name", ())]


def shut_lanes(execute: Execute, *, now: float) -> list[LaneDocument]:
    """Read the lanes that are not open to every call, by name."""
    return [lane for lane in lane_documents(execute, now=now) if lane["breaker"] != "closed" or lane["penalised_until"]]


def is_shut(lane: LaneDocument) -> bool:
    """Say whether no call at all may be made, not even one that tries."""
    return lane["opened_until"] is not None or lane["penalised_until"] is not None


def _lane(row: Row, now: float) -> LaneDocument:
    is_open = row["breaker"] == "open" and row["opened_until"] > now
    breaker = "half_open" if row["breaker"] == "open" and not is_open else row["breaker"]  # the next call tries it
    return {
        "lane": row["name"],
        "breaker": breaker,
        "opened_until": row["opened_until"] if is_open else None,
        "penalised_until": row["penalised_until"] if row["penalised_until"] > now else None,
        "failures": row["failures"],
        "reason": row["reason"],
        "changed_at": row["changed_at"],
    }
