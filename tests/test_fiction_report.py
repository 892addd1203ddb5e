"""What the reports of a batch of fiction tell: its job, the quality of its chapters, and what keeps its books."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from novelist import Marks, Novelist
from stories import batch_of, make, project

from tasks.fiction.library import ChapterRecord, Shelf, save_shape
from tasks.fiction.models import FictionBatch
from tasks.fiction.planning import placed_items
from tasks.fiction.publishing import read_book
from tasks.fiction.quality_picture import quality_lines
from tasks.fiction.report_section import MOST, sections_about
from tasks.fiction.story import Ending, Measured, QualityReport, Scores
from tasks.fiction.told import told_of
from tasks.ledger.glance import Execute
from tasks.reports.sections import Section


def quality(points: float = 18, hook: float = 5, **more: Any) -> QualityReport:
    measured = Measured(
        words=300,
        words_asked=(150, 900),
        repeated_share=0,
        dialogue_share=0,
        words_a_sentence=10,
        readability=None,
        names_used=[],
        facts_kept=1,
        language_share=1,
    )
    return QualityReport(
        scores=Scores(**dict.fromkeys(Scores.model_fields, points)), hook=hook, measured=measured, **more
    )


def written(folder: Path, project_id: str, number: int, report: QualityReport, **more: Any) -> list[dict[str, Any]]:
    """Put a chapter's record into the library, and return what the ledger says was made."""
    given: dict[str, Any] = {
        "by_model": "quill:large",
        "words": 300,
        "text_sha256": "",
        "ending": Ending(state="The end."),
    } | more
    record = ChapterRecord(number=number, title=f"Day {number}", quality=report, **given)
    shelf = Shelf(folder / "output" / "books", project_id)
    return [save_shape(shelf.record(number), record).model_dump()]


def ledger(batch: FictionBatch, items: dict[str, tuple[str, list[dict[str, Any]]]]) -> Execute:
    """A ledger that knows one batch, with how its items stand and what they made."""
    rows = [
        {"item_id": name, "status": status, "outputs": json.dumps(outputs)} for name, (status, outputs) in items.items()
    ]

    def execute(query: str, _values: Sequence[object]) -> Any:
        return [{"spec": batch.model_dump_json()}] if " spec " in query else rows

    return cast(Execute, execute)


def placed(folder: Path, *projects: str, **options: Any) -> FictionBatch:
    """A batch as a run names it."""
    return batch_of(folder, *projects, output_dir=folder / "output" / "books", **options)


def told(execute: Execute) -> Section:
    (section,) = sections_about(execute, "b")
    return section


def rows_of(section: Section, title: str) -> list[dict[str, str]]:
    (table,) = (one for one in section.tables if one.title == title)
    return [dict(zip(table.head, row, strict=True)) for row in table.rows]


@pytest.mark.usefixtures("prefect_server")
def test_a_batch_tells_its_job_its_chapters_and_its_books(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path, "harbour")
    project(tmp_path, "mill", title="Mill")
    quill.marks["Mill", 2] = [Marks(each=12, hook=2, issues=["critical"])] * 9
    make(tmp_path, "harbour", "mill", "nowhere", formats=["markdown"])
    folder = tmp_path / "output" / "books" / "b"
    text, page = (folder / "report.md").read_text(), (folder / "report.html").read_text()
    job = text.partition("## Job information")[2].partition("## Results")[0]
    facts = re.findall(r"^- ([\w ]+): ", job, re.MULTILINE)
    assert facts == ["Batch", "Kind", "Type", "Gate profile", "Began", "Ended", "Folder"]
    assert "- Type: pipeline\n" in job
    assert "- Gate profile: standard (a chapter needs 85 of 100 points" in job
    assert "| `harbour` | 1 |" in text
    assert re.search(
        r"\| `mill` \| 2 \| \d+ \|( 12 \|){5} 60 \| 2 \| 2 \| quill:large \| needs review: it has 60", text
    )
    assert re.search(r"\| `mill` \| 2 of 2 \| \d+ \| [\d.]+ \| 5 \| skipped \| it has [\d.]+ points, and 85", text)
    assert "| `harbour` | 2 of 2 |" in text
    assert "reused" not in text.partition("## Results")[2].partition("##")[0]
    for said in (
        "Quality by chapter",
        "85 points are needed",
        "does not pass",
        "Gate profile",
        "mill 2, plot: 12 of 20",
    ):
        assert said in page
    # What the reports of every kind tell stands there once.
    for title in ("Job information", "Recommendations", "Model usage", "What did not come out"):
        assert page.count(f">{title}<") == 1
    assert "Cost per item" in page
    assert "unknown" in page.partition(">Cost<")[2][:60]


@pytest.mark.usefixtures("prefect_server")
def test_the_profile_draft_stands_in_every_report(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path, "harbour")
    make(tmp_path, "harbour", job_type="character_generation", gates="draft")
    text = (tmp_path / "output" / "books" / "b" / "report.md").read_text()
    assert "- Gate profile: draft (scores are measured and shown, and hold nothing up)" in text
    assert "Chapters" not in text


