"""What was settled before is kept, as far as names and things show it; the dead who speak are told with care."""

from __future__ import annotations

import pytest
from chapter_texts import ENGLISH, THAI
from chapters import CAST, CAST_IN_THAI, broken, findings
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.fiction.story import Severity

DEAD = "Tomas died in the fire."
SPEAKING = ENGLISH.replace("the man said at last", "said Tomas at last").replace(
    "he said. “He asked", "Tomas said. “He asked"
)
IN_THAI = THAI.replace("ชายชราพูดในที่สุด", "ปกรณ์พูดในที่สุด").replace("เขาตอบ", "ปกรณ์ตอบ")


def ending(*facts: str, state: str = "") -> dict[str, object]:
    return {"state": state, "facts": list(facts)}


def kept(*facts: str) -> float:
    return findings(before=ending(*facts)).measured.facts_kept


def test_facts_are_kept_whose_names_or_things_are_spoken_of() -> None:
    assert kept() == 1
    assert kept("Alma has quarrelled with the bishop.") == 1
    assert kept("The suitcase holds letters.") == 1
    assert kept("The bishop owns the orchard.") == 0
    assert kept("The bishop owns the orchard.", "The harbour is closed.") == 0.5


def test_facts_in_thai_are_looked_for_too() -> None:
    before = ending("ดารินทร์มีพี่ชาย", "ตารางเดินเรือฤดูหนาวเปลี่ยน", "อธิการเป็นเจ้าของสวนผลไม้")
    measured = findings(THAI, CAST_IN_THAI, language="th", before=before).measured
    assert measured.facts_kept == pytest.approx(2 / 3, abs=0.001)


def test_a_chapter_that_speaks_of_nothing_before_has_forgotten_it() -> None:
    before = ending("The bishop owns the orchard.", "Nine apples were stolen.", "Saturday is market day.")
    (issue,) = broken("forgotten_facts", before=before)
    assert issue.severity is Severity.MINOR
    assert broken("forgotten_facts", before=ending("The bishop owns the orchard.")) == []


def test_who_later_chapters_rely_on_has_to_be_there() -> None:
    cast = (*CAST, "Captain Mora")
    (issue,) = broken("ending_not_kept", cast=cast, planned=CAST, keeps=ending(state="Captain Mora waits at the door."))
    assert (issue.severity, "Captain Mora" in issue.what) == (Severity.MAJOR, True)
    assert broken("ending_not_kept", keeps=ending(state="Alma sits at the table of Tomas.")) == []


def test_what_later_chapters_rely_on_should_be_spoken_of() -> None:
    lost = ending("The bishop owns the orchard.", "Nine apples were stolen.", "The ferry runs.")
    (issue,) = broken("ending_not_kept", keeps=lost)
    assert (issue.severity, issue.what[:11]) == (Severity.MINOR, "2 of 3 fact")


@pytest.mark.parametrize(
    ("text", "cast", "language", "fact"),
    [
        (SPEAKING, CAST, "en", DEAD),
        (SPEAKING, CAST, "en", "Tomas is dead."),
        (IN_THAI, CAST_IN_THAI, "th", "ปกรณ์ตายแล้ว"),
    ],
)
def test_the_dead_who_speak_twice_are_a_major_issue(text: str, cast: tuple[str, ...], language: str, fact: str) -> None:
    (issue,) = broken("contradiction", text, cast, language=language, before=ending(fact))
    assert issue.severity is Severity.MAJOR
    assert fact in issue.what


@pytest.mark.parametrize(
    ("fact", "added", "genre"),
    [
        (DEAD, "", "fantasy"),
        (DEAD, "", "horror"),
        ("Tomas nearly died in the fire.", "", "drama"),
        ("Tomas is not dead.", "", "drama"),
        ("Alma believes that Tomas is dead.", "", "drama"),
        ("The brother of Tomas died.", "", "drama"),
        ("Alma died.", "", "drama"),
        (DEAD, "In her dream he was young. “Come,” said Tomas.", "drama"),
        (DEAD, "Years before, Tomas said the same.", "drama"),
    ],
)
def test_where_the_dead_may_speak_nothing_is_said(fact: str, added: str, genre: str) -> None:
    assert broken("contradiction", f"{SPEAKING}\n\n{added}", before=ending(fact), genre=genre) == []


def test_who_speaks_once_or_is_only_quoted_may_be_remembered() -> None:
    once = ENGLISH.replace("the man said at last", "said Tomas at last")
    quoted = ENGLISH + "\n\n“Stay, said Tomas. Sit, said Tomas. Eat, said Tomas,” she told the radio."
    for text in (once, quoted):
        assert broken("contradiction", text, before=ending(DEAD)) == []


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=60), max_size=5), st.text(max_size=200))
def test_any_facts_can_be_compared_with_any_text(facts: list[str], text: str) -> None:
    for language in ("en", "th"):
        found = findings(text, language=language, before=ending(*facts), keeps=ending(*facts))
        assert 0 <= found.measured.facts_kept <= 1
