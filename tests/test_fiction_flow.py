"""Fiction: a project becomes a book, step by step, and nothing is asked twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from novelist import CAST, Marks, Novelist
from stories import make, project

pytestmark = pytest.mark.usefixtures("prefect_server")


def shelf(folder: Path, project_id: str = "harbour") -> Path:
    return folder / "output" / "books" / project_id


def test_a_project_becomes_a_book(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    result = make(tmp_path, "harbour", formats=["markdown"])
    assert (result.status, result.total) == ("succeeded", 5)
    names = [one["name"] for one in json.loads((shelf(tmp_path) / "characters.json").read_text())["characters"]]
    assert names == CAST[:3]
    text = (shelf(tmp_path) / "chapters" / "chapter-02.md").read_text()
    assert text.startswith("# The Letter of Day 2\n")
    assert "The Letter of Day 2" in (shelf(tmp_path) / "book" / "harbour.md").read_text()
    assert quill.asked == {"invent": 1, "outline": 1, "write": 2, "ending": 2, "judge": 2}


def test_a_chapter_is_told_how_the_one_before_it_ends_and_what_is_settled(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    asked = [call.body["messages"][-1]["content"] for call in quill.calls]
    second = next(text for text in asked if "Chapter 2 of 2" in text and "Write about" in text)
    assert "the letter is open" in second
    assert "Mara keeps the key of chapter 1." in second
    record = json.loads((shelf(tmp_path) / "chapters" / "chapter-02.json").read_text())
    assert record["ending"]["facts"] == ["Mara keeps the key of chapter 1.", "Mara keeps the key of chapter 2."]


def test_a_chapter_that_does_not_pass_is_sent_back_with_its_defects_and_keeps_its_ending(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path)
    quill.marks["The Story of Harbour", 1] = [Marks(each=12, issues=["major"])]
    result = make(tmp_path, "harbour", formats=["markdown"])
    assert result.status == "succeeded"
    assert (quill.asked["write"], quill.asked["judge"], quill.asked["ending"]) == (3, 3, 2)
    asked = [call.body["messages"][-1]["content"] for call in quill.calls]
    (again,) = [text for text in asked if "sent back" in text]
    assert "It says the same twice." in again
    assert "the letter is open" in again


def test_a_chapter_that_never_passes_waits_for_review_and_so_does_its_book(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    quill.marks["The Story of Harbour", 1] = [Marks(each=12)] * 9
    result = make(tmp_path, "harbour", formats=["markdown"])
    by_name = {one.item_id: one for one in result.results}
    assert by_name["harbour:ch01"].status == "needs_review"
    assert by_name["harbour:ch02"].status == "succeeded"
    assert by_name["harbour:book"].error_code == "PREDECESSOR_IN_REVIEW"
    assert quill.asked["write"] == 1 + 2 + 1


def test_what_is_made_is_not_asked_for_again_by_a_later_batch(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    before = dict(quill.asked)
    again = make(tmp_path, "harbour", formats=["markdown"], batch_id="again")
    assert again.status == "succeeded"
    assert dict(quill.asked) == before


def test_a_book_that_gets_another_chapter_keeps_those_that_it_has(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    chapters = tmp_path / "output" / "books" / "harbour" / "chapters"
    before = {path.name: path.read_text() for path in chapters.glob("*.md")}
    written = quill.asked["write"]
    project(tmp_path, chapters=3)
    result = make(tmp_path, "harbour", formats=["markdown"])
    assert result.successful == 6
    assert quill.asked["write"] == written + 1
    after = {path.name: path.read_text() for path in chapters.glob("*.md")}
    assert after == before | {"chapter-03.md": after["chapter-03.md"]}


def test_a_chapter_that_is_written_anew_leaves_its_earlier_text_beside_it(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"], quality={"revisions": 0})
    chapters = tmp_path / "output" / "books" / "harbour" / "chapters"
    before = (chapters / "chapter-01.md").read_text()
    project(tmp_path, premise="A ferry leaves a day too early, with nobody on board.")
    make(tmp_path, "harbour", formats=["markdown"], seed=1)
    assert (chapters / "chapter-01.md").read_text() != before
    assert before in [path.read_text() for path in (chapters / "earlier").iterdir()]
