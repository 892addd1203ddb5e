"""Episodes in review: approved, edited and rejected, and that nothing is asked again of what a person has approved."""

from __future__ import annotations

import json
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kinds
import pytest
from episodes import TOPICS, batch_of, episode, make, show, waiting
from presenter import GOOD, SENTENCES, Presenter
from sites import press

from tasks.errors import BatchFailed, PressroomError
from tasks.ledger.decisions import decide
from tasks.podcast.episode import Claim, Dossier, GateReport, Script, Source
from tasks.podcast.planning import episodes_of
from tasks.podcast.reviewing import broken_rules
from tasks.podcast.script.pace import timed
from tasks.podcast.script.plain import plain_script
from tasks.podcast.script.text import as_text, read_script
from tasks.podcast.spec import review
from tasks.podcast.waiting import scored
from tasks.results import BatchResult
from tasks.reviews import Case, Decision

pytestmark = pytest.mark.usefixtures("prefect_server")
WRITTEN: dict[str, Any] = {"model": "quay:writer", "minutes": 2.0, "gates": "standard", "topics": TOPICS[:1]}
BAD = {**GOOD, "unsupported": [{"line": 2, "why": "No source says so."}]}
UNREPAIRED: dict[str, Any] = {**WRITTEN, "quality": {"repairs": 0}}


@pytest.fixture
def quay(home: Path) -> Iterator[Presenter]:
    """A vendor that writes, and whose judge lets no version of the first episode pass."""
    with Presenter() as server:
        server.set_up(home)
        server.judgements = [BAD]
        yield server


def decide_on(decision: Decision, note: str = "", **more: Any) -> None:
    with kinds.ledger() as ledger:
        case = Case("b", "podcast", "ep_001", decision, outputs=(), **more)
        decide(ledger, case, by="somebody", note=note, review=review)


def status_of(result: BatchResult) -> str:
    return str(result.results[0].status)


def script_of(folder: Path) -> Script:
    return Script.model_validate_json((waiting(folder) / "script.json").read_text())


def report_of(folder: Path) -> GateReport:
    return GateReport.model_validate_json((waiting(folder) / "gates.json").read_text())


def titles(folder: Path) -> list[str | None]:
    feed = folder / "output" / "coast-lights" / "feed.xml"
    return [item.findtext("title") for item in ET.parse(feed).findall("channel/item")] if feed.exists() else []


def edited_to(folder: Path, **changes: Any) -> Path:
    """Write the script that waits to a file, with its second segment changed."""
    script = script_of(folder)
    script.segments[1] = script.segments[1].model_copy(update=changes)
    path = folder / "edited.json"
    path.write_text(script.model_dump_json())
    return path


def test_an_approved_script_is_spoken_as_it_stands_by_the_next_resume_and_nothing_is_asked_again(
    tmp_path: Path, quay: Presenter
) -> None:
    assert status_of(make(tmp_path, **UNREPAIRED)) == "needs_review"
    before, asked = script_of(tmp_path), dict(quay.asked)
    assert not (episode(tmp_path) / "ep_001.mp3").exists()
    decide_on(Decision.APPROVE)
    again = make(tmp_path, **UNREPAIRED)
    assert (status_of(again), dict(quay.asked)) == ("succeeded", asked)
    assert script_of(tmp_path) == before
    assert (episode(tmp_path) / "ep_001.mp3").stat().st_size > 100_000
    assert "no source bears out 1 of its lines" in report_of(tmp_path).waived
    assert titles(tmp_path) == [TOPICS[0]["title"]]
    assert "A person has approved it" in (episode(tmp_path) / "show-notes.md").read_text()
    make(tmp_path, **UNREPAIRED)
    assert dict(quay.asked) == asked


def test_an_approval_is_good_for_what_was_asked_for_and_for_nothing_else(tmp_path: Path, quay: Presenter) -> None:
    make(tmp_path, **UNREPAIRED)
    decide_on(Decision.APPROVE)
    quay.judgements = [BAD]
    topics = [{"episode": 1, "title": "How the tides come and go"}]
    assert status_of(make(tmp_path, **{**UNREPAIRED, "topics": topics})) == "needs_review"
    assert not (episode(tmp_path) / "ep_001.mp3").exists()


def test_what_was_approved_and_is_altered_then_waits_again(tmp_path: Path, quay: Presenter) -> None:
    make(tmp_path, **UNREPAIRED)
    decide_on(Decision.APPROVE)
    (kept,) = episode(tmp_path).glob("approved-*.json")
    kept.write_text(kept.read_text().replace("harbour", "station"))
    asked = dict(quay.asked)
    assert status_of(make(tmp_path, **UNREPAIRED)) == "needs_review"
    assert dict(quay.asked) == asked


