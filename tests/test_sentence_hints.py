"""A sentence that is not clear is answered with the nearest one of the kind that it speaks of."""

from __future__ import annotations

import pytest

from tasks.creators import sentences as of_creators
from tasks.documents import sentences as of_documents
from tasks.errors import PressroomError
from tasks.sentences import FORMS, Form, read_sentence

EVERY = [*of_documents.FORMS, *of_creators.FORMS, *FORMS]


def hinted(sentence: str) -> Form:
    """The form that the refusal of a sentence names."""
    with pytest.raises(PressroomError) as caught:
        read_sentence(sentence, EVERY, ["resume", "status"])
    assert caught.value.remedy.startswith("Nearest: `pressroom run ")
    (form,) = [form for form in EVERY if f'"{form.example}"' in caught.value.remedy]
    return form


@pytest.mark.parametrize(
    "sentence",
    [
        "Generate the schedules for alma and bela please",
        "make a schedule for every creator",
        "Generate for these 2 creators: alma, bela",
        "Generate schedules for these creators in parallel: alma, bela",
        "Batch generate schedules: alma, bela",
        "Plan creators alma and bela",
        "Generate the weeks of the Harbour, Library and Orchard",
        "Regenerate the SCHEDULES using alma",
    ],
)
def test_who_speaks_of_schedules_creators_or_weeks_is_told_a_sentence_about_them(sentence: str) -> None:
    assert hinted(sentence) in of_creators.FORMS


@pytest.mark.parametrize(
    ("sentence", "example"),
    [
        ("make documents", "Generate content for house-style, reading-list"),
        ("Generate all configs with endpoint.md.jinja", "Regenerate all configs using endpoint.md.jinja"),
        ("Generate weekly-note for both teams Harbour and Quay", "Generate weekly-note for the teams Harbour"),
    ],
)
def test_who_speaks_of_documents_is_told_the_nearest_about_them_by_its_words(sentence: str, example: str) -> None:
    assert hinted(sentence).example.startswith(example)


@pytest.mark.parametrize("sentence", ["retry failed creators in weekly please", "retry everything that failed"])
def test_who_wants_to_retry_is_told_how_whatever_is_to_be_tried(sentence: str) -> None:
    assert hinted(sentence) in FORMS


@pytest.mark.parametrize(
    ("sentence", "hint"),
    [
        (
            "Generate content for team",
            "If 'team' is a name, put it in quotes: `pressroom run \"Generate content for 'team'\"`.",
        ),
        ("Generate content for House, rest.", "`pressroom run \"Generate content for House, 'rest'.\"`."),
        ("Generate content for all and any", "If 'all' and 'any' are names, put them in quotes"),
        ("Generate content for tides[2]", "`pressroom run \"Generate content for 'tides[2]'\"`."),
    ],
)
def test_a_name_that_is_a_word_of_the_grammar_is_to_be_quoted(sentence: str, hint: str) -> None:
    with pytest.raises(PressroomError) as caught:
        read_sentence(sentence, EVERY)
    assert hint in caught.value.remedy
    assert "Nearest: " in caught.value.remedy
    told = caught.value.remedy.partition('pressroom run "')[2].partition('"`')[0]
    assert read_sentence(told, EVERY)


@pytest.mark.parametrize(
    "sentence", ["Generate content for", "Sell the team", "Generate content for house-style please", "Retry 'all"]
)
def test_nobody_is_told_to_quote_where_that_does_not_help(sentence: str) -> None:
    with pytest.raises(PressroomError) as caught:
        read_sentence(sentence, EVERY)
    assert "quotes" not in caught.value.remedy