def test_each_chapter_is_told_as_far_as_its_file_is_as_the_batch_wrote_it(tmp_path: Path) -> None:
    project(tmp_path, "harbour", chapters=4)
    batch = placed(tmp_path, "harbour", job_type="chapter_writing")
    good = written(tmp_path, "harbour", 1, quality(judged_by="quill:small"), revision=1)
    changed = written(tmp_path, "harbour", 2, quality())
    written(tmp_path, "harbour", 2, quality(3))
    gone = written(tmp_path, "harbour", 3, quality())
    Path(gone[0]["path"]).unlink()
    items = {
        "harbour:ch01": ("succeeded", good),
        "harbour:ch02": ("succeeded", changed),
        "harbour:ch03": ("needs_review", gone),
        "harbour:ch04": ("failed", []),
    }
    section = told(ledger(batch, items))
    rows = rows_of(section, "Chapters")
    assert [(row["chapter"], row["points"], row["status"]) for row in rows] == [
        ("1", "90", "succeeded"),
        ("2", "-", "succeeded"),
        ("3", "-", "needs review"),
        ("4", "-", "failed"),
    ]
    assert (rows[0]["sent back"], rows[0]["judge"]) == ("1", "quill:small")
    assert {fact.name: fact.value for fact in section.facts}["Author"] == "quill:large (1)"
    assert any("Of 2 chapters no figures" in note for note in section.notes)


def test_quality_control_by_itself_is_told_as_well(tmp_path: Path) -> None:
    project(tmp_path, "harbour", chapters=1)
    shelf = Shelf(tmp_path / "output" / "books", "harbour")
    output = save_shape(shelf.quality(1), quality(10, blocking=["it has 50 points, and 85 are needed"])).model_dump()
    batch = placed(tmp_path, "harbour", job_type="qc_processing")
    section = told(ledger(batch, {"harbour:qc01": ("needs_review", [output])}))
    (row,) = rows_of(section, "Chapters")
    assert (row["words"], row["points"]) == ("300", "50")
    assert row["status"] == "needs review: it has 50 points, and 85 are needed"
    assert list(section.drawn) == [f"{'harbour 1':<32} {'█' * 25:<50}  50.0 does not pass"]


@pytest.mark.parametrize(
    ("gates", "verdict"),
    [("standard", "its opening has 2 of 5, and 4 are needed"), ("draft", "does not count: its opening has 2 of 5")],
)
def test_a_book_by_itself_is_told_of_the_chapters_in_the_library(tmp_path: Path, gates: str, verdict: str) -> None:
    project(tmp_path, "harbour")
    project(tmp_path, "orchard")
    for number, hook in ((1, 2), (2, 5)):
        written(tmp_path, "harbour", number, quality(hook=hook))
    batch = placed(tmp_path, "harbour", "orchard", job_type="export", gates=gates)
    items: dict[str, tuple[str, list[dict[str, Any]]]] = {
        "harbour:book": ("needs_review", []),
        "orchard:book": ("failed", []),
    }
    one, other = rows_of(told(ledger(batch, items)), "Books")
    assert (one["chapters"], one["words"], one["points"], one["opening"]) == ("2 of 2", "600", "90.0", "2")
    assert one["series gate"].startswith(verdict)
    assert other["series gate"] == "no chapter is known"


def test_of_a_large_batch_so_much_is_told_as_can_be_read(tmp_path: Path) -> None:
    project(tmp_path, "long", chapters=400)
    batch = placed(tmp_path, "long", job_type="chapter_writing")
    items = {
        f"long:ch{number:02}": ("succeeded", written(tmp_path, "long", number, quality(number % 20)))
        for number in range(1, 401)
    }
    section = told(ledger(batch, items))
    assert len(rows_of(section, "Chapters")) == MOST
    assert "200 more chapters stand in their files" in section.tables[0].note
    (picture,) = section.pictures
    assert "400 chapters" in picture.caption
    assert picture.caption.endswith("the first 120 are drawn.")
    assert picture.svg.count("<rect") <= 120 * 5


def test_what_a_book_says_of_how_it_was_made_has_no_marks_of_markdown(tmp_path: Path) -> None:
    project(tmp_path, "harbour", chapters=1)
    written(tmp_path, "harbour", 1, quality())
    Shelf(tmp_path / "output" / "books", "harbour").text(1).write_text("# Day 1\n\nThe light is on.\n")
    batch = placed(tmp_path, "harbour", job_type="export", gates="draft")
    ((_, item),) = placed_items(batch, now=datetime.now(UTC))
    book, _ = read_book(item)
    assert book.note.startswith('Made under the gate profile "draft": scores were measured')
    assert "`" not in book.note


def test_names_of_projects_are_no_markup(tmp_path: Path) -> None:
    batch = placed(tmp_path, projects=[{"project_id": "a", "title": "A", "chapters": 1}], job_type="chapter_writing")
    report = quality(1, judged_by="<b>x</b>", blocking=["</title><script>"])
    items = {"a:ch01": ("needs_review", written(tmp_path, "a", 1, report))}
    section = told(ledger(batch, items))
    assert "<script" not in section.pictures[0].svg
    assert len(list(quality_lines(told_of(ledger(batch, items), "b").chapters))) == 1


def test_a_batch_of_which_the_ledger_knows_no_item_has_its_job_only(tmp_path: Path) -> None:
    project(tmp_path, "harbour")
    section = told(ledger(placed(tmp_path, "harbour"), {}))
    assert (section.title, list(section.tables), [fact.name for fact in section.job]) == (
        "",
        [],
        ["Type", "Gate profile"],
    )
