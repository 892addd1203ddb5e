"""Sessions: where each episode of a batch stands, phase by phase, in the words of those who asked for episodes.

Nothing is kept for them: they are made of the ledger's rows whenever somebody wants to read them, so that they cannot
say anything else than it does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tasks.podcast.presets import PHASES
from tasks.podcast.told import EpisodeLine, Told, phase_costs
from tasks.shape import Shape

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute

_NUMBER = re.compile(r"\d+")
_CENT_PARTS = 6


class Standing(StrEnum):
    """How an episode or one of its phases stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    REVISION = "revision"
    """It is made, as far as it goes without a person, who has to look at it."""
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    """A resume goes on with it."""


_STANDINGS = {
    "running": Standing.IN_PROGRESS,
    "succeeded": Standing.COMPLETED,
    "needs_review": Standing.REVISION,
}
MADE = (Standing.COMPLETED, Standing.REVISION)


class Session(Shape):
    """One episode. The names are the source's, and a contract."""

    episode_number: int
    session_id: str
    """`ep_007_<batch_id>`."""
    status: Standing
    phases: dict[str, Standing]
    """By `research`, `production` and `audio`."""
    quality_scores: dict[str, float]
    """What the gates say, by name, and `overall`; empty while they have not."""
    costs: dict[str, float]
    """US dollars by phase that had any, and `total`."""
    errors: list[dict[str, str]]
    """What went wrong, with its `stage` and `code`, attempts that were made again included."""


class Progress(Shape):
    """How many episodes stand how."""

    completed: int
    """Those that wait for a person included."""
    in_progress: int
    failed: int
    """Those skipped for another one included."""
    total: int


class SessionState(Shape):
    """A batch and all its sessions. The names are the source's, and a contract."""

    episodes: dict[str, Session]
    """By their names in the batch, such as `ep_007`."""
    progress: Progress
    costs: dict[str, float]
    """US dollars by phase, and `total`."""
    start_time: str
    checkpoints: list[str]
    """Names of the checkpoint files that lie beside the batch's results."""


def session_state(execute: Execute, batch_id: str, told: Told, checkpoints: Sequence[str]) -> SessionState:
    """Put together what is known of a batch."""
    costs, (reached, errors) = phase_costs(execute, batch_id), _attempts(execute, batch_id)
    usd = {name: {phase: one["cost"] for phase, one in phases.items()} for name, phases in costs.items()}
    sessions = {
        line.item_id: _session(batch_id, line, reached[line.item_id], usd.get(line.item_id, {}), errors[line.item_id])
        for line in told.episodes
    }
    return SessionState(
        episodes=sessions,
        progress=progress_of(list(sessions.values())),
        costs=with_total(told.costs),
        start_time=datetime.fromtimestamp(told.started_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        checkpoints=list(checkpoints),
    )


def progress_of(sessions: Sequence[Session]) -> Progress:
    """Count sessions by how they stand; what waits for its turn, or to be resumed, is in the total alone."""
    return Progress(
        completed=sum(one.status in MADE for one in sessions),
        in_progress=sum(one.status is Standing.IN_PROGRESS for one in sessions),
        failed=sum(one.status in (Standing.FAILED, Standing.SKIPPED) for one in sessions),
        total=len(sessions),
    )


def standing_of(status: str) -> Standing:
    """Say how an item of this status in the ledger stands."""
    return _STANDINGS.get(status) or Standing(status)


def number_of(item_id: str) -> int:
    """Read an episode's number from its name in the batch."""
    found = _NUMBER.search(item_id)
    return int(found[0]) if found else 0


def with_total(costs: Mapping[str, float]) -> dict[str, float]:
    """Add up costs, with digits as far as money has any."""
    known = {phase: round(cost, _CENT_PARTS) for phase, cost in costs.items()}
    return {**known, "total": round(sum(costs.values()), _CENT_PARTS)}


def _session(
    batch_id: str, line: EpisodeLine, reached: set[str], costs: Mapping[str, float], errors: list[dict[str, str]]
) -> Session:
    status, report = standing_of(line.status), line.report
    scores = {score.gate.value: score.score for score in report.gates} if report is not None else {}
    if line.error_code is not None:
        errors = [*errors, {"stage": "", "code": line.error_code, "message": line.error_message or ""}]
    return Session(
        episode_number=number_of(line.item_id),
        session_id=f"{line.item_id}_{batch_id}",
        status=status,
        phases=_phases(line, status, reached),
        quality_scores={**scores, "overall": report.overall} if report is not None else {},
        costs=with_total(costs),
        errors=errors,
    )


def _phases(line: EpisodeLine, status: Standing, reached: set[str]) -> dict[str, Standing]:
    """Say how each phase stands: the first that is not known to be over stands as the episode does.

    Which that is follows from the stages whose attempts are written down, since those are once they have ended. That
    production is over shows in an attempt to speak, for a gate that is passed or not may be followed by a repair.
    """
    if status is Standing.COMPLETED:
        return dict.fromkeys(PHASES, Standing.COMPLETED)
    is_spoken = bool(reached & set(PHASES["audio"])) and (line.report is None or line.report.passes)
    done = {"research": "research" in reached, "production": is_spoken, "audio": False}
    at = next(phase for phase in PHASES if not done[phase])
    here = Standing.PENDING if status in (Standing.CANCELLED, Standing.SKIPPED) else status
    return {phase: Standing.COMPLETED if done[phase] else here if phase == at else Standing.PENDING for phase in PHASES}


def _attempts(execute: Execute, batch_id: str) -> tuple[dict[str, set[str]], dict[str, list[dict[str, str]]]]:
    """Return by episode the stages that came out, or that speaking was begun, and what attempts failed with."""
    reached, errors = defaultdict[str, set[str]](set), defaultdict[str, list[dict[str, str]]](list)
    query = (
        "SELECT item_id, stage, status, error_code FROM stage_run WHERE batch_id = ? AND status <> 'skipped'"
        " ORDER BY started_at, id"
    )
    for row in execute(query, (batch_id,)):
        if row["status"] in ("succeeded", "reused") or row["stage"] in PHASES["audio"]:
            reached[row["item_id"]].add(row["stage"])
        if row["status"] == "failed":
            errors[row["item_id"]].append({"stage": row["stage"], "code": row["error_code"] or "", "message": ""})
    return reached, errors
