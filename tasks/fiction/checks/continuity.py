"""What a chapter keeps of what was settled before, as far as names and things show it.

Rules see that somebody or something is spoken of, never what is said of it: that a door is open which was locked, that
it is summer after autumn, or that somebody knows what they cannot know is for a model. One contradiction is seen: a
fact says plainly that somebody is dead, and they speak by name. Ghosts, dreams and memories speak too, so it has to
happen twice, in no genre of ghosts and beside no such word, and it is only called a major issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.fiction.checks.asked import CheckedAgainst
from tasks.fiction.checks.cast import says_i
from tasks.fiction.checks.names import Names
from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.rules import Rule, broken
from tasks.fiction.story import Ending, Issue, Severity
from tasks.prose.words import WORD

FEW_FACTS = 3
"""So many facts, of which a chapter speaks of none, are forgotten."""
_STEM = 5
"""Letters by which words are the same: endings bend."""
_PIECE = 6
"""Letters that are compared where words are not set apart."""
_TWICE = 2
_UNREAL = frozenset({"fantasy", "horror", "science-fiction"})
_DEAD = {
    "en": r"^{name} (?:(?:is|was|lies|has been) (?:dead|killed|murdered|buried)|(?:has |had )?(?:died|drowned))\b",
    "th": r"^{name}\s*(?:ได้)?(?:ตาย|เสียชีวิต|ถูกฆ่า|สิ้นใจ)",
}
_SPEAKS = {
    "en": r"\b(?:{says} {name}|{name} {says})\b".replace("{says}", "(?:said|asked|replied|answered|whispered|shouted)"),
    "th": r"{name}\s*(?:พูด|ถาม|ตอบ|กระซิบ|ตะโกน)",
}
_DOUBT = {
    "en": r"\b(?:not|nearly|almost|thought|thinks|belie\w+|seems?|pretend\w*|faked|alive|may|might|could|would|if)\b",
    "th": r"ไม่|เกือบ|คิดว่า|เชื่อว่า|แกล้ง|รอด|ฟื้น|อาจ|ถ้า",
}
"""Words of a fact by which somebody may be less dead."""
_ELSEWHEN = {
    "en": r"\b(?:ghosts?|spirits?|dream\w*|memor(?:y|ies)|remember\w*|imagin\w+|years|ago|earlier|recording|tape"
    r"|photograph|used to)\b|(?<!at )\bonce\b",
    "th": r"ผี|วิญญาณ|ฝัน|ความทรงจำ|นึกถึงคำ|เทปบันทึก|ภาพถ่าย|ปีก่อน|เมื่อก่อน|วันนั้น",
}
"""Words beside which somebody may speak from another time."""
_BESIDE = 2
"""Paragraphs before, in which such a word counts too."""


def facts_kept(reading: Reading, names: Names, before: Ending | None) -> float:
    """Return the share of the facts whose names or things a text speaks of; 1 where there are none."""
    facts = before.facts if before else []
    return sum(_spoken_of(facts, reading, names)) / len(facts) if facts else 1.0


def check_continuity(reading: Reading, asked: CheckedAgainst, names: Names, used: list[str]) -> Iterator[Issue]:
    """Find what a chapter forgets of the chapters before, or changes for those behind."""
    if asked.before:
        if len(asked.before.facts) >= FEW_FACTS and facts_kept(reading, names, asked.before) == 0:
            what = "nothing of what was settled before is spoken of"
            yield broken(Rule.FORGOTTEN, Severity.MINOR, "the whole", what, "Go on from the chapter before.")
        yield from _dead_who_speak(reading, asked, names)
    if asked.keeps:
        yield from _ending_kept(reading, asked.keeps, names, used)


def _spoken_of(facts: list[str], reading: Reading, names: Names) -> list[bool]:
    stems = _pieces(reading.text, reading)
    used = set(names.named_in(reading.text))
    spoken = []
    for fact in facts:
        own = _pieces(fact, reading)
        spoken.append(bool(used & set(names.named_in(fact))) or 2 * len(own & stems) >= max(1, len(own)))
    return spoken


def _pieces(text: str, reading: Reading) -> set[str]:
    if reading.is_unspaced:
        letters = "".join(reading.units(text))
        return {letters[at : at + _PIECE] for at in range(max(0, len(letters) - _PIECE + 1))}
    return {word.casefold()[:_STEM] for word in WORD.findall(text) if len(word) >= _STEM}


def _ending_kept(reading: Reading, keeps: Ending, names: Names, used: list[str]) -> Iterator[Issue]:
    """Find whom the chapter behind relies on and this one does not have."""
    lost = [name for name in names.named_in(" ".join([keeps.state, *keeps.facts])) if name not in used]
    if lost and says_i(reading):
        lost.pop(0)
    if lost:
        what = f"later chapters go on from an ending with {', '.join(lost)}, never named here"
        yield broken(Rule.ENDING, Severity.MAJOR, "the whole", what, "Come to the ending that was settled.")
    spoken = _spoken_of(keeps.facts, reading, names)
    if 2 * sum(spoken) < len(spoken):
        what = f"{len(spoken) - sum(spoken)} of {len(spoken)} facts that later chapters rely on are not spoken of"
        yield broken(Rule.ENDING, Severity.MINOR, "the whole", what, "Keep to what was settled.")


def _dead_who_speak(reading: Reading, asked: CheckedAgainst, names: Names) -> Iterator[Issue]:
    language, facts = reading.language, asked.before.facts if asked.before else []
    if language not in _DEAD or asked.genre in _UNREAL or not facts:
        return
    for character in names.characters:
        every = f"(?:{'|'.join(map(re.escape, names.forms_of(character)))})"
        about = [fact for fact in facts if re.search(every, fact, re.IGNORECASE)]
        is_dead = re.compile(_DEAD[language].format(name=every), re.IGNORECASE)
        if not any(map(is_dead.search, about)) or any(re.search(_DOUBT[language], fact) for fact in about):
            continue
        speaks = re.compile(_SPEAKS[language].format(name=every), re.IGNORECASE)
        acts = [(n, act[0]) for n, paragraph in enumerate(reading.narration) for act in speaks.finditer(paragraph)]
        if len(acts) >= _TWICE and not any(_is_elsewhen(reading, n) for n, _ in acts):
            what = f"{character.name} speaks, and it is settled that they are dead: {about[0]}"
            where = reading.place(acts[0][0] + 1, acts[0][1])
            yield broken(Rule.CONTRADICTION, Severity.MAJOR, where, what, "Let somebody else speak, or say how.")


def _is_elsewhen(reading: Reading, number: int) -> bool:
    """Say whether a paragraph, counted from 0, may be a dream or a memory by its own words or those before it."""
    beside = " ".join(reading.narration[max(0, number - _BESIDE) : number + 1])
    return bool(re.search(_ELSEWHEN[reading.language], beside, re.IGNORECASE))
