"""Requests of every shape through the real flow: replies, force, resume, and the calls from Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import kinds
import pytest
import yaml
from sites import config, press, put

from flows.documents import documents
from flows.generate import batch_generate, batch_generate_stream
from tasks.documents.models import DocumentBatch
from tasks.errors import BatchFailed
from tasks.models import JsonObject
from tasks.results import BatchResult

pytestmark = pytest.mark.usefixtures("prefect_server")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with three configs."""
    config(tmp_path, "tides", "Tides of {{month}} for {{name}}")
    config(tmp_path, "books", "Books of {{month}}")
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "page.jinja", "{{ month }}'s page")
    return tmp_path


def made(folder: Path, batch_id: str, **request: Any) -> BatchResult:
    batch = DocumentBatch.model_validate({"batch_id": batch_id, "base_dir": folder, **request})
    with kinds.quick():
        return documents(batch)


def reply(folder: Path, batch_id: str) -> Any:
    return json.loads((folder / "output" / batch_id / "batch_reply.json").read_text())


def entry(content_id: str, item_id: str, path: str | None, content: str | None, **error: str) -> JsonObject:
    """A result as the reply has it."""
    good = content is not None
    return {
        "content_id": content_id,
        "success": good,
        "status": "generated" if good else "failed",
        "content": content,
        "error": dict(error) or None,
        "item_id": item_id,
        "output_path": path,
        "warnings": ["Left empty: month"] if content_id == "page" else [],
    }


MISSING = {"code": "invalid_context", "message": "Undefined variable: 'month'. Available variables: name."}
GOLDEN: dict[str, tuple[JsonObject, list[JsonObject]]] = {
    "ids": (
        {"content_config_ids": ["books", "page"]},
        [entry("books", "books", None, None, **MISSING), entry("page", "page", "output/b/page.md", "'s page")],
    ),
    "operations": (
        {
            "operations": [
                {"content_config_id": "tides", "context": {"month": "June"}, "output_path": "out/june.md"},
                {"content_config_id": "tides", "context": '{"month": "May"}', "output_path": "out/may.md"},
            ]
        },
        [
            entry("tides", "tides:june", "out/june.md", "Tides of June for you"),
            entry("tides", "tides:may", "out/may.md", "Tides of May for you"),
        ],
    ),
    "requests": (
        {
            "requests": [
                {"content_config_id": "tides", "context": {"month": "June"}, "force": True},
                {"content_config_id": "books"},
                {"content_config_id": "tides", "context": '{"month": "May"}'},
            ],
            "max_parallelism": 5,
        },
        [
            entry("tides", "tides", "output/b/tides.md", "Tides of June for you"),
            entry("books", "books", None, None, **MISSING),
            entry("tides", "tides:2", "output/b/tides-2.md", "Tides of May for you"),
        ],
    ),
    "content": (
        {
            "content_ids": ["tides", "books"],
            "shared_context": '{"month": "May", "name": "all"}',
            "individual_contexts": {"books": '{"month": "June"}'},
            "force": False,
            "continue_on_error": True,
            "max_parallel": 4,
        },
        [
            entry("tides", "tides", "output/b/tides.md", "Tides of May for all"),
            entry("books", "books", "output/b/books.md", "Books of June"),
        ],
    ),
    "matrix": (
        {
            "matrix": {
                "configs": ["books", "tides"],
                "axes": {"month": ["May", {"id": "june", "days": 30}]},
                "exclude": [{"config": "tides", "month": "june"}],
                "output_path": "out/{month}/{config}.md",
            }
        },
        [
            entry("books", "books:May", "out/May/books.md", "Books of May"),
            entry("books", "books:june", "out/june/books.md", "Books of {'id': 'june', 'days': 30}"),
            entry("tides", "tides:May", "out/May/tides.md", "Tides of May for you"),
        ],
    ),
}


@pytest.mark.parametrize("ending", ["yaml", "json"])
@pytest.mark.parametrize(("request_", "results"), GOLDEN.values(), ids=list(GOLDEN))
def test_a_request_of_any_shape_is_run_and_answered_in_its_order(
    site: Path, capsys: Capture, request_: JsonObject, results: list[JsonObject], ending: str
) -> None:
    text = yaml.safe_dump(request_, sort_keys=False) if ending == "yaml" else json.dumps(request_)
    path = put(site / f"r.{ending}", text)
    said = press(capsys, "run", path, "--batch-id", "b", "--json")
    found = reply(site, "b")
    good = sum(one["success"] is True for one in results)
    assert said.code == (0 if good == len(results) else 1)
    assert [one["item_id"] for one in said.document["results"]] == [one["item_id"] for one in results]
    assert said.document["successful"] == good
    for one in found["results"]:
        assert one.pop("duration_ms") >= 0
        one["output_path"] = one["output_path"] and str(Path(one["output_path"]).relative_to(site))
    assert found.pop("duration_ms") > 0
    assert found.pop("parallel_efficiency") >= 0
    assert found == {
        "success": True,
        "status": "batch_complete" if good == len(results) else "batch_partial",
        "total": len(results),
        "generated": good,
        "skipped": 0,
        "failed": len(results) - good,
        "results": results,
        "errors": [{"content_id": one["content_id"], **MISSING} for one in results if not one["success"]],
    }


