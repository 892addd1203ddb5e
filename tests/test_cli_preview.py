"""`pressroom preview` shows what would be made, where every value comes from, and what is missing or not used."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from sites import Said, artifact, config, press, put, spec

from flows.command.paths import shown_path

Capture = pytest.CaptureFixture[str]


def preview(capsys: Capture, folder: Path, *operations: dict[str, Any], ids: list[str] | None = None) -> Said:
    path = spec(folder, operations=list(operations), content_config_ids=ids or [])
    return press(capsys, "preview", path, "--json")


def only(capsys: Capture, folder: Path, config_id: str, **context: Any) -> dict[str, Any]:
    """The preview of one document."""
    (found,) = preview(capsys, folder, {"content_config_id": config_id, "context": context}).document["results"]
    assert isinstance(found, dict)
    return found


def sources(found: dict[str, Any]) -> dict[str, str]:
    return {name: usage["source"] for name, usage in found["variable_usage"].items()}


def pattern(kind: str, template: str, variables: list[dict[str, Any]] | None = None, **options: Any) -> dict[str, Any]:
    one = {"id": "only", "type": kind, "template": template, "generation_config": options}
    return {"generation": {"patterns": [one | ({"variables": variables} if variables else {})]}}


def test_the_document_is_that_of_a_preview(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "note", "Hello {{name}}, {{greeting}}")
    said = preview(capsys, tmp_path, {"content_config_id": "note", "context": {"greeting": "ahoy", "late": 1}})
    assert said.code == 0
    (found,) = said.document["results"]
    assert [said.document[name] for name in ("success", "status", "total", "previewed")] == [True, "preview", 1, 1]
    assert (found["status"], found["content"], found["size"]) == ("preview", "Hello you, ahoy", 15)
    assert found["template_hash"] == hashlib.sha256(b"Hello {{name}}, {{greeting}}").hexdigest()[:12]
    assert found["variable_usage"] == {
        "name": {"source": "config", "value": "you"},
        "greeting": {"source": "request", "value": "ahoy"},
    }
    assert found["unused_variables"] == ["late"]
    assert found["warnings"] == ["Variable 'late' is given and not used."]


def test_a_value_of_the_request_wins_over_the_configs(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "note")
    assert sources(only(capsys, tmp_path, "note", name="me")) == {"name": "request"}


def test_a_dotted_name_is_missing_where_its_object_lacks_it(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "note", **pattern("template_fill", "{{team.name}} {{team.lead}}", undefined_behavior="keep"))
    found = only(capsys, tmp_path, "note", team={"name": "Quay"})
    assert sources(found) == {"team.name": "request", "team.lead": "missing"}
    assert found["missing_variables"] == ["team.lead"]
    assert found["warnings"] == ["Variable 'team.lead' is missing: stays as it is written."]
    assert found["content"] == "Quay {{team.lead}}"


def test_what_fails_shows_its_error_and_its_variables_and_the_others_are_shown(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "open", "{{nobody}}")
    config(tmp_path, "note")
    said = preview(capsys, tmp_path, ids=["open", "absent", "note"])
    assert said.code == 1
    failed, absent, note = said.document["results"]
    assert (failed["success"], failed["error"]["code"]) == (False, "UNDEFINED_VARIABLE")
    assert failed["missing_variables"] == ["nobody"]
    assert absent["error"]["code"] == "CONFIG_NOT_FOUND"
    assert note["content"] == "Hello you"
    assert [error["content_id"] for error in said.document["errors"]] == ["open", "absent"]


def test_a_template_is_rendered_and_read_with_all_it_includes(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(
        tmp_path / "page.jinja",
        "{% set inner = 1 %}{% for row in rows %}{% include 'row.jinja' %}{% endfor %}{% import 'm.jinja' as m %}",
    )
    put(tmp_path / "row.jinja", "{{ row }}-{{ inner }}-{{ unit }}-{{ nothing }};")
    put(tmp_path / "m.jinja", "{{ unseen }}")
    found = only(capsys, tmp_path, "page", rows=["a", "b"], unit="kg", spare=None)
    assert found["content"] == "a-1-kg-;b-1-kg-;"
    assert (found["template"], found["templates"]) == ("page.jinja", ["row.jinja", "m.jinja"])
    assert found["template_hash"] == hashlib.sha256((tmp_path / "page.jinja").read_bytes()).hexdigest()[:12]
    assert sources(found) == {"rows": "request", "unit": "request", "nothing": "missing"}
    assert found["unused_variables"] == ["name", "spare"]
    assert "Variable 'nothing' is missing: left empty." in found["warnings"]


def test_a_value_that_is_null_is_given_to_a_template(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "page.jinja", "{{ name }}{{ data }}")
    put(tmp_path / "data.txt", "!")
    found = only(capsys, tmp_path, "page", name=None, data={"source": "file", "path": "data.txt"})
    assert found["content"] == "None!"
    assert sources(found) == {"data": "request", "name": "request"}
    assert found["variable_usage"]["data"]["value"] == "the file data.txt"


def test_where_templates_are_only_known_while_rendering_nothing_is_called_unused(
    tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "page.jinja", "{% include which %}")
    put(tmp_path / "part.jinja", "{{ name }}")
    found = only(capsys, tmp_path, "page", which="part.jinja")
    assert (found["content"], found["unused_variables"]) == ("you", [])
    assert any("known only while rendering" in warning for warning in found["warnings"])


def test_a_template_that_never_ends_or_works_out_a_gigabyte_harms_nothing(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "page.jinja", "{{ 'x' * 10 ** 10 }}{{ 'x'|center(10 ** 10) }}")
    assert only(capsys, tmp_path, "page")["error"]["code"] == "TEMPLATE_RUNAWAY"


def test_a_demonstration_shows_its_examples_and_uses_no_value_of_the_request(tmp_path: Path, capsys: Capture) -> None:
    elements = [{"name": "body", "format": "markdown", "example_output": "An example."}]
    variables = [
        {"name": "text", "source": "elements.body"},
        {"name": "sign", "source": "elements.none", "default": "!"},
        {"name": "spare", "source": "elements.body"},
    ]
    demonstration = pattern("demonstration", "{{ text }}{{ sign }}{{ open }}", variables)
    config(tmp_path, "show", elements=elements, **demonstration)
    found = only(capsys, tmp_path, "show", name="me")
    assert found["content"] == "An example.!{{ open }}"
    assert sources(found) == {"text": "example", "sign": "default", "open": "missing"}
    assert found["unused_variables"] == ["spare", "name"]


def test_a_feature_file_names_its_variables_too(tmp_path: Path, capsys: Capture) -> None:
    parts: dict[str, Any] = {
        "feature": {"title": "{{what}}"},
        "scenarios": [{"title": "One", "steps": ["Given a {{ship}}"]}],
    }
    config(tmp_path, "feature", **pattern("bdd_scenario", "", **parts, context={"what": "Mooring"}))
    found = only(capsys, tmp_path, "feature", ship="barge")
    assert sources(found) == {"what": "config", "ship": "request"}
    assert found["content"].startswith("Feature: Mooring")


def test_of_many_items_the_first_few_are_shown_and_the_rest_counted(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "note")
    path = spec(tmp_path, operations=[{"content_config_id": "note", "output_path": f"{n}.md"} for n in range(1200)])
    said = press(capsys, "preview", path)
    assert said.out.count("Hello you") == 5
    assert said.out.splitlines()[-1] == "and 1,195 more: --most N shows more, --item ID one in full"
    assert press(capsys, "preview", path, "--most", "7").out.count("Hello you") == 7


def test_long_texts_are_cut_and_one_item_is_shown_in_full(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "long", "\n".join(f"line {n}" for n in range(40)))
    path = spec(tmp_path, content_config_ids=["long"])
    said = press(capsys, "preview", path, "--lines", "3")
    assert said.out.splitlines()[-2:] == ["  │ line 2", "  … and 37 more lines"]
    assert press(capsys, "preview", path, "--item", "long").out.splitlines()[-1] == "line 39"


def test_an_item_that_is_not_there_is_named_with_the_nearest(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "tide-table")
    said = press(capsys, "preview", spec(tmp_path, content_config_ids=["tide-table"]), "--item", "tide-tabel", "--json")
    assert said.code == 2
    assert "Did you mean 'tide-table'?" in json.dumps(said.document)


def test_people_read_file_template_variables_and_warnings_above_the_text(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "note", **pattern("template_fill", "{{x}}{{greeting}}{{y}}", undefined_behavior="empty"))
    asked = {"content_config_id": "note", "context": {"greeting": "ahoy", "late": 1}, "output_path": "out/note.md"}
    lines = press(capsys, "preview", spec(tmp_path, operations=[asked])).out.splitlines()
    mark = hashlib.sha256(b"{{x}}{{greeting}}{{y}}").hexdigest()[:12]
    assert lines[2:] == [
        "note (4 B)",
        f"  file:     {shown_path(tmp_path / 'out/note.md')}",
        f"  template: inline ({mark}), by template_fill",
        "  request:  greeting",
        "  ⚠️  missing: x, y (left empty)",
        "  ⚠️  given and not used: late",
        "",
        "  │ ahoy",
    ]


UNUSUAL = "all:\n\tgo 12\u00a0km \u200d \u202e\x07 é"


def test_a_text_comes_out_of_the_document_as_it_was_made(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "note", UNUSUAL)
    assert only(capsys, tmp_path, "note")["content"] == UNUSUAL


def test_people_see_tabs_and_spaces_of_all_sorts_and_no_terminal_acts_on_a_text(
    tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "note", UNUSUAL)
    said = press(capsys, "preview", spec(tmp_path, content_config_ids=["note"]), "--item", "note")
    assert "\tgo 12\u00a0km \u200d ?? é" in said.out


def test_a_value_that_an_input_gives_is_not_missing(tmp_path: Path, capsys: Capture) -> None:
    inputs = {"sources": [{"id": "tides", "source_type": "inline_data", "source_locator": '{"high": 5}'}]}
    places = {"high": {"paths": ["tides.high"], "required": True}}
    for kind in ("jinja2", "template_fill"):
        one = {"id": "only", "type": kind, "template": "{{ high }}", "inline": kind == "jinja2", "placeholders": places}
        config(tmp_path, "note", inputs=inputs, generation={"patterns": [one]})
        found = only(capsys, tmp_path, "note")
        assert (found["status"], found["content"], sources(found)) == ("preview", "5", {"high": "input"})
        assert found["unused_variables"] == []


def test_a_part_that_is_needed_at_very_many_places_is_described_once(tmp_path: Path, capsys: Capture) -> None:
    config(
        tmp_path, "level-30", '{"high": 5}', metadata={"description": "d", "version": "1.0.0", "output_format": "json"}
    )
    for level in range(30):
        outputs = [{"file": f"{level}.json", "format": "json"}]
        artifact(tmp_path, f"level-{level}", *[f"level-{level + 1}"] * 2, strategy="merge", outputs=outputs)
    (found,) = preview(capsys, tmp_path, ids=["level-0"]).document["results"]
    assert json.loads(found["content"]) == {"high": 5}
