"""Conditions of configs: comparisons, words that join them, names from the context, and nothing of Python's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.documents.conditions import MAX_CHARACTERS, UNDEFINED, look_up, read_condition
from tasks.errors import PressroomError

CONTEXT: dict[str, Any] = {
    "kind": "note",
    "pages": 12,
    "draft": False,
    "title": "",
    "editor": None,
    "tags": ["tide", "moon"],
    "from": "2031-05-01",
    "to": "2031-04-01",
    "team": {"name": "Harbour", "size": 3},
    "a.b": "dotted",
}


@pytest.mark.parametrize(
    "condition",
    [
        "kind == 'note'",
        'kind == "note"',
        "kind = 'note'",
        "kind != 'page'",
        "context.kind == 'note'",
        "team.name == 'Harbour'",
        "context.team.size >= 3",
        "a.b == 'dotted'",
        "pages > 11.5 and pages <= 12",
        "from > to",
        "kind in ['note', 'page']",
        "kind not in ['page']",
        "'tide' in tags",
        "'ote' in kind",
        "'name' in team",
        "kind is defined",
        "editor is not defined",
        "editor is null",
        "kind is not null",
        "nobody is undefined",
        "title is empty",
        "tags is not empty",
        "draft == false",
        "draft == FALSE AND NOT draft",
        "not not kind",
        "kind == 'page' OR pages == 12",
        "kind == 'page' && pages == 1 || pages == 12",
        "kind == 'note' or kind == 'page' and pages == 1",
        "(kind == 'note' or kind == 'page') and pages == 12",
        "!(kind == 'page')",
        "nobody != 'note'",
        "editor == null",
        "kind in [kind, nobody]",
        "kind",
    ],
)
def test_a_condition_that_is_true_holds(condition: str) -> None:
    assert read_condition(condition).holds(CONTEXT)
    assert not read_condition(f"NOT ({condition})").holds(CONTEXT)


@pytest.mark.parametrize(
    "condition",
    ["nobody == 'note'", "nobody > 1", "kind > 1", "kind in nobody", "draft == 0", "nobody", "pages in kind", "1 in 1"],
)
def test_what_is_not_given_or_of_another_type_is_never_true(condition: str) -> None:
    assert not read_condition(condition).holds(CONTEXT)


@pytest.mark.parametrize(
    ("condition", "place", "why"),
    [
        ("kind == 'note' because", 16, "something follows"),
        ("kind ==", 8, "a name, a text or a number belongs here"),
        ("", 1, "a name, a text or a number belongs here"),
        ("kind ~ 'x'", 5, "neither a name"),
        ("(kind", 6, "a bracket is not closed"),
        ("kind in ['a' 'b']", 14, "parted by commas"),
        ("kind in ['a'", 13, "parted by commas"),
        ("kind not 'x'", 10, "`not` is followed by `in`"),
        ("kind is nice", 9, "`is` is followed by"),
        ("len(kind) > 1", 4, "something follows"),
        ("(" * 99 + ")" * 99, 31, "nested more than 30 deep"),
        ("[" * 99, 31, "nested more than 30 deep"),
        ("x" * (MAX_CHARACTERS + 1), 1, "longer than 2,000 characters"),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused_with_the_place(condition: str, place: int, why: str) -> None:
    with pytest.raises(PressroomError) as caught:
        read_condition(condition)
    assert caught.value.code == "CONDITION_INVALID"
    assert f"character {place}: " in caught.value.message
    assert why in caught.value.message


def test_names_are_found_with_and_without_the_word_context() -> None:
    assert look_up({"context": {"kind": "note"}}, "kind") == "note"
    assert look_up({"context": {"kind": "note"}}, "context.kind") == "note"
    assert look_up({"kind": "note"}, "context.kind") == "note"
    assert look_up({"kind": "note"}, "kind.of") is UNDEFINED


WORDS = st.sampled_from(
    "kind context.x and or not in is defined ( ) [ ] , == != < 'a' \"b\" 1 -2.5 true null é ~".split()
)


@given(st.lists(WORDS).map(" ".join) | st.text())
def test_any_text_is_a_condition_or_an_error_of_ours(text: str) -> None:
    try:
        condition = read_condition(text)
    except PressroomError:
        return
    assert condition.holds(CONTEXT) in (True, False)
