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
