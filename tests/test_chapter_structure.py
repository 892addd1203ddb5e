"""A chapter is there, finished, in paragraphs, as long as asked for, and has nothing beside its story in it."""

from __future__ import annotations

import pytest
from chapter_texts import ENGLISH, RUSSIAN, SPANISH, THAI
from chapters import CAST_IN_THAI, broken, findings
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.fiction.story import Severity

TALK = [
    "Here is the chapter you asked for:",
    "Here's a revised version of the chapter.",
    "Sure! Here is the next scene:",
    "Certainly! I have kept to the outline.",
    "As an AI language model, I can only imagine the sea.",
    "I'm sorry, but I can't write that scene.",
    "I cannot continue this story.",
    "I hope you enjoyed this chapter!",
    "Let me know if you would like me to change anything.",
    "Would you like me to continue with chapter two?",
    "(Word count: 1,240)",
    "[End of chapter]",
    "Author's note: the light is real.",
    "Note: this scene follows the outline.",
    "แน่นอนครับ นี่คือบทที่ 1",
    "นี่คือฉบับแก้ไขของบทนี้",
    "ในฐานะโมเดลภาษา ฉันไม่มีความรู้สึก",
    "ขออภัยค่ะ ฉันไม่สามารถเขียนเนื้อหานี้ได้",
    "หวังว่าคุณจะชอบบทนี้",
    "หากคุณต้องการให้แก้ไขส่วนใด แจ้งได้เลย",
    "จำนวนคำ: 1240",
]
STORY = [
    "Here is where the ferry used to land.",
    "This is the story of how I lost my hat.",
    "I hope you like soup.",
    "Sure, she thought, nobody would ask.",
    "Of course, I can say now that I was wrong.",
    "I cannot write of what happened next.",
    "Let me know when the boat comes.",
    "“Here is the chapter you asked for,” said the printer.",
    "“As an AI language model, I can only imagine the sea,” said the radio.",
    "นี่คือเรื่องราวของเรือข้ามฟาก",
    "“ในฐานะโมเดลภาษา ฉันไม่มีความรู้สึก” วิทยุพูด",
    "หวังว่าพรุ่งนี้อากาศจะดี",
]


def in_thai(text: str) -> bool:
    return any("ก" <= letter <= "๙" for letter in text)


@pytest.mark.parametrize("line", TALK)
@pytest.mark.parametrize("at_start", [True, False])
def test_a_models_own_talk_is_critical(line: str, at_start: bool) -> None:
    text, cast, language = (THAI, CAST_IN_THAI, "th") if in_thai(line) else (ENGLISH, ("Alma Reyes", "Tomas"), "en")
    talked = f"{line}\n\n{text}" if at_start else f"{text}\n\n{line}"
    (issue,) = broken("meta_talk", talked, cast, language=language)
    assert issue.severity is Severity.CRITICAL
    assert f"paragraph {1 if at_start else 16}" in issue.location


@pytest.mark.parametrize("line", STORY)
def test_what_only_sounds_like_it_is_story(line: str) -> None:
    text, cast, language = (THAI, CAST_IN_THAI, "th") if in_thai(line) else (ENGLISH, ("Alma Reyes", "Tomas"), "en")
    for talked in (f"{line}\n\n{text}", f"{text}\n\n{line}"):
        assert broken("meta_talk", talked, cast, language=language) == []


@pytest.mark.parametrize(
    ("sign", "severity"),
    [
        ("# The last ferry", Severity.MAJOR),
        ("**The harbour**", Severity.MAJOR),
        ("Chapter 3", Severity.MAJOR),
        ("Chapter Three: The light", Severity.MAJOR),
        ("บทที่ ๓", Severity.MAJOR),
        ("第三章 港", Severity.MAJOR),
        ("Scene 2: At the quay", Severity.MAJOR),
        ("**POV:** Alma", Severity.MAJOR),
        ("ฉากที่ 2: ท่าเรือ", Severity.MAJOR),
        ("```text", Severity.MAJOR),
        ("<|im_end|>", Severity.MAJOR),
        ("</think>", Severity.MAJOR),
        ("* the ferry\n* the net\n* the light", Severity.MAJOR),
        ("1. the ferry\n2. the net\n3. the light", Severity.MAJOR),
    ],
)
def test_marks_that_a_story_has_no_use_for_are_told(sign: str, severity: Severity) -> None:
    (issue,) = broken("markup", ENGLISH.replace("\n\n", f"\n\n{sign}\n\n", 1))
    assert (issue.severity, issue.location[:12]) == (severity, "paragraph 2:")


