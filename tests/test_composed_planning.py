"""Documents that are made of others are planned, previewed and made again with what they are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sites import artifact, config, press, put, spec
from test_plan import foretold, reasons

pytestmark = pytest.mark.usefixtures("prefect_server")
Capture = pytest.CaptureFixture[str]


def source(config_id: str, **more: Any) -> dict[str, Any]:
    return {"id": "part", "source_type": "content_config", "source_locator": config_id} | more


def site(folder: Path) -> None:
    """An artifact of a text and a page with an include, and a note that has another's text as its input."""
    config(folder, "text", "Hello {{team}}")
    config(folder, "page", "page.jinja", "jinja2")
    put(folder / "page.jinja", "{% include 'part.jinja' %}: {{ name }}")
    put(folder / "part.jinja", "Part")
    outputs = [{"file": "guide.md", "format": "markdown"}, {"file": "guide.txt", "format": "text"}]
    artifact(folder, "guide", "text", "page", outputs=outputs, context={"team": "Quay"})
    config(folder, "note", "See: {{part}}", inputs={"sources": [source("page")]})


def asked(folder: Path, batch_id: str) -> Path:
    return spec(folder, content_config_ids=["guide", "note"], output_dir="out", batch_id=batch_id)


def test_a_plan_of_composed_documents_comes_true(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    assert [*foretold(capsys, asked(tmp_path, "a")).values()] == ["made", "made"]
    assert [*foretold(capsys, asked(tmp_path, "b")).values()] == ["reused", "reused"]
    put(tmp_path / "part.jinja", "Another part")
    said = reasons(capsys, asked(tmp_path, "c"))
    assert said == {"guide": "rerun: children changed", "note": "rerun: inputs changed"}
    assert [*foretold(capsys, asked(tmp_path, "c")).values()] == ["made", "made"]
    put(tmp_path / "out/guide.txt", "edited")
    assert reasons(capsys, asked(tmp_path, "d"))["guide"] == "rerun: output edited"
    assert [*foretold(capsys, asked(tmp_path, "d")).values()] == ["made", "reused"]


def test_what_fails_in_a_part_is_refused_as_it_fails(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "open", "{{nobody}}")
    config(tmp_path, "broken", "broken.jinja", "jinja2")
    put(tmp_path / "broken.jinja", "{% if %}")
    config(tmp_path, "text", "Hello")
    config(tmp_path, "code", "x", "code_generation")
    for number, child in enumerate(("open", "broken", "absent", "code")):
        artifact(tmp_path, f"a{number}", child, "text", outputs=[{"file": f"a{number}.md", "format": "markdown"}])
    parts = [{"id": name, "required": False} for name in ("open", "broken", "absent", "code")]
    artifact(tmp_path, "fine", *parts, "text", outputs=[{"file": "fine.md", "format": "markdown"}])
    path = spec(tmp_path, content_config_ids=["a0", "a1", "a2", "a3", "fine"])
    said = [*foretold(capsys, path).values()]
    assert said[-1] == "made"
    assert all(one.startswith("refused") for one in said[:-1])


def test_a_preview_names_inputs_and_the_values_of_children(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    given = [{"content_config_id": "guide", "context": {"name": "me", "late": 1}}, {"content_config_id": "note"}]
    guide, note = press(capsys, "preview", spec(tmp_path, operations=given), "--json").document["results"]
    assert guide["content"] == "Hello Quay\n\nPart: me"
    assert {name: one["source"] for name, one in guide["variable_usage"].items()} == {
        "team": "config",
        "name": "request",
    }
    assert guide["unused_variables"] == ["late"]
    assert note["content"] == "See: Part: you"
    assert note["variable_usage"]["part"] == {"source": "input", "value": "what page makes"}


def test_what_is_made_of_a_templates_users_is_made_again_too(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    options = ("--template", "part.jinja", "--base", tmp_path, "--dry-run", "--json")
    found = press(capsys, "regenerate", *options).document["configs"]
    assert {one["config_id"]: one["why"] for one in found} == {
        "page": "uses part.jinja through page.jinja",
        "guide": "is made of page",
        "note": "is made of page",
    }
