"""A vendor on loopback that writes fiction: dull, but in the form asked for, about the people it is told of.

What it says of a chapter's quality is set by the test: `marks` by the number of the judgement of a chapter, so that a
first version can fail and the next one pass.
"""

from __future__ import annotations

import json
import random
import re
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model_forms import Json, example, schema_of
from model_server import ModelServer, Options

from tasks.settings import settings

CAST = ["Mara", "Tomas", "Ines", "Benedikt", "Lioba", "Oskar", "Pia", "Quirin", "Rahel", "Sven"]
_CHAPTER = re.compile(r"^(?:Plan of c|C)hapter (\d+)", re.MULTILINE)
_PLAN = re.compile(r"Plan the chapters (\d+) to (\d+)")
_PEOPLE = re.compile(r"In it: ([^.]+)\.")
_TITLE = re.compile(r"BOOK <<([^>]*)>>")
_THINGS = (
    *("lantern", "ledger", "rope", "kettle", "window", "letter", "bell", "boat", "coat", "map", "stair", "key", "oar"),
    *("mirror", "basket", "violin", "hammer", "pillow", "barrel", "candle", "shovel", "saddle", "whistle", "blanket"),
)
_PLACES = (
    *(
        "harbour",
        "mill",
        "orchard",
        "square",
        "lighthouse",
        "cellar",
        "garden",
        "station",
        "kitchen",
        "bridge",
        "attic",
    ),
    *("bakery", "quarry", "chapel", "meadow", "ferry", "market", "stable", "tunnel", "library", "school", "well"),
)
_WHENS = ("at dawn", "after the rain", "before supper", "at noon", "that evening", "on the way home", "in the dark")
_HOWS = ("slowly", "without a word", "twice", "with both hands", "as if by chance", "laughing", "against all advice")
_FORMS = (
    "Nobody spoke.",
    "{a} waited by the {place}.",
    "It rained {when}, and the {thing} was wet through.",
    "“Where is the {thing}?” asked {a}.",
    "“Ask {b},” came the answer from the {place}, “since I have not seen it for {n} days.”",
    "{a} put the {thing} down {how}.",
    "Between the {place} and the {other} there were {n} steps, and {b} had counted every one of them as a child.",
    "Somebody had painted the {thing} blue.",
    "What did {a} want with a {thing} {when}?",
    "{b} thought of the {place}, of the smell of it, and of how small the {other} had looked from there.",
    "The {thing} fell.",
    "“Give me {n} minutes,” said {b}, “and a {thing}.”",
    "When {a} came back from the {other}, the door of the {place} stood open, and {b} was gone.",
    "{n} letters lay in the {place}; one of them was about the {thing}.",
    "{a} shook hands {how} and left the {other} {when}.",
)


@dataclass
class Marks:
    """What a judge gives: points for each of five sides, and issues by severity."""

    each: int = 18
    hook: int = 5
    issues: list[str] = field(default_factory=list)


