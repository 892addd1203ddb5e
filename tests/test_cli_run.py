"""`pressroom run`, `resume` and `retry`: what they make, say and return."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import kinds
import pytest
from sites import config, notes, press, put, spec

from flows.command import exits, options
from tasks.models import Mode, Reuse
from tasks.results import BatchResult

pytestmark = pytest.mark.usefixtures("prefect_server")
Capture = pytest.CaptureFixture[str]


def test_a_spec_becomes_files_and_a_summary(tmp_path: Path, capsys: Capture) -> None:
    said = press(capsys, "run", notes(tmp_path, "one", "two", batch_id="first-steps"))
    assert said.code == 0
    assert (tmp_path / "output/first-steps/one.md").read_text() == "Hello you"
    assert "✅ Batch first-steps completed" in said.out
    assert "- Successful: 2/2" in said.out
    assert "one.md (9 B)" in said.out


def test_what_was_read_is_said_before_prefect_starts(tmp_path: Path, capsys: Capture) -> None:
    said = press(capsys, "run", notes(tmp_path, "one", "two", batch_id="b1"))
    first, second, third = said.err.splitlines()[:3]
    assert first.startswith("documents: 2 items from")
    assert second.startswith("batch b1 -> ")
    assert third == "Starting Prefect ..."


def test_progress_lines_show_bar_counts_and_time(tmp_path: Path, capsys: Capture) -> None:
    said = press(capsys, "run", notes(tmp_path, "one", "two"))
    assert "[██████████] 100% (2/2) 2 ok, 0 failed - " in said.err.splitlines()[-1]


def test_json_is_the_result_and_nothing_else(tmp_path: Path, capsys: Capture) -> None:
    said = press(capsys, "run", notes(tmp_path, "one", batch_id="b1"), "--json")
    written = json.loads((tmp_path / "output/b1/batch_summary.json").read_text())
    assert said.document == written
    assert BatchResult.model_validate(said.document).status == "succeeded"


def test_one_failure_is_told_in_words_and_the_others_come_out(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "good")
    said = press(capsys, "run", spec(tmp_path, content_config_ids=["good", "absent"], batch_id="b1"))
    assert said.code == 1
    assert "⚠️  Batch b1 completed with partial failures" in said.out
    assert "❌ absent: CONFIG_NOT_FOUND" in said.out
    assert "Error: There is no content config 'absent'" in said.out
    assert "pressroom retry b1" in said.out
    assert (tmp_path / "output/b1/good.md").exists()


def test_a_batch_of_which_nothing_succeeds_says_so(tmp_path: Path, capsys: Capture) -> None:
    said = press(capsys, "run", spec(tmp_path, content_config_ids=["absent"], batch_id="b1"))
    assert said.code == 1
    assert "❌ Batch b1 failed: nothing succeeded" in said.out


def test_output_is_taken_from_the_current_folder(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = notes(tmp_path / "site", "one", output_dir="made")
    monkeypatch.chdir(tmp_path)
    assert press(capsys, "run", path).code == 0
    assert press(capsys, "run", path, "--output", "elsewhere").code == 0
    assert (tmp_path / "site/made/one.md").exists()
    assert (tmp_path / "elsewhere/one.md").exists()


def chapters(folder: Path, **fields: Any) -> Path:
    """Two documents with paths of their own, of which the second has no config yet, beside a person's own files."""
    for name in ("one", "two"):
        put(folder / f"{name}.md", "Mine.")
    config(folder, "one")
    operations = [{"content_config_id": name, "output_path": f"{name}.md"} for name in ("one", "two")]
    return spec(folder, operations=operations, **fields)


def texts(folder: Path) -> list[str]:
    """What the two files of a folder hold."""
    return [(folder / f"{name}.md").read_text().strip() for name in ("one", "two")]


