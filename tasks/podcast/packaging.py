"""Putting an episode together: its files and its show's feed, or, where it waits for a person, what it waits with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from anyio import to_thread
from pydantic import ValidationError

from tasks.files import draft_beside, read_text, write_atomically
from tasks.ledger.looking import looking
from tasks.models import ItemStatus, Outcome, Output
from tasks.podcast.audio.measuring import audio_faults
from tasks.podcast.cost_regression import regression_of
from tasks.podcast.episode import Dossier, GateReport, Recording, Script
from tasks.podcast.models import PodcastItem
from tasks.podcast.package import EpisodeParts, EpisodeRecord, package_apart
from tasks.podcast.package.record import RECORD
from tasks.podcast.planning import shelf_of
from tasks.podcast.told import costs_of
from tasks.shape import Shape

WAITS = "waits for review: "
"""What a warning begins with that says why something waits."""


async def package(
    item: PodcastItem, dossier: Dossier, script: Script, report: GateReport, recorded: Recording | None
) -> Outcome:
    """Write an episode's files and put it into the feed; one that does not pass waits, and no feed has it."""
    if recorded is None:
        return await to_thread.run_sync(_waiting, item, dossier, script, report, report.blocking)
    recorded = await to_thread.run_sync(_at_its_place, item, recorded)
    dear = await to_thread.run_sync(regression_of, item.batch_id, item.item_id, shelf_of(item).folder)
    if faults := [*audio_faults(recorded.loudness, 60 * item.minutes), *dear.blocking]:
        return await to_thread.run_sync(_waiting, item, dossier, script, report, faults)
    parts = await to_thread.run_sync(_parts, item, dossier, script, report, recorded)
    shelf = shelf_of(item)
    made = await package_apart(parts, shelf.episode(item.number), shelf.folder, item.base_dir)
    own = [path for path in made.files if path.parent == shelf.episode(item.number)]
    outputs = [Output(path=recorded.path, size=recorded.size, sha256=recorded.sha256), *map(_output, own)]
    warnings = (*_said(report, recorded), *dear.warnings, *dossier.unread, *made.warnings)
    return Outcome(item_id=item.item_id, outputs=outputs, warnings=warnings)


def _waiting(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport, reasons: list[str]) -> Outcome:
    folder = shelf_of(item).episode(item.number)
    shapes: dict[str, Shape] = {"script.json": script, "gates.json": report, "dossier.json": dossier}
    outputs = [_save(folder / name, shape) for name, shape in shapes.items()]
    warnings = (_scored(report), *dossier.unread, *(f"{WAITS}{reason}" for reason in reasons))
    return Outcome(item_id=item.item_id, status=ItemStatus.NEEDS_REVIEW, outputs=outputs, warnings=warnings)


def _at_its_place(item: PodcastItem, recorded: Recording) -> Recording:
    """Copy audio that another batch has made for its own folder into this one's."""
    path = shelf_of(item).audio(item.number)
    if Path(recorded.path) == path:
        return recorded
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(draft_beside(path, ".mp3"))
    try:
        shutil.copyfile(recorded.path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return recorded.model_copy(update={"path": str(path)})


def _parts(
    item: PodcastItem, dossier: Dossier, script: Script, report: GateReport, recorded: Recording
) -> EpisodeParts:
    with looking() as glance:
        costs = costs_of(glance.execute, item.batch_id, item.item_id) if glance is not None else {}
    return EpisodeParts(
        show=item.show,
        topic=item.topic,
        dossier=dossier,
        script=script,
        gates=report,
        recording=recorded,
        published=_published(shelf_of(item).episode(item.number) / RECORD),
        profile=item.bar.profile.value,
        costs={phase: cost for phase, cost in costs.items() if cost is not None},
        is_cost_complete=None not in costs.values(),
    )


def _published(record: Path) -> datetime:
    """Return when an episode appeared first: one that is made again keeps its day, by which players sort."""
    try:
        if record.is_file():
            return EpisodeRecord.model_validate_json(read_text(record)).published
    except ValidationError:  # Of another version: it is written anew.
        pass
    return datetime.now(UTC).replace(microsecond=0)


def _said(report: GateReport, recorded: Recording) -> Iterator[str]:
    loudness = recorded.loudness
    yield _scored(report)
    yield f"{loudness.seconds:.0f} s at {loudness.integrated_lufs:.1f} LUFS, peak {loudness.true_peak_dbtp:.1f} dBTP"


def _scored(report: GateReport) -> str:
    return f"{report.overall:.2f} in all gates by {report.judged_by or 'rules'}"


def _save(path: Path, shape: Shape) -> Output:
    content = shape.model_dump_json(indent=2).encode() + b"\n"
    write_atomically(path, content)
    return Output.of(str(path), content)


def _output(path: Path) -> Output:
    return Output.of(str(path), path.read_bytes())
