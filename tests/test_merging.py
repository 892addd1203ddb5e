"""Values and Markdown texts are merged in order, and nothing of them is lost on the way."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from tasks.documents.assembly import Whole
from tasks.documents.merging import merge_markdown, merge_values
from tasks.yaml_text import parse_yaml

NAMES = st.sampled_from(["a", "b", "c"])
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(NAMES, part, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("values", "merged"),
    [
        ([{"a": 1}], {"a": 1}),
        ([{"a": 1, "b": 2}, {"b": 3, "c": 4}], {"a": 1, "b": 3, "c": 4}),
        ([{"a": {"x": [1], "y": 1}}, {"a": {"x": [2, 1], "z": None}}], {"a": {"x": [1, 2, 1], "y": 1, "z": None}}),
        ([{"a": [1]}, {"a": {"b": 1}}], {"a": {"b": 1}}),
        ([[1, 2], [2]], [1, 2, 2]),
        ([{"a": 1}, None], None),
        ([{"a": 1}, {"a": None}], {"a": None}),
    ],
)
def test_objects_are_merged_deeply_lists_joined_and_else_the_later_value_stands(
    values: list[JsonValue], merged: JsonValue
) -> None:
    assert merge_values(values) == merged


def paths(value: JsonValue, at: tuple[str, ...] = ()) -> dict[tuple[str, ...], JsonValue]:
    """Every value below names alone; what is inside lists is theirs."""
    found = {at: value}
    if isinstance(value, dict):
        for name, part in value.items():
            found |= paths(part, (*at, name))
    return found


@given(VALUES, VALUES)
def test_what_two_values_say_at_a_place_is_merged_there_and_nowhere_else(first: JsonValue, second: JsonValue) -> None:
    before = copy.deepcopy((first, second))
    here, there, merged = paths(first), paths(second), paths(merge_values([first, second]))
    assert (first, second) == before
    for at, value in there.items():
        old = here.get(at)
        if isinstance(value, list):
            assert merged[at] == ([*old, *value] if isinstance(old, list) else value)
        elif not isinstance(value, dict):
            assert merged[at] == value
    for at, value in here.items():
        kept = all(isinstance(there.get(at[:cut], {}), dict) for cut in range(len(at)))
        if at not in there and kept:
            assert merged[at] == value


@given(VALUES)
def test_a_merged_value_is_written_so_that_it_is_read_back_as_it_was(value: JsonValue) -> None:
    whole = Whole(value=[value, value], is_value=True)
    assert json.loads(whole.written_as("json")) == json.loads(whole.written_as("markdown")) == [value, value]
    assert parse_yaml(whole.written_as("yaml"), "x.yaml") == [value, value]


@pytest.mark.parametrize(
    "text", ["yes", "1e3", "- a", "a: b", "\x85", "\u2028", "é", "a\tb", "# no", "12:30", "a" * 300]
)
def test_a_text_that_looks_like_something_else_in_yaml_stays_a_text(text: str) -> None:
    assert parse_yaml(Whole(value={text: [text]}, is_value=True).written_as("yaml"), "x.yaml") == {text: [text]}


def test_sections_with_the_same_heading_are_joined_under_the_first() -> None:
    first = "Notes of the week.\n\n# Harbour\n\nThe ferry is late.\n\n## Done\n\n- timetable\n\n# Library\n\nQuiet.\n"
    second = (
        "\nMore notes.\n\n# HARBOUR #\n\nIt rains.\n\n## Next\n\n- tides\n## done\n- displays\n\n# Orchard\nNew trees."
    )
    assert merge_markdown([first, second]) == (
        "Notes of the week.\n\nMore notes.\n\n"
        "# Harbour\n\nThe ferry is late.\n\nIt rains.\n\n"
        "## Done\n\n- timetable\n\n- displays\n\n## Next\n\n- tides\n\n"
        "# Library\n\nQuiet.\n\n# Orchard\n\nNew trees.\n"
    )


@pytest.mark.parametrize(
    ("texts", "merged"),
    [
        ([""], ""),
        (["", "\n\n", "a"], "a\n"),
        (["a\r\nb\r\n"], "a\nb\n"),
        (["    code\n\ntext  "], "    code\n\ntext\n"),
        (["# A\n### C\nx", "# A\n### C\ny"], "# A\n\n### C\n\nx\n\ny\n"),
        (["# A\n## Added\nx\n# B\n## Added\ny"], "# A\n\n## Added\n\nx\n\n# B\n\n## Added\n\ny\n"),
        (["# A\n```\n# no heading\n```", "# A\nb"], "# A\n\n```\n# no heading\n```\n\nb\n"),
        (["## A\nx", "# A\ny"], "## A\n\nx\n\n# A\n\ny\n"),
    ],
)
def test_texts_are_merged_as_they_are_written(texts: list[str], merged: str) -> None:
    assert merge_markdown(texts) == merged


Way = tuple[str, ...]


@st.composite
def documents(draw: st.DrawFn) -> list[tuple[Way, str]]:
    """Sections in order, each by the way of headings to it, with a line of text of its own."""
    way: Way = ()
    found: list[tuple[Way, str]] = []
    for number in range(draw(st.integers(0, 6))):
        depth = draw(st.integers(0, min(len(way), 5)))
        way = (*way[:depth], draw(st.sampled_from("abc")))
        found.append((way, f"line {number}"))
    return found


def written(sections: list[tuple[Way, str]], prefix: str) -> str:
    return "\n".join(f"{'#' * len(way)} {way[-1]}\n{prefix} {line}" for way, line in sections)


def read(text: str) -> list[tuple[Way, list[str]]]:
    found: list[tuple[Way, list[str]]] = []
    way: Way = ()
    for line in filter(None, text.split("\n")):
        if line.startswith("#"):
            marks, _, title = line.partition(" ")
            way = (*way[: len(marks) - 1], title)
            found.append((way, []))
        else:
            found[-1][1].append(line)
    return found


@given(st.lists(documents(), max_size=4))
def test_each_section_comes_once_and_has_all_its_lines_in_order(texts: list[list[tuple[Way, str]]]) -> None:
    merged = merge_markdown(written(sections, f"text {number}") for number, sections in enumerate(texts))
    lines: dict[Way, list[str]] = {}
    for number, sections in enumerate(texts):
        for way, line in sections:
            lines.setdefault(way, []).append(f"text {number} {line}")
    found = read(merged)
    assert len(found) == len(lines)
    assert dict(found) == lines
    assert merge_markdown([merged]) == merged
