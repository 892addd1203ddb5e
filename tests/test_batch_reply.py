"""`batch_reply.json`: a batch of documents told in the words of those who asked for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import kinds
import pytest
from sites import config

from flows.assistant import replies
from flows.documents import documents
from tasks.creators import faults as creators
from tasks.documents import reply
from tasks.documents.models import DocumentBatch, Operation
from tasks.documents.reply import CODES, TEXTS, BatchReply, ReplyCode, batch_reply
from tasks.errors import FAULTS, BatchFailed
from tasks.fiction import faults as fiction
from tasks.models import BatchStatus, ItemStatus, Output
from tasks.podcast import faults as podcast
from tasks.prose import faults as prose
from tasks.reports.replies import reply_paths
from tasks.results import BatchResult, ItemResult, ItemResults
from tasks.speech import faults as speech

NOT_OF_AN_ITEM = {
    "FOLDER_OUTSIDE",
    "HOST_UNKNOWN",
    "HOST_OPEN",
    "SERVER_UNAUTHORIZED",
    "BATCH_BUSY",
    "BATCH_TAKEN",
    "BATCH_FAILED",
    "BATCH_NOT_RUNNING",
    "BATCH_STOPPED",
    "BATCH_TOO_LARGE",
    "CANNOT_SPLIT",
    "CRASHES_AGAIN",
    "DEPLOY_FAILED",
    "EDIT_BREAKS_RULES",
    "EMPTY_BATCH",
    "EXTRA_MISSING",
    "ITEMS_FILE_CHANGED",
    "ITEM_NOT_WAITING",
    "LEDGER_UNREADABLE",
    "LEDGER_VERSION",
    "NOT_IN_REVIEW",
    "NO_DEPLOYMENT",
    "NO_SERVER",
    "OUTPUT_CHANGED",
    "PARAMETERS_TOO_LARGE",
    "PORT_TAKEN",
    # Documents wait for no others.
    "PREDECESSOR_FAILED",
    "PREDECESSOR_IN_REVIEW",
    "SCHEDULED_BATCH_ID",
    "SENTENCE_UNCLEAR",
    "SERVER_ERROR",
    "SERVER_FAILED",
    "TEMPLATE_UNUSED",
    "UNKNOWN_BATCH",
    "UNKNOWN_ITEM",
    "UNKNOWN_KIND",
    "UP_ALREADY",
    "USAGE",
}


def made(folder: Path, batch_id: str = "b", **fields: Any) -> dict[str, Any]:
    with kinds.quick():
        documents(DocumentBatch(batch_id=batch_id, base_dir=folder, **fields))
    return read(folder, batch_id)


def read(folder: Path, batch_id: str = "b") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "output" / batch_id / "batch_reply.json").read_text())
    return found


OF_OTHERS = {code for others in (creators, fiction, podcast, prose, speech) for code in others.ROWS}
"""Codes that no document can have."""


def result_of(*results: ItemResult, **fields: Any) -> BatchResult:
    whole = {"batch_id": "b", "kind": "documents", "status": BatchStatus.PARTIAL, "total": len(results)}
    return BatchResult.model_validate({**whole, **fields, "results": ItemResults(results)})


@pytest.mark.parametrize("code", sorted(FAULTS.keys() - OF_OTHERS))
def test_every_code_that_an_item_can_have_is_one_of_the_replys(code: str) -> None:
    assert (code in CODES) is not (code in NOT_OF_AN_ITEM), "say in CODES what a new code is in the source's words"
    assert CODES.get(code, "invalid_input") in get_args(ReplyCode)


def test_codes_that_are_no_more_are_not_mapped() -> None:
    assert (set(CODES) | NOT_OF_AN_ITEM) <= set(FAULTS)


@pytest.mark.usefixtures("prefect_server")
def test_a_reply_has_results_in_the_order_of_the_request_with_texts_and_reasons(tmp_path: Path) -> None:
    config(tmp_path, "hello")
    config(tmp_path, "open", "{{nobody}}")
    config(tmp_path, "page", "absent.jinja", "jinja2")
    asked = [Operation(content_config_id=name) for name in ("page", "absent", "hello", "open")]
    asked.append(Operation(content_config_id="hello", output_path="../outside.md"))
    found = made(tmp_path, operations=asked)
    told = [(one["content_id"], one["success"], one["status"], one["content"]) for one in found["results"]]
    assert told == [
        ("page", False, "failed", None),
        ("absent", False, "failed", None),
        ("hello", True, "generated", "Hello you"),
        ("open", False, "failed", None),
        ("hello", False, "failed", None),
    ]
    codes = ["generation_failed", "config_not_found", "invalid_context", "invalid_input"]
    assert [one["code"] for one in found["errors"]] == codes
    assert [one["content_id"] for one in found["errors"]] == ["page", "absent", "open", "hello"]
    assert "absent.jinja" in found["errors"][0]["message"]
    assert found["results"][1]["error"] == {key: found["errors"][1][key] for key in ("code", "message")}
    counts = {name: found[name] for name in ("success", "status", "total", "generated", "skipped", "failed")}
    assert counts == {
        "success": True,
        "status": "batch_partial",
        "total": 5,
        "generated": 1,
        "skipped": 0,
        "failed": 4,
    }
    assert found["duration_ms"] > 0
    assert found["parallel_efficiency"] >= 0


@pytest.mark.usefixtures("prefect_server")
def test_what_a_finished_document_served_for_counts_as_skipped_and_keeps_its_text(tmp_path: Path) -> None:
    config(tmp_path, "hello")
    assert made(tmp_path, "first", content_config_ids=["hello"])["status"] == "batch_complete"
    found = made(tmp_path, "second", content_config_ids=["hello"])
    assert (found["generated"], found["skipped"], found["status"]) == (0, 1, "batch_complete")
    assert (found["results"][0]["status"], found["results"][0]["content"]) == ("skipped", "Hello you")


@pytest.mark.usefixtures("prefect_server")
def test_a_batch_that_came_to_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(BatchFailed):
        made(tmp_path, content_config_ids=["absent"])
    found = read(tmp_path)
    assert (found["success"], found["status"], found["failed"]) == (False, "batch_failed", 1)


@pytest.mark.usefixtures("prefect_server")
def test_no_document_is_written_where_the_reply_goes(tmp_path: Path) -> None:
    config(tmp_path, "hello")
    over = Operation(content_config_id="hello", output_path="output/b/batch_reply.json")
    found = made(tmp_path, operations=[over, Operation(content_config_id="hello", output_path="fine.md")])
    assert [one["code"] for one in found["errors"]] == ["invalid_input"]


def test_an_item_that_was_not_reached_counts_as_failed() -> None:
    pending = ItemResult(item_id="a", status=ItemStatus.PENDING)
    found = batch_reply(result_of(pending), DocumentBatch(content_config_ids=["a"]))
    assert (found.failed, found.errors[0].code, found.errors[0].message) == (1, "generation_failed", "It is pending.")


def outputs(folder: Path, count: int, text: str) -> BatchResult:
    return result_of(*(output(folder, number, text) for number in range(count)))


def output(folder: Path, number: int, text: str) -> ItemResult:
    path, content = folder / f"{number}.md", text.encode()
    path.write_bytes(content)
    outputs = [Output.of(str(path), content)]
    return ItemResult(item_id=str(number), status=ItemStatus.SUCCEEDED, outputs=outputs)


def told(folder: Path, count: int, text: str) -> BatchReply:
    return batch_reply(outputs(folder, count, text), DocumentBatch())


def test_a_reply_of_many_items_names_the_files_and_leaves_the_texts_out(tmp_path: Path) -> None:
    found = told(tmp_path, TEXTS + 1, "x")
    assert {one.content for one in found.results} == {None}
    assert found.results[3].output_path == str(tmp_path / "3.md")
    assert BatchReply.model_validate_json(found.model_dump_json()) == found


def test_a_reply_of_long_texts_leaves_out_those_that_do_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply, "TEXT_BYTES", 20)
    assert [one.content for one in told(tmp_path, 2, "ten bytes.").results] == ["ten bytes."] * 2
    assert [one.content for one in told(tmp_path, 3, "ten bytes.").results] == ["ten bytes.", "ten bytes.", None]
    assert [one.content for one in told(tmp_path, 2, "x" * 21).results] == [None, None]


def test_an_assistant_is_told_short_texts_also_beside_a_long_one(tmp_path: Path) -> None:
    texts = ["short", "x" * (replies.TEXT_BYTES - 4), "also short", "y" * (replies.TEXT_BYTES + 1)]
    result = result_of(*(output(tmp_path, number, text) for number, text in enumerate(texts)))
    found = replies.in_source_form(result, DocumentBatch())["results"]
    assert [one["content"] for one in found] == ["short", None, "also short", None]
    assert [Path(one["output_path"]).read_text() for one in found] == texts


def test_a_file_that_was_changed_since_has_no_text_in_the_reply(tmp_path: Path) -> None:
    result = outputs(tmp_path, 2, "made")
    (tmp_path / "1.md").write_text("edited")
    assert [one.content for one in batch_reply(result, DocumentBatch()).results] == ["made", None]


def test_a_flow_without_a_spec_has_no_replies(tmp_path: Path) -> None:
    assert list(reply_paths("fake", tmp_path, "b")) == []
