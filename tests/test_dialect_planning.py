"""Configs of every dialect are planned and previewed, and found by the templates they use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dialect_examples import CONTENT, Config, changed
from sites import press, put, spec
from test_plan import foretold

Capture = pytest.CaptureFixture[str]
GIVEN: dict[str, dict[str, Any]] = {
    "A": {"time": "6"},
    "B": {},
    "C": {"high_water": "6", "pilot": "Jan"},
    "D": {"tide_time": "6", "who": "you"},
    "E": {"context": {"pier": "North", "level": "spring"}, "remark": "Calm"},
    "F": {"time": "6"},
}


def site(folder: Path, config: Config) -> str:
    """Write a config and the template that dialect F names; return its id."""
    put(folder / "configs/content/tide.json", json.dumps(config))
    put(folder / "tide.md.j2", "{{ time }} at {{ harbour }} {{ level }}")
    name = config.get("id") or config.get("name") or config["metadata"]["id"]
    assert isinstance(name, str)
    return name


@pytest.mark.parametrize("dialect", CONTENT)
@pytest.mark.usefixtures("prefect_server")
def test_every_dialect_is_planned_as_it_is_made(dialect: str, tmp_path: Path, capsys: Capture) -> None:
    name = site(tmp_path, CONTENT[dialect])
    asked = [{"content_config_id": name, "context": GIVEN[dialect]}, {"content_config_id": name, "output_path": "o/x"}]
    said = foretold(capsys, spec(tmp_path, operations=asked))
    assert next(iter(said.values())) == "made"


@pytest.mark.parametrize("dialect", CONTENT)
def test_every_dialect_is_previewed_with_all_its_values(dialect: str, tmp_path: Path, capsys: Capture) -> None:
    name = site(tmp_path, CONTENT[dialect])
    asked = [{"content_config_id": name, "context": {**GIVEN[dialect], "late": 1}}]
    (found,) = press(capsys, "preview", spec(tmp_path, operations=asked), "--json").document["results"]
    assert found["content"], found
    assert found["unused_variables"] == ["late"], found


def test_a_placeholder_says_where_its_value_comes_from(tmp_path: Path, capsys: Capture) -> None:
    name = site(tmp_path, CONTENT["E"])
    asked = [{"content_config_id": name, "context": {"context": {"pier": "North"}}}]
    (found,) = press(capsys, "preview", spec(tmp_path, operations=asked), "--json").document["results"]
    sources = {name: one["source"] for name, one in found["variable_usage"].items()}
    assert sources == {"kind": "config", "level": "config", "place.pier": "request", "remark": "missing"}


@pytest.mark.parametrize(
    ("dialect", "template", "why"),
    [("F", "tide.md.j2", "uses tide.md.j2"), ("C", "tide-note", "its own text"), ("E", "tide-note", "its own text")],
)
def test_a_template_finds_its_users_of_every_dialect(
    dialect: str, template: str, why: str, tmp_path: Path, capsys: Capture
) -> None:
    site(tmp_path, CONTENT[dialect])
    said = press(capsys, "regenerate", "--template", template, "--base", tmp_path, "--dry-run", "--json")
    assert [one["why"] for one in said.document["configs"]] == [why]


def test_a_template_in_a_config_finds_what_it_includes(tmp_path: Path, capsys: Capture) -> None:
    inline = {"jinja2": {"template": "{% include 'part.j2' %} {{ pier }}"}}
    site(tmp_path, changed(CONTENT["C"], "generatorSpecific", inline))
    put(tmp_path / "part.j2", "Part {{ sea }}")
    said = press(capsys, "regenerate", "--template", "part.j2", "--base", tmp_path, "--dry-run", "--json")
    assert [one["why"] for one in said.document["configs"]] == ["uses part.j2 through tide-note"]
    asked = [{"content_config_id": "tide-note", "context": {"pier": "North"}}]
    (found,) = press(capsys, "preview", spec(tmp_path, operations=asked), "--json").document["results"]
    assert found["content"] == "Part  North"
    assert {name: one["source"] for name, one in found["variable_usage"].items()} == {
        "pier": "request",
        "sea": "missing",
    }