def test_a_rejected_episode_is_written_again_with_what_was_said_of_it(tmp_path: Path, quay: Presenter) -> None:
    make(tmp_path, **UNREPAIRED)
    decide_on(Decision.REJECT, note="Too many bells.")
    quay.judgements = [BAD]
    again = make(tmp_path, **UNREPAIRED, select="failed")
    assert (status_of(again), quay.asked["write"]) == ("needs_review", 6)
    assert any("Too many bells." in str(call.body) for call in quay.calls)
    seeds = {call.body["seed"] for call in quay.calls if "Write the opening" in str(call.body)}
    assert len(seeds) == 2


def test_an_edited_script_is_what_is_spoken(tmp_path: Path, quay: Presenter) -> None:
    make(tmp_path, **UNREPAIRED)
    asked, words = dict(quay.asked), "Now the keeper of the light tells of the bakers in the village by the sea."
    decide_on(Decision.EDIT, edited=edited_to(tmp_path, text=words))
    assert status_of(make(tmp_path, **UNREPAIRED)) == "succeeded"
    assert script_of(tmp_path).segments[1].text == words
    assert words in (episode(tmp_path) / "transcript.md").read_text()
    assert dict(quay.asked) == asked


def test_a_script_can_be_edited_as_text(tmp_path: Path, quay: Presenter) -> None:
    make(tmp_path, **UNREPAIRED)
    script, path = script_of(tmp_path), waiting(tmp_path) / "script.md"
    nameless = tmp_path / "pasted"  # as it comes from the pages' form
    nameless.write_text((waiting(tmp_path) / "script.json").read_text())
    assert read_script(nameless, script) == script
    assert read_script(path, script).segments == [one.model_copy(update={"seconds": 0}) for one in script.segments]
    first = " ".join(script.segments[0].text.split())
    edited = tmp_path / "edited.md"
    edited.write_text(as_text(script).replace(first, "Who keeps the light\nwhen the keeper sleeps in the tower?", 1))
    decide_on(Decision.EDIT, edited=edited)
    assert script_of(tmp_path).segments[0].text == "Who keeps the light when the keeper sleeps in the tower?"


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, ""),
        ({"speaker": "Nobody"}, "'Nobody' is no host of the show"),
        ({"cites": ["S99"]}, "it cites 'S99', which the dossier does not have"),
        ({"text": "This is a game changer, and nothing else."}, "'game changer' is said"),
        ({"text": "word " * 700}, "36 s are planned"),
        ({"text": " "}, "line 2 says nothing"),
        ({"part": "outro"}, "it is not hook, introduction, body and end"),
    ],
)
def test_an_edit_is_held_to_speakers_sources_length_structure_and_what_is_never_said(
    tmp_path: Path, changes: dict[str, Any], broken: str
) -> None:
    brand = {"banned": ["game changer"], "required": ["Hello there"]}
    (item,) = episodes_of(batch_of(tmp_path, topics=TOPICS[:1], show=show(brand=brand)))
    claims = [Claim(text=sentence, source_id="S1") for sentence in SENTENCES]
    dossier = Dossier(sources=[Source(source_id="S1", title="Notes", where="notes/a.md")], claims=claims)
    script = plain_script(item, dossier)
    script.segments[1] = script.segments[1].model_validate({**script.segments[1].model_dump(), **changes})
    script.segments = timed(script.segments, "en")
    found = broken_rules(item, dossier, script)
    assert broken in " ".join(found)
    assert bool(found) is bool(broken)


def test_an_edit_that_breaks_rules_is_refused_unless_it_is_taken_despite_them(tmp_path: Path, quay: Presenter) -> None:
    make(tmp_path, **UNREPAIRED)
    before, edited = (waiting(tmp_path) / "script.json").read_bytes(), edited_to(tmp_path, cites=["S99"])
    with pytest.raises(PressroomError, match="EDIT_BREAKS_RULES"):
        decide_on(Decision.EDIT, edited=edited)
    assert (waiting(tmp_path) / "script.json").read_bytes() == before
    decide_on(Decision.EDIT, edited=edited, despite_rules=True)
    assert script_of(tmp_path).segments[1].cites == ["S99"]


def test_of_an_edited_script_is_said_what_its_own_gates_found_and_not_what_those_of_the_old_one_did(
    tmp_path: Path, quay: Presenter
) -> None:
    make(tmp_path, **UNREPAIRED)
    with kinds.ledger() as ledger:
        (before,) = json.loads(next(iter(ledger.items("b"))).warnings or "[]")[-1:]
    assert before == "waits for review: no source bears out 1 of its lines"
    decide_on(Decision.EDIT, edited=edited_to(tmp_path, cites=["S99"]), despite_rules=True)
    with kinds.ledger() as ledger:
        said = json.loads(next(iter(ledger.items("b"))).warnings or "[]")
    report = report_of(tmp_path)
    assert said[0] == scored(report)
    assert said[0].endswith("in all gates by rules")
    assert said[1:] == [*report.blocking, "edited against a rule: it cites 'S99', which the dossier does not have"]
    assert not any("no source bears out" in one for one in said)


