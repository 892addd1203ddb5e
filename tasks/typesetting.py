"""Typst, which sets books and draws covers: its fonts, and a way in for texts that can be nothing but text.

What an author has written reaches a template as a value of a JSON file and is never read as Typst's own language.
The templates, which lie with the kinds that use them, load nothing from the network and no file but `lines.typ` and
what stands beside them in memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import typst

FAMILIES = ("Libertinus Serif", "Sarabun", "Amiri", "Noto Sans")
"""Families in the order in which they are asked for a sign: Typst's own (Latin, Greek, Cyrillic, Hebrew), one for
Thai, one for Arabic. Of all others that come along (Indic scripts, symbols, emoji) Typst takes what has the sign."""
_PACKAGES = ("fontpkg_sarabun", "fontpkg_amiri", "manimgx_fonts")
_SHARED = Path(__file__).parent / "lines.typ"
"""What all templates may import."""
_UNBROKEN = re.compile(
    r"[^\s\u002d\u200b\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua9e0-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff]{60,}"
    r"|(\S)\1{39,}"
)
"""A word longer than any line, in scripts that set words apart; or a sign over and over, in any."""
_PIECE = re.compile(r".{20}(?![\u0300-\u036f\u200c\u200d\ufe0f])(?=.)")
_APART = re.compile("(?P<still>[ก-ฮ][ัิึ][่-์])|(?P<key>[0-9#*]\ufe0f?\u20e3)")
_TURNED = re.compile("[\u202d\u202e]")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed')

Form = Literal["pdf", "png"]


class NotSetError(Exception):
    """Typst refused a document; its text says why."""


class SignMissingError(NotSetError):
    """No font here has a sign; its text is that sign."""


Line = list[tuple[str, str]]
"""A line for the templates' `shown`: pieces, and how each is to be set."""


def settable(text: str) -> Line:
    """Part a line where a template has to set something in it in another way, which is said beside each piece.

    `still`: Typst writes a letter whose mark it lifts or lowers twice into what is copied, searched and read aloud; in
    our font for Thai, marks that it would move stand right without. (A rule of Typst's own for such letters fails in
    long paragraphs.) `key`: a digit on a key, of which another font would have only the digit.
    """
    pieces, end = [], 0
    text = _breakable(text)
    for found in _APART.finditer(text):
        pieces += [(text[end : found.start()], ""), (found[0], found.lastgroup or "")]
        end = found.end()
    return [piece for piece in (*pieces, (text[end:], "")) if piece[0]]


def _breakable(text: str) -> str:
    """Let words that no line can hold be broken, by spaces of no width, for they would leave the page.

    Signs that turn the direction of letters are left out: Typst 0.15 breaks down over some of them.
    """
    return _UNBROKEN.sub(lambda word: _PIECE.sub("\\g<0>\u200b", word[0]), _TURNED.sub("", text))


def set_pdf(template: Path, data: Mapping[str, object], texts: Mapping[str, str], day: date) -> bytes:
    """Set a document as PDF/UA, in which a sign that no font has is an error and not a box.

    `texts` are files that the template reads beside `data`; Typst takes no bytes from memory that are not text.
    The system's fonts are asked only where ours lack a sign, so that what ours have looks the same on every machine.
    """
    try:
        return _compile(template, data, texts, day, "pdf", with_system=False)
    except SignMissingError:
        return _compile(template, data, texts, day, "pdf", with_system=True)


def draw_png(template: Path, data: Mapping[str, object], day: date) -> bytes:
    """Draw a page as PNG, of one pixel a point, with our own fonts alone; SignMissingError where they lack a sign."""
    _compile(template, data, {}, day, "pdf", with_system=False)  # PNG itself would draw a box.
    return _compile(template, data, {}, day, "png", with_system=False)


def _compile(
    template: Path, data: Mapping[str, object], texts: Mapping[str, str], day: date, form: Form, *, with_system: bool
) -> bytes:
    files = {"main.typ": template.read_bytes(), "lines.typ": _SHARED.read_bytes()}
    files["data.json"] = json.dumps({**data, "families": FAMILIES}, ensure_ascii=False).encode()
    files |= {name: text.encode() for name, text in texts.items()}
    try:
        # Files by name are taken too, which its types do not say.
        made: bytes = typst.compile(  # type: ignore[call-overload]
            files,
            font_paths=_fonts(with_system),
            ignore_system_fonts=not with_system,
            format=form,
            ppi=72,
            pdf_standards=["ua-1"] if form == "pdf" else [],
            timestamp=datetime.combine(day, time(), UTC),
        )
        return made
    except typst.TypstError as error:
        if found := _MISSING.search(error.message):
            raise SignMissingError(found[1]) from error
        raise NotSetError(f"Typst says: {error.message}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # A class that has no place to be imported from.
            raise
        raise NotSetError(f"Typst broke down: {error}") from error


@cache
def _fonts(with_system: bool) -> typst.Fonts:
    """Look fonts up once; Typst reads each when it is first used."""
    folders = [str(resources.files(name)) for name in _PACKAGES]
    return typst.Fonts(include_system_fonts=with_system, font_paths=folders)
