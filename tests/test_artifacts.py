"""Artifacts through the real flow: what they come to, which children they have, and what several files mean."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import kinds
import pytest
from sites import artifact, config, put

from flows.documents import documents
from tasks.documents.models import DocumentBatch, DocumentItem, Operation
from tasks.documents.plan import DocumentPlan
from tasks.models import JsonObject
from tasks.results import BatchResult

pytestmark = pytest.mark.usefixtures("prefect_server")


def made(folder: Path, *asked: str | Operation, batch_id: str = "b", **options: Any) -> BatchResult:
    operations = [Operation(content_config_id=one) if isinstance(one, str) else one for one in asked]
    options = {"output_dir": folder / "out", **options}
    with kinds.quick():
        return documents(
            DocumentBatch(batch_id=batch_id, base_dir=folder, operations=operations, model="none", **options)
        )


def text(folder: Path, name: str) -> str:
    return (folder / "out" / name).read_text()


def page(folder: Path, config_id: str, template: str, output_format: str | None = None, **more: Any) -> None:
    """A content config of a format."""
    metadata = {"description": "A page", "version": "1.0.0", "output_format": output_format}
    config(folder, config_id, template, metadata=metadata, **more)


def lane(folder: Path, config_id: str, context: JsonObject | None = None, models: list[str] | None = None) -> str:
    item = DocumentItem(
        item_id="i",
        content_config_id=config_id,
        context=context or {},
        base_dir=str(folder),
        output_root=str(folder / "out"),
        models=models or [],
    )
    batch = DocumentBatch(base_dir=folder, output_dir=folder / "out")
    return DocumentPlan(batch, lambda _path, _item: None).prepare(item).lane


def file(name: str, output_format: str) -> dict[str, str]:
    return {"file": name, "format": output_format}


def test_children_are_put_one_after_the_other_in_their_order(tmp_path: Path) -> None:
    page(tmp_path, "one", "# {{team}}\n")
    page(tmp_path, "two", "Two for {{team}} in {{month}}")
    page(tmp_path, "three", "Three")
    first = {"id": "three", "order": 3}
    artifact(
        tmp_path, "guide", first, "one", {"id": "two", "depends_on": ["one"]}, context={"month": "May", "team": "?"}
    )
    artifact(tmp_path, "shelf", "guide", "three")
    asked = [Operation(content_config_id=name, context={"team": "Harbour"}) for name in ("guide", "shelf")]
    made(tmp_path, *asked)
    assert text(tmp_path, "guide.md") == "# Harbour\n\n\nTwo for Harbour in May\n\nThree"
    assert text(tmp_path, "shelf.md") == "# Harbour\n\n\nTwo for Harbour in May\n\nThree\n\nThree"


def test_a_child_has_values_of_its_own_and_the_artifact_a_separator(tmp_path: Path) -> None:
    page(tmp_path, "note", "{{team}} {{month}} {{day}}")
    children: list[dict[str, Any]] = [
        {"id": "note", "context": {"team": "Harbour", "day": 1}},
        {"id": "note", "context": {"team": "Library", "month": "June"}},
    ]
    path = artifact(tmp_path, "guide", *children, context={"month": "May", "day": 2, "team": "?"})
    whole = json.loads(path.read_text())
    whole["content"]["separator"] = "; "
    put(path, json.dumps(whole))
    given: list[JsonObject] = [{}, {"day": 3}]
    asked = [Operation(content_config_id="guide", context=values) for values in given]
    asked[1].output_path = "given.md"
    made(tmp_path, *asked)
    assert text(tmp_path, "guide.md") == "Harbour May 1; Library June 2"
    assert text(tmp_path, "given.md") == "Harbour May 3; Library June 3"


def test_children_are_found_by_path_below_configs_and_by_id(tmp_path: Path) -> None:
    for number, place in enumerate(["parts/a.json", "configs/parts/b.json", "configs/content/deep/down/c.json"]):
        page(tmp_path, f"part-{number}", f"Part {number}")
        put(tmp_path / place, (tmp_path / f"configs/content/part-{number}.json").read_bytes())
        (tmp_path / f"configs/content/part-{number}.json").unlink()
    children = [{"id": "first", "path": "parts/a.json"}, {"id": "second", "path": "parts/b.json"}]
    artifact(tmp_path, "guide", *children, {"id": "part-2", "path": "gone.json"})
    made(tmp_path, "guide")
    assert text(tmp_path, "guide.md") == "Part 0\n\nPart 1\n\nPart 2"


def test_data_is_merged_and_written_in_the_format_of_each_file(tmp_path: Path) -> None:
    page(tmp_path, "harbour", '{"teams": {"harbour": ["Ines"]}, "week": 19, "day": "2031-05-01"}', "json")
    page(tmp_path, "library", "teams:\n  harbour: [Jan]\n  library: [Tomas]\nweek: 20\n", "yaml")
    outputs = [file("all.json", "json"), file("all.yaml", "yaml"), file("all.txt", "text")]
    artifact(tmp_path, "table", "harbour", "library", strategy="merge", outputs=outputs)
    artifact(tmp_path, "tables", "table", "table", strategy="merge", outputs=[file("twice.yaml", "yaml")])
    assert made(tmp_path, "table", "tables").successful == 2
    value = {"teams": {"harbour": ["Ines", "Jan"], "library": ["Tomas"]}, "week": 20, "day": "2031-05-01"}
    assert json.loads(text(tmp_path, "all.json")) == value
    assert text(tmp_path, "all.txt") == text(tmp_path, "all.json")
    assert text(tmp_path, "all.yaml") == (
        "teams:\n  harbour:\n  - Ines\n  - Jan\n  library:\n  - Tomas\nweek: 20\nday: '2031-05-01'\n"
    )
    assert "  - Ines\n  - Jan\n  - Ines\n  - Jan\n" in text(tmp_path, "twice.yaml")


def test_texts_are_merged_section_by_section(tmp_path: Path) -> None:
    page(tmp_path, "one", "# Trees\n\nElms\n\n# Fish\n\nCod")
    page(tmp_path, "two", "# trees\n\nLimes", "text")
    artifact(tmp_path, "guide", "one", "two", strategy="merge")
    made(tmp_path, "guide")
    assert text(tmp_path, "guide.md") == "# Trees\n\nElms\n\nLimes\n\n# Fish\n\nCod\n"


def test_a_template_puts_the_children_together(tmp_path: Path) -> None:
    page(tmp_path, "tide-note", "High at {{hour}}")
    page(tmp_path, "list", "{{hour}}")
    put(
        tmp_path / "book.j2",
        "{{ title }}{% for c in children %}|{{ c.id }}: {{ c.text }}{% endfor %}|{{ tide_note }}|{{ list }}",
    )
    artifact(tmp_path, "book", "tide-note", {"id": "list", "order": 1}, strategy="template", template="book.j2")
    values: JsonObject = {"hour": 5, "title": "Tides", "list": "overlaid"}
    made(tmp_path, Operation(content_config_id="book", context=values))
    assert text(tmp_path, "book.md") == "Tides|tide-note: High at 5|list: 5|High at 5|5"


def test_a_text_with_template_signs_is_not_read_as_one_again(tmp_path: Path) -> None:
    page(tmp_path, "note", "{{ value }}")
    put(tmp_path / "book.j2", "{{ note }}")
    artifact(tmp_path, "book", "note", strategy="template", template="book.j2")
    value: JsonObject = {"value": "{{ 7 * 7 }} {% for %}"}
    made(tmp_path, Operation(content_config_id="book", context=value))
    assert text(tmp_path, "book.md") == "{{ 7 * 7 }} {% for %}"


def test_a_child_is_part_of_it_only_under_its_condition(tmp_path: Path) -> None:
    page(tmp_path, "always", "Always")
    page(tmp_path, "winter", "It snows: {{snow}}")
    artifact(tmp_path, "guide", "always", {"id": "winter", "conditions": {"include_if": "season == 'winter'"}})
    seasons: list[JsonObject] = [{"season": "winter", "snow": 3}, {"season": "spring"}]
    asked = [
        Operation(content_config_id="guide", context=season, output_path=f"out/{number}.md")
        for number, season in enumerate(seasons)
    ]
    made(tmp_path, *asked, output_dir=None)
    assert [text(tmp_path, f"{number}.md") for number in range(2)] == ["Always\n\nIt snows: 3", "Always"]


def test_an_optional_child_that_fails_or_is_missing_is_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page(tmp_path, "one", "One")
    page(tmp_path, "open", "{{nobody}}")
    page(tmp_path, "model", "A page", kind="code_generation")
    page(tmp_path, "page", "absent.j2", kind="jinja2")
    optional = [{"id": name, "required": False} for name in ("open", "absent", "model", "page")]
    artifact(
        tmp_path, "guide", "one", *optional, {"id": "one", "required": False, "retrievalStrategy": "approved_only"}
    )
    with caplog.at_level(logging.WARNING, "pressroom"):
        result = made(tmp_path, "guide")
    assert result.successful == 1
    assert text(tmp_path, "guide.md") == "One"
    told = [message for message in caplog.messages if message.startswith("guide was made without")]
    assert {message.split("'")[1] for message in told} == {"open", "absent", "model", "page", "one"}
    assert any("Undefined variable: 'nobody'" in message for message in told)
    assert {text.split("'")[1] for text in result.results[0].warnings} == {"open", "absent", "model", "page", "one"}
    kept = ("report.md", "report.html", "batch_summary.json")
    assert all("Made without" in path.read_text() for path in tmp_path.rglob("*") if path.name in kept)


@pytest.mark.parametrize(
    ("child", "code", "words"),
    [
        ("absent", "CONFIG_NOT_FOUND", "In 'absent' of 'guide'"),
        ("open", "UNDEFINED_VARIABLE", "In 'open' of 'guide': Undefined variable: 'nobody'"),
        ("deep", "UNDEFINED_VARIABLE", "In 'open' of 'deep': Undefined variable: 'nobody'"),
        ("page", "TEMPLATE_MISSING", "In 'page' of 'guide': Template file not found: 'absent.j2'"),
        ("model", "MODEL_NONE", "Config 'model' needs a language model"),
        ("odd", "GENERATOR_UNKNOWN", "'odd' asks for the generator 'magic'"),
        ("broken", "CONFIG_INVALID", "broken.json"),
    ],
)
def test_a_required_child_that_fails_fails_the_artifact_and_is_named(
    tmp_path: Path, child: str, code: str, words: str
) -> None:
    page(tmp_path, "one", "One")
    page(tmp_path, "open", "{{nobody}}")
    page(tmp_path, "model", "A page", kind="code_generation")
    page(tmp_path, "odd", "A page", kind="magic")
    page(tmp_path, "page", "absent.j2", kind="jinja2")
    config(tmp_path, "broken", elements=[])
    artifact(tmp_path, "deep", "open")
    artifact(tmp_path, "guide", "one", child)
    result = made(tmp_path, "guide", "one")
    assert [one.error_code for one in result.results] == [code, None]
    assert words in (result.results[0].error_message or "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"strategy": "custom"}, "metadata.compositionStrategy: 'custom' stands for code"),
        ({"strategy": "template"}, "content.template: it is missing"),
        ({"strategy": "merge"}, "'merge' takes data or texts, not both: 'one' makes markdown, 'table' makes json"),
        ({"outputs": [file("a.bin", "binary")]}, "metadata.outputs.0.format: texts don't make a binary file"),
    ],
)
def test_what_cannot_be_put_together_is_refused(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    page(tmp_path, "one", "One")
    page(tmp_path, "table", "{}", "json")
    artifact(tmp_path, "guide", "one", "table", **fields)
    result = made(tmp_path, "guide", "one")
    assert result.results[0].error_code == "CONFIG_INVALID"
    assert words in (result.results[0].error_message or "")


@pytest.mark.parametrize(
    ("child", "outputs", "words"),
    [
        ("code", [file("a.md", "markdown")], "'merge' can't take 'code', which makes python"),
        ("one", [file("a.json", "json")], "metadata.outputs.0.format: merged texts have no value to write as json"),
    ],
)
def test_a_merge_takes_data_or_markdown_only(
    tmp_path: Path, child: str, outputs: list[dict[str, str]], words: str
) -> None:
    page(tmp_path, "one", "One")
    page(tmp_path, "code", "pass", "python")
    artifact(tmp_path, "guide", child, strategy="merge", outputs=outputs)
    result = made(tmp_path, "guide", "one")
    assert words in (result.results[0].error_message or "")


def test_an_artifact_of_no_children_is_no_document(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    artifact(tmp_path, "guide", {"id": "absent", "required": False}, {"id": "one", "conditions": False})
    result = made(tmp_path, "guide", "one")
    assert "content.children: none of them is part of it" in (result.results[0].error_message or "")


@pytest.mark.parametrize(
    ("start", "cycle"),
    [
        ("ring-a", "ring-a -> ring-b -> ring-a"),
        ("outside", "ring-a -> ring-b -> ring-a"),
        ("waits-a", "waits-a -> waits-b -> waits-a"),
        ("eats", "eats -> eater -> eats"),
        ("self", "self -> self"),
        ("order", "b -> c -> b"),
    ],
)
def test_configs_that_need_themselves_are_named_from_end_to_end(tmp_path: Path, start: str, cycle: str) -> None:
    page(tmp_path, "one", "One")
    artifact(tmp_path, "ring-a", "one", "ring-b")
    artifact(tmp_path, "ring-b", {"id": "ring-a", "required": False})
    artifact(tmp_path, "outside", "ring-a")
    needs = {"type": "artifact", "relationship": "based_on"}
    artifact(tmp_path, "waits-a", "one", dependencies=[{"id": "waits-b", "locator": "waits-b", **needs}])
    artifact(tmp_path, "waits-b", "one", "waits-a")
    eaten = {"id": "given", "source_type": "artifact_config", "source_locator": "eats", "required": False}
    page(tmp_path, "eater", "x", inputs={"sources": [eaten]})
    artifact(tmp_path, "eats", {"id": "eater", "required": False})
    artifact(tmp_path, "self", "self")
    artifact(tmp_path, "order", {"id": "b", "depends_on": ["c"]}, {"id": "c", "depends_on": ["b"]})
    result = made(tmp_path, start, "one")
    assert [one.error_code for one in result.results] == ["CONFIG_CYCLE", None]
    assert result.results[0].error_message == f"Configs that need themselves: {cycle}."


def test_a_chain_of_configs_has_an_end(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    artifact(tmp_path, "link-0", "one")
    for number in range(1, 60):
        artifact(tmp_path, f"link-{number}", f"link-{number - 1}")
    result = made(tmp_path, "link-48", "link-59")
    assert [one.error_code for one in result.results] == [None, "CONFIG_INVALID"]
    assert "nested more than 50 deep" in (result.results[1].error_message or "")


def test_few_configs_cannot_name_each_other_without_end(tmp_path: Path) -> None:
    page(tmp_path, "one", "x" * 1000)
    artifact(tmp_path, "level-0", "one")
    for number in range(1, 45):
        one = f"level-{number - 1}"
        artifact(tmp_path, f"level-{number}", one, {"id": one, "required": False})
    for number in range(1, 30):
        for side in "ab":
            both = [f"side-{one}-{number - 1}" for one in "ab"] if number > 1 else ["one"]
            artifact(tmp_path, f"side-{side}-{number}", *both, context={f"v{number}": side})
    result = made(tmp_path, "level-44", "side-a-29", "one")
    assert [one.error_code for one in result.results] == ["TEMPLATE_RUNAWAY", "CONFIG_INVALID", None]
    assert "more than 10,000 parts" in (result.results[1].error_message or "")


def test_what_an_artifact_depends_on_has_to_be_there_but_is_not_waited_for(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    page(tmp_path, "open", "{{nobody}}")
    needs = {"type": "artifact", "relationship": "based_on"}
    artifact(tmp_path, "base", "open")
    artifact(tmp_path, "guide", "one", dependencies=[{"id": "base", "locator": "artifacts/base.json", **needs}])
    elsewhere = {"id": "REQ-7", "type": "requirement", "locator": "anywhere", "relationship": "implements"}
    artifact(tmp_path, "bare", "one", dependencies=[{"id": "absent", "locator": "absent", **needs}, elsewhere])
    result = made(tmp_path, "guide", "base", "bare")
    assert [one.error_code for one in result.results] == [None, "UNDEFINED_VARIABLE", "CONFIG_NOT_FOUND"]


def test_the_lane_follows_from_all_that_is_inside(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    page(tmp_path, "page", "page.j2", kind="jinja2")
    page(tmp_path, "model", "A page", kind="code_generation")
    commit = {"id": "given", "source_type": "git_reference", "source_locator": "HEAD:a.md"}
    page(tmp_path, "log", "{{given}}", inputs={"sources": [commit]})
    inner = {"id": "given", "source_type": "content_config", "source_locator": "page"}
    page(tmp_path, "quotes", "{{given}}", inputs={"sources": [inner]})
    artifact(tmp_path, "filled", "one")
    artifact(tmp_path, "rendered", "filled", {"id": "page", "conditions": "pages == true"})
    artifact(tmp_path, "written", "one", {"id": "model", "required": False, "conditions": "x"}, "rendered", "model")
    artifact(tmp_path, "spared", "one", {"id": "model", "required": False})
    artifact(tmp_path, "templated", "one", strategy="template", template="book.j2")
    needs = [{"id": "p", "type": "artifact", "relationship": "requires", "locator": "written"}]
    artifact(tmp_path, "next", "one", dependencies=needs)
    found = {name: lane(tmp_path, name) for name in ("filled", "rendered", "written", "spared", "templated", "next")}
    assert found == {
        "filled": "fill",
        "rendered": "fill",
        "written": "write",
        "spared": "fill",
        "templated": "render",
        "next": "fill",
    }
    assert lane(tmp_path, "spared", models=["local:x"]) == "write"
    assert lane(tmp_path, "rendered", {"pages": True}) == lane(tmp_path, "log") == lane(tmp_path, "quotes") == "render"


def test_a_given_path_is_for_the_first_file_and_the_others_lie_beside_it(tmp_path: Path) -> None:
    page(tmp_path, "one", "{{team}}")
    outputs = [file("all/guide.md", "markdown"), file("guide.txt", "text"), file("extra/guide.html", "html")]
    artifact(tmp_path, "guide", "one", outputs=outputs)
    beside = Operation(content_config_id="guide", output_path="out/notes/first.md", context={"team": "Harbour"})
    plain = Operation(content_config_id="guide", context={"team": "Library"})
    result = made(tmp_path, beside, plain, output_dir=tmp_path)
    paths = [[Path(output.path).relative_to(tmp_path) for output in one.outputs] for one in result.results]
    assert paths == [
        [Path("out/notes/first.md"), Path("out/notes/guide.txt"), Path("out/notes/extra/guide.html")],
        [Path("all/guide.md"), Path("guide.txt"), Path("extra/guide.html")],
    ]
    assert {path.read_text() for path in tmp_path.joinpath("out/notes").rglob("*.*")} == {"Harbour"}


@pytest.mark.parametrize(
    ("outputs", "code"),
    [
        ([file("guide.md", "markdown"), file("one.md", "markdown")], "OUTPUT_CONFLICT"),
        ([file("guide.md", "markdown"), file("./guide.md", "text")], "OUTPUT_CONFLICT"),
        ([file("guide.md", "markdown"), file("../../guide.txt", "text")], "PATH_OUTSIDE"),
        ([file("guide.md", "markdown"), file("/tmp/guide.txt", "text")], "PATH_OUTSIDE"),
        ([file("../configs/content/one.json", "json")], "OUTPUT_CONFLICT"),
        ([file("b/batch_summary.json", "json")], "OUTPUT_CONFLICT"),
    ],
)
def test_every_file_of_an_artifact_is_claimed_and_stays_below_the_output_folder(
    tmp_path: Path, outputs: list[dict[str, str]], code: str
) -> None:
    page(tmp_path, "one", "One")
    artifact(tmp_path, "guide", "one", outputs=outputs)
    root = tmp_path if "configs" in outputs[0]["file"] else tmp_path / "out"
    if root == tmp_path:
        artifact(tmp_path, "guide", "one", outputs=[file("configs/content/one.json", "json")])
    result = made(tmp_path, "one", "guide", output_dir=root)
    assert [one.error_code for one in result.results] == [None, code]


def test_all_files_of_an_artifact_are_made_again_by_another_batch_when_one_was_edited(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    artifact(tmp_path, "guide", "one", outputs=[file("guide.md", "markdown"), file("guide.txt", "text")])
    assert made(tmp_path, "guide").reused == 0
    assert made(tmp_path, "guide", batch_id="c").reused == 1
    put(tmp_path / "out/guide.txt", "edited by hand")
    assert made(tmp_path, "guide", batch_id="d").reused == 0
    assert text(tmp_path, "guide.txt") == "One"
    (tmp_path / "out/guide.txt").unlink()
    assert made(tmp_path, "guide", batch_id="d").successful == 1
    assert text(tmp_path, "guide.txt") == "One"


def test_a_finished_artifact_is_copied_to_all_its_places_in_another_folder(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    artifact(tmp_path, "guide", "one", outputs=[file("guide.md", "markdown"), file("a/guide.txt", "text")])
    asked = [Operation(content_config_id="guide", output_path=f"{number}/guide.md") for number in range(3)]
    result = made(tmp_path, *asked)
    assert (result.successful, result.reused) == (3, 2)
    assert made(tmp_path, "guide", batch_id="c", output_dir=tmp_path / "out/else").reused == 1
    for folder in ("0", "1", "2", "else"):
        assert (text(tmp_path, f"{folder}/guide.md"), text(tmp_path, f"{folder}/a/guide.txt")) == ("One", "One")


def test_what_was_made_without_a_part_that_failed_is_made_again_the_next_time(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    page(tmp_path, "endless", "endless.j2", kind="jinja2")
    put(tmp_path / "endless.j2", "{{ 'x' * 1000000000 }}")
    artifact(tmp_path, "guide", "one", {"id": "endless", "required": False})
    artifact(tmp_path, "other", "one", {"id": "absent", "required": False})
    made(tmp_path, "guide", "other")
    again = made(tmp_path, "guide", "other", batch_id="c")
    assert [one.reused for one in again.results] == [False, True]


def test_a_failed_artifact_is_taken_up_by_retry_with_all_its_files(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    page(tmp_path, "two", "{{nobody}}")
    artifact(tmp_path, "guide", "one", "two", outputs=[file("a/guide.md", "markdown"), file("guide.txt", "text")])
    assert made(tmp_path, "guide", "one").failed == 1
    page(tmp_path, "two", "Two")
    assert made(tmp_path, "guide", "one", select="failed").successful == 2
    assert text(tmp_path, "a/guide.md") == text(tmp_path, "guide.txt") == "One\n\nTwo"


def test_an_item_that_enters_again_keeps_the_places_of_its_files(tmp_path: Path) -> None:
    page(tmp_path, "one", "One")
    artifact(tmp_path, "guide", "one", outputs=[file("a/guide.md", "markdown"), file("guide.txt", "text")])
    batch = DocumentBatch(base_dir=tmp_path, output_dir=tmp_path / "out")
    plan = DocumentPlan(batch, lambda _path, _item: None)
    item = DocumentItem(
        item_id="i", content_config_id="guide", base_dir=str(tmp_path), output_root=str(tmp_path / "out")
    )
    first = plan.prepare(item).paths
    assert plan.prepare(item).paths == first == [str(tmp_path / "out/a/guide.md"), str(tmp_path / "out/guide.txt")]


def test_a_part_that_passes_the_items_deadline_is_not_left_out(tmp_path: Path) -> None:
    page(tmp_path, "endless", "endless.j2", kind="jinja2")
    loop = "{% for a in range(99999) %}"
    put(tmp_path / "endless.j2", loop * 3 + "{% endfor %}" * 3)
    page(tmp_path, "one", "One")
    artifact(tmp_path, "guide", "one", {"id": "endless", "required": False})
    result = made(tmp_path, "guide", "one", item_deadline_seconds=3.0)
    assert [one.error_code for one in result.results] == ["ITEM_DEADLINE", None]
