"""Podcast: episodes of a show, from a list of topics to its feed.

    find ─▶ research ─▶ write ─▶ gates ─▶ (repair ─▶ gates)* ─▶ audio ─▶ package
              5 at once   3        1                             2

An episode moves on as soon as it can, and ten are at work at once. In smaller presets production is one episode at a
time (`tasks/podcast/presets.py`). What does not pass its gates after its repairs is not spoken: it waits for a person.
"""

from __future__ import annotations

from typing import Any

from prefect import flow

from flows.batch import open_batch
from flows.lanes import MIB, Lane
from flows.run_notices import tell_failure
from flows.runner import EventLoopTaskRunner
from flows.scheduled import run_name
from tasks.events import listening
from tasks.podcast import stages
from tasks.podcast.checkpoint_files import keeping_checkpoints
from tasks.podcast.models import PodcastBatch
from tasks.podcast.planning import LANE, plan_podcast
from tasks.podcast.presets import Strategy
from tasks.podcast.topics import strategy_of
from tasks.results import BatchResult

TURNS = {
    Strategy.PARALLEL_RESEARCH: ("write_script", "pass_gates", "repair_script", "synthesize", "package_episode"),
    Strategy.QUEUED_PRODUCTION: ("write_script", "pass_gates", "repair_script"),
    Strategy.FULL_PIPELINE: (),
}
"""The stages that one episode has gone through before the next one begins them."""


def _lanes(batch: PodcastBatch) -> tuple[Lane, ...]:
    most = batch.at_once
    limits: dict[str, Any] = {
        "find_sources": most.research,
        "research": most.research,
        "write_script": most.script,
        "pass_gates": most.gates,
        "synthesize": most.audio,
    }
    return (
        Lane(
            LANE,
            limit=most.in_memory,
            window=most.in_memory,
            stages=(*limits, "repair_script"),
            limits=limits,
            # A repair is a script's work: both together hold its limit.
            shares={"repair_script": "write_script"},
            turns=TURNS[strategy_of(batch)],
            # What has failed side by side is tried again one by one.
            limits_again={"find_sources": 1, "research": 1},
            memory_per_item=64 * MIB,
        ),
    )


@flow(
    name="podcast",
    flow_run_name=run_name,
    task_runner=EventLoopTaskRunner(),
    result_serializer="json",
    on_failure=[tell_failure],
)
def podcast(batch: PodcastBatch) -> BatchResult:
    """Make the episodes of a batch and return what became of each.

    Raises `BatchFailed`, which carries `.result`, when nothing succeeded or the batch was stopped.
    """
    with (
        open_batch("podcast", batch, plan_podcast, lanes=_lanes(batch)) as run,
        keeping_checkpoints(run.batch_id, run.options) as hear,
        listening(run.batch_id, hear),
    ):
        for (episodes,) in run.window():
            items = episodes.items
            dossier = stages.research.map(items, stages.find_sources.map(items))
            script = stages.write_script.map(items, dossier)
            report = stages.pass_gates.map(items, dossier, script)
            for _ in range(batch.quality.repairs):
                script = stages.repair_script.map(items, dossier, script, report)
                report = stages.pass_gates.map(items, dossier, script, report)
            recorded = stages.synthesize.map(items, dossier, script, report)
            run.collect(episodes, stages.package_episode.map(items, dossier, script, report, recorded))
    return run.settle()
