"""The fingerprint of what is made of other things changes with each of them, and says which it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sites import artifact, config, put

from tasks.documents.drafts import Draft, draft
from tasks.documents.jinja_templates import JinjaRequest
from tasks.documents.jinja_worker import Job, Rendered, render_here
from tasks.documents.models import DocumentItem
from tasks.documents.plan import library_of
from tasks.documents.texts import contents_of, text_of
from tasks.errors import PressroomError
from tasks.fingerprint_parts import PART_LENGTH, changed_parts, parts_of
from tasks.models import JsonObject

VALUES: JsonObject = {"team": "Harbour", "fee": 3}


def site(folder: Path) -> Path:
    """An artifact of a template, over an artifact, over contents with inputs, of which one is optional."""
    put(folder / "data/tides.yaml", "high: 5\nlow: 2\n")
    put(folder / "data/notes.md", "# Spring\n\nNew trees\n\n# Winter\n\nSnow\n")
    put(folder / "page.j2", "{{ team }}, {{ tides }}{% include 'end.j2' %}")
    put(folder / "end.j2", ".")
    put(folder / "book.j2", "{% for child in children %}{{ child.text }}|{% endfor %}")
    config(folder, "leaf", "Leaf for {{team}}")
    config(folder, "page", "page.j2", "jinja2", inputs=inputs("external_file", "data/tides.yaml", "$.high", "tides"))
    config(folder, "quote", "{{spring}}", inputs=inputs("external_file", "data/notes.md", "# Spring", "spring"))
    config(folder, "echo", "{{text}}", inputs=inputs("content_config", "leaf", None, "text"))
    config(folder, "dear", "{{fee}}")
    artifact(folder, "chapter", "leaf", "quote", "echo")
    optional = {"id": "late", "required": False}
    dear = {"id": "dear", "conditions": "fee > 5"}
    artifact(folder, "book", "chapter", "page", optional, dear, strategy="template", template="book.j2")
    return folder


def inputs(kind: str, locator: str, selector: str | None, name: str) -> dict[str, Any]:
    source = {"id": name, "source_type": kind, "source_locator": locator}
    return {"sources": [source if selector is None else {**source, "data_selector": selector}]}


def drafted(folder: Path, context: JsonObject | None = None, config_id: str = "book") -> Draft:
    library_of.cache_clear()
    values = VALUES if context is None else context
    return draft(
        DocumentItem(item_id="i", content_config_id=config_id, base_dir=str(folder), output_root="", context=values)
    )


def marks(folder: Path, context: JsonObject | None = None, config_id: str = "book") -> dict[str, str]:
    return parts_of(drafted(folder, context, config_id).fingerprint)


def test_a_draft_is_a_tree_of_drafts(tmp_path: Path) -> None:
    book = drafted(site(tmp_path))
    assert [one.child.id for one in book.children] == ["chapter", "page"]
    chapter, page = (one.draft for one in book.children)
    assert [one.child.id for one in chapter.children] == ["leaf", "quote", "echo"]
    assert chapter.children[2].draft.inputs[0].draft is chapter.children[0].draft
    assert (page.inputs[0].value, chapter.children[1].draft.inputs[0].value) == (5, "# Spring\n\nNew trees")
    assert len(book.left_out) == 1


def test_a_fingerprint_has_the_parts_that_there_are(tmp_path: Path) -> None:
    site(tmp_path)
    assert list(marks(tmp_path)) == ["code", "config", "values", "templates", "children"]
    assert list(marks(tmp_path, config_id="quote")) == ["code", "config", "values", "inputs"]
    assert list(marks(tmp_path, config_id="page")) == ["code", "config", "values", "templates", "inputs"]
    assert list(marks(tmp_path, config_id="leaf")) == ["code", "config", "values"]
    assert all(len(part) == PART_LENGTH for name, part in marks(tmp_path).items() if name != "code")


CHANGES: dict[str, tuple[str, str, list[str]]] = {
    "the template": ("book.j2", "changed", ["templates"]),
    "a child's template": ("page.j2", "changed", ["children"]),
    "what a child's template includes": ("end.j2", "!", ["children"]),
    "a child's input": ("data/tides.yaml", "high: 6\n", ["children"]),
    "the input of a child's child": ("data/notes.md", "# Spring\n\nOld trees\n", ["children"]),
    "another part of that input": ("data/notes.md", "# Spring\n\nNew trees\n\n# Winter\n\nIce\n", []),
    "another value of that input": ("data/tides.yaml", "high: 5\nlow: 1\n", []),
}


@pytest.mark.parametrize(("name", "content", "changed"), CHANGES.values(), ids=list(CHANGES))
def test_a_file_that_changes_what_is_made_changes_the_part_that_it_belongs_to(
    tmp_path: Path, name: str, content: str, changed: list[str]
) -> None:
    before = marks(site(tmp_path))
    put(tmp_path / name, content)
    assert changed_parts(before, marks(tmp_path)) == changed


def test_a_config_inside_is_a_part_of_the_children_or_of_the_inputs(tmp_path: Path) -> None:
    site(tmp_path)
    before, echo = marks(tmp_path), marks(tmp_path, config_id="echo")
    config(tmp_path, "leaf", "Another leaf for {{team}}")
    assert changed_parts(before, marks(tmp_path)) == ["children"]
    assert changed_parts(echo, marks(tmp_path, config_id="echo")) == ["inputs"]
    before = marks(tmp_path)
    artifact(tmp_path, "chapter", "quote", "leaf", "echo")
    assert changed_parts(before, marks(tmp_path)) == ["children"]


def test_values_are_a_part_of_their_own_and_of_no_other(tmp_path: Path) -> None:
    site(tmp_path)
    before = marks(tmp_path)
    assert changed_parts(before, marks(tmp_path, {**VALUES, "team": "Library"})) == ["values"]
    assert changed_parts(before, marks(tmp_path, {**VALUES, "fee": 6})) == ["values", "children"]
    assert changed_parts(before, marks(tmp_path)) == []


def test_an_optional_child_that_appears_is_a_change_of_the_children(tmp_path: Path) -> None:
    before = marks(site(tmp_path))
    config(tmp_path, "late", "Late")
    assert changed_parts(before, marks(tmp_path)) == ["children"]
    assert drafted(tmp_path).left_out == ()


def test_the_values_of_an_artifact_are_part_of_its_config(tmp_path: Path) -> None:
    site(tmp_path)
    artifact(tmp_path, "chapter", "leaf", context={"team": "?"})
    whole, chapter = marks(tmp_path, {}), marks(tmp_path, {}, "chapter")
    artifact(tmp_path, "chapter", "leaf", context={"team": "!"})
    assert changed_parts(whole, marks(tmp_path, {})) == ["children"]
    assert changed_parts(chapter, marks(tmp_path, {}, "chapter")) == ["config"]


def test_a_draft_can_be_made_without_an_engine(tmp_path: Path) -> None:
    book = drafted(site(tmp_path))
    rendered: list[str] = []

    def render(request: Any) -> Rendered:
        rendered.append(request.template)
        return Rendered(f"<{request.template} {sorted(request.given)}>")

    text = text_of(book, render)
    assert rendered == ["page.j2", "book.j2"]
    assert text == "<book.j2 ['chapter', 'children', 'page']>"
    made = contents_of(book, render)
    assert (made.contents, made.left_out) == ([text.encode()], book.left_out)
    assert text_of(drafted(tmp_path, config_id="chapter")) == (
        "Leaf for Harbour\n\n# Spring\n\nNew trees\n\nLeaf for Harbour"
    )


def test_what_needs_a_template_now_and_did_not_as_it_entered_is_tried_again_later(tmp_path: Path) -> None:
    with pytest.raises(PressroomError) as caught:
        text_of(drafted(site(tmp_path)))
    assert (caught.value.code, caught.value.transient) == ("TEMPORARY_ERROR", True)


def test_what_fails_at_one_of_many_places_is_not_tried_at_each_of_them(tmp_path: Path) -> None:
    for level in range(40):
        inner = {"id": f"level-{level + 1}", "required": False}
        artifact(tmp_path, f"level-{level}", inner, inner)
    with pytest.raises(PressroomError, match=r"content\.children: none of them") as caught:
        drafted(tmp_path, config_id="level-0")
    assert caught.value.code == "CONFIG_INVALID"


def test_a_template_takes_values_from_inputs_under_names_of_its_own(tmp_path: Path) -> None:
    places = {"high": {"paths": ["tides.high"], "required": True}, "low": {"paths": ["tides.low"], "default": "?"}}
    for kind in ("jinja2", "template_fill"):
        pattern = {"id": "only", "type": kind, "template": "{{ high }} {{ low }}", "inline": kind == "jinja2"}
        config(
            tmp_path,
            "page",
            inputs=inputs("inline_data", '{"high": 5}', None, "tides"),
            generation={"patterns": [{**pattern, "placeholders": places}]},
        )
        assert text_of(drafted(tmp_path, config_id="page"), rendered) == "5 ?"


def test_a_value_that_no_input_gives_is_missing_when_the_template_is_made(tmp_path: Path) -> None:
    places = {"high": {"paths": ["tides.high"], "required": True}}
    pattern = {"id": "only", "type": "jinja2", "template": "{{ high }}", "inline": True, "placeholders": places}
    given = inputs("inline_data", '{"low": 5}', None, "tides")
    config(tmp_path, "page", inputs=given, generation={"patterns": [pattern]})
    with pytest.raises(PressroomError, match="needs a value for 'high'"):
        text_of(drafted(tmp_path, config_id="page"), rendered)


def test_a_childs_own_name_wins_over_what_another_may_be_called(tmp_path: Path) -> None:
    config(tmp_path, "one", "first")
    config(tmp_path, "two", "second")
    put(tmp_path / "book.j2", "{{ tide_table }} {{ tide_line }}")
    children = [("tide_table", "one"), ("tide-table", "two"), ("tide-line", "two")]
    named = [{"id": name, "path": f"content/{file}.json"} for name, file in children]
    artifact(tmp_path, "book", *named, strategy="template", template="book.j2")
    assert text_of(drafted(tmp_path), rendered) == "first second"


def test_a_whole_tells_what_its_parts_leave_empty_but_not_what_their_configs_say_may_be_missing(tmp_path: Path) -> None:
    pattern = {"id": "only", "type": "jinja2", "template": "{{ high }}{{ low }}{{ tides }}", "inline": True}
    low = {"low": {"paths": ["low"]}}
    given = {**inputs("external_file", "absent.json", None, "tides")["sources"][0], "required": False}
    config(tmp_path, "page", inputs={"sources": [given]}, generation={"patterns": [{**pattern, "placeholders": low}]})
    put(tmp_path / "book.j2", "{{ page }}{{ chapter }}{{ title }}")
    artifact(tmp_path, "book", "page", {"id": "chapter", "required": False}, strategy="template", template="book.j2")
    assert contents_of(drafted(tmp_path), rendered).left_empty == ("high (in 'page')", "title")


def rendered(request: JinjaRequest) -> Rendered:
    return render_here(Job(request=request, seconds=5, memory=2**40, limit=10_000))
