"""Where an episode's parts begin, for notes, players and the audio's own tags."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from tasks.plain_text import one_line
from tasks.podcast.audio.tags import Chapter as Mark
from tasks.podcast.episode import Dossier, Part, Recording, Script, Segment
from tasks.podcast.package.parts import Chapter

LEAST_SECONDS = 20.0
"""How long a chapter of the body lasts at least, as the script plans it."""
LETTERS_A_SECOND = 15.0
"""How fast people speak, for a script that plans no time."""
_TITLES = {Part.HOOK: "Opening", Part.INTRO: "Welcome", Part.BODY: "The story", Part.OUTRO: "Closing"}


def marks_of(script: Script, dossier: Dossier) -> list[Mark]:
    """Find the chapters: a part of the script each, and in its body one for each source that is cited at length.

    Known before anything is spoken, so that the audio's own tags and the notes have the same ones.
    """
    marks: list[Mark] = []
    part: Part | None = None
    lasted = 0.0
    for number, segment in enumerate(script.segments):
        title = _title(segment, dossier)
        if segment.part != part or (title not in ("", marks[-1].title) and lasted >= LEAST_SECONDS):
            marks.append(Mark(title=title or _TITLES[segment.part], segment=number))
            lasted = 0.0
        lasted += segment.seconds or len(segment.text) / LETTERS_A_SECOND
        part = segment.part
    return marks


def chapters_of(script: Script, recording: Recording, dossier: Dossier) -> list[Chapter]:
    """Return the chapters with the times at which they begin; the first begins with the file."""
    marks = marks_of(script, dossier)
    starts = [0.0, *(recording.spoken[mark.segment].starts for mark in marks[1:])]
    return [Chapter(starts=round(at, 3), title=mark.title) for at, mark in zip(starts, marks, strict=True)]


def as_player_chapters(chapters: Sequence[Chapter]) -> str:
    """Write chapters in the form that Podcasting 2.0 has for players."""
    listed = [{"startTime": chapter.starts, "title": chapter.title} for chapter in chapters]
    return json.dumps({"version": "1.2.0", "chapters": listed}, indent=2, ensure_ascii=False) + "\n"


def _title(segment: Segment, dossier: Dossier) -> str:
    """Return the title of what the body cites first; empty where it cites nothing, so that what was before goes on."""
    if segment.part is not Part.BODY:
        return _TITLES[segment.part]
    return next(_titles(segment, dossier), "")


def _titles(segment: Segment, dossier: Dossier) -> Iterator[str]:
    for name in segment.cites:
        source = dossier.source(name)
        if source is not None and (title := one_line(source.title)):
            yield title
