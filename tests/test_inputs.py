"""The inputs of a content are resolved into its values, from every kind of source, and never from outside."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue
from sites import artifact, config, put

from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parts import InputSource
from tasks.documents.drafts import draft
from tasks.documents.git_files import read_at
from tasks.documents.inputs import read_input
from tasks.documents.models import DocumentItem
from tasks.documents.plan import library_of
from tasks.documents.texts import text_of
from tasks.errors import PressroomError
from tasks.models import JsonObject

TIDES = "week: 19\nquays:\n  - {name: North, high: [5, 17]}\n  - {name: Mill, high: []}\n"


def source(kind: str, locator: str, selector: str | None = None, **more: Any) -> dict[str, Any]:
    """An input called `given`."""
    found = {"id": "given", "source_type": kind, "source_locator": locator, **more}
    return found if selector is None else {**found, "data_selector": selector}


def value_of(folder: Path, kind: str, locator: str, selector: str | None = None) -> JsonValue:
    path = config(folder, "note", inputs={"sources": [source(kind, locator, selector)]})
    asking = ContentConfig.model_validate(json.loads(path.read_text()))
    return read_input(asking, InputSource.model_validate(source(kind, locator, selector)), folder).value


def refusal_of(folder: Path, kind: str, locator: str, selector: str | None = None) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        value_of(folder, kind, locator, selector)
    return caught.value


def text(folder: Path, *sources: dict[str, Any], template: str = "{{given}}", context: JsonObject | None = None) -> str:
    """What a config with these inputs makes."""
    config(folder, "note", template, inputs={"sources": list(sources)})
    return text_of(draft(item(folder, context)))


def item(folder: Path, context: JsonObject | None = None) -> DocumentItem:
    library_of.cache_clear()
    return DocumentItem(
        item_id="i", content_config_id="note", base_dir=str(folder), output_root="", context=context or {}
    )


@pytest.mark.parametrize(
    ("name", "content", "selector", "value"),
    [
        ("a.md", "# A\n\nx\n\n## B\ny\n", None, "# A\n\nx\n\n## B\ny\n"),
        ("a.md", "# A\n\nx\n\n## B\ny\n", "## b", "## B\ny"),
        ("a.md", "one\ntwo\nthree\n", "2:", "two\nthree"),
        ("a.py", "def a():\n    return 1\n\n\ndef b():\n    return 2\n", "function:a", "def a():\n    return 1"),
        ("a.json", '{"n": [1, 2]}', None, '{"n": [1, 2]}'),
        ("a.json", '{"n": [1, 2]}', "whole_content", '{"n": [1, 2]}'),
        ("a.json", '{"n": [1, 2]}', "$.n", [1, 2]),
        ("a.json", '{"n": [1, 2]}', "$", {"n": [1, 2]}),
        ("a.yaml", TIDES, "$.quays[0].high", [5, 17]),
        ("a.yml", TIDES, "$..name", ["North", "Mill"]),
    ],
)
def test_a_file_gives_text_and_under_a_json_path_values(
    tmp_path: Path, name: str, content: str, selector: str | None, value: JsonValue
) -> None:
    put(tmp_path / "data" / name, content)
    assert value_of(tmp_path, "external_file", f"data/{name}", selector) == value


@pytest.mark.parametrize(
    ("written", "selector", "value"),
    [
        ('{"name": "Ines"}', None, {"name": "Ines"}),
        ("[1, 2]", None, [1, 2]),
        ('{"name": "Ines"}', "$.name", "Ines"),
        ("5", None, "5"),
        ("{not JSON}", None, "{not JSON}"),
        ("one\ntwo", "2", "two"),
        ('["one",\n"two"]', "2", '"two"]'),
        ("plain", None, "plain"),
    ],
)
def test_data_in_the_config_is_an_object_a_list_or_a_text(
    tmp_path: Path, written: str, selector: str | None, value: JsonValue
) -> None:
    assert value_of(tmp_path, "inline_data", written, selector) == value


def test_the_newest_of_the_stored_outputs_is_taken(tmp_path: Path) -> None:
    for name in ("2031-05-01T10-00-00.md", "2031-05-03T09-00-00.md", "2031-05-02T10-00-00.json"):
        put(tmp_path / "ephemeral/weekly" / name, name)
    put(tmp_path / "ephemeral/weekly/2031-05-03T09-00-00.md.meta.json", "{}")
    put(tmp_path / "ephemeral/weekly/.2031-06-01.md.tmp", "a draft")
    (tmp_path / "ephemeral/weekly/2032.d").mkdir()
    assert value_of(tmp_path, "ephemeral_output", "weekly") == "2031-05-03T09-00-00.md"
    put(tmp_path / "ephemeral/weekly/2031-05-04T10-00-00.json", '{"n": 4}')
    assert value_of(tmp_path, "ephemeral_output", "weekly", "$.n") == 4
    assert refusal_of(tmp_path, "ephemeral_output", "daily").code == "INPUT_MISSING"


@pytest.mark.parametrize(
    ("kind", "locator"),
    [
        ("external_file", "../secret.md"),
        ("external_file", "/etc/hostname"),
        ("external_file", "link/secret.md"),
        ("external_file", "a\0b"),
        ("ephemeral_output", "../../secret"),
        ("ephemeral_output", "/etc"),
        ("ephemeral_output", "link"),
        ("content_config", "../secret.json"),
        ("content_config", "link/secret.json"),
    ],
)
def test_nothing_outside_the_base_folder_is_read(tmp_path: Path, kind: str, locator: str) -> None:
    put(tmp_path / "secret.md", "secret")
    put(tmp_path / "secret.json", "{}")
    for link in ("base/link", "base/ephemeral/link"):
        (tmp_path / link).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / link).symlink_to(tmp_path)
    with pytest.raises(PressroomError) as caught:
        text(tmp_path / "base", source(kind, locator))
    assert caught.value.code == "PATH_OUTSIDE"


def test_a_stored_output_that_links_out_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "secret.md", "secret")
    (tmp_path / "base/ephemeral/weekly").mkdir(parents=True)
    (tmp_path / "base/ephemeral/weekly/2031.md").symlink_to(tmp_path / "secret.md")
    assert refusal_of(tmp_path / "base", "ephemeral_output", "weekly").code == "PATH_OUTSIDE"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose folder `site` holds two versions of a note, the first under the tag v1."""
    site = tmp_path / "site"
    git(tmp_path, "init", "-q")
    put(tmp_path / "top.md", "above the base folder")
    put(site / "docs/note.md", "first")
    put(site / "docs/tides.yaml", TIDES)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    git(tmp_path, "tag", "v1")
    put(site / "docs/note.md", "second")
    git(tmp_path, "commit", "-qam", "second")
    put(site / "docs/note.md", "not committed")
    return site


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ines", "-c", "user.email=ines@example.org", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("locator", "selector", "value"),
    [
        ("v1:docs/note.md", None, "first"),
        ("docs/note.md@v1", None, "first"),
        ("HEAD:docs/note.md", None, "second"),
        ("docs/note.md@HEAD~1", None, "first"),
        ("HEAD@{0}:docs/note.md", None, "second"),
        ("v1:./docs/note.md", None, "first"),
        ("v1:docs/tides.yaml", "$.week", 19),
        ("docs/tides.yaml@v1", "$.week", 19),
    ],
)
def test_a_file_is_read_as_it_was_at_a_commit(
    repository: Path, locator: str, selector: str | None, value: JsonValue
) -> None:
    assert value_of(repository, "git_reference", locator, selector) == value


