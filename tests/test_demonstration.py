"""demonstration shows a config filled with its own examples."""

from __future__ import annotations

import pytest

from tasks.documents.configs import ContentConfig
from tasks.documents.demonstration import generate
from tasks.errors import PressroomError

ELEMENTS = [
    {"name": "greeting", "format": "text", "example_output": "Good morning"},
    {"name": "path", "format": "text", "example_output": r"C:\1 \g<0> {{ name }}"},
    {"name": "empty", "format": "text", "example_output": ""},
    {"name": "bare", "format": "text"},
]


def config(template: str | None, *variables: dict[str, object]) -> ContentConfig:
    pattern = {"id": "show", "type": "demonstration", "template": template, "variables": list(variables)}
    return ContentConfig.model_validate(
        {
            "type": "content",
            "id": "welcome-card",
            "schemaRef": {"id": "content-schema", "version": "3.1.0"},
            "metadata": {"description": "A card", "version": "1.0.0"},
            "elements": ELEMENTS,
            "generation": {"patterns": [pattern]},
        }
    )


def variable(source: str, **more: object) -> dict[str, object]:
    return {"name": "v", "source": source, **more}


@pytest.mark.parametrize(
    "source", ["elements.greeting", "elements.greeting.example_output", "elements.0", "elements.0.example_output"]
)
def test_an_example_is_found_by_name_and_by_place(source: str) -> None:
    assert generate(config("{{v}}, {{ v }}!", variable(source)), {"v": "ignored"}) == "Good morning, Good morning!"


@pytest.mark.parametrize(
    "source", ["elements.bare", "elements.none", "elements.9", "elements.-1", "other.x", "elements"]
)
def test_what_is_missing_takes_its_default_or_is_an_error(source: str) -> None:
    assert generate(config("{{v}}", variable(source, default=7)), {}) == "7"
    with pytest.raises(PressroomError) as caught:
        generate(config("no placeholder at all", variable(source)), {})
    assert caught.value.code == "VARIABLE_UNRESOLVED"
    assert caught.value.message == f"Cannot resolve variable 'v' from {source!r}."


def test_an_empty_example_is_a_value() -> None:
    assert generate(config("<{{v}}>", variable("elements.empty", default="x")), {}) == "<>"


def test_backslashes_and_placeholders_in_values_survive() -> None:
    name: dict[str, object] = {"name": "name", "source": "elements.greeting"}
    assert generate(config("{{v}}", variable("elements.path"), name), {}) == r"C:\1 \g<0> {{ name }}"


def test_placeholders_without_a_variable_stay() -> None:
    assert (
        generate(config("{{v}} {{ other }} {{v.x}}", variable("elements.0")), {}) == "Good morning {{ other }} {{v.x}}"
    )


def test_written_newlines_and_tabs_turn_real_afterwards() -> None:
    assert generate(config(r"a\nb\tc\rd\\n", variable("elements.0", default="")), {}) == "a\nb\tc\\rd\\\n"


def test_a_config_without_template_is_an_error() -> None:
    with pytest.raises(PressroomError, match=r"CONFIG_INVALID: .*generation\.patterns\.0\.template"):
        generate(config(None), {})
