"""Conditions as configs of dialect E write them: `request_type in ['a', 'b'] AND context.deadline is defined`.

Comparisons (`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `is defined`, `is null`), joined by `AND`, `OR`, `NOT`
and brackets, over texts, numbers, lists and names. A name is looked up in the context; `context.` before it says so
and changes nothing. Read by hand, because a config must never get as far as Python's own `eval`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import JsonValue

from tasks.errors import PressroomError, fault
from tasks.models import JsonObject

MAX_CHARACTERS = 2_000
MAX_DEPTH = 30

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'[^']*'|"[^"]*")
    |(?P<number>-?\d{1,15}(?:\.\d{1,15})?(?![\w.]))
    |(?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[<>()\[\],!=])
    )""",
    re.VERBOSE,
)
_WORDS = {"and": "and", "or": "or", "not": "not", "in": "in", "is": "is", "&&": "and", "||": "or", "!": "not"}
_CONSTANTS: dict[str, JsonValue] = {"true": True, "false": False, "null": None, "none": None}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _Undefined:
    """What a name stands for that the context does not give."""


UNDEFINED = _Undefined()
Found = JsonValue | _Undefined
_Test = Callable[[JsonObject], Found]


@dataclass(frozen=True)
class Condition:
    """A condition that has been read."""

    text: str
    _test: _Test

    def holds(self, context: JsonObject) -> bool:
        """Say whether it is true of these values."""
        return _truth(self._test(context))


@lru_cache(maxsize=1_000)
def read_condition(text: str) -> Condition:
    """Read a condition; CONDITION_INVALID says where it can't be understood."""
    return Condition(text, _Reader(text).whole())


def look_up(context: JsonObject, path: str) -> Found:
    """Return what a dotted name stands for, with or without `context.` before it; UNDEFINED when it is not given."""
    found = _walk(context, path)
    if isinstance(found, _Undefined):
        inner = context.get("context")
        if path.startswith("context."):
            found = _walk(context, path.removeprefix("context."))
        elif isinstance(inner, dict):
            found = _walk(inner, path)
    return found


def _walk(context: JsonObject, path: str) -> Found:
    if path in context:  # A name may itself hold a dot.
        return context[path]
    value: JsonValue = context
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            return UNDEFINED
        value = value[part]
    return value