@pytest.mark.parametrize(
    "locator",
    [
        "v2:docs/note.md",
        "v1:docs/absent.md",
        "v1:docs",
        "v1:top.md",
        "v1:../top.md",
        "v1:/etc/hostname",
        "docs/note.md",
        ":docs/note.md",
        "v1:",
        "v1:docs/note.md\nv1:docs/note.md",
    ],
)
def test_what_is_not_below_the_base_folder_at_a_commit_is_missing(repository: Path, locator: str) -> None:
    assert refusal_of(repository, "git_reference", locator).code == "INPUT_MISSING"


@pytest.mark.parametrize("ref", ["--help", "-p", "--output=written", "--textconv", "--filters", "--batch", "v1 --help"])
def test_nothing_in_a_config_reaches_git_as_an_option(repository: Path, ref: str) -> None:
    for locator in (f"{ref}:docs/note.md", f"docs/note.md@{ref}"):
        error = refusal_of(repository, "git_reference", locator)
        assert (error.code, "is not the name of a commit" in error.message) == ("INPUT_MISSING", True)
    assert not (repository / "written").exists()


def test_git_runs_nothing_that_a_repository_is_set_up_with(repository: Path) -> None:
    put(repository / ".gitattributes", "*.md diff=loud filter=loud\n")
    for name in ("diff.loud.textconv", "filter.loud.smudge", "core.pager", "core.fsmonitor"):
        git(repository, "config", name, "touch loud;")
    assert value_of(repository, "git_reference", "v1:docs/note.md") == "first"
    assert not list(repository.parent.rglob("loud"))


