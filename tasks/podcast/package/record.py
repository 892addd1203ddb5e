"""The record of an episode: what its feed, its notes and its players say of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path

from tasks.files import resolve_inside
from tasks.plain_text import one_line
from tasks.podcast.episode import Claim, Source
from tasks.podcast.package.chapters import chapters_of
from tasks.podcast.package.parts import Cited, EpisodeParts, EpisodeRecord
from tasks.podcast.show import Show

RECORD, TRANSCRIPT, CHAPTERS = "episode.json", "transcript.vtt", "chapters.json"
_NAMESPACE = uuid.UUID("0e1b7c5a-2a7e-4d53-9d0c-6f0d3a9b8e41")


def record_of(parts: EpisodeParts, folder: Path, show_folder: Path) -> EpisodeRecord:
    """Say of an episode whose files lie in `folder` what the feed is to say; its audio must lie below the show's."""
    script, recording = parts.script, parts.recording
    audio = resolve_inside(show_folder, recording.path)
    return EpisodeRecord(
        number=parts.topic.episode,
        title=one_line(script.title) or one_line(parts.topic.title) or f"Episode {parts.topic.episode}",
        summary=one_line(script.summary) or one_line(parts.topic.angle),
        guid=guid_of(parts.show, parts.topic.episode),
        published=parts.published,
        file=_below(audio, show_folder),
        transcript=_below(folder / TRANSCRIPT, show_folder),
        chapters_file=_below(folder / CHAPTERS, show_folder),
        size=recording.size,
        seconds=round(recording.loudness.seconds, 3),
        lufs=round(recording.loudness.integrated_lufs, 2),
        note=parts.note,
        chapters=chapters_of(script, recording, parts.dossier),
        sources=list(_cited(parts)),
    )


def guid_of(show: Show, number: int) -> str:
    """Name an episode for ever: by its show and number, so that one that is made again replaces itself in players."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{one_line(show.title)}/{number}')}"


def _below(path: Path, show_folder: Path) -> str:
    return resolve_inside(show_folder, path.absolute()).relative_to(show_folder.resolve()).as_posix()


def _cited(parts: EpisodeParts) -> Iterable[Cited]:
    """Yield the sources that the script cites, each with its claims."""
    names = {name for segment in parts.script.segments for name in segment.cites}
    return (_of(source, parts.dossier.claims) for source in parts.dossier.sources if source.source_id in names)


def _of(source: Source, claims: Iterable[Claim]) -> Cited:
    says = [claim.text for claim in claims if claim.source_id == source.source_id]
    return Cited(**source.model_dump(), says=says)
