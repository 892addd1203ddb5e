"""template_fill puts values into a template exactly as its format says, escapes last."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from tasks.documents.configs import ContentConfig
from tasks.documents.template_fill import generate
from tasks.errors import PressroomError
from tasks.models import JsonObject


def config(template: str | None, **generation_config: JsonValue) -> ContentConfig:
    pattern = {"id": "fill", "type": "template_fill", "template": template, "generation_config": generation_config}
    return ContentConfig.model_validate(
        {
            "type": "content",
            "id": "harbour-note",
            "schemaRef": {"id": "content-schema", "version": "3.1"},
            "metadata": {"description": "A note", "version": "1.0.0"},
            "elements": [{"name": "body", "format": "markdown"}],
            "generation": {"patterns": [pattern]},
        }
    )


def test_escapes_may_be_kept_as_they_are_written() -> None:
    kept = config(r"a\n{{x}}", keep_escapes=True)
    assert generate(kept, {"x": r"C:\new"}) == r"a\nC:\new"


def failure_of(subject: ContentConfig, context: JsonObject) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        generate(subject, context)
    return caught.value


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("# {{name}} {{ name }} {{\tname\n}}", "# Ada Ada Ada"),
        ("{{team.lead.name}}: {{team.size}}", "Bo: 3"),
        ("{{ items }} {{ flag }} {{ half }}", "['a'] True 0.5"),
        ("{name} {{1st}} {{a-b}} {{}} {{name|upper}}", "{name} {{1st}} {{a-b}} {{}} {{name|upper}}"),
        ("{{{name}}}", "{Ada}"),
        ("{{zero}}{{blank}}", "0"),
        (r"a\nb\tc\rd\'e\"f\\g", "a\nb\tc\rd'e\"f\\g"),
        (r"\\n \\\\", "\\\n \\\\"),
        ("{{path}}", "C:\temp\new"),
        ("{{ group }}", r"\1 \g<0>"),
    ],
)
def test_values_go_in_and_then_escapes_are_read(template: str, text: str) -> None:
    context: JsonObject = {
        "name": "Ada",
        "team": {"lead": {"name": "Bo"}, "size": 3},
        "items": ["a"],
        "flag": True,
        "half": 0.5,
        "zero": 0,
        "blank": "",
        "path": r"C:\temp\new",
        "group": r"\1 \g<0>",
    }
    assert generate(config(template), context) == text


def test_run_time_values_win_over_the_configs_own() -> None:
    own = config("{{day}} {{month}}", context={"day": "1", "month": "May"})
    assert generate(own, {"month": "June"}) == "1 June"


def test_a_value_that_looks_like_a_placeholder_stays() -> None:
    assert generate(config("{{a}}"), {"a": "{{b}}", "b": "x"}) == "{{b}}"


@pytest.mark.parametrize("behaviour", ["error", "strict", None])
def test_a_missing_variable_names_what_is_available(behaviour: str | None) -> None:
    error = failure_of(config("{{x}}", undefined_behavior=behaviour), {"b": 1, "a": 2})
    assert error.code == "UNDEFINED_VARIABLE"
    assert error.message == "Undefined variable: 'x'. Available variables: a, b."


@pytest.mark.parametrize("template", ["{{a.b.c}}", "{{a.x}}", "{{a.list.0}}", "{{a..b}}", "{{none}}"])
def test_what_dotted_names_do_not_reach_is_undefined(template: str) -> None:
    context: JsonObject = {"a": {"b": "text", "list": [1], "x": None}, "none": None}
    assert failure_of(config(template), context).message == (
        f"Undefined variable: {template.strip('{}')!r}. Available variables: a."
    )


def test_undefined_variables_can_be_kept_or_left_empty() -> None:
    assert generate(config("<{{ x }}>", undefined_behavior="keep"), {}) == "<{{ x }}>"
    assert generate(config("<{{ x }}>", undefined_behavior="empty"), {}) == "<>"


def test_a_behaviour_that_is_not_known_is_an_error_of_the_config() -> None:
    error = failure_of(config("{{x}}", undefined_behavior="shout"), {})
    assert error.code == "CONFIG_INVALID"
    assert "generation.patterns.0.generation_config.undefined_behavior" in error.message


def test_a_config_without_template_or_pattern_is_an_error() -> None:
    assert "generation.patterns.0.template: it is missing" in failure_of(config(None), {}).message
    without = config("x").model_copy(update={"generation": None})
    assert failure_of(without, {}).code == "CONFIG_INVALID"


def test_a_context_of_another_shape_is_an_error() -> None:
    assert "generation_config.context" in failure_of(config("x", context=[1]), {}).message
    wrong: list[object] = [[1], {1: "a"}]
    for context in wrong:
        assert failure_of(config("x"), context).code == "CONTEXT_INVALID"  # type: ignore[arg-type]


def test_a_result_that_grows_without_bound_is_ended() -> None:
    error = failure_of(config("{{x}}" * 100_000), {"x": "y" * 1_000_000})
    assert error.code == "TEMPLATE_RUNAWAY"
    assert "50 MB of text" in error.message


def obvious(template: str, context: JsonObject) -> str:
    """The same by hand, one placeholder after another from the left."""
    text, rest = "", template
    while match := re.search(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_.]*)\s*\}\}", rest):
        value: JsonValue = context
        for part in match[1].split("."):
            value = value.get(part) if isinstance(value, dict) else None
        text += rest[: match.start()] + (match[0] if value is None else str(value))
        rest = rest[match.end() :]
    text += rest
    for written, meant in [("n", "\n"), ("t", "\t"), ("r", "\r"), ("'", "'"), ('"', '"'), ("\\", "\\")]:
        text = meant.join(text.split("\\" + written))
    return text


PIECES = st.sampled_from(["{{", "}}", " ", "a", "b", ".", "{{a}}", "{{ b.a }}", "\\", "n", "t", "'", '"', "\n", "é"])
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda v: st.dictionaries(st.sampled_from("ab"), v)
)


@settings(deadline=None)
@given(pieces=st.lists(PIECES, min_size=1), context=st.dictionaries(st.sampled_from("ab"), VALUES))
def test_it_agrees_with_an_obvious_version_of_itself(pieces: list[str], context: JsonObject) -> None:
    template = "".join(pieces)
    assert generate(config(template, undefined_behavior="keep"), context) == obvious(template, context)