class Novelist(ModelServer):
    """The vendor: an address in the machine's model settings, as `quill:large` and `quill:small`."""

    def __init__(
        self, *, words: int = 300, thai: bool = False, latencies: dict[str, float] | None = None, **more: Any
    ) -> None:
        """`latencies` are seconds by what is asked: write, judge, invent, outline, ending."""
        super().__init__(Options(**more))
        self.latencies = latencies or {}
        self.words = words
        self.thai = thai
        self.marks: dict[tuple[str, int], list[Marks]] = {}
        self.asked: Counter[str] = Counter()

    def set_up(self, home: Path) -> None:
        """Make it known to this machine, as the server `quill`."""
        home.mkdir(parents=True, exist_ok=True)
        (home / "models.yaml").write_text(f"servers:\n  quill: {{address: '{self.address}/v1'}}\n")
        settings.cache_clear()

    def seconds_for(self, asked: Json) -> float:
        """How long an answer takes, by what is asked."""
        return self.latencies.get(_what(asked), self.options.seconds)

    def answer_to(self, asked: Json, text: str) -> str:
        """Write what is asked for."""
        own, what = asked["messages"][-1]["content"], _what(asked)
        self.asked[what] += 1
        schema = schema_of(asked) or {}
        match what:
            case "write":
                return self.story(own)
            case "judge":
                return json.dumps(self._judgement(own))
            case "invent":
                count = schema["properties"]["characters"]["minItems"]
                return json.dumps({"characters": [_character(name) for name in CAST[:count]]})
            case "outline":
                return json.dumps(self._outline(own, schema))
            case "ending":
                facts = [f"{CAST[0]} keeps the key of chapter {_number(own)}."]
                return json.dumps({"state": f"{CAST[0]} stands at the door, and the letter is open.", "facts": facts})
        return json.dumps(example(schema, schema))

    def _outline(self, own: str, schema: Json) -> Json:
        found = _PLAN.search(own)
        assert found is not None, own
        names = _enum(schema)
        summary = "{} finds a letter in the cellar and has to decide whom to tell before the boat leaves."
        numbers = range(int(found[1]), int(found[2]) + 1)
        plans = [
            {"title": f"The Letter of Day {number}", "summary": summary.format(names[0]), "characters": names[:2]}
            for number in numbers
        ]
        return {"chapters": plans}

    def _judgement(self, own: str) -> Json:
        title, number = _TITLE.search(own), _number(own)
        waiting = self.marks.get((title[1] if title else "", number)) or []
        marks = waiting.pop(0) if waiting else Marks()
        issue = {"location": "the second paragraph", "what": "It says the same twice.", "suggestion": "Cut one."}
        sides = ("grammar", "character_consistency", "plot_coherence", "emotional_impact", "genre_fit")
        return {
            **dict.fromkeys(sides, marks.each),
            "hook": marks.hook,
            "issues": [{"severity": severity, **issue} for severity in marks.issues],
        }

    def story(self, own: str) -> str:
        """Write sentences none of which is like another, with those in it who are to be in it."""
        people = _PEOPLE.search(own)
        names = people[1].split(", ") if people else CAST[:2]
        dice = random.Random(own)
        if self.thai:
            return "\n\n".join(_thai(dice, names) for _ in range(self.words // 25))
        paragraphs, words = [], 0
        while words < self.words:
            sentences = [_sentence(dice, names) for _ in range(4)]
            paragraphs.append(" ".join(sentences))
            words += len(paragraphs[-1].split())
        return "\n\n".join(paragraphs)


_BY_FIELD = {"grammar": "judge", "characters": "invent", "chapters": "outline", "state": "ending"}


def _what(asked: Json) -> str:
    """Say what is asked, by the form of the answer."""
    schema = schema_of(asked)
    if schema is None:
        return "write"
    return next((what for field, what in _BY_FIELD.items() if field in schema["properties"]), "")


def _number(own: str) -> int:
    found = _CHAPTER.search(own)
    return int(found[1]) if found else 0


def _enum(schema: Json) -> list[str]:
    plan = schema["$defs"]["PlanAnswer"]["properties"]["characters"]["items"]
    return list(plan.get("enum") or [plan["const"]])


def _character(name: str) -> Json:
    return {
        "name": name,
        "role": "keeper",
        "description": f"{name} is tall, speaks little and mends whatever is broken in the house by the water.",
        "wants": "a quiet year",
    }


def _sentence(dice: random.Random, names: list[str]) -> str:
    place, other = dice.sample(_PLACES, 2)
    said = dice.choice(_FORMS).format(
        a=dice.choice(names),
        b=dice.choice(names),
        thing=dice.choice(_THINGS),
        place=place,
        other=other,
        when=dice.choice(_WHENS),
        how=dice.choice(_HOWS),
        n=dice.randint(3, 90),
    )
    return said[:1].upper() + said[1:]


_THAI_THINGS = ("ตะเกียง", "จดหมาย", "เชือก", "กุญแจ", "แผนที่", "ระฆัง", "ร่ม", "หน้าต่าง", "นาฬิกา", "ตะกร้า", "ผ้าห่ม", "เทียน")
_THAI_PLACES = ("ท่าเรือ", "สวนผลไม้", "โรงสี", "สะพาน", "สถานี", "ห้องครัว", "ตลาด", "หอสมุด", "โรงเรียน", "อุโมงค์")
_THAI_FORMS = (
    "{a}เดินไปที่{place}โดยไม่บอกใคร",
    "ฝนตกตลอดทั้งคืนจน{thing}เปียกชุ่ม",
    "“ใครเอา{thing}ไปจาก{place}” {b}ถามขึ้นมา",
    "ไม่มีใครตอบ มีเพียงเสียงลมจากทาง{place}",
    "{a}วาง{thing}ลงช้าๆ แล้วนับถึง {n}",
    "ระหว่าง{place}กับบ้านหลังเก่ามีบันได {n} ขั้น ซึ่ง{b}เคยนับมาตั้งแต่เด็ก",
    "แสงแรกของวันทาบลงบน{thing}อย่างเงียบงัน",
    "{b}คิดถึงกลิ่นของ{place}ในฤดูร้อนปีนั้น",
    "ถ้า{thing}หายไปจริง {a}จะต้องบอกความจริงกับทุกคน",
    "เมื่อ{b}กลับมา ประตูของ{place}เปิดอยู่ และไม่มีใครอยู่ข้างใน",
    "มีรอยเท้า {n} รอยบนพื้นทราย ทุกรอยมุ่งหน้าไปทาง{place}",
    "{a}หัวเราะเบาๆ ก่อนจะยื่น{thing}ให้เพื่อน",
)


def _thai(dice: random.Random, names: list[str]) -> str:
    """A paragraph of three sentences."""
    sentences = [
        form.format(
            a=dice.choice(names),
            b=dice.choice(names),
            thing=dice.choice(_THAI_THINGS),
            place=dice.choice(_THAI_PLACES),
            n=dice.randint(3, 90),
        )
        for form in dice.sample(_THAI_FORMS, 3)
    ]
    return " ".join(sentences)


if __name__ == "__main__":
    # As a process of its own: `python tests/novelist.py '{"write": 4}'` prints its address; it ends when it is killed.
    with Novelist(latencies=json.loads(sys.argv[1])) as vendor:
        sys.stdout.write(vendor.address + "\n")
        sys.stdout.flush()
        threading.Event().wait()
