"""The stages of an episode: each is one step, and its work stands in the room of that name."""

from __future__ import annotations

from anyio import to_thread

from tasks.models import Outcome
from tasks.podcast import packaging, recording, researching
from tasks.podcast.approved import Approved, read_approved
from tasks.podcast.episode import Dossier, GateReport, Recording, Script
from tasks.podcast.gates import report as gate_report
from tasks.podcast.models import PodcastItem
from tasks.podcast.research import Found
from tasks.podcast.script import repairing, writing
from tasks.stage import stage

MINUTES = 60.0


@stage(timeout_seconds=10 * MINUTES, checkpoint=False)
async def find_sources(item: PodcastItem) -> Found:
    """Find what the show's notes say about an episode's topic."""
    return Found(notes="", passages=[]) if item.approved else await researching.find(item)


@stage(timeout_seconds=10 * MINUTES)
async def research(item: PodcastItem, found: Found) -> Dossier:
    """Put together what may be claimed in an episode, each claim with its source."""
    return (await _approved(item)).dossier if item.approved else await researching.gather(item, found)


@stage(timeout_seconds=20 * MINUTES)
async def write_script(item: PodcastItem, dossier: Dossier) -> Script:
    """Write all that is said in an episode."""
    return (await _approved(item)).script if item.approved else await writing.write(item, dossier)


def is_judged(item: PodcastItem, dossier: Dossier, script: Script, before: GateReport | None = None) -> bool:
    """Say whether a script is the one that its last report is of."""
    return before is not None and before.revised == script.revision


@stage(timeout_seconds=10 * MINUTES, checkpoint=False, idle_if=is_judged)
async def pass_gates(
    item: PodcastItem, dossier: Dossier, script: Script, before: GateReport | None = None
) -> GateReport:
    """Measure and judge a script, unless nothing of it was written again since `before`.

    The judge's word is kept by itself, so that other marks do not ask again.
    """
    if item.approved:
        return (await _approved(item)).report
    if before is not None and is_judged(item, dossier, script, before):
        return before
    return await gate_report.pass_gates(item, dossier, script)


@stage(timeout_seconds=10 * MINUTES, idle_if=repairing.has_nothing_to_mend)
async def repair_script(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport) -> Script:
    """Write again what the gates name, and nothing else."""
    return await repairing.repair(item, dossier, script, report)


@stage(timeout_seconds=30 * MINUTES, idle_if=recording.is_not_spoken)
async def synthesize(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport) -> Recording | None:
    """Speak a script that passes and make it a finished file; one that does not pass is not spoken."""
    return await recording.synthesize(item, dossier, script, report)


@stage(timeout_seconds=5 * MINUTES, checkpoint=False)
async def package_episode(
    item: PodcastItem, dossier: Dossier, script: Script, report: GateReport, recorded: Recording | None
) -> Outcome:
    """Put an episode's files together and the episode into its show's feed."""
    return await packaging.package(item, dossier, script, report, recorded)


async def _approved(item: PodcastItem) -> Approved:
    """Read what a person has approved, which stands in the place of what would be made."""
    return await to_thread.run_sync(read_approved, item)
