"""What holds of documents whatever they are made from: no input crashes, and nothing that matters goes unnoticed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from dialect_examples import ARTIFACTS, CONTENT, own_id, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sites import artifact, config, put

from tasks.documents.bdd_scenario import generate
from tasks.documents.config_models import ContentConfig
from tasks.documents.drafts import draft
from tasks.documents.models import DocumentItem
from tasks.documents.plan import library_of
from tasks.errors import PressroomError
from tasks.specs import check_spec

ANY_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
SPEC: dict[str, Any] = {
    "kind": "documents",
    "content_config_ids": ["note"],
    "operations": [
        {"content_config_id": "note", "context": {"name": "Ada"}, "output_path": "a.md", "priority": "high"}
    ],
    "requests": [{"content_config_id": "book", "context": '{"name": "Bo"}', "force": True}],
    "content_ids": ["note", "book"],
    "shared_context": {"name": "Cy"},
    "individual_contexts": {"note": {"fee": 3}},
    "matrix": {"configs": ["note"], "axes": {"month": ["May", {"id": "june"}]}, "exclude": [{"month": "May"}]},
    "max_parallel": 4,
}
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("note")
JSON = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3)
)


@st.composite
def changed_at_will(draw: st.DrawFn, *wholes: dict[str, Any]) -> bytes:
    """Draw the text of an object in which a value is another, or a few bytes are."""
    whole = json.loads(json.dumps(draw(st.sampled_from(wholes))))
    *parents, last = draw(st.sampled_from([*places(whole)]))
    inner = whole
    for parent in parents:
        inner = inner[parent]
    inner[last] = draw(JSON)
    text = json.dumps(whole).encode()
    at = draw(st.integers(0, len(text)))
    return text if draw(st.booleans()) else text[:at] + draw(st.binary(max_size=3)) + text[at + 1 :]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config(tmp_path, "note")
    artifact(tmp_path, "book", "note")
    return tmp_path


@ANY_FOLDER
@given(content=st.binary() | changed_at_will(SPEC))
@pytest.mark.parametrize("name", ["spec.yaml", "spec.json"])
def test_any_bytes_as_a_spec_are_a_batch_or_problems(folder: Path, name: str, content: bytes) -> None:
    checked = check_spec(put(folder / name, content))
    assert checked.size > 0 or checked.problems
    assert all(problem.code != "INTERNAL" for problem in checked.problems)


EXAMPLES = [*CONTENT.values(), *ARTIFACTS.values()]


@ANY_FOLDER
@given(
    one=st.sampled_from(EXAMPLES).flatmap(
        lambda example: st.tuples(st.just(own_id(example)), st.binary() | changed_at_will(example))
    )
)
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_any_bytes_as_a_config_are_a_document_or_problems(folder: Path, suffix: str, one: tuple[str, bytes]) -> None:
    name, content = one
    put(folder / f"configs/content/{name}.{suffix}", content)
    checked = check_spec(put(folder / "spec.json", json.dumps({"content_config_ids": [name]})))
    assert checked.size == 1
    assert all(problem.code != "INTERNAL" for problem in checked.problems)


WORDS = st.sampled_from(
    ["{{ship}}", "{{ship }}", "{{a.b}}", "{{none}}", "{{gone}}", " ", "é", "\\n", "|", "$1", "{", "}"]
)
LINES = st.lists(WORDS, max_size=4).map("".join)
STEPS = st.lists(st.builds("{} {}".format, st.sampled_from(["Given", "When", "Then", "And", "But", "*"]), LINES))
TAGS = st.lists(st.sampled_from(["sea", "@slow-1", "B_2"]), max_size=2)
SCENARIOS = st.fixed_dictionaries({"title": LINES, "steps": STEPS}, optional={"tags": TAGS})
CELLS = LINES | st.integers() | st.none()
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.fixed_dictionaries(
        {
            "headers": st.lists(LINES, min_size=width, max_size=width),
            "rows": st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=2),
        }
    )
)
OUTLINES = st.fixed_dictionaries(
    {"title": LINES, "steps": st.lists(LINES), "examples": TABLES}, optional={"tags": TAGS}
)
FEATURES = st.fixed_dictionaries({"title": LINES}, optional={"description": LINES, "tags": TAGS})
ASSEMBLIES = st.fixed_dictionaries(
    {"feature": FEATURES, "scenarios": st.lists(SCENARIOS, min_size=1, max_size=2)},
    optional={"background": STEPS, "scenario_outlines": st.lists(OUTLINES, max_size=2)},
)


def obvious(parts: dict[str, Any], values: dict[str, Any]) -> str:
    """Put a feature file together letter by letter."""

    def filled(text: object) -> str:
        out, rest = "", "" if text is None else str(text)
        while rest:
            key = next((key for key in values if rest.startswith("{{" + key + "}}") and values[key] is not None), None)
            out += rest[0] if key is None else str(values[key])
            rest = rest[1:] if key is None else rest[len(key) + 4 :]
        return out

    def head(word: str, part: dict[str, Any]) -> str:
        tags = " ".join("@" + tag.lstrip("@") for tag in part.get("tags", []))
        return (tags + "\n" if tags else "") + word + ": " + filled(part["title"])

    feature = parts["feature"]
    text = head("Feature", feature)
    for line in feature.get("description", "").splitlines():
        text += "\n" + ("  " + line if line.strip() else "")
    if parts.get("background"):
        text += "\n\nBackground:" + "".join("\n  " + filled(step) for step in parts["background"])
    for one in parts["scenarios"]:
        text += "\n\n" + head("Scenario", one) + "".join("\n  " + filled(step) for step in one["steps"])
    for one in parts.get("scenario_outlines", []):
        text += "\n\n" + head("Scenario Outline", one) + "".join("\n  " + filled(step) for step in one["steps"])
        text += "\n\n  Examples:"
        for row in [one["examples"]["headers"], *one["examples"]["rows"]]:
            text += "\n    | " + " | ".join(filled(cell) for cell in row) + " |"
    return text


@settings(deadline=None)
@given(parts=ASSEMBLIES, ship=st.text() | st.integers() | st.just("{{ship}}"))
def test_a_feature_file_agrees_with_an_obvious_version_of_itself(parts: dict[str, Any], ship: str | int) -> None:
    subject = ContentConfig.model_validate(
        {
            "type": "content",
            "id": "ferry-feature",
            "schemaRef": {"id": "content-schema", "version": "3.1"},
            "metadata": {"description": "A feature", "version": "1.0.0"},
            "elements": [{"name": "body", "format": "gherkin"}],
            "generation": {"patterns": [{"id": "f", "type": "bdd_scenario", "generation_config": parts}]},
        }
    )
    assert generate(subject, {"ship": ship, "none": None}) == obvious(parts, {"ship": ship, "none": None})


FILES: dict[str, str] = {
    "data/tides.json": '{"high": 5, "low": 2}',
    "page.j2": "{{ tides }}{% include 'end.j2' %}{{ seal }}",
    "end.j2": ".",
    "seal.txt": "sealed",
    "book.j2": "{% for child in children %}{{ child.text }}{% endfor %}",
}
"""Files that a book is made from, besides its configs."""


def book(folder: Path) -> Path:
    """A book of a template, over a chapter and a page with an input, a file in its values and a template."""
    library_of.cache_clear()
    shutil.rmtree(folder / "configs", ignore_errors=True)
    for name, text in FILES.items():
        put(folder / name, text)
    source = {"id": "tides", "source_type": "external_file", "source_locator": "data/tides.json"}
    context = {"seal": {"source": "file", "path": "seal.txt"}}
    pattern = {"id": "p", "type": "jinja2", "template": "page.j2", "generation_config": {"context": context}}
    config(folder, "page", inputs={"sources": [source]}, generation={"patterns": [pattern]})
    config(folder, "leaf")
    config(
        folder,
        "quote",
        "{{leaf}}",
        inputs={"sources": [{**source, "id": "leaf", "source_type": "content_config", "source_locator": "leaf"}]},
    )
    artifact(folder, "chapter", "leaf", {"id": "quote", "required": False})
    artifact(folder, "book", "chapter", "page", strategy="template", template="book.j2")
    return folder


def mark(folder: Path, context: dict[str, Any]) -> str:
    """The fingerprint of the book, or why it can't be made."""
    library_of.cache_clear()
    item = DocumentItem(item_id="i", content_config_id="book", base_dir=str(folder), output_root="", context=context)
    try:
        return draft(item).fingerprint
    except PressroomError as error:
        return error.message