def test_an_output_folder_that_is_given_holds_though_it_is_the_usual_one(tmp_path: Path, capsys: Capture) -> None:
    path = chapters(tmp_path, output_dir="output/spring", batch_id="spring")
    press(capsys, "run", path)
    config(tmp_path, "two")
    assert press(capsys, "retry", "spring").code == 0
    assert texts(tmp_path / "output/spring") == ["Hello you", "Hello you"]
    assert texts(tmp_path) == ["Mine.", "Mine."]


def test_so_does_one_of_the_command_line(tmp_path: Path, capsys: Capture) -> None:
    path = chapters(tmp_path)
    config(tmp_path, "two")
    planned = press(capsys, "plan", path, "--batch-id", "spring", "--output", tmp_path / "output/spring", "--json")
    places = [one["output_path"] for one in planned.document["items"]]
    assert places == [str(tmp_path / f"output/spring/{name}.md") for name in ("one", "two")]
    assert press(capsys, "run", path, "--batch-id", "spring", "--output", tmp_path / "output/spring").code == 0
    assert texts(tmp_path / "output/spring") == ["Hello you", "Hello you"]
    assert texts(tmp_path) == ["Mine.", "Mine."]


@pytest.mark.parametrize("is_old", [False, True])
def test_without_an_output_folder_output_paths_are_read_from_the_specs_own_also_later(
    tmp_path: Path, capsys: Capture, is_old: bool
) -> None:
    press(capsys, "run", chapters(tmp_path, batch_id="spring"))
    config(tmp_path, "two")
    with kinds.ledger() as opened:
        row = opened.batch("spring")
        assert row is not None
        stored = json.loads(row.spec)
        assert stored["output_dir_given"] is False
        if is_old:  # Versions before that note was made have written none.
            del stored["output_dir_given"]
            opened.record_batch(row.model_copy(update={"spec": json.dumps(stored)}))
    assert press(capsys, "retry", "spring").code == 0
    assert texts(tmp_path) == ["Hello you", "Hello you"]


