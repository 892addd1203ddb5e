"""Stages of the same names and shapes as an episode's, which wait as long as their providers would take."""

from __future__ import annotations

import asyncio

from airing import dossier, gates, recording, script
from podcast import MINUTES, SCALE

from tasks.models import Outcome
from tasks.podcast.episode import Dossier, GateReport, Recording, Script
from tasks.podcast.models import PodcastItem
from tasks.podcast.research import Found
from tasks.stage import stage


async def waits(name: str) -> None:
    await asyncio.sleep(60 * SCALE * MINUTES[name])


@stage(timeout_seconds=60, checkpoint=False)
async def find_sources(item: PodcastItem) -> Found:
    return Found(notes="notes", passages=[])


@stage(timeout_seconds=60)
async def research(item: PodcastItem, found: Found) -> Dossier:
    await waits("research")
    return dossier()


@stage(timeout_seconds=60)
async def write_script(item: PodcastItem, known: Dossier) -> Script:
    await waits("write_script")
    return script(item.topic.title)


@stage(timeout_seconds=60, checkpoint=False)
async def pass_gates(item: PodcastItem, known: Dossier, said: Script, before: GateReport | None = None) -> GateReport:
    if before is None:
        await waits("pass_gates")
    return before or gates()


@stage(timeout_seconds=60)
async def repair_script(item: PodcastItem, known: Dossier, said: Script, report: GateReport) -> Script:
    return said


@stage(timeout_seconds=60)
async def synthesize(item: PodcastItem, known: Dossier, said: Script, report: GateReport) -> Recording | None:
    await waits("synthesize")
    return recording()


@stage(timeout_seconds=60, checkpoint=False)
async def package_episode(
    item: PodcastItem, known: Dossier, said: Script, report: GateReport, recorded: Recording | None
) -> Outcome:
    return Outcome(item_id=item.item_id)