def test_a_line_of_nobody_in_the_show_is_refused_whatever_the_rules_since_no_voice_could_speak_it(
    tmp_path: Path, quay: Presenter
) -> None:
    make(tmp_path, **UNREPAIRED)
    edited = edited_to(tmp_path, speaker="Nobody")
    with pytest.raises(PressroomError, match=r"SCRIPT_INVALID.*segment 2: 'Nobody' is no host of the show"):
        decide_on(Decision.EDIT, edited=edited, despite_rules=True)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("e.json", '{"title": "A", "segments": []}', "SCRIPT_INVALID"),
        ("e.json", "{", "SPEC_MALFORMED"),
        ("e.md", "Just some words.", "SCRIPT_INVALID"),
        ("e.md", "## finale\n\n**Ada**: Hello.", "SCRIPT_INVALID"),
        ("e.md", "## hook\n\n**Ada** [page 3]: Hello.", "SCRIPT_INVALID"),
    ],
)
def test_an_edit_that_is_no_script_is_refused_by_its_code(tmp_path: Path, name: str, text: str, code: str) -> None:
    before = Script.model_validate({"title": "A", "segments": [{"part": "hook", "speaker": "Ada", "text": "Oh."}]})
    (tmp_path / name).write_text(text)
    with pytest.raises(PressroomError) as refused:
        read_script(tmp_path / name, before)
    assert refused.value.code == code


def too_long(folder: Path) -> BatchResult:
    """Make an episode whose script passes, and whose audio is shorter than it was planned to be."""
    return make(folder, topics=TOPICS[:1], minutes=6.0, quality={"technical": {"threshold": 0, "weight": 0.2}})


def test_approving_an_episode_that_waits_because_of_its_audio_puts_it_into_the_feed(tmp_path: Path) -> None:
    found = too_long(tmp_path)
    assert status_of(found) == "needs_review"
    assert "it lasts" in " ".join(found.results[0].warnings)
    audio = (waiting(tmp_path) / "ep_001.mp3").read_bytes()
    assert titles(tmp_path) == []
    decide_on(Decision.APPROVE)
    assert titles(tmp_path) == [TOPICS[0]["title"]]
    assert (episode(tmp_path) / "ep_001.mp3").read_bytes() == audio
    assert "it lasts" in report_of(tmp_path).waived[0]
    again = too_long(tmp_path)
    assert (again.successful, again.needs_review) == (1, 0)


def test_whoever_approves_at_the_command_line_is_told_how_it_goes_on(
    tmp_path: Path, quay: Presenter, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, **UNREPAIRED)
    said = press(capsys, "review", "b", "ep_001", "approve")
    assert (said.code, "pressroom resume b" in said.out) == (0, True)
    assert "partial: 0 of 1 made, 0 to review" in said.out
    assert "Nothing waits" in press(capsys, "review", "b").out
    assert "approved by" in press(capsys, "review", "b").out
    later = press(capsys, "retry", "b")
    assert "1 item unfinished: `pressroom resume b`" in later.err


def test_of_two_batches_that_would_make_one_episode_the_first_one_does(tmp_path: Path, home: Path) -> None:
    with Presenter(seconds=0.7) as slow:
        slow.set_up(home)
        slow.judgements = [BAD]
        first: list[BatchResult] = []
        running = threading.Thread(target=lambda: first.append(make(tmp_path, **UNREPAIRED)))
        running.start()
        while not slow.calls:
            running.join(0.05)
        with pytest.raises(BatchFailed) as refused:
            make(tmp_path, **UNREPAIRED, batch_id="second")
        running.join()
    assert refused.value.result is not None
    assert [one.error_code for one in refused.value.result.results] == ["WORK_BUSY"]
    assert (status_of(first[0]), slow.asked["write"]) == ("needs_review", 3)


def test_what_is_published_stays_as_it_is_while_another_take_of_it_waits(tmp_path: Path, quay: Presenter) -> None:
    quay.judgements = []
    make(tmp_path, **UNREPAIRED, batch_id="first")
    before = {path.name: path.read_bytes() for path in episode(tmp_path).iterdir()}
    quay.judgements = [BAD]
    again = make(tmp_path, **{**UNREPAIRED, "seed": 5}, batch_id="second")
    assert status_of(again) == "needs_review"
    assert {path.name: path.read_bytes() for path in episode(tmp_path).iterdir() if path.is_file()} == before
    assert (waiting(tmp_path, batch_id="second") / "script.json").is_file()