def test_a_heading_over_a_chapter_is_minor() -> None:
    (issue,) = broken("markup", f"# The last ferry\n\n{ENGLISH}")
    assert issue.severity is Severity.MINOR


@pytest.mark.parametrize("mark", ["***", "* * *", "⁂", "---", "*She laughed.*", "- No, he said.\n- Yes.\n- Perhaps."])
def test_breaks_emphasis_and_dashes_of_speech_are_prose(mark: str) -> None:
    assert broken("markup", ENGLISH.replace("\n\n", f"\n\n{mark}\n\n", 1)) == []


@pytest.mark.parametrize("text", ["", "  \n\n ", "***", "…"])
def test_where_there_is_no_text_nothing_else_is_said(text: str) -> None:
    found = findings(text)
    assert [issue.rule for issue in found.issues] == ["empty"]
    assert (found.total, found.hook) == (0, 0)


@pytest.mark.parametrize("end", [".", "!", "?", "…", "”", ".”", "—", ".*", "?”*", ".\n\n***", ".)"])
def test_a_chapter_that_ends_is_finished(end: str) -> None:
    assert broken("unfinished", f"{ENGLISH[:-1]}{end}\n") == []


@pytest.mark.parametrize(
    ("line", "is_finished"),
    [
        ("The End", True),
        ("Your brother, Tomas", True),
        ("She turned and", False),
        ("“You should not have come, Alma", False),
        ("Far out the lights of the ferry came round the Point", False),
    ],
)
def test_a_last_line_may_stand_alone_below_a_finished_paragraph(line: str, is_finished: bool) -> None:
    assert (broken("unfinished", f"{ENGLISH}\n\n{line}") == []) is is_finished
    assert broken("unfinished", f"{ENGLISH[:-8]}\n\n{line}")


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60))
def test_a_chapter_that_breaks_off_is_not(cut: int) -> None:
    text = ENGLISH[:-cut].rstrip()
    assert bool(broken("unfinished", text)) is (text[-1] not in ".?!”—")


@pytest.mark.parametrize(("end", "is_finished"), [("นิดหนึ่ง", True), ("และ", False), ("เมื่อ", False), ("พื้นที่", True)])
def test_in_thai_only_words_that_nothing_ends_with_tell_that_it_breaks_off(end: str, is_finished: bool) -> None:
    found = broken("unfinished", f"{THAI}\n\nแสงสีเขียวขยับเข้ามาใกล้{end}", CAST_IN_THAI, language="th")
    assert (found == []) is is_finished


def test_a_chapter_in_one_block_is_told_and_one_long_paragraph_is_minor() -> None:
    block = " ".join(ENGLISH.split()) + " " + " ".join(ENGLISH.split())[:800] + "."
    assert [issue.severity for issue in broken("paragraphs", block)] == [Severity.MAJOR]
    assert [issue.severity for issue in broken("paragraphs", f"She waited.\n\n{block}")] == [Severity.MINOR]
    assert broken("paragraphs", "\n".join(ENGLISH.split("\n\n"))) == [], "a line each is a paragraph each"


@pytest.mark.parametrize(
    ("least", "most", "severity"),
    [
        (300, 434, None),
        (434, 3500, None),
        (435, 3500, Severity.MAJOR),
        (868, 3500, Severity.MAJOR),
        (869, 3500, Severity.CRITICAL),
        (10, 433, Severity.MAJOR),
        (10, 216, Severity.CRITICAL),
    ],
)
def test_length_has_bounds(least: int, most: int, severity: Severity | None) -> None:
    found = [issue.severity for issue in broken("length", words={"least": least, "most": most})]
    assert found == ([severity] if severity else [])


def test_where_words_are_estimated_bounds_have_the_estimates_leeway() -> None:
    def short(least: int) -> bool:
        return bool(broken("length", THAI, CAST_IN_THAI, language="th", words={"least": least, "most": 3500}))

    assert [short(least) for least in (416, 436, 439)] == [False, False, True]


def test_a_length_is_told_in_what_its_readers_count() -> None:
    (issue,) = broken("length", "她笑了。", ("Alma",), language="zh", planned=[])
    assert issue.what == "3 characters where 300 to 3,500 are asked for"


def test_a_chapter_in_another_language_is_judged_by_nothing_else() -> None:
    found = findings(RUSSIAN, language="es", words={"least": 20})
    assert [(issue.rule, issue.severity) for issue in found.issues] == [("language", Severity.CRITICAL)]
    assert findings(SPANISH, ("Alma",), language="es", words={"least": 20}).issues == []
