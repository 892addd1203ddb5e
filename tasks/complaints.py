"""What is wrong with something a person wrote: file, line, field, code and remedy.

pydantic says where in the data it stumbled; here that becomes a line of the file, words a person
uses, and the nearest right name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from tasks.errors import FAULTS, PressroomError
from tasks.words import NAME, cut
from tasks.yaml_lines import line_of

MOST = 50
"""Problems described at most: finding a line means reading the file again, and so many have one cause."""

_QUOTED = re.compile(r"'([^']+)'")
_OURS = "complaint"
_WORDS = {"extra_forbidden": "there is no such field", "missing": "it is missing"}
_WANTED = {
    "string": "a text",
    "list": "a list",
    "dict": "an object of names and values",
    "model": "an object of names and values",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
}
"""What is asked for, by what pydantic's names for its complaints of a type begin with."""
_PATTERNS: dict[str, str] = {}

Place = tuple[str | int, ...]


class Problem(NamedTuple):
    """One thing that is wrong, and where."""

    code: str
    message: str
    remedy: str
    file: str = ""
    line: int | None = None
    field: str = ""

    @classmethod
    def of(cls, error: PressroomError, file: str = "", line: int | None = None, field: str = "") -> Problem:
        """Describe an error of ours that was met at a place."""
        return cls(error.code, error.message, error.remedy, file, line, field)


class Remark(NamedTuple):
    """Something in which nothing is wrong, and what is good to know of it."""

    file: str
    form: str
    notes: tuple[str, ...]
    heading: str = "Read from another form"
    """Below which people are shown it."""


def complaints(
    error: ValidationError,
    model: type[BaseModel],
    path: str,
    text: str,
    *,
    code: str = "SPEC_INVALID",
    start: int = 1,
    written: Callable[[Place], Place] | None = None,
) -> list[Problem]:
    """Put each of pydantic's complaints about a file in words, with its line and what may have been meant.

    `text` is the file's, or a part of it that begins at line `start`; `written` says where in the file a field
    of the model is written, if it is elsewhere.
    """
    found = []
    for one in error.errors(include_url=False)[:MOST]:
        place = _place(one["loc"], one["type"])
        why = why_of(one)
        shown = written(place) if written is not None else place
        field, line = ".".join(map(str, shown)) or "the whole", start - 1 + line_of(text, shown)
        said = one.get("ctx", {}) if one["type"] == _OURS else {}
        hint = said.get("hint") or _hint(one, place, model)
        message = FAULTS["SPEC_INVALID"].message.format(path=path, line=line, field=field, why=why)
        found.append(Problem(said.get("code", code), message, hint, path, line, field))
    return sorted(found, key=lambda problem: problem.line or 0)


def why_of(one: ErrorDetails) -> str:
    """Say in words of people who write YAML what pydantic complains of."""
    kind, given = one["type"], one.get("input")
    if kind in _WORDS:
        return _WORDS[kind]
    if given == "" and kind in ("string_too_short", "string_pattern_mismatch"):
        return "it is empty"
    if kind == "string_pattern_mismatch":
        return f"{cut(given, NAME)!r} is not in the form asked for"
    if (wanted := _wanted(kind)) and (shown := _kind_of(given)):
        return f"it is {shown}, where {wanted} belongs"
    return _in_words(one["msg"])


def worded(pattern: str, form: str) -> str:
    """Return the pattern of a text, and name its form to whoever writes another one."""
    _PATTERNS[pattern] = form
    return pattern


def quoting(one: ErrorDetails) -> str:
    """Return the remedy for a value that would be a text if it stood in quotes, or nothing."""
    is_bare = isinstance(one.get("input"), bool | int | float)
    return "Put it in quotes to make it a text." if one["type"] == "string_type" and is_bare else ""


def _wanted(kind: str) -> str:
    what, _, of = kind.partition("_")
    return _WANTED.get(what, "") if of in ("type", "parsing") else ""


def _kind_of(given: object) -> str:
    match given:
        case None:
            return "empty"
        case bool():
            return str(given).lower()
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object of names and values"
    return ""


def complaint(why: str, hint: str = "Correct that field.", *, code: str = "SPEC_INVALID") -> PydanticCustomError:
    """Build what a validator of ours raises, with the remedy that pydantic's own errors have no room for."""
    return PydanticCustomError(_OURS, "{why}", {"why": why, "hint": hint, "code": code})


def refuse(model: type[BaseModel], found: Iterable[tuple[Place, PydanticCustomError]]) -> None:
    """Raise what is wrong inside a model, each complaint at its own field; nothing when nothing is wrong."""
    errors = [InitErrorDetails(type=error, loc=place, input=None) for place, error in islice(found, MOST)]
    if errors:
        raise ValidationError.from_exception_data(model.__name__, errors)


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a question that names what may have been meant, or nothing."""
    import difflib  # Only who misspells something waits for it.

    begun = [one for one in known if len(name) > 2 and one.casefold().startswith(name.casefold())]
    near = difflib.get_close_matches(name, begun, n=1, cutoff=0) or difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else ""


def _hint(one: ErrorDetails, place: Place, model: type[BaseModel]) -> str:
    kind, given = one["type"], one.get("input")
    if kind == "extra_forbidden":
        known = _names_at(model, place[:-1])
        return nearest(str(place[-1]), known) or f"Known here: {', '.join(sorted(known))}."
    if kind == "string_pattern_mismatch":
        pattern = one["ctx"]["pattern"]
        return f"Write {_PATTERNS.get(pattern, f'what fits the pattern {pattern}')}."
    if isinstance(given, str) and (near := nearest(given, _QUOTED.findall(one["msg"]))):
        return near
    return quoting(one) or "Correct that field."


def _names_at(model: type[BaseModel], place: Place) -> list[str]:
    """Names of the fields that the object at a place may have."""
    for part in place:
        if isinstance(part, int):
            continue
        field = _fields(model).get(part)
        inner = next(_models_in(field.annotation), None) if field is not None else None
        if inner is None:
            return []
        model = inner
    return list(_fields(model))


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _place(location: Place, kind: str) -> Place:
    """Leave out of a place what is pydantic's own; a field that does not exist may have any name."""
    known, last = (location[:-1], location[-1:]) if kind == "extra_forbidden" else (location, ())
    return (*(part for part in known if not _is_internal(part)), *last)


def _is_internal(part: str | int) -> bool:
    """Say whether a part of a place is pydantic's own name for a branch, such as `list[any]`."""
    return isinstance(part, str) and ("[" in part or part == "[key]")


def _in_words(message: str) -> str:
    text = re.sub("^(?:Input|String) ", "it ", message.removeprefix("Value error, "))
    return (text[:1].lower() + text[1:]).rstrip(".")