VALUES = st.dictionaries(st.sampled_from(["name", "team", "fee"]), JSON.filter(lambda one: one == one), max_size=3)


@ANY_FOLDER
@given(data=st.data(), new=st.text(max_size=4) | st.integers(0, 3) | st.booleans())
def test_a_fingerprint_changes_with_any_field_of_any_config(tmp_path: Path, data: st.DataObject, new: Any) -> None:
    before = mark(book(tmp_path), {})
    path = data.draw(st.sampled_from(sorted((tmp_path / "configs").rglob("*.json"))))
    whole = json.loads(path.read_text())
    *parents, last = data.draw(st.sampled_from([*places(whole)]))
    inner = whole
    for parent in parents:
        inner = inner[parent]
    same = type(inner[last]) is type(new) and inner[last] == new
    inner[last] = new
    put(path, json.dumps(whole, indent=1))
    assert (mark(tmp_path, {}) == before) == same


@ANY_FOLDER
@given(name=st.sampled_from(sorted(FILES)), text=st.text(alphabet="ab5{}\n ", max_size=6))
def test_a_fingerprint_changes_with_any_file_that_goes_into_the_text(tmp_path: Path, name: str, text: str) -> None:
    before = mark(book(tmp_path), {})
    put(tmp_path / name, text)
    assert (mark(tmp_path, {}) == before) == (text == FILES[name])


@ANY_FOLDER
@given(one=VALUES, other=VALUES)
def test_a_fingerprint_changes_with_any_value(tmp_path: Path, one: dict[str, Any], other: dict[str, Any]) -> None:
    marks = [mark(book(tmp_path), values) for values in (one, other)]
    assert (marks[0] == marks[1]) == (json.dumps(one) == json.dumps(other))
