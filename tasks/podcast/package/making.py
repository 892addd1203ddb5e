"""Making an episode's package: its files, its record, and the feed that has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from tasks.files import write_atomically
from tasks.limiters import LoopLimiter
from tasks.podcast.package.chapters import as_player_chapters
from tasks.podcast.package.cover import cover_of
from tasks.podcast.package.feed import FEED, rebuild_feed
from tasks.podcast.package.parts import EpisodeParts, EpisodeRecord, Packaged
from tasks.podcast.package.record import CHAPTERS, RECORD, TRANSCRIPT, record_of
from tasks.podcast.package.show_notes import show_notes
from tasks.podcast.package.transcript import as_vtt, transcript_of

MOST_AT_ONCE = 2
"""Packages made at once in a process: the first one draws a cover, which keeps a core busy."""
_packages = LoopLimiter("podcast_packages")


def package_episode(parts: EpisodeParts, folder: Path, show_folder: Path, base: Path) -> Packaged:
    """Write what lies in an episode's folder, one of those in the show's, then the show's cover and feed. Blocks.

    The audio is there already, anywhere below the show's folder; `base` is the spec's folder, from which a cover is
    named. The record comes last of the episode's files, so that no feed speaks of what is not there.
    """
    cover = cover_of(parts.show, base)
    record = record_of(parts, folder, show_folder)
    files = [_write(folder / name, text) for name, text in _texts(parts, record)]
    picture = show_folder / f"cover{cover.ending}"
    write_atomically(picture, cover.content)
    files.append(_write(folder / RECORD, _json(record)))
    warnings = rebuild_feed(parts.show, show_folder, picture.name)
    return Packaged(record=record, files=[*files, picture, show_folder / FEED], warnings=warnings)


async def package_apart(parts: EpisodeParts, folder: Path, show_folder: Path, base: Path) -> Packaged:
    """Do the same in a thread, so that nothing else waits."""
    return await _packages.apart(MOST_AT_ONCE, package_episode, parts, folder, show_folder, base)


def _texts(parts: EpisodeParts, record: EpisodeRecord) -> Iterator[tuple[str, str]]:
    script, recording = parts.script, parts.recording
    yield TRANSCRIPT, as_vtt(script, recording, parts.show.language)
    yield "transcript.md", transcript_of(script, recording)
    yield CHAPTERS, as_player_chapters(record.chapters)
    yield "show-notes.md", show_notes(parts, record)
    yield "gates.json", _json(parts.gates)
    yield "dossier.json", _json(parts.dossier)
    yield "script.json", _json(script)


def _json(shape: BaseModel) -> str:
    return shape.model_dump_json(indent=2) + "\n"


def _write(path: Path, text: str) -> Path:
    write_atomically(path, text.encode())
    return path
