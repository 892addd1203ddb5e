"""What an episode waits with for a person: all that was made of it, so that whoever decides can read and mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tasks.files import read_text, write_atomically
from tasks.models import ItemStatus, Outcome, Output
from tasks.podcast.episode import Dossier, GateReport, Recording, Script
from tasks.podcast.library import GATES, shelf_of
from tasks.podcast.models import PodcastItem
from tasks.podcast.script.text import as_text
from tasks.shape import Shape
from tasks.words import score

SCRIPT, DOSSIER, RECORDING, TEXT = "script.json", "dossier.json", "recording.json", "script.md"
WAITS = "waits for review: "
"""What a warning begins with that says why something waits."""


class Waiting(NamedTuple):
    """An episode that waits, as it was saved."""

    dossier: Dossier
    script: Script
    report: GateReport
    recorded: Recording | None
    """Its audio, where that is what it waits for."""


def left_waiting(item: PodcastItem, waiting: Waiting, reasons: Sequence[str]) -> Outcome:
    """Save an episode that a person has to look at; no feed has it, and without a reason in its audio it has none."""
    why = (f"{WAITS}{reason}" for reason in reasons)
    warnings = said_of(waiting, why)
    outputs = save_waiting(item, waiting)
    return Outcome(item_id=item.item_id, status=ItemStatus.NEEDS_REVIEW, outputs=outputs, warnings=warnings)


def said_of(waiting: Waiting, reasons: Iterable[str]) -> tuple[str, ...]:
    """Say what is good to know of an episode whose script has been judged; `reasons` are why it does not pass."""
    return (scored(waiting.report), *waiting.dossier.unread, *reasons)


def save_waiting(item: PodcastItem, waiting: Waiting) -> list[Output]:
    """Write an episode's files, that which is edited in front, and say which they are."""
    folder, recorded = shelf_of(item).waiting(item.number, item.batch_id), waiting.recorded
    outputs = [
        save_shape(folder / SCRIPT, waiting.script),
        save_shape(folder / GATES, waiting.report),
        save_shape(folder / DOSSIER, waiting.dossier),
        _save(folder / TEXT, as_text(waiting.script).encode()),
    ]
    if recorded is not None:
        outputs.append(save_shape(folder / RECORDING, recorded))
        outputs.append(Output(path=recorded.path, size=recorded.size, sha256=recorded.sha256))
    return outputs


def read_waiting(outputs: Sequence[Output]) -> Waiting:
    """Read an episode that waits from the files it was saved in."""
    paths = {Path(one.path).name: Path(one.path) for one in outputs}
    return Waiting(
        Dossier.model_validate_json(read_text(paths[DOSSIER])),
        Script.model_validate_json(read_text(paths[SCRIPT])),
        GateReport.model_validate_json(read_text(paths[GATES])),
        Recording.model_validate_json(read_text(paths[RECORDING])) if RECORDING in paths else None,
    )


def save_shape(path: Path, shape: Shape) -> Output:
    """Write a shape as JSON that people can read."""
    return _save(path, shape.model_dump_json(indent=2).encode() + b"\n")


def scored(report: GateReport) -> str:
    """Say how an episode did at its gates."""
    return f"{score(report.overall)} in all gates by {report.judged_by or 'rules'}"


def _save(path: Path, content: bytes) -> Output:
    write_atomically(path, content)
    return Output.of(str(path), content)