def test_a_bare_request_is_taken_as_documents(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    path = put(tmp_path / "request.json", json.dumps({"content_config_ids": ["one"], "output_dir": "output/docs"}))
    assert press(capsys, "run", path).code == 0
    assert (tmp_path / "output/docs/one.md").exists()


def test_fail_fast_stops_the_batch(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "good")
    path = spec(tmp_path, content_config_ids=["absent", "good"], batch_id="b1")
    said = press(capsys, "run", path, "--mode", "fail_fast", "--json")
    assert said.code == 3
    assert said.document["status"] == "stopped"


def test_a_finished_batch_is_resumed_without_prefect(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", notes(tmp_path, "one", batch_id="b1"))
    said = press(capsys, "resume", "b1")
    assert said.code == 0
    assert "Nothing to do: 1 item, all made." in said.err
    assert "Starting Prefect" not in said.err


def test_a_glance_gives_the_same_document_as_the_run(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "good")
    path = spec(tmp_path, content_config_ids=["good", "absent"], batch_id="b1")
    ran = press(capsys, "run", path, "--json")
    assert press(capsys, "resume", "b1", "--json").document == ran.document


def test_resume_makes_an_output_again_that_is_gone(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", notes(tmp_path, "one", "two", batch_id="b1"))
    (tmp_path / "output/b1/one.md").unlink()
    said = press(capsys, "resume", "b1")
    assert said.code == 0
    assert (tmp_path / "output/b1/one.md").read_text() == "Hello you"


def test_what_somebody_has_edited_in_an_output_stays_however_its_batch_is_taken_up(
    tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "one")
    path = spec(tmp_path, content_config_ids=["one", "late"], batch_id="b1")
    press(capsys, "run", path)
    edited = tmp_path / "output/b1/one.md"
    edited.write_text("A text of my own")
    for command in (("resume", "b1"), ("retry", "b1"), ("run", path)):
        press(capsys, *command)
        assert edited.read_text() == "A text of my own"
    config(tmp_path, "late")
    assert press(capsys, "retry", "b1").code == 0
    assert edited.read_text() == "A text of my own"


def test_an_output_that_has_lost_its_content_is_made_again(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", notes(tmp_path, "one", batch_id="b1"))
    (tmp_path / "output/b1/one.md").write_text("")
    press(capsys, "resume", "b1")
    assert (tmp_path / "output/b1/one.md").read_text() == "Hello you"


def test_resume_of_a_batch_with_failures_only_says_what_to_do(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", spec(tmp_path, content_config_ids=["absent"], batch_id="b1"))
    said = press(capsys, "resume", "b1")
    assert said.code == 1
    assert "Nothing is unfinished. 1 item failed: `pressroom retry b1`." in said.err


def test_retry_makes_what_failed_once_its_cause_is_mended(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "good")
    press(capsys, "run", spec(tmp_path, content_config_ids=["good", "late"], batch_id="b1"))
    config(tmp_path, "late")
    said = press(capsys, "retry", "b1", "--json")
    assert said.code == 0
    assert said.items == {"good": "succeeded", "late": "succeeded"}


def test_retry_says_when_nothing_has_failed(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", notes(tmp_path, "one", batch_id="b1"))
    said = press(capsys, "retry", "b1")
    assert said.code == 0
    assert "Nothing has failed." in said.err


def test_the_same_name_again_resumes_the_batch(tmp_path: Path, capsys: Capture) -> None:
    path = notes(tmp_path, "one", batch_id="b1")
    press(capsys, "run", path)
    before = os.stat(tmp_path / "output/b1/one.md").st_mtime_ns
    assert press(capsys, "run", path).code == 0
    assert os.stat(tmp_path / "output/b1/one.md").st_mtime_ns == before


def test_a_large_batch_has_its_items_written_to_a_file(tmp_path: Path, capsys: Capture, home: Path) -> None:
    config(tmp_path, "one")
    many = [
        {"content_config_id": "one", "context": {"name": "x" * 3000}, "output_path": f"{number}.md"}
        for number in range(100)
    ]
    said = press(capsys, "run", spec(tmp_path, operations=many, batch_id="b1"), "--json")
    assert said.document["successful"] == 100
    assert len(next((home / "items").glob("b1-*.jsonl")).read_text().splitlines()) == 100


def test_control_characters_in_a_name_do_not_reach_the_terminal(tmp_path: Path, capsys: Capture) -> None:
    said = press(capsys, "run", spec(tmp_path, content_config_ids=["bad\x1b[2Jname"]))
    assert said.code == 1
    assert "\x1b" not in said.out + said.err


def test_the_choices_on_the_command_line_are_those_of_the_models() -> None:
    assert set(options.MODES) == {mode.value for mode in Mode}
    assert set(options.REUSES) == {reuse.value for reuse in Reuse}


def test_a_batch_that_is_run_again_says_what_it_kept_and_what_it_did_not_try_again(
    tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "good")
    config(tmp_path, "bad", "Hello {{nobody}}")
    path = spec(tmp_path, content_config_ids=["good", "bad"], batch_id="b")
    assert "Kept" not in press(capsys, "run", path).out
    config(tmp_path, "bad")
    again = press(capsys, "run", path)
    assert again.code == 1
    assert "- Kept from an earlier run: 1 (a new batch id" in again.out
    assert "- Not tried again: 1 that failed before (pressroom retry b does)" in again.out
    retried = press(capsys, "retry", "b")
    assert (retried.code, "Not tried again" in retried.out) == (0, False)


def test_an_interrupt_that_comes_when_all_is_made_is_no_interruption() -> None:
    whole: Any = {"status": "succeeded", "successful": 2, "total": 2}
    assert exits.of_run(whole, interrupted=True) == 0
    part: Any = {**whole, "status": "interrupted", "successful": 1}
    assert exits.of_run(part, interrupted=True) == 130
