"""Values for a template: where they come from, and the rules they have to keep."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from tasks.documents.config_parts import Placeholder
from tasks.documents.constraints import Constraints, broken_rule
from tasks.documents.placeholders import with_placeholders
from tasks.errors import PressroomError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3),
    max_leaves=8,
)
RULES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "number", "integer", "boolean", "array", "object"]),
        "enum": st.lists(JSON, max_size=3),
        "minLength": st.integers(0, 5),
        "maxLength": st.integers(0, 5),
        "pattern": st.sampled_from(["^a", "(a+)+$", "[0-9]"]),
        "minimum": st.integers(-5, 5),
        "maxItems": st.integers(0, 3),
        "items": st.just({"type": "string"}),
        "required": st.lists(st.text(max_size=3), max_size=2),
    },
)


def fill(values: dict[str, Any], **placeholders: dict[str, Any]) -> dict[str, Any]:
    read = {name: Placeholder.model_validate(one) for name, one in placeholders.items()}
    return with_placeholders(read, values, "tide-note")


def test_a_value_is_constant_or_the_first_that_is_given_or_the_default() -> None:
    assert fill({"a": 1}, a={"value": 2, "paths": ["a"]}) == {"a": 2}
    assert fill({"x": {"y": 1}}, a={"paths": ["z", "x.y"]}) == {"x": {"y": 1}, "a": 1}
    assert fill({"b": None}, a={"paths": ["b"], "default": 3}) == {"b": None, "a": 3}


def test_a_dotted_name_goes_into_an_object_that_nobody_else_sees_change() -> None:
    given_: dict[str, Any] = {"crew": {"pilot": "Ada"}}
    filled = with_placeholders({"crew.cook": Placeholder(value="Bo")}, given_, "x")
    assert filled == {"crew": {"pilot": "Ada", "cook": "Bo"}}
    assert given_ == {"crew": {"pilot": "Ada"}}


def test_a_value_that_is_not_there_hides_none_of_the_same_name() -> None:
    assert fill({"a": 1}, a={"paths": ["b"]}) == {}


def test_values_are_found_before_any_is_put_in_place() -> None:
    assert fill({"a": 1, "b": 2}, a={"paths": ["b"]}, b={"paths": ["a"]}) == {"a": 2, "b": 1}


def test_a_default_has_to_keep_the_rules_as_well() -> None:
    with pytest.raises(PressroomError) as caught:
        fill({}, a={"default": "x", "constraints": {"enum": ["y"]}})
    assert caught.value.code == "VALUE_REFUSED"


@pytest.mark.parametrize(
    ("value", "rules", "why"),
    [
        (1, {"enum": [True]}, "1 is none of True"),
        ("a", {"const": "b"}, "'a' is not 'b'"),
        (True, {"type": "integer"}, "True is not of the type 'integer'"),
        (None, {"type": ["string", "number"]}, "None is not of the type 'string' or 'number'"),
        ("abc", {"maxLength": 2}, "its length of 3 characters is over 2"),
        ("abc", {"pattern": "^b"}, "'abc' does not match `^b`"),
        (["a", 1], {"items": {"type": "string"}}, "entry 2: 1 is not of the type 'string'"),
        ([], {"minItems": 1}, "its length of 0 entries is under 1"),
        ({"a": 1}, {"required": ["b"]}, "'b' is missing"),
        ({"a": 1}, {"properties": {"a": {"maximum": 0}}}, "'a': 1 is over 0"),
        ("x" * 99, {"enum": []}, f"'{'x' * 59}... is none of "),
    ],
)
def test_the_first_rule_that_a_value_breaks_is_told(value: JsonValue, rules: dict[str, Any], why: str) -> None:
    assert broken_rule(value, Constraints.model_validate(rules)) == why


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("b", {"enum": ["a", "b"]}),
        (2, {"minimum": 1, "maximum": 2, "type": "number"}),
        ("a-2031", {"pattern": r"^[a-z]+-\d{4}$", "minLength": 1}),
        (["a"], {"minItems": 1, "maxItems": 1}),
        ({"a": None}, {"properties": {"a": {"type": "string"}}}),
        (5, {"minLength": 9, "pattern": "x", "minItems": 9}),
    ],
)
def test_a_value_that_keeps_its_rules_is_let_pass(value: JsonValue, rules: dict[str, Any]) -> None:
    assert broken_rule(value, Constraints.model_validate(rules)) is None


def test_a_pattern_that_would_keep_others_busy_for_ever_does_not() -> None:
    assert broken_rule("a" * 100_000 + "!", Constraints(pattern="^(a+)+$")) is not None


def test_a_pattern_or_condition_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValidationError):
        Constraints(pattern="(?=x)")
    with pytest.raises(ValidationError):
        Placeholder(include_if="whenever it rains")


@given(JSON, RULES)
def test_any_value_keeps_or_breaks_any_rules(value: JsonValue, rules: dict[str, Any]) -> None:
    why = broken_rule(value, Constraints.model_validate(rules))
    assert why is None or why


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_a_number_of_any_length_can_be_checked(number: int) -> None:
    assert broken_rule(number, Constraints()) is None
    why = broken_rule(number, Constraints(minimum=-5, maximum=5))
    assert why is not None
    assert why.endswith("is over 5" if number > 0 else "is under -5")


def test_a_dotted_name_that_gets_no_value_leaves_what_stands_on_its_way() -> None:
    assert fill({"place": "North"}, **{"place.pier": {}}) == {"place": "North"}
    assert fill({}, **{"place.pier": {}}) == {}
    assert fill({"place": {"pier": "Mill", "quay": 1}}, **{"place.pier": {"paths": ["pier"]}}) == {"place": {"quay": 1}}
