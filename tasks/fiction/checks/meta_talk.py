"""What a model says beside the story: greetings, refusals, headings, lists, labels of its own working.

Talk is looked for where models talk, in the first two and the last two paragraphs, and only outside of speech: somebody
in a story may be an AI and say so. Patterns are narrow, since a chapter that is sent back for nothing costs money. In
languages but English and Thai only signs such as headings and fences are seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.rules import MOST, Rule, broken
from tasks.fiction.story import Issue, Severity

_MADE = "chapter|draft|version|continuation|rewrite|revision|excerpt"
_WORK = rf"(?:{_MADE}|story|scene|text|passage|opening)"
_TALK = (
    rf"^(?:\w[\w ]{{0,20}}[!,.:]\s+)?(?:here(?: is|['’]s| are)|below is)\b[^\n.!?]{{0,60}}\b(?:{_MADE})\b",
    rf"^(?:here(?: is|['’]s)|below is)\b[^\n.!?]{{0,60}}\b{_WORK}\b[^\n.!?]{{0,40}}:$",
    r"^(?:sure|certainly|absolutely|of course)!\s",
    r"\bas an? (?:ai|large language|language) (?:language )?(?:model|assistant)\b",
    r"\bas an ai,? i (?:can['’]?t|cannot|don['’]?t|do not|am not|am unable)\b",
    rf"^(?:i['’]m sorry,? (?:but )?)?i (?:can['’]t|cannot|am unable to) (?:write|create|generate|continue"
    rf"|help with|assist with|fulfil+)\b[^\n.]{{0,40}}\b(?:request|content|that|{_WORK})\b",
    rf"\bhope (?:you|this) (?:enjoy|enjoyed|like|liked|meets|helps)\b[^\n.]{{0,30}}\b(?:{_WORK}|request|needs)\b",
    r"^(?:let me know|feel free to (?:ask|adjust|edit))\b[^\n]{0,60}\b(?:change|adjust|revis|continue|expand|edit)",
    r"^would you like me to\b[^\n]{0,30}\b(?:change|adjust|revise|continue|expand|write)\b",
    rf"^(?:author['’]s note|disclaimer|word count|end of {_WORK})\b\s*(?:\d|[:.)]|$)",
    rf"^note:[^\n]{{0,60}}\b{_WORK}\b",
    r"^(?:แน่นอน|ได้เลย|ยินดี)(?:ครับ|ค่ะ|คะ)?\s*[!,]?\s*(?:นี่คือ|ต่อไปนี้|ด้านล่าง)",
    r"^(?:นี่คือ|ต่อไปนี้คือ|ด้านล่างนี้คือ)\S{0,20}(?:บทที่|เนื้อหาบท|เนื้อหาของบท|ฉบับร่าง|ฉบับแก้ไข|ร่างบท)",
    r"ในฐานะ(?:ที่เป็น)?\s*(?:โมเดลภาษา|(?:ผู้ช่วย\s*)?(?:AI|เอไอ|ปัญญาประดิษฐ์)\s*(?:ผม|ฉัน|ดิฉัน))",
    r"^(?:ขออภัย|ขอโทษ)(?:ครับ|ค่ะ)?\s*\S{0,20}ไม่สามารถ(?:เขียน|สร้าง|ช่วย)\S{0,20}(?:เนื้อหา|เรื่อง|บท|คำขอ)",
    r"หวังว่า(?:คุณ|ท่าน|ผู้อ่าน)\S{0,10}(?:ชอบ|สนุก|เพลิดเพลิน|พอใจ)\S{0,10}(?:บท|เรื่อง|นิยาย)",
    r"^(?:หากคุณต้องการ|ถ้าคุณต้องการ|หากต้องการ)\S{0,20}(?:แก้ไข|ปรับ|เพิ่มเติม|เขียนต่อ)",
    r"^(?:จำนวนคำ|สรุปบท|จบบทที่|จบตอนที่|หมายเหตุผู้เขียน)\s*(?:[:(]|\d|$)",
)
_TALKS = re.compile("|".join(_TALK), re.IGNORECASE)
_NUMBER = (
    r"(?:\d+|[ivxlc]+|[๐-๙]+|[一二三四五六七八九十百]+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
)
_CHAPTER = rf"(?:chapter|part|kapitel|capítulo|chapitre|capitolo|глава|บทที่|ตอนที่|第)\s*{_NUMBER}"
_HEADING = re.compile(
    rf"^(?:#{{1,6}}\s+\S.*|\*\*[^*]+\*\*:?|{_CHAPTER}(?:[章話回].{{0,40}}|\s*[:.—–-].{{0,80}})?)$", re.IGNORECASE
)
_LABEL = re.compile(
    r"^[*_\[(]*(?:(?:Scene(?: \d+)?|Setting|POV|Point of View|Title|Characters|Plot|(?:Opening )?Hook|Climax|Resolution"
    r"|Ending(?: State)?|Conflict|Theme|Tone|Genre|Beat \d+|Act \d+|Word Count)"
    r"|(?:SCENE|SETTING|TITLE|CHARACTERS|PLOT|HOOK|ENDING)(?: \d+)?"
    r"|ฉาก(?:ที่)?\s*\d*|ตัวละคร|ชื่อเรื่อง|ชื่อบท|มุมมอง|โครงเรื่อง)[*_]*\s*[:：]"
)
_FENCE = re.compile(r"^(?:```|~~~)|<\|[a-z_]+\|>|</?(?:think|thinking|output|answer|s)>|\[/?INST\]", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[*•▪●]\s+|-\s+\*\*|\d{1,2}[.)]\s+)\S")
_LINES_OF_A_LIST = 3


def check_meta_talk(reading: Reading) -> Iterator[Issue]:
    """Find what a model says beside the story."""
    last = len(reading.paragraphs)
    for number, paragraph in enumerate(reading.narration, 1):
        if not 2 < number < last - 1 and (found := _talk_in(paragraph)):
            yield broken(
                Rule.META_TALK,
                Severity.CRITICAL,
                reading.place(number, found),
                "it speaks of itself and not of the story",
                "Leave out everything that is not the story.",
            )
    yield from list(_marked(reading))[:MOST]


def _talk_in(paragraph: str) -> str:
    for line in paragraph.splitlines():
        bare = line.strip().strip("*_[]() ")
        if found := _TALKS.search(bare):
            return found[0]
    return ""


def _marked(reading: Reading) -> Iterator[Issue]:
    """Find signs that a story has no use for. A heading over the first paragraph is only its title once more."""
    of_list = 0
    for number, paragraph in enumerate(reading.paragraphs, 1):
        for line in paragraph.splitlines():
            bare = line.strip()
            of_list = of_list + 1 if _BULLET.match(bare) else 0
            what, severity = _sign(bare, is_first=number == 1, is_list=of_list == _LINES_OF_A_LIST)
            if what:
                yield broken(Rule.MARKUP, severity, reading.place(number, bare), what, "Leave it out; only prose.")


def _sign(line: str, *, is_first: bool, is_list: bool) -> tuple[str, Severity]:
    if _FENCE.search(line):
        return "a mark of a model's own format stands there", Severity.MAJOR
    if _LABEL.match(line):
        return "a label stands there", Severity.MAJOR
    if _HEADING.match(line):
        return "a heading stands there", Severity.MINOR if is_first else Severity.MAJOR
    return ("a list stands there" if is_list else ""), Severity.MAJOR
