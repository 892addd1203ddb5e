"""Plain sentences about books stand for exactly one job, and leave those about other kinds alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sites import press
from stories import project

from tasks.errors import PressroomError
from tasks.fiction.sentences import FORMS
from tasks.sentences import forms_of, read_sentence
from tasks.specs import kind_spec, kinds

EVERY = forms_of(kind_spec(kind) for kind in kinds())


def job(kind: str, *projects: str, **more: Any) -> dict[str, Any]:
    return {"kind": "fiction", "job_type": kind, "projects": list(projects), **more}


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Write the book of harbour-light", job("pipeline", "harbour-light")),
        (
            "make the books of harbour-light and mill as EPUB, pdf",
            job("pipeline", "harbour-light", "mill", formats=["epub", "pdf"]),
        ),
        ("Write chapter 3 of harbour-light", job("chapter_writing", "harbour-light", chapters=[3])),
        ("write chapters 1, 2 and 4 of mill, ferry.", job("chapter_writing", "mill", "ferry", chapters=[1, 2, 4])),
        ("Write all chapters of mill", job("chapter_writing", "mill")),
        ("Check chapter 2 of mill", job("quality_control", "mill", chapters=[2])),
        ("check the chapters of mill", job("quality_control", "mill")),
        ("Invent the characters for mill", job("character_generation", "mill")),
        ("Outline mill", job("plot_outlining", "mill")),
        ("Export harbour-light, tide-clock", job("export", "harbour-light", "tide-clock")),
        ("export the book mill as docx", job("export", "mill", formats=["docx"])),
    ],
)
def test_a_sentence_stands_for_a_job(sentence: str, wanted: dict[str, Any]) -> None:
    assert read_sentence(sentence, EVERY) == wanted


@pytest.mark.parametrize("form", EVERY, ids=lambda form: form.example)
def test_every_example_of_every_kind_means_one_thing(form: Any) -> None:
    assert read_sentence(form.example, EVERY) == read_sentence(form.example, [form])


@pytest.mark.parametrize(
    "sentence",
    ["Write chapter of mill", "Write chapter three of mill", "Write the novel of mill", "Export", "Write the book"],
)
def test_what_is_not_clear_is_refused_with_a_sentence_about_books(sentence: str) -> None:
    with pytest.raises(PressroomError) as refused:
        read_sentence(sentence, EVERY)
    assert refused.value.code == "SENTENCE_UNCLEAR"
    assert any(form.example in refused.value.remedy for form in FORMS)


def test_a_sentence_is_checked_like_the_spec_it_stands_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, "mill", chapters=2)
    monkeypatch.chdir(tmp_path)
    said = press(capsys, "validate", "Write chapter 3 of mill")
    assert said.code == 2
    assert "CHAPTER_OUTSIDE" in said.out
    assert press(capsys, "validate", "Invent the characters of mill").code == 0
    assert "Did you mean 'pdf'?" in press(capsys, "validate", "Export mill as pdx").out
