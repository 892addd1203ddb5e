"""A text's length is counted as its readers would."""

from __future__ import annotations

import pytest
from chapter_texts import CHINESE, ENGLISH, JAPANESE, THAI
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.prose.languages import base_of, counted_in, is_unspaced
from tasks.prose.words import LEEWAY, count_words, is_estimate, words_of

LANGUAGES = st.sampled_from(["en", "th", "lo", "km", "my", "zh", "ja", "ar", "ru", "pt-BR", "xx"])


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("", "en", 0),
        ("  \n ", "th", 0),
        ("She did not look up.", "en", 5),
        ("It isn't a well-known house—yet.", "en", 6),
        ("“No,” he said – twice.", "en", 4),
        ("* * *", "en", 0),
        ("L'homme n'est pas là.", "fr", 4),
        ("यह मेरा घर है।", "hi", 4),
        ("그는 웃지 않았다.", "ko", 3),
        ("彼女は笑った。", "ja", 6),
        ("她笑了，看着Alma。", "zh", 6),
    ],
)
def test_words_are_counted_as_readers_count_them(text: str, language: str, words: int) -> None:
    assert count_words(text, language) == words


def test_thai_words_are_estimated_as_near_as_their_leeway_to_a_dictionarys_count() -> None:
    """PyThaiNLP 5.4 (newmm) divides the Thai chapter into 421 words; its paragraphs were counted one by one."""
    assert count_words(THAI, "th") == pytest.approx(421, rel=LEEWAY)
    assert is_estimate("th-TH")
    assert not is_estimate("en")


def test_chinese_and_japanese_are_counted_in_characters() -> None:
    assert [counted_in(language) for language in ("zh-Hant", "ja", "th", "en")] == [
        "characters",
        "characters",
        "words",
        "words",
    ]
    assert count_words(CHINESE, "zh") > 100
    assert count_words(JAPANESE, "ja") > 150
    assert count_words(JAPANESE, "en") < 10, "an English book counts by spaces"


def test_a_name_in_latin_letters_inside_thai_counts_as_the_words_it_has() -> None:
    assert count_words("เธอชื่อ Alma Reyes", "th") == count_words("เธอชื่อ", "th") + 2


@pytest.mark.parametrize(("tag", "base"), [("tha", "th"), ("th-TH", "th"), ("zh-Hans-CN", "zh"), ("nb", "no")])
def test_other_tags_of_a_language_are_the_same_language(tag: str, base: str) -> None:
    assert base_of(tag) == base
    assert is_unspaced("tha")


def test_words_come_without_the_marks_around_them() -> None:
    assert words_of("“Is that—the ferry?” asked Alma’s *brother*.") == [
        "Is", "that", "the", "ferry", "asked", "Alma’s", "brother",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.text(max_size=300), LANGUAGES)
def test_any_text_has_a_count_that_is_no_more_than_its_characters(text: str, language: str) -> None:
    assert 0 <= count_words(text, language) <= len(text)


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200), LANGUAGES)
def test_two_texts_together_are_as_long_as_both(one: str, other: str, language: str) -> None:
    together = count_words(f"{one}\n\n{other}", language)
    assert together == pytest.approx(count_words(one, language) + count_words(other, language), abs=1)


@settings(deadline=None)
@given(st.integers(1, 40))
def test_a_text_so_many_times_is_so_many_times_as_long(times: int) -> None:
    assert count_words(f"{ENGLISH}\n\n" * times, "en") == times * count_words(ENGLISH, "en")
    assert count_words(f"{THAI}\n\n" * times, "th") == pytest.approx(times * count_words(THAI, "th"), abs=times)
