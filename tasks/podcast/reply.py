"""A batch in the words of those who asked for episodes: `batch_result.json` and `<batch_id>_summary.json`.

Names and values are the source's, and a contract.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.ledger.looking import looking
from tasks.models import ItemStatus
from tasks.podcast.checkpoint_files import checkpoint_names
from tasks.podcast.models import PodcastBatch
from tasks.podcast.presets import PRESETS, preset_for
from tasks.podcast.told import Told, told_of
from tasks.podcast.topics import asked, strategy_of
from tasks.reports.files import report_paths
from tasks.results import BatchResult
from tasks.shape import Shape

_MADE = ItemStatus.SUCCEEDED.value
"""What waits for a person is neither successful nor failed in the source's words; it stands in the log of issues."""


class Configuration(Shape):
    """What was asked for."""

    size: int
    episodes: list[int]
    strategy: str


class ExecutionSummary(Shape):
    """How long it took."""

    start_time: str
    end_time: str
    duration_hours: float
    episodes_per_hour: float


class Results(Shape):
    """What came of it."""

    successful: int
    failed: int
    revised: int
    """Episodes of which parts were written again."""
    quality_average: float
    """Mean of the weighted scores of those that were judged."""


class CostBreakdown(Shape):
    """What it cost, in US dollars."""

    research_total: float
    production_total: float
    audio_total: float
    batch_total: float
    per_episode_average: float


class EpisodeBatch(Shape):
    """The whole batch."""

    batch_id: str
    configuration: Configuration
    execution_summary: ExecutionSummary
    results: Results
    cost_breakdown: CostBreakdown
    issues_log: list[dict[str, Any]]
    checkpoints: list[str]


class BatchReply(Shape):
    """The document of the source."""

    batch_result: EpisodeBatch


class BatchSummary(EpisodeBatch):
    """The same, with what such a batch was expected to take beside it."""

    expected: dict[str, Any]


def batch_reply(result: BatchResult, batch: PodcastBatch) -> BatchReply:
    """Put a batch's result in the form of its source."""
    return BatchReply(batch_result=_episode_batch(result, batch))


def batch_summary(result: BatchResult, batch: PodcastBatch) -> BatchSummary:
    """Put the same beside what its preset says that such a batch takes."""
    episodes = len(asked(batch))
    preset = batch.preset or preset_for(episodes)
    expected = PRESETS[preset]
    share = episodes / expected.episodes
    told = {
        "episodes": episodes,
        "preset": preset.value,
        "duration_hours": [round(hours * share, 2) for hours in expected.hours],
        "cost_usd": [round(usd * share, 2) for usd in expected.usd],
    }
    return BatchSummary(**_episode_batch(result, batch).model_dump(), expected=told)


def _episode_batch(result: BatchResult, batch: PodcastBatch) -> EpisodeBatch:
    with looking() as glance:
        assert glance is not None  # a batch that has a result is in the ledger
        told = told_of(glance.execute, result.batch_id)
    numbers = [one.topic.episode for one in asked(batch)]
    configuration = Configuration(size=len(numbers), episodes=numbers, strategy=strategy_of(batch).value)
    made = sum(one.status == _MADE for one in told.episodes)
    return EpisodeBatch(
        batch_id=result.batch_id,
        configuration=configuration,
        execution_summary=_execution(result, told, made),
        results=_results(result, told, made),
        cost_breakdown=_costs(told, made),
        issues_log=issues_of(told),
        checkpoints=checkpoint_names(
            report_paths(Path(result.output_dir), result.batch_id).summary.parent, result.batch_id
        ),
    )


def _execution(result: BatchResult, told: Told, made: int) -> ExecutionSummary:
    started, ended = told.worked or (told.started_at, told.started_at + result.wall_clock_seconds)
    hours = (ended - started) / 3600
    return ExecutionSummary(
        start_time=_when(started),
        end_time=_when(ended),
        duration_hours=round(hours, 4),
        episodes_per_hour=round(made / hours, 2) if hours > 0 else 0.0,
    )


def _results(result: BatchResult, told: Told, made: int) -> Results:
    reports = [one.report for one in told.episodes if one.report is not None]
    return Results(
        successful=made,
        failed=result.failed + result.skipped + result.cancelled,
        revised=sum(report.revised > 0 for report in reports),
        quality_average=round(sum(report.overall for report in reports) / len(reports), 4) if reports else 0.0,
    )


def _costs(told: Told, made: int) -> CostBreakdown:
    total = sum(told.costs.values())
    return CostBreakdown(
        **{f"{phase}_total": round(cost, 4) for phase, cost in told.costs.items()},
        batch_total=round(total, 4),
        per_episode_average=round(total / made, 4) if made else 0.0,
    )


def issues_of(told: Told) -> list[dict[str, Any]]:
    """List what failed, what waits for a person and why, and what of the notes could not be read.

    Notes are the same for all episodes of a batch, so what could not be read stands once, under the first of them.
    """
    failed = [
        {"episode": one.item_id, "code": one.error_code, "message": one.error_message}
        for one in told.episodes
        if one.error_code is not None
    ]
    waiting = [
        {"episode": one.item_id, "code": "REVISION", "message": "; ".join(one.waits_for)}
        for one in told.episodes
        if one.status == ItemStatus.NEEDS_REVIEW.value
    ]
    unread = {text: one.item_id for one in reversed(told.episodes) for text in reversed(one.unread)}
    notes = [{"episode": name, "code": "NOTES_UNREAD", "message": text} for text, name in reversed(unread.items())]
    return [*failed, *waiting, *notes]


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
