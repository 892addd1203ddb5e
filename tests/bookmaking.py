"""Books for the tests, invented, and what a reader is to find in them."""

from __future__ import annotations

import io
from datetime import date

from hypothesis import strategies as st
from PIL import Image

from tasks.fiction.book import Book, BookChapter
from tasks.fiction.export.text import Paragraph, blocks_of

ENGLISH = (
    'The ferry came in at dusk, and Ines counted the lamps. "You are *early*," said the harbour master.\n\n'
    "***\n\nShe gave him the notebook. It was wet.\n\nRoses are red,\nthe quay is grey."
)
THAI = (
    "ในคืนที่ฝนตกหนัก ณ ท่าเรือเก่าริมแม่น้ำ ปิ่นยืนอยู่ใต้ชายคา มองหยดน้ำที่ไหลลงมาตามกระจก “เธอ*ต้อง*กลับมา” เขาพูด\n\n"
    "***\n\nเธอไม่ตอบ เพียงยื่น notebook เล่มเก่าให้ ป้ายร้านเขียนว่า The Harbour Café ปั๊มน้ำ ก๊วยเตี๋ยว ฝั่ง ฝุ่น ญี่ปุ่น ฐานุ ก็"
)
ARABIC = "كانت المدينة نائمة حين وصلت السفينة إلى الميناء. Harbour Café 1984.\n\n***\n\nقالت: «لن أعود»."  # noqa: RUF001
HEBREW = "העיר ישנה כשהאונייה הגיעה לנמל. Harbour 1984.\n\n***\n\n„לא אשוב״, אמרה."

HOSTILE = (
    "<script>alert(1)</script>", "]]>", "<!--", "&amp;", "&#0;", '"', "'", "</p></body>", "<?php", "<b", "{{ 7*7 }}",
    "{% raw %}", "#panic()", "#import", "$x$", "@a", "\\", "`", "_", "[x](javascript:1)", "*", "**", "***",
    "\n", "\n\n", "\n***\n", "# ", "1. ", "- ", "---", "===", "> ", "| a | b |", "\t", "\r", "\r\n",
    "\x00", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\ud800", "\udfff", "\ufeff", "\ufffe", "\U0001ffff",
    "\u200b", "\u202e", "\u00a0", "ปิ่น", "น้ำ", "😀", "👩\u200d🚀", "שלום", "سلام", "é", "e\u0301", "x" * 90,
    "T" + "\u0301" * 5,
)  # fmt: skip
"""Parts of texts that have meant something to some format."""

hostile_texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=6)), max_size=9).map(
    "".join
)


def book(text: str = ENGLISH, **changes: object) -> Book:
    """Make a book of two chapters with the same text."""
    values: dict[str, object] = {
        "identifier": "urn:uuid:7f3a6f0e-0f0a-4d51-9c6a-0d4d1f3f2b11",
        "title": "The Harbour at Night",
        "author": "Ines Marlow",
        "genre": "mystery",
        "description": "A notebook is lost.\nThe wrong person finds it.",
        "rights": "© 2030 Ines Marlow",
        "note": "Drafted by a small language model.",
        "published": date(2030, 3, 4),
        "chapters": [BookChapter(title="The Lamps", text=text), BookChapter(title="The Quay", text=text)],
    }
    return Book.model_validate(values | changes)


def thai_book(**changes: object) -> Book:
    """Make a Thai book."""
    thai: dict[str, object] = {
        "title": "ท่าเรือเก่ากับสมุดบันทึกที่หายไป",
        "author": "ปิ่น ธารา",
        "language": "th",
        "note": "ร่างด้วยแบบจำลองภาษาขนาดเล็ก",
        "chapters": [
            BookChapter(title="บทที่ 1 คืนที่ฝนตก at the Harbour", text=THAI),
            BookChapter(title="ฝั่งน้ำ", text=THAI),
        ],
    }
    return book(THAI, **thai | changes)


def hostile_book(text: str) -> Book:
    """Make a book with a text in every place that an author fills."""
    fields = ("title", "author", "genre", "description", "rights", "note")
    return book(text, **dict.fromkeys(fields, text), chapters=[BookChapter(title=text, text=text)])


def paragraphs_of(text: str) -> list[str]:
    """Return the paragraphs that a reader finds in a chapter, without emphasis; spaces of any width are one."""
    found = [block for block in blocks_of(text) if isinstance(block, Paragraph)]
    return [squeezed("".join(run.text for run in block.runs)) for block in found]


def squeezed(text: str) -> str:
    """Make one space of many, as formats do."""
    return " ".join(text.split())


def picture(form: str = "PNG", size: tuple[int, int] = (600, 900), mode: str = "RGB") -> bytes:
    """Draw a picture with something in it."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(out, form)
    return out.getvalue()
