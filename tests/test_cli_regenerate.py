"""`pressroom regenerate` finds all that a changed template goes into and makes it again, as it was the last time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sites import Said, config, press, put, spec

from flows.command.paths import shown_path

Capture = pytest.CaptureFixture[str]
SERVER = pytest.mark.usefixtures("prefect_server")


def site(folder: Path) -> Path:
    """Two pages that share a part, one of another template, and a note with a text of its own."""
    for name in ("quay", "pier"):
        config(folder, name, "api/page.jinja", "jinja2")
    config(folder, "other", "other.jinja", "jinja2")
    config(folder, "note")
    put(folder / "api/page.jinja", "{% extends 'base.jinja' %}{% block body %}{{ name }}{% endblock %}")
    put(folder / "base.jinja", "{% from 'parts/sign.jinja' import sign with context %}{% block body %}{% endblock %}!")
    put(folder / "parts/sign.jinja", "{% macro sign() %}-{% endmacro %}")
    put(folder / "other.jinja", "Other {{ name }}")
    return folder


def dry(capsys: Capture, folder: Path, template: str, *options: object) -> Said:
    return press(capsys, "regenerate", "--template", template, "--base", folder, "--dry-run", "--json", *options)


def users(capsys: Capture, folder: Path, template: str) -> dict[str, str]:
    """The configs that use a template, and how."""
    return {one["config_id"]: one["why"] for one in dry(capsys, folder, template).document["configs"]}


@pytest.mark.parametrize("name", ["page.jinja", "api/page.jinja", "./api/page.jinja"])
def test_a_template_is_known_by_its_name_and_its_path(name: str, tmp_path: Path, capsys: Capture) -> None:
    assert users(capsys, site(tmp_path), name) == {"pier": "uses api/page.jinja", "quay": "uses api/page.jinja"}


def test_a_template_is_known_by_its_path_from_the_current_folder(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(tmp_path)
    monkeypatch.chdir(tmp_path / "api")
    assert [*users(capsys, tmp_path, "../other.jinja")] == ["other"]
    assert [*users(capsys, tmp_path, str(tmp_path / "other.jinja"))] == ["other"]


def test_a_changed_part_finds_all_that_it_goes_into_and_says_through_what(tmp_path: Path, capsys: Capture) -> None:
    found = users(capsys, site(tmp_path), "sign.jinja")
    assert found == dict.fromkeys(("pier", "quay"), "uses parts/sign.jinja through api/page.jinja, base.jinja")


def test_a_folder_of_templates_is_looked_through_as_the_config_says(tmp_path: Path, capsys: Capture) -> None:
    options = {"template_dir": "layouts"}
    pattern = {"id": "only", "type": "jinja2", "template": "page.jinja", "generation_config": options}
    config(tmp_path, "page", generation={"patterns": [pattern]})
    put(tmp_path / "layouts/page.jinja", "{% include 'part.jinja' %}")
    assert users(capsys, tmp_path, "layouts/part.jinja") == {"page": "uses part.jinja through page.jinja"}


def test_a_name_that_is_only_known_while_rendering_may_be_any_templates(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "page.jinja", "{% include which %}")
    put(tmp_path / "part.jinja", "part")
    assert users(capsys, tmp_path, "part.jinja") == {"page": "may use part.jinja through page.jinja"}


def test_templates_that_name_each_other_are_followed_once(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "page", "a.jinja", "jinja2")
    put(tmp_path / "a.jinja", "{% include 'b.jinja' %}")
    put(tmp_path / "b.jinja", "{% include 'a.jinja' %}{% include 'gone.jinja' ignore missing %}")
    assert users(capsys, tmp_path, "gone.jinja") == {"page": "uses gone.jinja through a.jinja, b.jinja"}


def test_a_text_in_a_config_goes_by_the_configs_id_or_its_patterns(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    assert users(capsys, tmp_path, "note") == {"note": "its own text"}
    assert users(capsys, tmp_path, "only") == {"note": "its own text, the pattern only"}
    assert users(capsys, tmp_path, "configs/content/note.json") == {"note": "its own text"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [("page.jinj", "Did you mean 'page.jinja'?"), ("notes", "Did you mean 'note'?"), ("xyz", "4 configs were looked")],
)
def test_a_template_that_no_config_uses_is_an_error_with_the_nearest_name(
    name: str, hint: str, tmp_path: Path, capsys: Capture
) -> None:
    said = dry(capsys, site(tmp_path), name)
    assert (said.code, said.document["error"]["code"]) == (2, "TEMPLATE_UNUSED")
    assert hint in said.document["error"]["remedy"]


def test_files_that_are_no_configs_are_passed_over_and_broken_ones_named(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    put(tmp_path / "package.json", '{"name": "site", "id": "elsewhere"}')
    put(tmp_path / "configs/list.yaml", "- a\n")
    put(tmp_path / "configs/content/broken.json", "{")
    put(tmp_path / "configs/old/quay.json", '{"id": "quay"}')
    document = dry(capsys, tmp_path, "page.jinja").document
    assert [Path(one["path"]).name for one in document["unreadable"]] == ["broken.json"]
    assert [Path(one["path"]).parent.name for one in document["configs"]] == ["content", "content"]


def test_a_config_that_was_never_made_is_made_with_its_own_values(tmp_path: Path, capsys: Capture) -> None:
    (one, _) = dry(capsys, site(tmp_path), "page.jinja").document["documents"]
    assert (one["content_config_id"], one["made_before"], one["output_path"], one["context"]) == (
        "pier",
        False,
        None,
        {},
    )


def operation(config_id: str, to: str, **context: Any) -> dict[str, Any]:
    return {"content_config_id": config_id, "output_path": to, "context": context}


@SERVER
def test_what_was_made_before_is_made_again_where_and_with_what_it_was_made_last(
    tmp_path: Path, capsys: Capture
) -> None:
    site(tmp_path)
    press(capsys, "run", spec(tmp_path, operations=[operation("quay", "a.html", name="one")]), "--batch-id", "b1")
    press(capsys, "run", spec(tmp_path, operations=[operation("quay", "a.html", name="two")]), "--batch-id", "b2")
    asked = [operation("other", "b.html"), operation("quay", "c.html", name="three")]
    press(capsys, "run", spec(tmp_path, operations=asked), "--batch-id", "b3")
    put(tmp_path / "base.jinja", "Changed: {% block body %}{% endblock %}")
    said = press(capsys, "regenerate", "--template", "base.jinja", "--base", tmp_path, "--json")
    assert said.code == 0
    assert (said.document["successful"], said.document["reused"]) == (3, 0)
    assert (tmp_path / "a.html").read_text() == "Changed: two"
    assert (tmp_path / "c.html").read_text() == "Changed: three"
    assert (tmp_path / "b.html").read_text() == "Other you"
    assert len([*tmp_path.rglob("pier.md")]) == 1


@SERVER
def test_it_makes_again_even_what_has_not_changed(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    for _ in range(2):
        said = press(capsys, "regenerate", "--template", "other.jinja", "--base", tmp_path, "--json")
        assert (said.document["successful"], said.document["reused"]) == (1, 0)


@SERVER
def test_of_batches_that_each_have_a_folder_the_last_ones_documents_are_made_again(
    tmp_path: Path, capsys: Capture
) -> None:
    path = spec(site(tmp_path), content_config_ids=["quay"])
    press(capsys, "run", path, "--batch-id", "b1")
    press(capsys, "run", path, "--batch-id", "b2")
    (one, never) = dry(capsys, tmp_path, "page.jinja").document["documents"]
    assert (one["batch_id"], Path(one["output_path"]).parent.name) == ("b2", "b2")
    assert never["content_config_id"] == "pier"


@SERVER
def test_a_place_that_another_config_has_taken_is_left_to_it(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    press(capsys, "run", spec(tmp_path, operations=[operation("quay", "a.html"), operation("pier", "p.html")]))
    press(capsys, "run", spec(tmp_path, operations=[operation("other", "a.html")]))
    assert [one["output_path"] for one in dry(capsys, tmp_path, "page.jinja").document["documents"]] == [
        str(tmp_path / "p.html")
    ]


@SERVER
def test_what_was_made_elsewhere_is_left_out_unless_it_is_told_where_to_go(tmp_path: Path, capsys: Capture) -> None:
    folder = site(tmp_path / "site")
    config(folder, "pier", "other.jinja", "jinja2")
    path = spec(folder, operations=[operation("quay", "deep/a.html")])
    press(capsys, "run", path, "--output", tmp_path / "elsewhere")
    said = press(capsys, "regenerate", "--template", "page.jinja", "--base", folder)
    assert said.code == 0
    assert "1 document left out, made outside" in said.out
    assert "Nothing to make again." in said.out
    assert dry(capsys, folder, "page.jinja").document["documents"] == []
    press(capsys, "regenerate", "--template", "page.jinja", "--base", folder, "--output", tmp_path / "new")
    assert (tmp_path / "new/deep/a.html").read_text() == "you!"


@SERVER
def test_another_folders_batches_do_not_count(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", spec(site(tmp_path / "one"), content_config_ids=["quay"]))
    found = dry(capsys, site(tmp_path / "two"), "page.jinja").document["documents"]
    assert [one["made_before"] for one in found] == [False, False]


@SERVER
def test_a_batch_that_exists_is_not_taken_for_the_new_one(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", spec(site(tmp_path), content_config_ids=["quay"]), "--batch-id", "b1")
    said = dry(capsys, tmp_path, "page.jinja", "--batch-id", "b1")
    assert (said.code, said.document["error"]["code"]) == (2, "INVALID_INPUT")


@SERVER
def test_people_read_what_uses_it_what_was_made_and_what_never_was(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", spec(site(tmp_path), operations=[operation("quay", "a.html")]), "--batch-id", "b1")
    said = press(capsys, "regenerate", "--template", "sign.jinja", "--base", tmp_path, "--dry-run")
    assert said.out.splitlines() == [
        f"sign.jinja is used by 2 configs below {shown_path(tmp_path)}:",
        "  pier  uses parts/sign.jinja through api/page.jinja, base.jinja",
        "  quay  uses parts/sign.jinja through api/page.jinja, base.jinja",
        "",
        "1 document made before, again with the values of the last time:",
        "  a.html  quay of batch b1",
        "",
        "1 config never made, with the values of its own:",
        "  pier",
        "",
        "To make them: the same command without --dry-run",
    ]


def test_templates_that_choose_others_while_rendering_are_followed_once_each(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "page", "page-0.jinja", "jinja2")
    for number in range(300):
        put(tmp_path / f"page-{number}.jinja", "{% include which %}")
    assert users(capsys, tmp_path, "page-299.jinja") == {
        "page": "may use page-299.jinja through page-0.jinja",
    }
    assert dry(capsys, tmp_path, "none.jinja").code == 2
