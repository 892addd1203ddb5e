"""Where an episode's parts begin, for notes, players and the audio's own tags."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from tasks.plain_text import one_line
from tasks.podcast.episode import Dossier, Part, Recording, Script, Segment
from tasks.podcast.package.parts import Chapter

LEAST_SECONDS = 20.0
"""How long a chapter of the body lasts at least."""
_TITLES = {Part.HOOK: "Opening", Part.INTRO: "Welcome", Part.BODY: "The story", Part.OUTRO: "Closing"}


def chapters_of(script: Script, recording: Recording, dossier: Dossier) -> list[Chapter]:
    """Find the chapters: a part of the script each, and in its body one for each source that is cited at length."""
    chapters: list[Chapter] = []
    part: Part | None = None
    for segment, spoken in zip(script.segments, recording.spoken, strict=True):
        title = _title(segment, dossier)
        if segment.part != part or not _goes_on(chapters[-1], title, spoken.starts):
            starts = 0.0 if not chapters else spoken.starts  # Nothing lies before the first.
            chapters.append(Chapter(starts=round(starts, 3), title=title or _TITLES[segment.part]))
        part = segment.part
    return chapters


def as_player_chapters(chapters: Sequence[Chapter]) -> str:
    """Write chapters in the form that Podcasting 2.0 has for players."""
    listed = [{"startTime": chapter.starts, "title": chapter.title} for chapter in chapters]
    return json.dumps({"version": "1.2.0", "chapters": listed}, indent=2, ensure_ascii=False) + "\n"


def _goes_on(chapter: Chapter, title: str, now: float) -> bool:
    return title in ("", chapter.title) or now - chapter.starts < LEAST_SECONDS


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
