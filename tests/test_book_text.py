"""An author's text: paragraphs, emphasis and breaks are read, and everything else is literal."""

from __future__ import annotations

import pytest
from bookmaking import hostile_texts
from hypothesis import given
from hypothesis import strategies as st

from tasks.fiction.export.languages import language_of
from tasks.fiction.export.text import Paragraph, Run, SceneBreak, blocks_of
from tasks.plain_text import clean, one_line


def texts(text: str) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in blocks_of(text) if isinstance(block, Paragraph)]


def emphasised(text: str) -> list[str]:
    blocks = [block for block in blocks_of(text) if isinstance(block, Paragraph)]
    return [run.text for block in blocks for run in block.runs if run.is_emphasised]


def test_paragraphs_are_what_empty_lines_part() -> None:
    assert texts("one\n\ntwo\n \t\nthree\n\n\n\nfour\n") == ["one", "two", "three", "four"]
    assert blocks_of(" \n\n\t\n") == []


def test_lines_of_a_paragraph_are_kept_and_make_it_verse() -> None:
    verse, prose = blocks_of("Roses are red,\r\nthe quay is grey.\r\n\r\nShe left.")
    assert verse == Paragraph((Run("Roses are red,\nthe quay is grey."),))
    assert [block.is_verse for block in (verse, prose) if isinstance(block, Paragraph)] == [True, False]


@pytest.mark.parametrize("text", ["a\n\n***\n\nb", "a\n***\nb", "a\n\n  ***\t\n\nb"])
def test_three_asterisks_alone_part_scenes(text: str) -> None:
    assert blocks_of(text) == [Paragraph((Run("a"),)), SceneBreak(), Paragraph((Run("b"),))]


def test_what_stands_between_single_asterisks_is_emphasised() -> None:
    assert blocks_of('He was *very* late; "เธอ*ต้อง*มา".') == [
        Paragraph((Run("He was "), Run("very", True), Run(' late; "เธอ'), Run("ต้อง", True), Run('มา".')))
    ]
    assert emphasised("*two\nlines*") == ["two\nlines"]


@pytest.mark.parametrize("text", ["**bold**", "* a list", "a * b * c", "**** x", "a*", "*", "* x*", "*x *", "***x***"])
def test_other_asterisks_are_asterisks(text: str) -> None:
    assert blocks_of(text) == [Paragraph((Run(text.strip()),))]


def test_what_no_file_may_hold_is_left_out() -> None:
    assert clean("a\x00b\x07\ud800c\ufffe\U0001ffff\x7f\x9f\ufeffd\te") == "abcd\te"
    assert clean("a\rb\r\nc\x85d\u2028e\u2029f") == "a\nb\nc\nd\ne\nf"


@pytest.mark.parametrize("title", ["", "  \n", "\x00", "\u200b", "\u00a0", "\ud800"])
def test_a_title_of_which_nothing_is_seen_is_empty(title: str) -> None:
    assert one_line(title) == ""


@given(text=hostile_texts)
def test_any_text_is_read_without_losing_a_letter(text: str) -> None:
    def letters(of: str) -> str:
        return "".join(sign for sign in clean(of) if not sign.isspace() and sign != "*")

    assert letters("".join(texts(text))) == letters(text)


@given(text=st.text(alphabet="*a \n", max_size=60))
def test_no_asterisk_appears_or_goes_but_those_of_emphasis_and_breaks(text: str) -> None:
    breaks = sum(isinstance(block, SceneBreak) for block in blocks_of(text))
    left = "".join(texts(text)).count("*")
    assert left + 2 * len(emphasised(text)) + 3 * breaks == text.count("*")


@pytest.mark.parametrize(
    ("said", "tag", "direction"),
    [
        ("th", "th", "ltr"),
        ("TH-th", "th-TH", "ltr"),
        ("ar", "ar", "rtl"),
        ("he-IL", "he-IL", "rtl"),
        ("az-arab", "az-Arab", "rtl"),
        ("ur-Latn", "ur-Latn", "ltr"),
        ("es-419", "es-419", "ltr"),
        ("en-nonsense-longerthanallowed", "en", "ltr"),
        ("english", "und", "ltr"),
        ("", "und", "ltr"),
        ('en"><script>', "en", "ltr"),
    ],
)
def test_a_language_is_a_tag_that_every_format_takes(said: str, tag: str, direction: str) -> None:
    language = language_of(said)
    assert (language.tag, language.direction) == (tag, direction)


def test_a_file_speaks_the_language_of_its_book() -> None:
    assert language_of("th").words.contents == "สารบัญ"
    assert language_of("nn").words.contents == "Innhold"
    assert language_of("tlh").words.contents == "Contents"
