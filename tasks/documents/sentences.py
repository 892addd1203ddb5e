"""The sentences of the documents kind: which documents to make, for which teams or languages, or again by template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tasks.models import JsonObject
from tasks.sentence_patterns import Found, Text, listed
from tasks.sentences import Command, Form, UnclearError

LANGUAGES = {
    "arabic": "ar",
    "chinese": "zh",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hindi": "hi",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
    "ukrainian": "uk",
}
"""Languages by name; the value in the context is the code. Others are given to a `matrix` in a spec."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
PRIORITIES = ("critical", "high", "medium", "normal", "low")
TAILS = {"parallel": "in parallel", "most": "with [a] parallelism [of] {max_parallel:number}"}
IN_LANGUAGES = {"languages": "in {languages:languages}"}


def _languages(text: Text, place: int) -> Iterator[tuple[int, str]]:
    word = text.at(place)
    if word is not None and word.sort == "word":
        name = word.text.casefold()
        if code := LANGUAGES.get(name) or (name if name in LANGUAGES.values() else None):
            yield place + 1, code


def _team(text: Text, place: int) -> Iterator[tuple[int, JsonObject]]:
    """Read `Orchard team` or `Orchard team, October 2025`."""
    word, noun = text.at(place), text.at(place + 1)
    if word is None or not word.is_name or noun is None or not noun.says("team"):
        return
    team: JsonObject = {"team": word.text}
    after = text.reach(place + 2)
    comma = text.at(after)
    start = after + (comma is not None and comma.sort == "comma")
    month, year = text.at(start), text.at(start + 1)
    named = next((one for one in MONTHS if month is not None and month.says(one.casefold())), None)
    if named is not None and year is not None and year.sort == "word" and _is_year(year.text):
        yield start + 2, team | {"month": named, "year": int(year.text)}
    elif named is not None:
        yield start + 1, team | {"month": named}
    else:
        yield after, team


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdecimal()


def _ids(found: Found) -> JsonObject:
    ids, count = found["ids"], found.get("count")
    if count is not None and count != len(ids):
        raise UnclearError(f"it says {count} and names {len(ids)}")
    return _spec(found, {"content_config_ids": ids})


def _combined(found: Found) -> JsonObject:
    axes = {"team": found.get("teams"), "language": found.get("languages")}
    return _spec(found, {"matrix": {"configs": found["ids"], "axes": {name: one for name, one in axes.items() if one}}})


def _rows(found: Found) -> JsonObject:
    operations: list[Any] = [
        {"content_config_id": one, "context": row, "label": "-".join(map(str, row.values()))}
        for one in found["ids"]
        for row in found["rows"]
    ]
    return _spec(found, {"operations": operations})


def _ranked(found: Found) -> JsonObject:
    ranked = [(rank, one) for rank in PRIORITIES for one in found.get(rank, [])]
    if not ranked:
        raise UnclearError("it names nothing to generate")
    return _spec(found, {"operations": [{"content_config_id": one, "priority": rank} for rank, one in ranked]})


def _spec(found: Found, fields: JsonObject) -> JsonObject:
    most = {"max_parallel": found["max_parallel"]} if "max_parallel" in found else {}
    return {"kind": "documents", **fields, **most}


def _again(found: Found) -> Command:
    return Command("regenerate", {"template": found["template"]})


NOUNS = frozenset(
    f"{noun}{ending}"
    for noun in ("content", "document", "documentation", "config", "template", "team", "report")
    for ending in ("", "s")
)
"""What those say who want documents."""
READERS = {"languages": listed(_languages), "rows": listed(_team)}
_CONTENT = "content|documents|documentation"
_COUNTED = "[these|the] [{count:number}] config(s)|document(s)|id(s) [in parallel] [:]"
_RANKS = {rank: f"[-] {rank} priority : {{{rank}:names}}" for rank in PRIORITIES}

_FORMS = (
    Form(f"generate {_CONTENT} for {{ids:names}}", "Generate content for house-style, reading-list", _ids, TAILS),
    Form(
        f"generate {_CONTENT} for {_COUNTED} {{ids:names}}",
        "Generate content for these 2 configs in parallel: house-style, reading-list",
        _ids,
        TAILS,
    ),
    Form(f"generate {_COUNTED} {{ids:names}}", "Generate the configs house-style and reading-list", _ids, TAILS),
    Form("batch generate [:] {ids:names}", "Batch generate: house-style, reading-list", _ids, TAILS),
    Form(
        "generate {ids:names} in {languages:languages}",
        "Generate visitor-guide in English, Spanish, and French",
        _combined,
        TAILS,
        READERS,
    ),
    Form(
        "generate {ids:names} for the team(s) {teams:names}",
        "Generate weekly-note for the teams Harbour, Library and Orchard",
        _combined,
        TAILS | IN_LANGUAGES,
        READERS,
    ),
    Form(
        "generate {ids:names} for the {teams:names} team(s)",
        "Generate weekly-note for the Harbour, Library and Orchard teams",
        _combined,
        TAILS | IN_LANGUAGES,
        READERS,
    ),
    Form(
        "generate {ids:names} for [:] {rows:rows}",
        "Generate monthly-report for: Harbour team, October 2026 and Library team, October 2026",
        _rows,
        TAILS,
        READERS,
    ),
    Form(
        "batch generate [these] in priority order [:]",
        "Batch generate in priority order: high priority: house-style; low priority: reading-list",
        _ranked,
        _RANKS | TAILS,
    ),
    Form(
        "[find] all [the] config(s) using {template:name} and regenerate them",
        "Find all configs using endpoint.md.jinja and regenerate them",
        _again,
    ),
    Form(
        "regenerate all|the [the] config(s)|document(s) using {template:name}",
        "Regenerate all configs using endpoint.md.jinja",
        _again,
    ),
)
FORMS: Sequence[Form] = [replace(form, nouns=NOUNS) for form in _FORMS]
"""All forms."""
