"""Putting an episode together: its files and its show's feed, or, where it waits for a person, what it waits with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from anyio import to_thread

from tasks.ledger.looking import looking
from tasks.ledger.uses import NO_COST
from tasks.models import Outcome, Output
from tasks.podcast.appearing import published_of
from tasks.podcast.audio.measuring import audio_faults
from tasks.podcast.cost_regression import regression_of
from tasks.podcast.episode import Dossier, GateReport, Recording, Script
from tasks.podcast.library import shelf_of
from tasks.podcast.models import PodcastItem
from tasks.podcast.package import EpisodeParts, package_apart
from tasks.podcast.package.parts import Packaged
from tasks.podcast.presets import PHASES
from tasks.podcast.takes import clear_waiting, publish, put_aside
from tasks.podcast.told import phase_costs
from tasks.podcast.waiting import Waiting, left_waiting, scored


async def package(
    item: PodcastItem, dossier: Dossier, script: Script, report: GateReport, recorded: Recording | None
) -> Outcome:
    """Write an episode's files and put it into the feed; one that does not pass waits, and no feed has it."""
    if recorded is None:
        waiting = Waiting(dossier, script, report, None)
        return await to_thread.run_sync(left_waiting, item, waiting, report.blocking)
    dear = await to_thread.run_sync(regression_of, item.batch_id, item.item_id, shelf_of(item).folder)
    leeway = item.bar.marks.leeway_seconds(item.minutes)
    if faults := [*audio_faults(recorded.loudness, 60 * item.minutes, leeway), *dear.blocking]:
        recorded = await to_thread.run_sync(put_aside, item, recorded)
        return await to_thread.run_sync(left_waiting, item, Waiting(dossier, script, report, recorded), faults)
    recorded = await to_thread.run_sync(publish, item, recorded)
    parts = await to_thread.run_sync(parts_of, item, dossier, script, report, recorded)
    shelf = shelf_of(item)
    made = await package_apart(parts, shelf.episode(item.number), shelf.folder, item.base_dir)
    outputs = outputs_of_package(item, recorded, made)
    await to_thread.run_sync(clear_waiting, item)
    warnings = (*_said(report, recorded), *dear.warnings, *dossier.unread, *made.warnings)
    return Outcome(item_id=item.item_id, outputs=outputs, warnings=warnings)


def outputs_of_package(item: PodcastItem, recorded: Recording, made: Packaged) -> list[Output]:
    """Name the files of an episode that is made, its audio in front."""
    own = [path for path in made.files if path.parent == shelf_of(item).episode(item.number)]
    return [Output(path=recorded.path, size=recorded.size, sha256=recorded.sha256), *map(_output, own)]


def parts_of(
    item: PodcastItem, dossier: Dossier, script: Script, report: GateReport, recorded: Recording
) -> EpisodeParts:
    """Put together all that is known of an episode whose audio is there, with what it has cost."""
    with looking() as glance:
        known = phase_costs(glance.execute, item.batch_id, item.item_id) if glance is not None else {}
    costs = {phase: known.get(item.item_id, {}).get(phase, NO_COST) for phase in PHASES}
    return EpisodeParts(
        show=item.show,
        topic=item.topic,
        dossier=dossier,
        script=script,
        gates=report,
        recording=recorded,
        published=published_of(item),
        profile=item.bar.profile.value,
        costs={phase: one["cost"] for phase, one in costs.items()},
        is_cost_complete=all(one["cost_is_complete"] for one in costs.values()),
    )


def _said(report: GateReport, recorded: Recording) -> Iterator[str]:
    loudness = recorded.loudness
    yield scored(report)
    yield from (f"approved by a person, although {reason}" for reason in report.waived)
    yield f"{loudness.seconds:.0f} s at {loudness.integrated_lufs:.1f} LUFS, peak {loudness.true_peak_dbtp:.1f} dBTP"


def _output(path: Path) -> Output:
    return Output.of(str(path), path.read_bytes())
