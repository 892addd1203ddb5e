"""Chapters in review: approved, edited and rejected, and what their books wait for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import kinds
import pytest
from novelist import Marks, Novelist
from stories import make, project

from flows.review import review as ask_to_review
from tasks.errors import PressroomError
from tasks.fiction.spec import review
from tasks.fiction.story import QualityReport
from tasks.ledger.decisions import decide
from tasks.reviews import Case, Decision
from tasks.words import score

pytestmark = pytest.mark.usefixtures("prefect_server")
LOW = Marks(each=12)


@pytest.fixture
def quill(quill: Novelist) -> Novelist:
    """A vendor whose judge lets no version of chapter 1 pass."""
    quill.marks["The Story of Harbour", 1] = [LOW, LOW, LOW]
    return quill


def decide_on(decision: Decision, item_id: str = "harbour:ch01", note: str = "", **more: Any) -> None:
    with kinds.ledger() as ledger:
        case = Case("b", "fiction", item_id, decision, outputs=(), **more)
        decide(ledger, case, by="somebody", note=note, review=review)


def chapter(folder: Path, number: int = 1, suffix: str = ".md") -> Path:
    return folder / "output" / "books" / "harbour" / "chapters" / f"chapter-0{number}{suffix}"


def test_once_a_chapter_is_approved_a_resume_makes_its_book(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    decide_on(Decision.APPROVE)
    written = quill.asked["write"]
    again = make(tmp_path, "harbour", formats=["markdown"])
    by_name = {one.item_id: one for one in again.results}
    assert by_name["harbour:ch01"].status == "succeeded"
    assert by_name["harbour:book"].status == "needs_review"
    assert quill.asked["write"] == written


def test_a_rejected_chapter_is_written_again_with_what_was_said_of_it(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    before = chapter(tmp_path).read_text()
    decide_on(Decision.REJECT, note="Too many bells.")
    again = make(tmp_path, "harbour", formats=["markdown"], select="failed")
    assert {one.item_id: str(one.status) for one in again.results}["harbour:ch01"] == "succeeded"
    assert chapter(tmp_path).read_text() != before
    assert any("Too many bells." in str(call.body) for call in quill.calls)


def test_an_edited_chapter_stands_as_its_authors_own_and_no_later_batch_writes_over_it(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    edited = tmp_path / "edited.md"
    edited.write_text(chapter(tmp_path).read_text() + "\nA last sentence stands here now.\n")
    decide_on(Decision.EDIT, edited=edited)
    assert chapter(tmp_path).read_text().endswith("A last sentence stands here now.\n")
    assert json.loads(chapter(tmp_path, suffix=".json").read_text())["by_model"] == "author"
    written = quill.asked["write"]
    later = make(tmp_path, "harbour", formats=["markdown"], batch_id="later")
    assert quill.asked["write"] == written
    assert "A last sentence stands here now." in chapter(tmp_path).read_text()
    assert {one.item_id: str(one.status) for one in later.results}["harbour:ch01"] == "succeeded"


def test_a_chapter_can_be_edited_in_the_pages_form(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    text = chapter(tmp_path).read_text() + "\nA last sentence stands here now.\n"
    with kinds.quick():
        state = ask_to_review("b", "harbour:ch01", Decision.EDIT, by="Ines", text=text, return_state=True)
    assert "edited and approved by Ines" in str(state.message)
    assert chapter(tmp_path).read_text().endswith("A last sentence stands here now.\n")
    again = make(tmp_path, "harbour", formats=["markdown"])
    assert {one.item_id: str(one.status) for one in again.results}["harbour:ch01"] == "succeeded"


def test_an_edit_that_is_no_chapter_is_refused_unless_it_is_taken_despite_the_rules(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    before = chapter(tmp_path).read_bytes()
    edited = tmp_path / "edited.md"
    edited.write_text("Far too short.\n")
    with pytest.raises(PressroomError, match="EDIT_BREAKS_RULES"):
        decide_on(Decision.EDIT, edited=edited)
    assert chapter(tmp_path).read_bytes() == before
    decide_on(Decision.EDIT, edited=edited, despite_rules=True)
    assert "Far too short." in chapter(tmp_path).read_text()


def test_of_an_edited_chapter_is_said_how_it_does_and_not_how_the_one_before_did(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path)
    old = next(one.warnings for one in make(tmp_path, "harbour", formats=["markdown"]).results if one.warnings)
    assert any("of 100 by" in one for one in old)
    edited = tmp_path / "edited.md"
    edited.write_text("Far too short.\n")
    decide_on(Decision.EDIT, edited=edited, despite_rules=True)
    quality = QualityReport.model_validate(json.loads(chapter(tmp_path, suffix=".json").read_text())["quality"])
    with kinds.ledger() as ledger:
        said = next(json.loads(row.warnings) for row in ledger.items("b") if row.item_id == "harbour:ch01")
    assert said[0] == f"{score(quality.total, 0)} of 100 by rules"
    assert all(one.startswith("edited against a rule: ") for one in said[1:])
    assert not set(said) & set(old)


def test_a_title_in_an_edited_chapter_is_its_title_from_then_on(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    edited = tmp_path / "edited.md"
    edited.write_text("# By hand\n\n" + chapter(tmp_path).read_text().partition("\n\n")[2])
    decide_on(Decision.EDIT, edited=edited)
    assert chapter(tmp_path).read_text().startswith("# By hand\n")
    assert json.loads(chapter(tmp_path, suffix=".json").read_text())["title"] == "By hand"