def test_git_fetches_nothing_that_a_repository_lacks(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{tmp_path}", str(partial))
    (partial / "site").mkdir()
    assert refusal_of(partial / "site", "git_reference", "HEAD:docs/note.md").code == "INPUT_MISSING"


def test_a_folder_in_no_repository_has_no_commits(tmp_path: Path) -> None:
    error = refusal_of(tmp_path, "git_reference", "HEAD:a.md")
    assert (error.code, "not a git repository" in error.message) == ("INPUT_MISSING", True)


def test_the_environment_leads_git_nowhere_else(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / "elsewhere"))
    assert read_at(repository, "v1:docs/note.md") == b"first"


def test_inputs_win_over_the_values_given_at_run_time(tmp_path: Path) -> None:
    put(tmp_path / "a.md", "from the file")
    made = text(
        tmp_path, source("external_file", "a.md"), template="{{given}}, {{name}}", context={"given": "x", "name": "Ada"}
    )
    assert made == "from the file, Ada"


def test_what_another_config_makes_is_an_input_with_the_same_values(tmp_path: Path) -> None:
    config(tmp_path, "list", "# Trees\n\n- {{tree}}\n\n# Fish\n\n- cod\n")
    config(tmp_path, "table", '{"trees": ["{{tree}}"]}', metadata=metadata("json"))
    artifact(tmp_path, "book", "list", "table")
    told: JsonObject = {"tree": "elm"}
    assert text(tmp_path, source("content_config", "list"), context=told).endswith("- elm\n\n# Fish\n\n- cod\n")
    assert text(tmp_path, source("content_config", "content/list.json", "# fish"), context=told) == "# Fish\n\n- cod"
    assert text(tmp_path, source("content_config", "table", "$.trees[0]"), context=told) == "elm"
    assert text(tmp_path, source("artifact_config", "book", "# Trees"), context=told) == "# Trees\n\n- elm"


def metadata(output_format: str) -> JsonObject:
    return {"description": "A note", "version": "1.0.0", "output_format": output_format}


def test_the_kind_of_an_input_config_is_the_one_that_is_named(tmp_path: Path) -> None:
    config(tmp_path, "list")
    with pytest.raises(PressroomError, match=r"inputs.sources.0.source_type: config 'list' is of the type 'content'"):
        text(tmp_path, source("artifact_config", "list"))