class _Reader:
    """Reads one condition from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._depth = 0
        if len(text) > MAX_CHARACTERS:
            raise self._wrong(0, f"it is longer than {MAX_CHARACTERS:,} characters")
        self._tokens = self._split()
        self._next = 0

    def whole(self) -> _Test:
        test = self._either()
        if self._kind() != "end":
            raise self._wrong(self._at(), "something follows that belongs to nothing")
        return test

    def _split(self) -> list[tuple[str, str, int]]:
        found, place, end = [], 0, len(self._text.rstrip())
        while place < end:
            match = _TOKEN.match(self._text, place)
            if match is None:
                raise self._wrong(place, "this is neither a name, a text, a number nor a sign")
            word = match[match.lastgroup or 0]
            kind = match.lastgroup or ""
            if kind in ("name", "sign") and word.lower() in _WORDS:
                kind, word = "word", _WORDS[word.lower()]
            found.append((kind, word, match.start(match.lastgroup or 0)))
            place = match.end()
        return [*found, ("end", "", end)]

    def _either(self) -> _Test:
        tests = [self._both()]
        while self._takes("word", "or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda context: any(_truth(test(context)) for test in tests)

    def _both(self) -> _Test:
        tests = [self._single()]
        while self._takes("word", "and"):
            tests.append(self._single())
        return tests[0] if len(tests) == 1 else lambda context: all(_truth(test(context)) for test in tests)

    def _single(self) -> _Test:
        turns = 0
        while self._takes("word", "not"):
            turns += 1
        test = self._comparison()
        if not turns:
            return test
        return lambda context: _truth(test(context)) != bool(turns % 2)

    def _comparison(self) -> _Test:
        left = self._value()
        if self._takes("word", "is"):
            return self._state(left)
        turned = self._takes("word", "not")
        if self._takes("word", "in"):
            within = self._value()
            return lambda context: _is_in(left(context), within(context)) != turned
        if turned:
            raise self._wrong(self._at(), "`not` is followed by `in` here")
        for sign in ("==", "=", "!="):
            if self._takes("sign", sign):
                same = self._value()
                return lambda context: _equal(left(context), same(context)) != (sign == "!=")
        for sign, compare in _ORDER.items():
            if self._takes("sign", sign):
                return _ordered(left, compare, self._value())
        return left

    def _state(self, left: _Test) -> _Test:
        turned = self._takes("word", "not")
        kind, word = self._kind(), self._word().lower()
        if kind != "name" or word not in ("defined", "undefined", "null", "none", "empty", "provided"):
            raise self._wrong(self._at(), "`is` is followed by `defined`, `null` or `empty`")
        self._next += 1
        turned = turned != (word in ("defined", "provided"))
        if word == "empty":
            return lambda context: (not _truth(left(context))) != turned
        # A value of null says as little as none at all.
        return lambda context: (left(context) is None or isinstance(left(context), _Undefined)) != turned

    def _value(self) -> _Test:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(self._at(), f"it is nested more than {MAX_DEPTH} deep")
        value = self._one_value()
        self._depth -= 1
        return value

    def _one_value(self) -> _Test:
        kind, word = self._kind(), self._word()
        self._next += 1
        if kind == "text":
            return lambda _context: word[1:-1]
        if kind == "number":
            number = float(word)
            return lambda _context: number
        if kind == "name":
            lowered = word.lower()
            if lowered in _CONSTANTS:
                return lambda _context: _CONSTANTS[lowered]
            return lambda context: look_up(context, word)
        if (kind, word) == ("sign", "("):
            test = self._either()
            if not self._takes("sign", ")"):
                raise self._wrong(self._at(), "a bracket is not closed")
            return test
        if (kind, word) == ("sign", "["):
            return self._list()
        self._next -= 1
        raise self._wrong(self._at(), "a name, a text or a number belongs here")

    def _list(self) -> _Test:
        entries: list[_Test] = []
        while not self._takes("sign", "]"):
            if entries and not self._takes("sign", ","):
                raise self._wrong(self._at(), "the entries of a list are parted by commas")
            entries.append(self._value())
        return lambda context: [value for one in entries if not isinstance(value := one(context), _Undefined)]

    def _kind(self) -> str:
        return self._tokens[self._next][0]

    def _word(self) -> str:
        return self._tokens[self._next][1]

    def _at(self) -> int:
        return self._tokens[self._next][2]

    def _takes(self, kind: str, word: str) -> bool:
        taken = self._tokens[self._next][:2] == (kind, word)
        self._next += taken
        return taken

    def _wrong(self, place: int, why: str) -> PressroomError:
        text = self._text if len(self._text) <= 200 else f"{self._text[:200]}..."
        return fault("CONDITION_INVALID", condition=text, place=place + 1, why=why)


def _truth(value: Found) -> bool:
    return not isinstance(value, _Undefined) and bool(value)


def _equal(left: Found, right: Found) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def _is_in(value: Found, within: Found) -> bool:
    if isinstance(within, str):
        return isinstance(value, str) and value in within
    return isinstance(within, list | dict) and any(_equal(value, one) for one in within)


def _ordered(left: _Test, compare: Callable[[Any, Any], bool], right: _Test) -> _Test:
    """Compare two numbers or two texts, which puts dates as 2031-05-01 in order; else it is false."""

    def test(context: JsonObject) -> bool:
        one, other = left(context), right(context)
        texts = isinstance(one, str) and isinstance(other, str)
        numbers = isinstance(one, int | float) and isinstance(other, int | float)
        return (texts or numbers) and compare(one, other)

    return test
