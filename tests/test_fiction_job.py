"""Jobs in their source's form: read as they stand, written back as `job.json`, and handed in again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st
from kinds import quick
from novelist import Novelist
from stories import project

from flows.fiction import fiction
from tasks.errors import BatchFailed, PressroomError
from tasks.fiction.models import FictionBatch
from tasks.fiction.reply import job_reply
from tasks.models import BatchStatus, ItemStatus
from tasks.parameters import BOUNDLESS
from tasks.results import BatchResult, ItemResult, ItemResults
from tasks.settings import settings
from tasks.specs import Spec, check_read, load_spec, name_batch, spilled

JOB: dict[str, Any] = {
    "tenant": {"name": "quay", "tags": [1, {"deep": None}]},
    "job_id": "batch-2025-01-15-001",
    "job_type": "character_generation",
    "created_at": "2025-01-15T00:00:00.0Z",
    "priority": "medium",
    "items": [
        {"status": "pending", "item_id": "item-001", "note": {"by": "Ines"}, "project_id": "harbour"},
        {"item_id": "item-002", "project_id": "orchard", "status": "pending", "priority": "medium"},
    ],
    "config": {"max_retries": 2, "retry_on_failure": True, "routing_hint": {"shelf": 3}, "model_rotation": True},
    "status": "running",
    "progress": {"total": 20, "completed": 12, "failed": 1, "pending": 7},
    "owner": "desk 4",
}


def run_file(path: Path) -> dict[str, Any]:
    """Run a spec file as the command does, and return the job that is written."""
    batch = spilled("fiction", load_spec(path).batch, settings().home)
    assert isinstance(batch, FictionBatch)
    with quick():
        fiction(batch)
    assert batch.output_dir is not None
    return read(batch.output_dir / (batch.batch_id or "") / "job.json")


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def write(path: Path, data: dict[str, Any]) -> Path:
    path.write_text(json.dumps(data))
    return path


def replied(data: dict[str, Any], statuses: dict[str, ItemStatus], folder: Path) -> dict[str, Any]:
    """What `job.json` says of a batch whose items stand so."""
    batch = name_batch("fiction", FictionBatch.model_validate({"base_dir": folder} | data, context=BOUNDLESS))
    results = ItemResults(ItemResult(item_id=name, status=status) for name, status in statuses.items())
    result = BatchResult(batch_id=batch.batch_id or "", kind="fiction", status=BatchStatus.PARTIAL, results=results)
    return json.loads(job_reply(result, batch).model_dump_json())  # type: ignore[no-any-return]  # it is an object


@pytest.mark.usefixtures("prefect_server")
def test_a_job_comes_back_as_it_was_given_and_is_resumed_when_it_is_handed_in_again(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path)
    first = run_file(write(tmp_path / "night.json", JOB | {"model": "quill:large"}))
    assert list(first) == [*JOB, "model", "base_dir", "output_dir"]
    kept = ("tenant", "job_id", "job_type", "created_at", "priority", "config", "owner")
    assert {name: first[name] for name in kept} == {name: JOB[name] for name in kept}
    one, two = first["items"]
    assert one == JOB["items"][0] | {"status": "completed"}
    assert list(one) == list(JOB["items"][0])
    assert two["status"] == "failed"
    assert two["error"]["code"] == "PROJECT_NOT_FOUND"
    assert first["status"] == "partial"
    assert list(first["progress"].items())[:4] == [("total", 2), ("completed", 1), ("failed", 1), ("pending", 0)]

    project(tmp_path, "orchard")
    again = run_file(tmp_path / "output" / "books" / JOB["job_id"] / "job.json")
    assert quill.asked == {"invent": 2}
    assert again["status"] == "completed"
    assert again["items"] == [one, JOB["items"][1] | {"status": "completed", "error": None}]
    assert list(again) == list(first)


@pytest.mark.usefixtures("prefect_server")
def test_a_pipeline_of_ours_is_a_job_as_well_and_the_same_batch_when_it_is_handed_in_again(
    tmp_path: Path, quill: Novelist
) -> None:
    written = {
        "project_id": "inline",
        "title": "Inline",
        "chapters": 1,
        "cast": 2,
        "words": {"least": 150, "most": 900},
    }
    spec = {"kind": "fiction", "batch_id": "b", "model": "quill:large", "formats": [], "projects": [written]}
    path = write(tmp_path / "spec.json", spec)
    first = run_file(path)
    assert list(first)[:7] == ["job_id", "job_type", "priority", "items", "config", "status", "progress"]
    (item,) = first["items"]
    assert (item["item_id"], item["status"], item["project"]["title"]) == ("inline", "completed", "Inline")
    assert [step["item_id"] for step in item["steps"]] == [
        "inline:characters",
        "inline:outline",
        "inline:ch01",
        "inline:book",
    ]
    asked = dict(quill.asked)
    assert run_file(tmp_path / "output" / "books" / "b" / "job.json") == first
    assert dict(quill.asked) == asked


@pytest.mark.usefixtures("prefect_server")
def test_a_large_job_goes_to_a_file_and_comes_back_whole(tmp_path: Path) -> None:
    items = [
        {"item_id": f"item-{n}", "own": "\u2028" * 40, "project_id": "nowhere", "chapter_num": n + 1}
        for n in range(1500)
    ]
    path = write(tmp_path / "large.json", JOB | {"job_type": "chapter_writing", "items": items, "canary": 0})
    batch = spilled("fiction", load_spec(path).batch, settings().home)
    assert isinstance(batch, FictionBatch)
    assert batch.items == []
    with quick(), pytest.raises(BatchFailed):
        fiction(batch)
    back = read(tmp_path / "output" / "books" / JOB["job_id"] / "job.json")
    assert [{name: one[name] for name in items[0]} for one in back["items"]] == items
    assert back["progress"]["failed"] == 1500
    assert "items_file" not in back


def test_pending_holds_what_is_at_work_too_and_other_ends_are_told_beside(tmp_path: Path) -> None:
    statuses = [*ItemStatus, ItemStatus.SUCCEEDED]
    items = [{"item_id": f"i{n}", "project_id": f"p{n}"} for n in range(len(statuses))]
    job = replied(JOB | {"items": items}, {f"i{n}": status for n, status in enumerate(statuses)}, tmp_path)
    assert job["progress"] == {
        "total": 8,
        "completed": 2,
        "failed": 1,
        "pending": 2,
        "running": 1,
        "skipped": 1,
        "cancelled": 1,
        "needs_review": 1,
    }
    words = ["pending", "running", "completed", "failed", "skipped", "cancelled", "needs_review", "completed"]
    assert [one["status"] for one in job["items"]] == words


@pytest.mark.parametrize(
    ("ends", "whole"),
    [
        ([], "pending"),
        ([ItemStatus.SUCCEEDED], "running"),
        ([ItemStatus.SUCCEEDED] * 3 + [ItemStatus.SKIPPED], "skipped"),
        ([ItemStatus.SUCCEEDED, ItemStatus.FAILED, ItemStatus.SKIPPED, ItemStatus.SKIPPED], "failed"),
        ([ItemStatus.SUCCEEDED] * 2 + [ItemStatus.NEEDS_REVIEW, ItemStatus.SKIPPED], "needs_review"),
        ([ItemStatus.SUCCEEDED] * 4, "completed"),
    ],
)
def test_an_item_of_several_steps_stands_as_the_worst_of_them_does(
    tmp_path: Path, ends: list[ItemStatus], whole: str
) -> None:
    project(tmp_path, chapters=1)
    names = ["harbour:characters", "harbour:outline", "harbour:ch01", "harbour:book"]
    job = replied({"batch_id": "b", "projects": ["harbour"]}, dict(zip(names, ends, strict=False)), tmp_path)
    assert job["items"][0]["status"] == whole


_names = st.text(min_size=1, max_size=12).filter(
    lambda name: name not in {*FictionBatch.model_fields, "status", "kind"}
)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_unknown = st.dictionaries(_names, _values, max_size=4)


@few(max_examples=30, deadline=None)
@given(whole=_unknown, item=_unknown, config=_unknown)
def test_what_nobody_knows_survives_at_every_level(
    whole: dict[str, Any], item: dict[str, Any], config: dict[str, Any]
) -> None:
    known = {"item_id": "i", "project_id": "p", "genre": None, "project": None, "error": None, "steps": None}
    job = whole | {"job_id": "j", "job_type": "export", "items": [item | known], "config": config | {"max_retries": 1}}
    stored = FictionBatch.model_validate(job).model_dump_json()
    back = replied(json.loads(stored), {"i": ItemStatus.SUCCEEDED}, Path("/nowhere"))
    added = {"status", "progress", "base_dir", "output_dir"}
    assert {name: value for name, value in back.items() if name not in {*added, "items"}} == {
        name: value for name, value in job.items() if name != "items"
    }
    assert back["items"] == [item | known | {"status": "completed"}]


def test_the_name_of_a_job_names_its_batch_unless_another_is_given(tmp_path: Path) -> None:
    path = write(tmp_path / "job.json", JOB)
    assert load_spec(path).batch_id == JOB["job_id"]
    other = load_spec(path, {"batch_id": "other", "max_parallel": 1})
    assert other.batch_id == "other"
    write(path, JOB | {"job_id": "../../elsewhere"})
    with pytest.raises(PressroomError, match="job_id"):
        load_spec(path)


def test_what_a_file_of_items_says_wrongly_is_told_with_its_line(tmp_path: Path) -> None:
    lines = ['{"project_id": "harbour", "chapter_num": 1}', "", '{"project_id": "harbour", "chapter_num": 0}']
    (tmp_path / "items.jsonl").write_text("\n".join(lines))
    batch = FictionBatch(
        **JOB | {"job_type": "chapter_writing", "items": [], "items_file": "items.jsonl", "base_dir": tmp_path}
    )

    path = tmp_path / "job.json"
    (problem,) = check_read(Spec(path, "{}", "fiction", batch), []).problems
    assert (problem.file, problem.line, problem.field) == (str(tmp_path / "items.jsonl"), 3, "chapter_num")
