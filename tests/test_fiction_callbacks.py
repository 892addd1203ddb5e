"""What a program hears of a batch of fiction: each item once, then the whole when nothing is left to be done."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from kinds import quick
from novelist import Marks, Novelist
from stories import batch_of, project
from test_notices import KIND, NoteFile, seen

from flows.generate import run_batch
from tasks.errors import BatchFailed
from tasks.models import BatchOptions
from tasks.results import BatchResult, ItemResult
from tasks.settings import settings

pytestmark = pytest.mark.usefixtures("prefect_server")
NOW = {"retry_delay": {"initial": 0.01, "max": 0.01}}


class Heard:
    """A program that writes down what it hears, and may be asked to break."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.items: list[tuple[str, str, str | None]] = []
        self.batches: list[BatchResult] = []
        self.there: list[str] = []
        self._breaks = breaks

    def item(self, item_id: str, result: ItemResult) -> None:
        """Hear of an item."""
        assert not self.batches
        self.items.append((item_id, result.status.value, result.error_code))
        if self._breaks:
            raise ZeroDivisionError(item_id)

    def batch(self, result: BatchResult) -> None:
        """Hear that all is over, and look at what is there by then."""
        self.batches.append(result)
        folder = Path(result.output_dir) / result.batch_id
        self.there = sorted(path.name for path in folder.iterdir())
        if self._breaks:
            raise ZeroDivisionError("all")


def run(batch: BatchOptions, heard: Heard) -> BatchResult:
    with quick():
        return run_batch("fiction", batch, on_item_complete=heard.item, on_batch_complete=heard.batch)


def test_each_item_is_told_once_and_the_batch_when_its_reports_are_there(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    quill.marks["The Story of Harbour", 2] = [Marks(each=12)] * 9
    heard = Heard()
    result = run(batch_of(tmp_path, "harbour", "nowhere", formats=["markdown"]), heard)
    assert sorted(heard.items) == [
        ("harbour:book", "skipped", "PREDECESSOR_IN_REVIEW"),
        ("harbour:ch01", "succeeded", None),
        ("harbour:ch02", "needs_review", None),
        ("harbour:characters", "succeeded", None),
        ("harbour:outline", "succeeded", None),
        ("nowhere:characters", "failed", "PROJECT_NOT_FOUND"),
    ]
    assert heard.batches == [result]
    assert heard.there == ["batch_summary.json", "job.json", "report.html", "report.md"]
    again = Heard()
    run(batch_of(tmp_path, "harbour", "nowhere", formats=["markdown"]), again)
    assert [name for name, _, _ in again.items] == ["harbour:book"]
    assert len(again.batches) == 1


def test_what_a_program_raises_harms_nothing(tmp_path: Path, quill: Novelist, caplog: pytest.LogCaptureFixture) -> None:
    project(tmp_path)
    heard = Heard(breaks=True)
    result = run(batch_of(tmp_path, "harbour", job_type="character_generation", batch_id=None), heard)
    assert (result.status, len(heard.items), len(heard.batches)) == ("succeeded", 1, 1)
    assert "`on_item_complete` raised for 'harbour:characters'" in caplog.text
    assert "`on_batch_complete` raised" in caplog.text


def test_an_item_that_is_tried_again_at_the_end_is_told_once_as_it_ended_last(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path, "harbour")
    project(tmp_path, "mill", premise="The wheel turns at night.")
    options: dict[str, Any] = {
        "job_type": "character_generation",
        "mode": "retry",
        "config": {"retry_on_failure": False, "max_parallel": 1},
        "retry_config": NOW,
    }
    quill.script("500")
    heard = Heard()
    run(batch_of(tmp_path, "harbour", "mill", **options), heard)
    assert sorted(heard.items) == [("harbour:characters", "succeeded", None), ("mill:characters", "succeeded", None)]
    quill.script(*["500"] * 9)
    project(tmp_path, "harbour", premise="Another one.")
    heard = Heard()
    with pytest.raises(BatchFailed):
        run(batch_of(tmp_path, "harbour", batch_id="c", max_retries=1, **options), heard)
    assert heard.items == [("harbour:characters", "failed", "TEMPORARY_ERROR")]
    assert heard.batches[0].failed == 1


def test_whoever_is_notified_hears_how_a_batch_has_ended_before_it_is_over(
    recorded: None, tmp_path: Path, quill: Novelist, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told.txt"
    NoteFile(path=told).save("ends", overwrite=True)
    monkeypatch.setenv("PRESSROOM_NOTIFY", f"{KIND}/ends")
    settings.cache_clear()
    project(tmp_path)
    said: list[str] = []
    with quick():
        run_batch(
            "fiction",
            batch_of(tmp_path, "harbour", job_type="character_generation", batch_id="told"),
            on_batch_complete=lambda _result: said.append(told.read_text()),
        )
    report = tmp_path / "output" / "books" / "told" / "report.html"
    assert said == [f"Batch told: succeeded | 1 of 1 succeeded. Report: {report}\n"]
    assert seen("item.completed", "told") == 1
    assert seen("batch.completed", "told") == 1


def test_what_a_killed_run_has_left_among_the_outputs_is_gone_by_then(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    folder = tmp_path / "output" / "books" / "harbour"
    folder.mkdir(parents=True)
    old, young, other = (
        folder / name for name in (".characters.json.123-4.tmp", ".outline.json.123-5.tmp", ".mine.tmp")
    )
    for path in (old, young, other):
        path.write_text("{")
    for path in (old, other):
        os.utime(path, (time.time() - 999, time.time() - 999))
    run(batch_of(tmp_path, "harbour", job_type="character_generation"), Heard())
    assert sorted(path.name for path in folder.iterdir()) == [".mine.tmp", ".outline.json.123-5.tmp", "characters.json"]
    assert json.loads((folder / "characters.json").read_text())["characters"]
