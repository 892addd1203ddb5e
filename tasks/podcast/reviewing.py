"""Podcast's part in a review of an episode whose script or audio did not pass.

A script that is approved or edited is kept as it stands, and `pressroom resume` has it spoken: no model is asked
about it again. Where only the audio did not pass, approving puts the episode into its feed at once. One that is
rejected is made again by `pressroom retry`, with another seed and with what was said of it. All of it is done in the
transaction of the decision: what fails leaves the episode waiting.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from tasks.errors import fault
from tasks.ledger.database import ask
from tasks.models import Output
from tasks.parameters import BOUNDLESS
from tasks.podcast.approved import Approved, asked_for, keep_approved
from tasks.podcast.episode import Dossier, GateReport, Recording, Script
from tasks.podcast.gates.brand import brand
from tasks.podcast.gates.report import report_on
from tasks.podcast.gates.technical import technical
from tasks.podcast.library import shelf_of
from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.podcast.package.making import package_episode
from tasks.podcast.packaging import outputs_of_package, parts_of
from tasks.podcast.planning import episodes_of
from tasks.podcast.script.pace import timed
from tasks.podcast.script.text import read_script
from tasks.podcast.takes import clear_waiting, publish
from tasks.podcast.waiting import WAITS, Waiting, read_waiting, said_of, save_waiting
from tasks.reviews import Case, Decision, Revised
from tasks.words import count


def review(case: Case, connection: Connection) -> Revised | None:
    """Carry a decision out on what the episode was saved with."""
    if case.decision is Decision.REJECT:
        return None
    item, waiting = _item(case, connection), read_waiting(case.outputs)
    if case.decision is Decision.EDIT:
        return _edited(case, item, waiting)
    if waiting.recorded is not None:
        return _published(case, item, waiting, waiting.recorded)
    return _to_be_spoken(item, waiting, list(case.outputs), _without_waiting(case))


def _to_be_spoken(
    item: PodcastItem, waiting: Waiting, outputs: list[Output], said: tuple[str, ...], broken: tuple[str, ...] = ()
) -> Revised:
    """Keep a script as it stands for whoever resumes the batch."""
    report = waiting.report
    waived = report.model_copy(update={"blocking": [], "waived": [*report.waived, *report.blocking]})
    approved = Approved(asked=asked_for(item, item.seed), dossier=waiting.dossier, script=waiting.script, report=waived)
    warnings = (*said, *(f"edited against a rule: {one}" for one in broken))
    return Revised((keep_approved(item, approved), *outputs), warnings, broken, is_made=False)


def _published(case: Case, item: PodcastItem, waiting: Waiting, recorded: Recording) -> Revised:
    """Put an episode into its feed, whatever it waits for once its audio is there."""
    reasons = [text.removeprefix(WAITS) for text in case.warnings if text.startswith(WAITS)]
    report = waiting.report.model_copy(update={"waived": [*waiting.report.waived, *reasons]})
    recorded = publish(item, recorded)
    parts = parts_of(item, waiting.dossier, waiting.script, report, recorded)
    shelf = shelf_of(item)
    made = package_episode(parts, shelf.episode(item.number), shelf.folder, item.base_dir)
    clear_waiting(item)
    return Revised(tuple(outputs_of_package(item, recorded, made)), (*_without_waiting(case), *made.warnings))


def _edited(case: Case, item: PodcastItem, waiting: Waiting) -> Revised:
    """Take an edited script over: EDIT_BREAKS_RULES unless it is one that can be spoken in this show, or is forced."""
    assert case.edited is not None, "an edit has its file"
    script = read_script(case.edited, waiting.script)
    _refuse_strangers(item, script, case.edited)
    script = script.model_copy(update={"segments": timed(script.segments, item.show.language)})
    broken = broken_rules(item, waiting.dossier, script)
    if broken and not case.despite_rules:
        number = count(len(broken), "rule")
        raise fault("EDIT_BREAKS_RULES", path=str(case.edited), number=number, broken="; ".join(broken))
    report: GateReport = report_on(item, waiting.dossier, script, None)
    edited = Waiting(waiting.dossier, script, report, None)
    said = said_of(edited, report.blocking)
    return _to_be_spoken(item, edited, save_waiting(item, edited), said, tuple(broken))


def _refuse_strangers(item: PodcastItem, script: Script, path: Path) -> None:
    """Raise SCRIPT_INVALID for a line of somebody who is no host: nobody could speak it, rules or not."""
    hosts = {host.name for host in item.show.hosts}
    for number, one in enumerate(script.segments, 1):
        if one.speaker not in hosts:
            why = f"{one.speaker!r} is no host of the show, which has {', '.join(map(repr, sorted(hosts)))}"
            raise fault("SCRIPT_INVALID", path=str(path), place=f"segment {number}", why=why)


def broken_rules(item: PodcastItem, dossier: Dossier, script: Script) -> list[str]:
    """Say what is wrong with a script by its structure, speakers, sources, length, and what the show never says."""
    show, marks = item.show, item.bar.marks
    silent = [number for number, one in enumerate(script.segments, 1) if not one.text.strip()]
    return [
        *technical(script, dossier, show, item.minutes, None, marks).findings,
        *brand(script, show.brand.model_copy(update={"required": []}), None, marks).findings,
        *(f"line {number} says nothing" for number in silent),
    ]


def _without_waiting(case: Case) -> tuple[str, ...]:
    return tuple(text.removeprefix(WAITS) for text in case.warnings)


def _item(case: Case, connection: Connection) -> PodcastItem:
    """Make the episode again from what its batch was asked for."""
    (row,) = ask(connection, "SELECT spec FROM batch WHERE batch_id = ?", (case.batch_id,))
    batch = PodcastBatch.model_validate_json(row["spec"], context=BOUNDLESS)
    found = next((item for item in episodes_of(batch) if item.item_id == case.item_id), None)
    if found is None:
        raise fault("UNKNOWN_ITEM", batch_id=case.batch_id, item_id=case.item_id)
    return found
