"""What repeats in a chapter is found in proportion, and what does not is left in peace."""

from __future__ import annotations

import pytest
from chapter_texts import BY_LANGUAGE, ENGLISH, THAI
from chapters import CAST_IN_THAI, broken, findings
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.repetition import LOOP, Repeated, repeated, without_loops
from tasks.fiction.story import Severity

WORDS = [
    f"{a}{b}" for a in ("bra", "clo", "dri", "fle", "gru", "plo") for b in ("ven", "mar", "tis", "lok", "dun", "sef")
]
SENTENCES = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=7, max_size=12, unique=True).map(
        lambda words: " ".join(words).capitalize() + "."
    ),
    min_size=3,
    max_size=12,
    unique=True,
)
LOOPED = "The ferry came back and nobody on the quay had seen it leave."
IN_THAI = "เรือข้ามฟากกลับมาและไม่มีใครบนท่าเรือเห็นมันออกไปเลย"


def found(text: str, language: str = "en") -> Repeated:
    return repeated(Reading(text, language))


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_prose_does_not_repeat(language: str) -> None:
    assert found(BY_LANGUAGE[language], language) == Repeated(0.0, [], [])


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_a_text_that_stands_there_twice_repeats_as_a_whole(language: str) -> None:
    assert found(f"{BY_LANGUAGE[language]}\n\n{BY_LANGUAGE[language]}", language).share > 0.95


@settings(deadline=None)
@given(SENTENCES, st.data())
def test_what_is_said_again_counts_and_what_is_new_does_not(sentences: list[str], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(sentences))
    before = found(" ".join(sentences)).share
    assert found(" ".join([*sentences, again])).share > before or before == 1
    assert found(" ".join([*sentences, LOOPED])).share <= before


@settings(deadline=None)
@given(st.text(max_size=400), st.sampled_from(["en", "th", "ja"]))
def test_the_share_of_any_text_lies_between_nothing_and_all(text: str, language: str) -> None:
    assert 0 <= found(text, language).share <= 1
    assert 0 <= found(f"{text}\n\n" * 3, language).share <= 1


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(2, 5))
def test_a_sentence_that_comes_again_nearly_the_same_is_seen(at: int, times: int) -> None:
    words = LOOPED[:-1].split()
    changed = " ".join([*words[:at], "slowly", *words[at + 1 :]]) + "."
    text = " ".join(["He looked up.", *[LOOPED] * times, changed])
    assert found(text).share == 1


def test_a_loop_inside_one_endless_sentence_is_seen() -> None:
    assert found("and the sea went on " * 60).share == 1
    assert found("ทะเลยังคงดำเนินต่อไป" * 60, "th").share == 1


def test_short_answers_may_be_given_often() -> None:
    assert found("“No,” he said. " * 20).share == 0


@pytest.mark.parametrize(("text", "again", "cast"), [(ENGLISH, LOOPED, ()), (THAI, IN_THAI, CAST_IN_THAI)])
def test_how_bad_it_is_follows_from_how_much_repeats(text: str, again: str, cast: tuple[str, ...]) -> None:
    fields = {"language": "th", "cast": cast} if cast else {}
    seen = []
    for times in (1, 2, 8, 80):
        looped = f"{text}\n\n" + " ".join([again] * times)
        issues = findings(looped, **fields).issues
        seen.append([issue.severity for issue in issues if issue.rule in ("repetition", "loop")])
    assert seen == [[], [Severity.MINOR], [Severity.MAJOR], [Severity.CRITICAL]]


def test_the_sentence_that_loops_is_named_with_its_place_and_how_often_it_comes() -> None:
    (issue,) = broken("loop", f"{ENGLISH}\n\n{LOOPED}\n\n" + f"{LOOPED}\n\n" * 60)
    assert issue.location == f"paragraph 16: “{LOOPED}”"
    assert issue.what.endswith("one of them 61 times")
    assert found(f"{ENGLISH}\n\n" + f"{LOOPED}\n\n" * 61).share > LOOP


def test_a_phrase_that_comes_again_and_again_is_named() -> None:
    phrase = "a shiver ran down her spine"
    lines = [f"{opening} {phrase} {end}." for opening, end in zip(WORDS[:5], WORDS[5:10], strict=True)]
    text = ENGLISH + "\n\n" + "\n\n".join(f"{line} {' '.join(WORDS[n::5])}." for n, line in enumerate(lines))
    (issue,) = broken("phrase", text)
    assert (issue.severity, issue.what) == (Severity.MINOR, f"“{phrase}” stands there 5 times")


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 30))
def test_more_of_the_same_never_repeats_less(times: int) -> None:
    shares = [found(f"{ENGLISH}\n\n" + " ".join([LOOPED] * number)).share for number in (times, times + 1)]
    assert shares == sorted(shares)


def test_a_writer_in_a_loop_is_left_with_what_it_says_first() -> None:
    loop = "The story began again, and the story began again. The story began again, and then the story began again."
    fresh = "A girl mends the old clock in the square. The sea follows it home, and nobody in the village can sleep."
    first = "The story began again, and the story began again."
    assert without_loops([f"{fresh} {loop}", loop, fresh], "", "en") == [f"{fresh} {first}"]
    assert without_loops([fresh], fresh, "en") == []


PARTS = ("the old clock", "began to strike again", "and the sea", "came home", "at noon", ".")


@given(st.lists(st.sampled_from(PARTS)))
def test_whatever_a_writer_in_a_loop_says_what_is_left_is_none(parts: list[str]) -> None:
    text = " ".join(without_loops([" ".join(parts)], "", "en"))
    assert repeated(Reading(text, "en")).share < LOOP
