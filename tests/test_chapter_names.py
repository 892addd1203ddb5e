"""Characters are found by name; a name that nearly is one is told, and people whom no list has."""

from __future__ import annotations

import pytest
from chapter_texts import ENGLISH, JAPANESE, RUSSIAN, THAI
from chapters import CAST, CAST_IN_THAI, asked, broken, findings
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tasks.fiction.checks.names import Names
from tasks.fiction.story import Characters, Severity

INNER = st.integers(1, 5)


def named(text: str, *names: str, language: str = "en") -> list[str]:
    characters = Characters.model_validate({"characters": [{"name": name} for name in names]})
    return Names(characters, language).named_in(text)


@pytest.mark.parametrize(
    ("text", "name", "language", "is_named"),
    [
        ("Alma turned.", "Alma Reyes", "en", True),
        ("It was Reyes's net.", "Alma Reyes", "en", True),
        ("ALMA!", "Alma Reyes", "en", True),
        ("The almanac lay open.", "Alma", "en", False),
        ("Almanacs were sold.", "Alma", "en", False),
        ("The old man mended a net.", "The Old Man", "en", True),
        ("It was a captain.", "Captain Reyes", "en", False),
        ("Jo laughed.", "Jo", "en", True),
        ("Joking apart.", "Jo", "en", False),
        ("She rose early.", "Rose", "en", False),
        ("Almas Koffer war schwer.", "Alma", "de", True),
        ("Он пошёл с Алмой.", "Алма", "ru", True),
        ("Jean-Luc est venu.", "Jean-Luc Moreau", "fr", True),
        ("ดารินทร์หันไป", "ดารินทร์ วงศ์ไทย", "th", True),
        ("คุณดารินทร์มาแล้ว", "ดารินทร์", "th", True),
        ("ปกรณ์ปิดวิทยุ", "ลุงปกรณ์", "th", True),
        ("เธอมานานแล้ว", "มาน", "th", False),
        ("아버지는 민수를 불렀다.", "김민수", "ko", True),
        ("小明笑了。", "王小明", "zh", True),
        ("太郎は笑った。", "田中 太郎", "ja", True),
    ],
)
def test_somebody_is_named_by_their_name_or_a_part_of_it(text: str, name: str, language: str, is_named: bool) -> None:
    assert bool(named(text, name, language=language)) is is_named


def test_a_name_that_two_people_share_names_neither() -> None:
    assert named("Reyes turned.", "Alma Reyes", "Juan Reyes") == []
    assert named("Juan turned.", "Alma Reyes", "Juan Reyes") == ["Juan Reyes"]


@pytest.mark.parametrize(
    ("text", "cast", "language"), [(ENGLISH, CAST, "en"), (THAI, CAST_IN_THAI, "th"), (RUSSIAN, ("Алма",), "ru")]
)
def test_right_names_are_no_issue(text: str, cast: tuple[str, ...], language: str) -> None:
    found = findings(text, cast, language=language, words={"least": 50})
    assert found.measured.names_used == list(cast)
    assert found.issues == []


@settings(deadline=None)
@given(st.sampled_from(["double", "drop", "swap"]), st.integers(1, 7))
def test_a_misspelt_name_is_told_with_its_place(how: str, at: int) -> None:
    right = "Bartholomew"
    wrong = {
        "double": right[: at + 1] + right[at:],
        "drop": right[:at] + right[at + 1 :],
        "swap": right[:at] + right[at + 1] + right[at] + right[at + 2 :],
    }[how]
    text = ENGLISH.replace("Tomas", right) + f"\n\nThe door was opened by {wrong} at once."
    assume(wrong != right)
    (issue,) = broken("misspelt_name", text, ("Alma Reyes", right))
    assert issue.severity is Severity.MAJOR
    assert issue.what == f"{wrong!r} is not {right!r}, whom the list has"
    assert issue.location == f"paragraph 16: “The door was opened by {wrong} at once.”"


