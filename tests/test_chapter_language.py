"""A text in another language than the one asked for is told; names and quotations in another one are no fault."""

from __future__ import annotations

import pytest
from chapter_texts import BY_LANGUAGE, ENGLISH, SPANISH, THAI
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.prose.language_share import LEAST_SHARE, fault_in_language, language_share
from tasks.prose.languages import LATIN, letters_by_script, scripts_of

KNOWN = sorted(BY_LANGUAGE)
PAIRS = st.permutations(KNOWN).map(lambda order: (order[0], order[1]))
NAMES = ["Zbigniew Wójcik", "ดารินทร์", "Алма", "王小明", "Søren", "أحمد"]


@pytest.mark.parametrize("language", KNOWN)
def test_each_language_is_itself(language: str) -> None:
    assert language_share(BY_LANGUAGE[language], language) > 0.95
    assert fault_in_language(BY_LANGUAGE[language], language) is None


@settings(deadline=None)
@given(PAIRS)
def test_no_language_passes_for_another(pair: tuple[str, str]) -> None:
    written, wanted = pair
    assert language_share(BY_LANGUAGE[written], wanted) < 0.5
    assert fault_in_language(BY_LANGUAGE[written], wanted)


@settings(deadline=None)
@given(PAIRS, st.floats(0.35, 0.6))
def test_a_text_that_switches_language_half_way_is_told(pair: tuple[str, str], at: float) -> None:
    first, other = (BY_LANGUAGE[one][:520] for one in pair)
    text = f"{first[: int(len(first) * at)]}\n\n{other[int(len(other) * at) :]}"
    assert fault_in_language(text, pair[0])
    assert fault_in_language(text, pair[1])


@settings(deadline=None)
@given(st.sampled_from(KNOWN), st.lists(st.sampled_from(NAMES), max_size=6), st.data())
def test_foreign_names_are_no_other_language(language: str, names: list[str], data: st.DataObject) -> None:
    words = (BY_LANGUAGE[language] * 3).split(" ")
    for name in names:
        words.insert(data.draw(st.integers(0, len(words))), name)
    assert fault_in_language(" ".join(words), language) is None


@pytest.mark.parametrize("language", ["en", "th"])
def test_a_quotation_in_another_language_is_no_other_language(language: str) -> None:
    quoted = BY_LANGUAGE[language].replace("\n\n", f"\n\n“{SPANISH[:180]}”\n\n", 1)
    assert quoted != BY_LANGUAGE[language]
    assert fault_in_language(quoted, language) is None


@pytest.mark.parametrize("text", ["", "...", "Alma", "1912", "Alma Reyes, Lisboa"])
def test_of_too_little_nothing_is_said(text: str) -> None:
    for language in KNOWN:
        assert fault_in_language(text, language) is None


def test_a_fault_says_what_the_text_is_instead() -> None:
    assert fault_in_language(ENGLISH, "es") == "100 % of it reads as 'en'"
    assert fault_in_language(THAI, "es") == "100 % of it is written in Thai letters"
    assert fault_in_language(ENGLISH + THAI, "en") == "43 % of it is written in Thai letters"


def test_a_language_that_nobody_knows_is_judged_by_its_letters_alone() -> None:
    assert scripts_of("tlh") == LATIN
    assert fault_in_language(ENGLISH, "tlh") is None
    assert fault_in_language(THAI, "tlh")


@pytest.mark.parametrize("asked", ["no", "nb", "nn", "da"])
def test_languages_that_can_hardly_be_told_apart_pass_for_each_other(asked: str) -> None:
    text = (
        "Den siste fergen hadde allerede gått da Alma kom fram til havnen. Hun sto ved rekkverket med kofferten mellom "
        "føttene og så lysene bli mindre. Ingen hadde fortalt henne at vinterruten begynte på en tirsdag."
    )
    assert fault_in_language(text, asked) is None


@settings(deadline=None)
@given(st.text(max_size=400), st.sampled_from([*KNOWN, "sr", "ko", "xx"]))
def test_the_share_of_any_text_lies_between_nothing_and_all(text: str, language: str) -> None:
    share = language_share(text, language)
    assert 0 <= share <= 1
    assert fault_in_language(text, language) is None or share < LEAST_SHARE


@given(st.text())
def test_no_letter_is_counted_twice(text: str) -> None:
    assert letters_by_script(text).total() <= sum(map(str.isalpha, text))
