"""Dialect C, of the explanations, is read from what `generatorSpecific` holds for one generator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dialect_examples import C, Config, changed, load, made, refusal
from sites import put

from tasks.documents.configs import ConfigLibrary
from tasks.errors import PressroomError


def specific(**generators: Any) -> Config:
    return changed(C, "generatorSpecific", generators)


def test_a_value_that_is_a_name_in_braces_is_taken_from_the_context(tmp_path: Path) -> None:
    assert made(tmp_path, C, high_water="6", pilot="Ada") == "North Pier: high water at 6, Ada on call."
    with pytest.raises(PressroomError) as caught:
        made(tmp_path, C, pilot="Ada")
    assert str(caught.value).startswith("VALUE_MISSING: Config 'tide-note' needs a value for 'time'. Give 'high_water'")


def test_what_is_given_at_run_time_wins_over_the_values_of_the_config(tmp_path: Path) -> None:
    text = made(tmp_path, C, high_water="6", pilot="Ada", harbour="South Pier")
    assert text.startswith("South Pier: high water at 6")


def test_inputs_may_hold_the_values_themselves(tmp_path: Path) -> None:
    config = specific(template_fill={"template": "{{a}}{{b}}", "inputs": {"a": "{{b}}", "b": 2}})
    assert made(tmp_path, config) == "22"
    assert made(tmp_path, specific(template_fill={"template": "{{a}}"}), a=1) == "1"


def test_a_value_that_only_holds_a_name_stays_as_it_is_written(tmp_path: Path) -> None:
    config = specific(template_fill={"template": "{{a}}", "inputs": {"context": {"a": "Dear {{who}}"}}})
    assert made(tmp_path, config, who="Ada") == "Dear {{who}}"


def test_the_notes_say_what_was_read_how(tmp_path: Path) -> None:
    loaded = load(tmp_path, changed(changed(C, "outputPath", "notes/{{date}}.html"), "metadata.tags", ["tides"]))
    assert loaded.notes == (
        "`generatorSpecific.template_fill` was read as the one pattern of the config",
        "the value of 'time' is what the context gives as 'high_water'",
        "the value of 'crew.pilot' is what the context gives as 'pilot'",
        "`outputPath` tells the format only: where a document goes is said in the spec",
        "`metadata.tags` says nothing about the text; not used",
    )
    assert loaded.content.extension == "html"


def test_a_jinja_template_is_a_file_or_the_text_itself(tmp_path: Path) -> None:
    put(tmp_path / "piers.j2", "{% for pier in piers %}{{ pier }};{% endfor %}")
    inputs = {"piers": "{{all_piers}}"}
    file = specific(jinja2={"template": "piers.j2", "inputs": inputs})
    assert made(tmp_path, file, all_piers=["N", "S"]) == "N;S;"
    text = specific(jinja2={"template": "{{ piers|join('+') }}", "inputs": inputs})
    assert made(tmp_path, text, all_piers=["N", "S"]) == "N+S"


def test_examples_are_filled_in_one_by_one_and_share_their_heading(tmp_path: Path) -> None:
    scenario = {"scenario_template": "# {{pier}}\n\nGiven {{given}}\n\nThen {{then}}"}
    examples = [
        {"pier": "North", "given": "ebb", "then": "wait"},
        {"pier": "North", "given": "flood", "then": "sail"},
        {"pier": "South", "given": "flood", "then": "{{nobody}}"},
    ]
    text = made(tmp_path, specific(demonstration={**scenario, "examples": examples}))
    assert text == (
        "# North\n\nGiven ebb\n\nThen wait\n\nGiven flood\n\nThen sail\n\n# South\n\nGiven flood\n\nThen {{nobody}}"
    )


def test_examples_may_be_texts_already(tmp_path: Path) -> None:
    examples = [{"input": {"pier": "North"}, "output": "North Pier"}, {"output": ["South", 2]}]
    text = made(tmp_path, specific(demonstration={"examples": examples}))
    assert text == 'North Pier\n\n[\n  "South",\n  2\n]'


def test_examples_that_would_make_a_gigabyte_are_refused(tmp_path: Path) -> None:
    example = {"scenario_template": "{{long}}" * 1000, "examples": [{"long": "x" * 100_000}]}
    assert "its examples make more than 50 MB" in refusal(tmp_path, specific(demonstration=example)).message


def test_scenarios_go_to_the_generator_of_feature_files(tmp_path: Path) -> None:
    feature = {"feature": {"title": "{{what}}"}, "scenarios": [{"title": "One", "steps": ["Given a pier"]}]}
    config = specific(bdd_scenario={**feature, "inputs": {"context": {"what": "Tides"}}})
    assert made(tmp_path, config) == "Feature: Tides\n\nScenario: One\n  Given a pier"


def test_what_a_language_model_is_asked_is_kept(tmp_path: Path) -> None:
    asked = {"prompt": "Write of {{pier}}", "model": "vendor:model", "max_tokens": 20, "inputs": {"pier": "North"}}
    pattern = load(tmp_path, specific(code_generation=asked)).content.pattern("code_generation")
    assert pattern.generation_config == {
        "prompt": "Write of {{pier}}",
        "model": "vendor:model",
        "max_tokens": 20,
        "context": {"pier": "North"},
    }


def test_the_generator_is_the_one_that_is_named_or_the_first(tmp_path: Path) -> None:
    both = specific(jinja2={"template": "{{ 1 }}"}, template_fill={"template": "two"})
    assert made(tmp_path, both) == "1"
    assert made(tmp_path, {**both, "generator": "template_fill"}) == "two"


def test_without_an_id_the_file_gives_it(tmp_path: Path) -> None:
    config = changed(C, "metadata", {"title": "Tides"})
    put(tmp_path / "configs/content/deep/down/tide-note.json", json.dumps(config))
    loaded = ConfigLibrary(tmp_path).load("tide-note")
    assert loaded.config.id == "tide-note"
    assert "there is no `metadata.id`: the file's name 'tide-note' was taken for it" in loaded.notes


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (specific(template_fill={"templat": "x"}), "generatorSpecific.template_fill.template: it is missing"),
        (specific(template_fill={"template": 5}), "generatorSpecific.template_fill.template: input should be"),
        (specific(magic={}), "generatorSpecific: it has none of template_fill, jinja2"),
        (specific(demonstration={"examples": []}), "generatorSpecific.demonstration.examples: there are none"),
        (
            specific(demonstration={"examples": [{}]}),
            "generatorSpecific.demonstration.examples.0.output: it is missing",
        ),
        ({**C, "generator": "jinja2"}, "generator: there is no `generatorSpecific.jinja2`"),
        (changed(C, "metadata.id", "a b"), "metadata.id: string should match"),
    ],
)
def test_a_fault_is_named_as_it_is_written(tmp_path: Path, config: Config, words: str) -> None:
    assert words in refusal(tmp_path, config).message


def test_a_fault_that_only_making_finds_is_named_as_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(PressroomError) as caught:
        made(tmp_path, specific(template_fill={"template": "x", "inputs": {"context": 5}}))
    assert "generatorSpecific.template_fill.inputs.context: it is not an object" in caught.value.message
