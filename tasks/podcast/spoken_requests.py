"""The plain sentences of the podcast kind: which episodes, of which show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tasks.models import JsonObject
from tasks.sentence_patterns import Found, Text, listed
from tasks.sentences import Form

_SPAN = re.compile("([0-9]{1,5})(?:[-\u2013]([0-9]{1,5}))?")
_NOUNS = frozenset({"episode", "episodes"})


def _span(text: Text, place: int) -> Iterator[tuple[int, str]]:
    """Read `7`, `1-10` or `1 to 10`."""
    word, to, last = (text.at(place + ahead) for ahead in range(3))
    found = _SPAN.fullmatch(word.text) if word is not None else None
    if found is None:
        return
    if found[2] is None and to is not None and to.says("to") and last is not None and last.text.isdecimal():
        yield place + 3, f"{found[1]}-{last.text}"
    else:
        yield place + 1, "-".join(part for part in found.groups() if part)


def _batch(found: Found) -> JsonObject:
    spec: JsonObject = {"kind": "podcast", "show": found["show"]}
    return spec | ({"episodes": ", ".join(found["episodes"])} if "episodes" in found else {})


FORMS: Sequence[Form] = (
    Form(
        "make|produce|record [the] episode(s) {episodes:spans} of {show:name}",
        "Make episodes 1-10 of coast-lights",
        _batch,
        readers={"spans": listed(_span)},
        nouns=_NOUNS,
    ),
    Form(
        "make|produce|record [all] [the] episodes of {show:name}",
        "Make all episodes of coast-lights",
        _batch,
        nouns=_NOUNS,
    ),
)
"""All forms."""
