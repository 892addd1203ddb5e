"""Stages of the same names and shapes as an episode's, which wait as long as their providers would take."""

from __future__ import annotations

import asyncio

import airing
from podcast import MINUTES, SCALE

from tasks.models import Outcome
from tasks.podcast.episode import Dossier, GateReport, Recording, Script
from tasks.podcast.models import PodcastItem
from tasks.podcast.research import Found
from tasks.podcast.script.repairing import has_nothing_to_mend
from tasks.podcast.stages import is_judged
from tasks.stage import stage


async def waits(name: str) -> None:
    await asyncio.sleep(60 * SCALE * MINUTES[name])


@stage(timeout_seconds=60, checkpoint=False)
async def find_sources(item: PodcastItem) -> Found:
    return Found(notes="notes", passages=[])


@stage(timeout_seconds=60)
async def research(item: PodcastItem, found: Found) -> Dossier:
    await waits("research")
    return airing.dossier()


@stage(timeout_seconds=60)
async def write_script(item: PodcastItem, dossier: Dossier) -> Script:
    await waits("write_script")
    return airing.script(item.topic.title)


@stage(timeout_seconds=60, checkpoint=False, idle_if=is_judged)
async def pass_gates(
    item: PodcastItem, dossier: Dossier, script: Script, before: GateReport | None = None
) -> GateReport:
    if before is None:
        await waits("pass_gates")
    return before or airing.gates()


@stage(timeout_seconds=60, idle_if=has_nothing_to_mend)
async def repair_script(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport) -> Script:
    return script


@stage(timeout_seconds=60)
async def synthesize(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport) -> Recording | None:
    await waits("synthesize")
    return airing.recording()


@stage(timeout_seconds=60, checkpoint=False)
async def package_episode(
    item: PodcastItem, dossier: Dossier, script: Script, report: GateReport, recorded: Recording | None
) -> Outcome:
    return Outcome(item_id=item.item_id)