@pytest.mark.parametrize("config_id", ["tides", "page"])
def test_what_is_forced_is_made_anew_and_nothing_else_is(site: Path, config_id: str) -> None:
    one = {"content_config_id": config_id, "context": {"month": "May"}}
    paths = [f"{name}.md" for name in ("a", "b", "c")]

    def run(batch_id: str, **request: Any) -> list[bool]:
        return [item.reused for item in made(site, batch_id, **request).results]

    forced = [{**one, "output_path": path, "force": path == "b.md"} for path in paths]
    assert run("first", operations=forced) == [False, False, True]
    assert run("second", operations=forced) == [True, False, True]
    assert run("third", operations=forced, force=True) == [False] * 3
    assert run("fourth", requests=[{**one, "force": True}, one]) == [False, True]
    assert run("fifth", content_ids=[config_id], shared_context={"month": "May"}, force=True) == [False]
    assert run("sixth", content_ids=[config_id], shared_context={"month": "May"}) == [True]


def test_force_makes_a_finished_batch_anew_once_and_a_resume_leaves_what_is_done(site: Path) -> None:
    for force, written in ((False, "May"), (False, "kept"), (True, "May"), (True, "kept")):
        made(site, "b", content_ids=["books"], shared_context={"month": "May"}, force=force)
        path = site / "output/b/books.md"
        # Of the same length as what was made, which is how a resume sees that an output is there.
        assert path.read_text() == (f"Books of {written}" if written == "May" else "x" * 12)
        path.write_text("x" * 12)


def test_whether_to_go_on_after_an_error_is_as_the_request_says(site: Path) -> None:
    request: dict[str, Any] = {"content_ids": ["absent", "tides"], "shared_context": {"month": "May"}}
    assert made(site, "on", **request, continue_on_error=True).status == "partial"
    with pytest.raises(BatchFailed) as caught:
        made(site, "off", **request, continue_on_error=False)
    assert caught.value.result is not None
    assert caught.value.result.status == "stopped"
    assert caught.value.code == "BATCH_STOPPED"


@pytest.mark.parametrize(("request_", "results"), GOLDEN.values(), ids=list(GOLDEN))
def test_the_same_request_again_finds_its_items_and_makes_only_what_is_missing(
    site: Path, capsys: Capture, request_: JsonObject, results: list[JsonObject]
) -> None:
    path = put(site / "r.json", json.dumps(request_))
    press(capsys, "run", path, "--batch-id", "b")
    config(site, "books", "Books")
    assert press(capsys, "retry", "b").code == 0
    again = press(capsys, "run", path, "--batch-id", "b", "--json")
    assert again.code == 0
    assert list(again.items) == [one["item_id"] for one in results]
    assert [one["success"] for one in reply(site, "b")["results"]] == [True] * len(results)


def test_a_call_with_plain_values_is_taken_as_the_form_sends_it(site: Path) -> None:
    request: Any = {"batch_id": "b", "base_dir": str(site), **GOLDEN["content"][0]}
    with kinds.quick():
        result = documents(request)
    assert (result.successful, result.total) == (2, 2)


def test_values_can_be_given_from_python_for_all_and_for_each(site: Path) -> None:
    with kinds.quick():
        result = batch_generate(
            ["tides", "books"],
            base_dir=site,
            batch_id="b",
            shared_context={"month": "May"},
            contexts={"books": {"month": "June"}},
        )
    assert result.successful == 2
    assert [one["content"] for one in reply(site, "b")["results"]] == ["Tides of May for you", "Books of June"]


def test_a_stream_takes_the_same_values(site: Path) -> None:
    with kinds.quick():
        stream = batch_generate_stream(
            ["tides"], base_dir=site, contexts={"tides": '{"month": "May"}'}, matrix={"configs": ["books"]}
        )
        found = {one.item_id: one.error_code for one in stream}
    assert found == {"tides": None, "books": "UNDEFINED_VARIABLE"}


def test_progress_names_the_config_however_often_it_is_used(site: Path) -> None:
    calls: list[tuple[int, int, str]] = []
    asked = [{"content_config_id": "tides", "context": {"month": month}} for month in ("May", "June")]
    more: dict[str, Any] = {"requests": asked, "matrix": {"configs": ["books"], "axes": {"month": ["a:b", "c#d"]}}}
    with kinds.quick():
        batch_generate([], base_dir=site, on_progress=lambda *call: calls.append(call), **more)
    assert [call[:2] for call in calls] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert sorted(call[2] for call in calls) == ["books", "books", "tides", "tides"]
