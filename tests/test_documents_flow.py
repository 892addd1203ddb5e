"""Documents through the real flow: what is reused, what is refused, and what the values' order means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import kinds
import pytest

from flows.documents import documents
from tasks.documents.items_file import read_items_file, write_items_file
from tasks.documents.models import DocumentBatch, Operation
from tasks.documents.request import items_of
from tasks.results import BatchResult


def config(folder: Path, name: str, kind: str, template: str) -> None:
    pattern = {"id": "one", "type": kind, "template": template}
    whole: dict[str, Any] = {
        "type": "content",
        "id": name,
        "schemaRef": {"id": "content-schema", "version": "3.1"},
        "metadata": {"description": "A note", "version": "1.0.0"},
        "elements": [{"name": "body", "format": "markdown"}],
        "generation": {"patterns": [pattern]},
    }
    place = folder / "configs" / "content"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.json").write_text(json.dumps(whole))


def made(folder: Path, batch_id: str, *operations: Operation, **options: Any) -> BatchResult:
    with kinds.quick():
        return documents(DocumentBatch(batch_id=batch_id, base_dir=folder, operations=list(operations), **options))


@pytest.mark.usefixtures("prefect_server")
def test_a_rendered_document_that_was_edited_is_made_again_for_the_next_batch(tmp_path: Path) -> None:
    config(tmp_path, "page", "jinja2", "page.jinja")
    (tmp_path / "page.jinja").write_text("Hello {{ name }}")
    asked = Operation(content_config_id="page", context={"name": "Ada"}, output_path="out/page.md")
    assert made(tmp_path, "first", asked).reused == 0
    (tmp_path / "out" / "page.md").write_text("edited by hand")
    again = made(tmp_path, "second", asked)
    assert (again.successful, again.reused) == (1, 0)
    assert (tmp_path / "out" / "page.md").read_text() == "Hello Ada"
    assert made(tmp_path, "third", asked).reused == 1


@pytest.mark.usefixtures("prefect_server")
def test_what_a_template_leaves_empty_is_told_with_the_document_also_where_it_is_taken_over(tmp_path: Path) -> None:
    config(tmp_path, "page", "jinja2", "page.jinja")
    (tmp_path / "page.jinja").write_text("Hello {{ name }}{{ town }}")
    here, there = (Operation(content_config_id="page", output_path=f"out/{name}.md") for name in ("here", "there"))
    told = ["Left empty: name, town"]
    first = made(tmp_path, "first", here, there, output_dir="out")
    assert [(one.success, one.reused, one.warnings) for one in first.results] == [
        (True, False, told),
        (True, True, told),
    ]
    again = made(tmp_path, "second", here, output_dir="out")
    assert [(one.reused, one.warnings) for one in again.results] == [(True, told)]
    kept = [path for path in tmp_path.rglob("*") if path.name in ("report.md", "report.html", "batch_reply.json")]
    assert len(kept) == 6
    assert all(told[0] in path.read_text() for path in kept)
    given = made(tmp_path, "third", here.model_copy(update={"context": {"name": "Ada", "town": "!"}}))
    assert [one.warnings for one in given.results] == [[]]


@pytest.mark.usefixtures("prefect_server")
def test_no_document_is_written_where_the_report_goes_or_over_its_own_config(tmp_path: Path) -> None:
    config(tmp_path, "report", "template_fill", "text")
    config(tmp_path, "note", "template_fill", "text")
    over_config = Operation(content_config_id="note", output_path="configs/content/note.json")
    fine = Operation(content_config_id="note", output_path="out/fine.md")
    result = made(tmp_path, "b", Operation(content_config_id="report"), over_config, fine)
    assert [item.error_code for item in result.results] == ["OUTPUT_CONFLICT", "OUTPUT_CONFLICT", None]
    assert (tmp_path / "output" / "b" / "report.md").read_text().startswith("# Batch b")


@pytest.mark.usefixtures("prefect_server")
def test_values_in_another_order_are_another_document(tmp_path: Path) -> None:
    config(tmp_path, "note", "template_fill", "{{ t }}")
    one = Operation(content_config_id="note", context={"t": {"a": 1, "b": 2}}, output_path="one.md")
    other = Operation(content_config_id="note", context={"t": {"b": 2, "a": 1}}, output_path="other.md")
    assert made(tmp_path, "b", one, other).reused == 0
    assert (tmp_path / "other.md").read_text() == "{'b': 2, 'a': 1}"


@pytest.mark.usefixtures("prefect_server")
def test_equal_documents_of_a_batch_are_made_once_and_written_to_each_place(tmp_path: Path) -> None:
    config(tmp_path, "page", "jinja2", "page.jinja")
    (tmp_path / "page.jinja").write_text("{{ 1 + 1 }}")
    asked = [Operation(content_config_id="page", output_path=f"out/{n}.md") for n in range(3)]
    result = made(tmp_path, "b", *asked)
    assert (result.successful, result.reused) == (3, 2)
    assert [(tmp_path / f"out/{n}.md").read_text() for n in range(3)] == ["2", "2", "2"]


@pytest.mark.usefixtures("prefect_server")
def test_an_items_deadline_holds_for_each_document_of_a_chunk_and_not_for_the_chunk(tmp_path: Path) -> None:
    config(tmp_path, "endless", "jinja2", "endless.jinja")
    config(tmp_path, "page", "jinja2", "page.jinja")
    (tmp_path / "endless.jinja").write_text(
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    )
    (tmp_path / "page.jinja").write_text("page")
    asked = [Operation(content_config_id=name) for name in ("endless", "page")]
    result = made(tmp_path, "b", *asked, item_deadline_seconds=3.0)
    assert [item.error_code for item in result.results] == ["ITEM_DEADLINE", None]


def test_an_items_file_keeps_line_separators_inside_values(tmp_path: Path) -> None:
    given = [Operation(content_config_id="a", context={"text": "one\u2028two\u0085three"})]
    sha256 = write_items_file(tmp_path / "items.jsonl", given)
    assert read_items_file(tmp_path / "items.jsonl", sha256) == given


def test_every_item_has_a_name_of_its_own_whatever_the_outputs_are_called(tmp_path: Path) -> None:
    paths = ["d1/x.md", "d2/x.md", "x#2.md"]
    asked = [Operation(content_config_id="a", output_path=path) for path in paths]
    batch = DocumentBatch(base_dir=tmp_path, content_config_ids=["b#2", "b", "b"], operations=asked)
    names = [item.item_id for item in items_of(batch)]
    assert len(set(names)) == 6
    assert names[:2] == ["b#2", "b"]