def test_a_name_misspelt_all_along_is_told_once_and_nobody_is_missed() -> None:
    issues = findings(ENGLISH.replace("Tomas", "Thomas")).issues
    assert [(issue.rule, issue.severity) for issue in issues] == [("misspelt_name", Severity.MAJOR)]


@pytest.mark.parametrize(
    ("added", "why"),
    [
        ("It was called the Alba and carried coal.", "a letter exchanged in a short name is another name"),
        ("She spoke to Tomasz and to Tom.", "their ends differ"),
        ("Toms and buckets stood about. There were toms.", "it is a word"),
        ("“TOMMAS,” it read.", "it is written large"),
    ],
)
def test_a_name_that_may_be_another_is_left_in_peace(added: str, why: str) -> None:
    assert broken("misspelt_name", f"{ENGLISH}\n\n{added}") == [], why


def test_another_person_with_a_name_nearly_the_same_is_left_in_peace() -> None:
    assert broken("misspelt_name", ENGLISH + "\n\nBehind him stood Thomas." * 3) == []


def test_endings_of_names_are_no_misspellings_where_a_language_bends_them() -> None:
    text = RUSSIAN.replace("вверх по тропинке", "вверх, и рядом с Александрой, Александру видно")
    assert broken("misspelt_name", text, ("Алма", "Александра"), language="ru", words={"least": 5}) == []


def test_a_misspelt_name_is_told_in_thai_too() -> None:
    (issue,) = broken("misspelt_name", THAI.replace("ดารินทร์ถาม", "ดารินท์ถาม"), CAST_IN_THAI, language="th")
    assert (issue.severity, issue.what) == (Severity.MAJOR, "'ดารินท์' is not 'ดารินทร์', whom the list has")


@settings(deadline=None, max_examples=30)
@given(INNER)
def test_chinese_and_japanese_names_are_not_guessed_at(times: int) -> None:
    assert broken("misspelt_name", JAPANESE * times, ("アルム",), language="ja", words={"least": 5}) == []


def test_who_is_planned_and_never_appears_is_missed() -> None:
    (issue,) = broken("absent_character", cast=(*CAST, "Captain Mora"))
    assert (issue.severity, issue.what) == (
        Severity.MAJOR,
        "'Captain Mora' should be in this chapter and is never named",
    )
    assert broken("absent_character", cast=(*CAST, "Captain Mora"), planned=CAST) == []
    assert broken("absent_character", planned=["Reyes", "Tomas"]) == []
    assert len(broken("absent_character", planned=["Tomas", "Somebody Unlisted"])) == 1


def test_who_tells_the_story_need_not_be_named() -> None:
    told = ENGLISH.replace("Alma Reyes", "I").replace("Alma", "I").replace("She ", "I ").replace(" her ", " my ")
    assert broken("absent_character", told) == []
    assert len(broken("absent_character", told, ("Captain Mora", *CAST), planned=["Alma Reyes", "Captain Mora"])) == 1


def test_who_speaks_and_recurs_and_stands_on_no_list_is_told() -> None:
    text = ENGLISH.replace("said a voice behind her", "said Mr. Velasco").replace("the man said", "Velasco said")
    text = text.replace("He shaded", "Velasco shaded")
    (issue,) = broken("unlisted_character", text)
    assert (issue.severity, issue.what) == (Severity.MINOR, "'Velasco' comes 3 times and stands on no list")
    assert broken("unlisted_character", text, (*CAST, "Ines Velasco"), planned=[]) == []


def test_places_that_recur_are_no_people() -> None:
    assert broken("unlisted_character", ENGLISH + "\n\nShe thought of Lisbon. " + "It was in Lisbon. " * 5) == []


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=4))
def test_any_names_can_be_looked_for_in_any_text(text: str, names: list[str]) -> None:
    for language in ("en", "th", "ru", "ko"):
        characters = asked(names, planned=[], language=language).characters
        assert set(Names(characters, language).named_in(text)) <= set(characters.names)