MISSING = [
    source("external_file", "absent.md"),
    source("ephemeral_output", "absent"),
    source("git_reference", "HEAD:absent.md"),
    source("requirement_id", "REQ-7"),
    source("content_config", "absent"),
    source("artifact_config", "absent"),
    source("content_config", "ai"),
    source("content_config", "list", "# Absent"),
    source("inline_data", '{"a": 1}', "$.b"),
]


@pytest.mark.parametrize("missing", MISSING, ids=lambda one: f"{one['source_type']} {one['source_locator'][:12]}")
def test_an_input_that_is_missing_is_an_error_where_it_is_required_and_else_left_out(
    tmp_path: Path, missing: dict[str, Any]
) -> None:
    config(tmp_path, "list", "# Trees")
    config(tmp_path, "ai", "a page", "code_generation")
    with pytest.raises(PressroomError) as caught:
        text(tmp_path, missing, template="{{given}}", context={"given": "by hand"})
    assert caught.value.code in {"INPUT_MISSING", "CONFIG_NOT_FOUND", "MODEL_NONE", "SELECTOR_EMPTY"}
    assert not caught.value.transient
    assert text(tmp_path, {**missing, "required": False}, context={"given": "by hand"}) == "by hand"


def test_a_document_says_which_inputs_it_was_made_without(tmp_path: Path) -> None:
    text(tmp_path, source("requirement_id", "REQ-7", required=False), template="x")
    (said,) = draft(item(tmp_path)).left_out
    assert said == (
        "'given' of 'note': Config 'note', input 'given': there is no store of requirements to look 'REQ-7' up in. "
        "(INPUT_MISSING)"
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (source("external_file", "a.md", "nonsense"), "SELECTOR_INVALID"),
        (source("content_config", "list", "$.a[?(@)]"), "SELECTOR_INVALID"),
        (source("external_file", "../a.md"), "PATH_OUTSIDE"),
        (source("external_file", "a.md", "$.a"), "SPEC_MALFORMED"),
        (source("inline_data", "plain", "$.a"), "SPEC_MALFORMED"),
        (source("external_file", "bytes.md"), "NOT_UTF8"),
        (source("content_config", "broken"), "CONFIG_INVALID"),
    ],
)
def test_an_input_that_is_faulty_is_an_error_even_where_it_is_not_required(
    tmp_path: Path, given: dict[str, Any], code: str
) -> None:
    put(tmp_path / "a.md", "text")
    put(tmp_path / "bytes.md", b"\xff")
    config(tmp_path, "broken", elements=[])
    config(tmp_path, "list", "# Trees")
    with pytest.raises(PressroomError) as caught:
        text(tmp_path, {**given, "required": False})
    assert caught.value.code == code


def test_configs_that_are_inputs_of_each_other_are_named(tmp_path: Path) -> None:
    config(tmp_path, "a", inputs={"sources": [source("content_config", "note")]})
    artifact(tmp_path, "b", "a")
    with pytest.raises(PressroomError, match=r"note -> b -> a -> note\.") as caught:
        text(tmp_path, source("artifact_config", "b", required=False))
    assert caught.value.code == "CONFIG_CYCLE"


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    path = put(tmp_path / "a.md", "before")
    assert value_of(tmp_path, "external_file", "a.md") == "before"
    put(path, "behind")
    os.utime(path, ns=(1, 1))
    assert value_of(tmp_path, "external_file", "a.md") == "behind"


@pytest.mark.parametrize("kind", ["external_file", "ephemeral_output", "git_reference", "content_config"])
@pytest.mark.parametrize("locator", ["a" * 300, "a" * 5000, "a\0b", "/etc/passwd", "x/" * 500, "..", "\n"])
def test_any_locator_gives_a_value_or_an_error_of_ours(tmp_path: Path, kind: str, locator: str) -> None:
    config(tmp_path, "note", inputs={"sources": [source(kind, locator)]})
    with pytest.raises(PressroomError):
        draft(DocumentItem(item_id="i", content_config_id="note", base_dir=str(tmp_path), output_root=""))
