"""bdd_scenario puts a feature file together in the layout other tools of its family write."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.documents.bdd_scenario import generate
from tasks.documents.configs import ContentConfig
from tasks.errors import PressroomError

SCENARIO = {"title": "One", "steps": ["Given a boat"]}
TABLE = {"headers": ["n"], "rows": [["1"]]}


def config(kind: str = "bdd_scenario_assembly", **generation_config: Any) -> ContentConfig:
    return ContentConfig.model_validate(
        {
            "type": "content",
            "id": "ferry-feature",
            "schemaRef": {"id": "content-schema", "version": "3.1"},
            "metadata": {"description": "A feature", "version": "1.0.0", "output_format": "gherkin"},
            "elements": [{"name": "body", "format": "gherkin"}],
            "generation": {"patterns": [{"id": "f", "type": kind, "generation_config": generation_config}]},
        }
    )


def failure_of(**generation_config: Any) -> str:
    with pytest.raises(PressroomError) as caught:
        generate(config(**generation_config), {})
    assert caught.value.code == "SCENARIO_INVALID"
    return caught.value.message


EVERYTHING: dict[str, Any] = {
    "feature": {"title": "{{ship}} sails", "description": "As {{ship}}\n\nI sail", "tags": ["sea", "@slow-1"]},
    "background": ["Given {{ship}} is in {{port}}"],
    "scenarios": [
        {"title": "Out of {{port}}", "steps": ["When it leaves", "Then {{ port }} is empty", "* all wave"]},
        {"title": "Back", "steps": ["And it is {{missing}}", "But {{a.b}} stays"], "tags": ["@back"]},
    ],
    "scenario_outlines": [
        {
            "title": "Cargo of {{ship}}",
            "steps": ["Given <n> crates", "unchecked {{port}}"],
            "tags": ["many"],
            "examples": {"headers": ["n", "place"], "rows": [[1, "{{port}}"], [22, None]]},
        }
    ],
    "context": {"ship": "Gull", "port": "Aber", "a": {"b": "no"}, "a.b": "no"},
}
GOLDEN = """\
@sea @slow-1
Feature: Gull sails
  As {{ship}}

  I sail

Background:
  Given Gull is in Brig

Scenario: Out of Brig
  When it leaves
  Then {{ port }} is empty
  * all wave

@back
Scenario: Back
  And it is {{missing}}
  But {{a.b}} stays

@many
Scenario Outline: Cargo of Gull
  Given <n> crates
  unchecked Brig

  Examples:
    | n | place |
    | 1 | Brig |
    | 22 |  |"""


@pytest.mark.parametrize("kind", ["bdd_scenario_assembly", "bdd_scenario"])
def test_the_layout_is_exact_under_both_names(kind: str) -> None:
    subject = config(kind, **EVERYTHING)
    assert generate(subject, {"port": "Brig"}) == GOLDEN
    assert (subject.generator, subject.extension) == ("bdd_scenario_assembly", "feature")


def test_a_feature_with_one_scenario_is_enough() -> None:
    text = generate(config(feature={"title": "F"}, scenarios=[SCENARIO]), {})
    assert text == "Feature: F\n\nScenario: One\n  Given a boat"


def test_an_outline_counts_as_a_scenario() -> None:
    outline = {"title": "O", "steps": [], "examples": TABLE}
    text = generate(config(feature={"title": "F"}, scenario_outlines=[outline]), {})
    assert text == "Feature: F\n\nScenario Outline: O\n\n  Examples:\n    | n |\n    | 1 |"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"scenarios": [SCENARIO]}, "feature: "),
        ({"feature": {}, "scenarios": [SCENARIO]}, "feature.title: "),
        ({"feature": {"title": "F"}}, "scenarios: there is no scenario"),
        ({"feature": {"title": "F"}, "scenarios": [SCENARIO], "backgruond": []}, "backgruond: "),
        ({"feature": {"title": "F"}, "scenarios": [SCENARIO], "background": ["a boat"]}, "background.0: 'a boat' does"),
        ({"feature": {"title": "F"}, "scenarios": [{"title": "S", "steps": ["given x"]}]}, "scenarios.0.steps.0: "),
        ({"feature": {"title": "F"}, "scenarios": [{"title": "S", "steps": ["Givenx"]}]}, "scenarios.0.steps.0: "),
        ({"feature": {"title": "F", "tags": ["1st"]}, "scenarios": [SCENARIO]}, "feature.tags.0: '1st' is not a tag"),
        ({"feature": {"title": "F"}, "scenarios": [{**SCENARIO, "tags": ["a b"]}]}, "scenarios.0.tags.0: "),
        (
            {
                "feature": {"title": "F"},
                "scenario_outlines": [{**SCENARIO, "examples": {"headers": ["a", "b"], "rows": [["1"]]}}],
            },
            "scenario_outlines.0.examples.rows.0: it has 1 cells, but there are 2 headers",
        ),
        ({"feature": {"title": "F"}, "scenario_outlines": [SCENARIO]}, "scenario_outlines.0.examples: "),
    ],
)
def test_a_fault_names_its_field(parts: dict[str, Any], field: str) -> None:
    assert f"Config 'ferry-feature', {field}" in failure_of(**parts)


def test_a_result_that_grows_without_bound_is_ended() -> None:
    steps = ["Given {{x}}"] * 100
    subject = config(feature={"title": "F"}, scenarios=[{"title": "S", "steps": steps}])
    with pytest.raises(PressroomError, match="TEMPLATE_RUNAWAY"):
        generate(subject, {"x": "y" * 1_000_000})
