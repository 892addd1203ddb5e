"""Sentences, speech and readability are read as each language sets them."""

from __future__ import annotations

import pytest
from chapter_texts import BY_LANGUAGE, ENGLISH, GERMAN, JAPANESE, RUSSIAN, SPANISH, THAI
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.speech import spoken_spans
from tasks.prose.readability import FORMULAS, readability
from tasks.prose.sentences import sentences_of
from tasks.prose.words import count_words


def spoken(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in spoken_spans(text)]


@pytest.mark.parametrize(
    ("text", "language", "sentences"),
    [
        ("She came. He left!", "en", ["She came.", "He left!"]),
        ("“Where?” asked Alma. “There.”", "en", ["“Where?” asked Alma.", "“There.”"]),
        ("Mr. Reyes met Dr. Mora. Both sat.", "en", ["Mr. Reyes met Dr. Mora.", "Both sat."]),
        ("It cost 3.50 or so", "en", ["It cost 3.50 or so"]),
        ("Wait... what?! No.", "en", ["Wait... what?!", "No."]),
        ("彼は笑った。「行こう。」彼女は言った。", "ja", ["彼は笑った。", "「行こう。」", "彼女は言った。"]),
        ("เธอหัวเราะ เขาค่อย ๆ เงยหน้า", "th", ["เธอหัวเราะ", "เขาค่อยๆเงยหน้า"]),
        ("वह आया। वह गया।", "hi", ["वह आया।", "वह गया।"]),
        ("***", "en", []),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, language: str, sentences: list[str]) -> None:
    assert sentences_of(text, language) == sentences


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("“No,” he said. “Never.”", ["“No,”", "“Never.”"]),
        ('"No," he said.', ['"No,"']),
        ("«Non», dit-il.", ["«Non»"]),
        ("„Nein“, sagte er.", ["„Nein“"]),
        ("»Nein«, sagte er.", ["»Nein«"]),
        ("”Nej”, sade han.", ["”Nej”"]),
        ("「いいえ」と言った。", ["「いいえ」"]),
        ("‘I don’t know,’ she said.", ["‘I don’t know,’"]),
        ("—No —dijo él—. Nunca.", ["—No", "—. Nunca."]),
        ("— Нет, — сказал он. — Никогда.", ["— Нет,", "— Никогда."]),
        ("-Así es -dijo Sancho-; vamos.", ["-Así es", "-; vamos."]),
        ("“It went on and on", ["“It went on and on"]),
        ("It was the boys’ net.", []),
        ("She waited — for nothing — and left.", []),
    ],
)
def test_speech_is_found_by_the_marks_of_many_languages(text: str, said: list[str]) -> None:
    assert spoken(text) == said


@settings(deadline=None)
@given(st.text(alphabet='ab .\n“”"«»„‘’—-', max_size=80))
def test_spans_of_speech_stand_in_order_inside_the_text(text: str) -> None:
    ends = [end for span in spoken_spans(text) for end in span]
    assert ends == sorted(ends)
    assert all(0 <= end <= len(text) for end in ends)


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_a_text_is_its_sentences(language: str) -> None:
    reading = Reading(BY_LANGUAGE[language], language)
    assert sum(reading.lengths) == pytest.approx(reading.words, rel=0.03)
    assert {sentence.paragraph for sentence in reading.sentences} == set(range(1, len(reading.paragraphs) + 1))


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(["en", "th", "ja"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    reading = Reading(text, language)
    assert len(reading.narration) == len(reading.paragraphs)
    assert 0 <= reading.spoken_words <= reading.words
    assert len(reading.lengths) == len(reading.sentences)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["“Come here, she is waiting,” he said.", "Nobody came that evening."]), min_size=1))
def test_the_share_of_speech_is_that_of_its_words(paragraphs: list[str]) -> None:
    reading = Reading("\n\n".join(paragraphs), "en")
    assert reading.spoken_words == 5 * sum("“" in paragraph for paragraph in paragraphs)
    assert reading.words == sum(count_words(paragraph, "en") for paragraph in paragraphs)


def ease_of(text: str, language: str) -> float | None:
    reading = Reading(text, language)
    found = readability(reading.text, len(reading.sentences), reading.language)
    return found.reading_ease if found is not None else None


def test_easy_sentences_read_more_easily_in_every_language_that_has_a_measure() -> None:
    hard = {
        "en": "Notwithstanding considerable administrative difficulties, the municipality reconsidered regulations.",
        "de": "Ungeachtet erheblicher verwaltungstechnischer Schwierigkeiten überarbeitete man die Verordnungen.",
        "es": "No obstante considerables dificultades administrativas, la municipalidad reconsideró regulaciones.",
        "ru": "Несмотря на значительные административные затруднения, муниципалитет пересматривал постановления.",
    }
    easy = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "ru": RUSSIAN}
    for language, text in hard.items():
        ease, difficulty = ease_of(easy[language], language), ease_of(text, language)
        assert ease is not None
        assert difficulty is not None
        assert 60 < ease < 110
        assert difficulty < 30


def test_a_known_sentence_has_the_reading_ease_that_the_formula_gives_by_hand() -> None:
    found = readability("The cat sat on the mat.", 1, "en")
    assert found is not None
    assert found.reading_ease == pytest.approx(206.835 - 1.015 * 6 - 84.6, abs=0.05)
    assert found.grade == pytest.approx(0.39 * 6 + 11.8 - 15.59, abs=0.05)
    assert found.words_a_sentence == 6


def test_languages_without_a_measure_have_none() -> None:
    assert "th" not in FORMULAS
    assert [ease_of(text, language) for text, language in ((THAI, "th"), (JAPANESE, "ja"))] == [None, None]
    assert ease_of("", "en") is None
