"""The sentences of the fiction kind: which step, of which projects."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tasks.fiction.jobs import JobType
from tasks.models import JsonObject
from tasks.sentence_patterns import READERS, Found, listed
from tasks.sentences import Form

_NUMBERS = {"numbers": listed(READERS["number"])}
_AS = {"formats": "as {forms:names}"}
_NOUNS = frozenset({"book", "books", "chapter", "chapters", "character", "characters", "outline"})


def _step(kind: JobType) -> Callable[[Found], JsonObject]:
    def means(found: Found) -> JsonObject:
        spec: JsonObject = {"kind": "fiction", "job_type": kind.value, "projects": found["projects"]}
        if "chapters" in found:
            spec["chapters"] = found["chapters"]
        if "formats" in found:
            spec["formats"] = [form.lower() for form in found["forms"]]
        return spec

    return means


FORMS: Sequence[Form] = (
    Form(
        "write|make [the] book(s) of {projects:names}",
        "Write the book of harbour-light",
        _step(JobType.PIPELINE),
        _AS,
        nouns=_NOUNS,
    ),
    Form(
        "write [the] chapter(s) {chapters:numbers} of {projects:names}",
        "Write chapter 3 of harbour-light",
        _step(JobType.CHAPTERS),
        readers=_NUMBERS,
        nouns=_NOUNS,
    ),
    Form(
        "write [all] [the] chapters of {projects:names}",
        "Write the chapters of harbour-light, tide-clock",
        _step(JobType.CHAPTERS),
        nouns=_NOUNS,
    ),
    Form(
        "check [the] chapter(s) {chapters:numbers} of {projects:names}",
        "Check chapters 2 and 3 of harbour-light",
        _step(JobType.QUALITY),
        readers=_NUMBERS,
        nouns=_NOUNS,
    ),
    Form(
        "check [all] [the] chapters of {projects:names}",
        "Check the chapters of harbour-light",
        _step(JobType.QUALITY),
        nouns=_NOUNS,
    ),
    Form(
        "invent [the] characters of|for {projects:names}",
        "Invent the characters of harbour-light",
        _step(JobType.CHARACTERS),
        nouns=_NOUNS,
    ),
    Form(
        "outline [the] [book(s)] {projects:names}",
        "Outline harbour-light",
        _step(JobType.OUTLINE),
        nouns=_NOUNS,
    ),
    Form(
        "export [the] [book(s)] {projects:names}",
        "Export harbour-light, tide-clock",
        _step(JobType.EXPORT),
        _AS,
        nouns=_NOUNS,
    ),
)
"""All forms."""
