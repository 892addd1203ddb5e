"""Fiction with bad input: each fault has its code, the others are made, and nothing is lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import kinds
import pytest
from novelist import Novelist
from stories import batch_of, make, project

from flows.fiction import fiction
from tasks.errors import BatchFailed
from tasks.results import BatchResult

pytestmark = pytest.mark.usefixtures("prefect_server")


def codes(result: BatchResult) -> dict[str, str | None]:
    return {one.item_id: one.error_code for one in result.results}


def failed(folder: Path, *projects: str, **options: Any) -> BatchResult:
    """Run a batch of which nothing comes out."""
    with kinds.quick(), pytest.raises(BatchFailed) as caught:
        fiction(batch_of(folder, *projects, **options))
    assert caught.value.result is not None
    return caught.value.result


def test_a_faulty_project_fails_by_its_code_and_the_others_become_books(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    project(tmp_path, "odd", genre="mistery")
    project(tmp_path, "wrong", chapters="many")
    result = make(tmp_path, "harbour", "odd", "wrong", "missing", formats=["markdown"])
    found = codes(result)
    assert found["odd:characters"] == "GENRE_UNKNOWN"
    assert found["wrong:characters"] == "PROJECT_INVALID"
    assert found["missing:characters"] == "PROJECT_NOT_FOUND"
    assert {code for name, code in found.items() if name.startswith("harbour")} == {None}
    told = {one.item_id: one.error_message or "" for one in result.results}
    assert "mistery" in told["odd:characters"]
    assert "chapters" in told["wrong:characters"]


def test_chapters_after_a_failed_one_are_skipped_with_the_reason_and_its_book_too(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path, chapters=3, premise="[behave=ok]")
    project(tmp_path, "other")
    outline = [
        {"title": f"Day {n}", "summary": "Mara waits for the boat at the mill.", "characters": []} for n in "123"
    ]
    outline[1]["summary"] = "Mara waits. [behave=400]"
    project(tmp_path, chapters=3, outline=outline)
    result = make(tmp_path, "harbour", "other", formats=["markdown"], retry_config={"max_retries": 0})
    assert codes(result) == {
        "harbour:characters": None,
        "harbour:outline": None,
        "harbour:ch01": None,
        "harbour:ch02": "MODEL_REFUSED_REQUEST",
        "harbour:ch03": "PREDECESSOR_FAILED",
        "harbour:book": "PREDECESSOR_FAILED",
        **dict.fromkeys(["other:characters", "other:outline", "other:ch01", "other:ch02", "other:book"]),
    }


def test_a_step_whose_input_nobody_has_made_says_which_step_makes_it(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    result = failed(tmp_path, "harbour", job_type="plot_outlining")
    assert codes(result) == {"harbour:outline": "CHARACTERS_MISSING"}
    assert "character_generation" in (result.results[0].remedy or "")
    chapters = failed(tmp_path, "harbour", job_type="chapter_writing", batch_id="c")
    assert set(codes(chapters).values()) == {"OUTLINE_MISSING", "PREDECESSOR_FAILED"}
    assert set(codes(failed(tmp_path, "harbour", job_type="export", batch_id="e")).values()) == {"CHAPTER_MISSING"}
    assert quill.calls == []


def test_a_deadline_in_the_past_is_refused(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    late = datetime.now(UTC) - timedelta(minutes=1)
    result = failed(tmp_path, "harbour", deadline=late, job_type="character_generation")
    assert codes(result) == {"harbour:characters": "DEADLINE_PASSED"}


def test_an_answer_in_the_wrong_language_is_asked_for_again_and_then_fails_by_its_code(
    tmp_path: Path, home: Path
) -> None:
    characters = [{"name": "มารา"}, {"name": "โทมัส"}]
    outline = [{"title": "จดหมาย", "summary": "มาราพบจดหมายในห้องใต้ดิน", "characters": ["มารา"]}]
    project(tmp_path, language="th", chapters=1, characters=characters, outline=outline)
    with Novelist(thai=False) as english:
        english.set_up(home)
        result = make(tmp_path, "harbour", formats=["markdown"], retry_config={"max_retries": 1})
        assert english.asked["write"] == 2
    assert codes(result)["harbour:ch01"] == "ANSWER_LANGUAGE"


def test_an_answer_that_is_cut_off_is_asked_for_again_and_then_fails_by_its_code(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path, chapters=1, outline=[{"title": "A", "summary": "Mara waits. [behave=truncated]"}])
    result = make(tmp_path, "harbour", formats=["markdown"], retry_config={"max_retries": 1})
    assert codes(result)["harbour:ch01"] == "ANSWER_TRUNCATED"


def test_a_folder_that_cannot_be_written_to_fails_the_book_alone_and_a_retry_makes_it(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path)
    book = tmp_path / "output" / "books" / "harbour" / "book"
    book.parent.mkdir(parents=True)
    book.write_text("a file where a folder should be")
    result = make(tmp_path, "harbour", formats=["markdown"])
    assert codes(result)["harbour:book"] == "OUTPUT_UNWRITABLE"
    book.unlink()
    asked = dict(quill.asked)
    again = make(tmp_path, "harbour", formats=["markdown"], select="failed")
    assert again.status == "succeeded"
    assert dict(quill.asked) == asked


def test_of_two_batches_that_would_write_one_chapter_the_first_one_does(tmp_path: Path, home: Path) -> None:
    project(tmp_path, characters=[{"name": "Mara"}], outline=[{"title": "A", "summary": "Mara waits."}], chapters=1)
    with Novelist(seconds=1.5) as slow:
        slow.set_up(home)
        first: list[BatchResult] = []
        options: dict[str, Any] = {"job_type": "chapter_writing", "formats": []}
        running = threading.Thread(target=lambda: first.append(make(tmp_path, "harbour", **options)))
        running.start()
        while not slow.calls:
            running.join(0.05)
        second = failed(tmp_path, "harbour", batch_id="second", **options)
        running.join()
    assert codes(second) == {"harbour:ch01": "WORK_BUSY"}
    assert first[0].status == "succeeded"
    assert slow.asked["write"] == 1


def test_an_emptied_chapter_goes_into_no_book(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    path = tmp_path / "output" / "books" / "harbour" / "chapters" / "chapter-02.md"
    path.write_text("# Only a heading\n")
    with pytest.raises(BatchFailed) as refused:
        make(tmp_path, "harbour", batch_id="again", job_type="export", formats=["markdown"])
    assert refused.value.result is not None
    (failure,) = refused.value.result.failures
    assert (failure.error_code, "it has no text" in str(failure.error_message)) == ("WORK_INVALID", True)
    assert path.read_text() == "# Only a heading\n"


def test_a_book_with_one_chapter_twice_waits_for_review(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    make(tmp_path, "harbour", formats=["markdown"])
    chapters = tmp_path / "output" / "books" / "harbour" / "chapters"
    text = (chapters / "chapter-01.md").read_text().partition("\n\n")[2]
    (chapters / "chapter-02.md").write_text(f"# Another title\n\n{text}")
    result = make(tmp_path, "harbour", batch_id="again", job_type="export", formats=["markdown"], gates="draft")
    assert result.needs_review == 1
    assert any("chapter 2 has the same text as chapter 1" in warning for warning in result.results[0].warnings)


def test_a_folder_that_cannot_be_written_to_is_told_before_any_model_is_asked(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(BatchFailed) as refused:
        make(tmp_path, "harbour", output_dir=tmp_path / "taken", formats=["markdown"])
    assert refused.value.result is not None
    assert {one.error_code for one in refused.value.result.failures} == {"OUTPUT_UNWRITABLE"}
    assert quill.asked["write"] == 0
