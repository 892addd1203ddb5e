"""From a script to a finished file: each segment spoken by its host's voice, then joined, levelled and tagged."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from anyio import to_thread

from tasks.errors import PressroomError
from tasks.llm.names import LOCAL
from tasks.podcast.audio.recording import record
from tasks.podcast.audio.tags import Tags
from tasks.podcast.episode import Dossier, GateReport, Recording, Script, Segment
from tasks.podcast.library import shelf_of
from tasks.podcast.models import PodcastItem
from tasks.podcast.package import cover_of, marks_of
from tasks.podcast.show import Show
from tasks.shape import Shape
from tasks.speech.voices import Speech, default_voices, speak
from tasks.work import current_work

ATTEMPTS = 3
"""How often a vendor is asked for a text that it answers with silence."""
AT_ONCE = 4
"""Segments of an episode that are asked of a vendor at once; its own limits hold beside that."""


class Utterance(Shape):
    """All that a spoken segment depends on."""

    text: str
    voice: str
    language: str


def is_not_spoken(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport) -> bool:
    """Say whether a script waits for a person instead."""
    return not report.passes


async def synthesize(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport) -> Recording | None:
    """Speak a script and make the episode's file; None where it does not pass its gates, since speaking costs money."""
    if is_not_spoken(item, dossier, script, report):
        return None
    voices = voices_of(item.show)
    places = asyncio.Semaphore(AT_ONCE)

    async def spoken(segment: Segment) -> Speech:
        async with places:
            return await _speech(item, segment, voices[segment.speaker])

    speeches = await _together(spoken(segment) for segment in script.segments)
    path = shelf_of(item).take(item.number, item.batch_id)
    cover = await to_thread.run_sync(cover_of, item.show, item.base_dir)
    return await record(script, speeches, path, tags_of(item, script, dossier), cover.content)


def voices_of(show: Show) -> dict[str, str]:
    """Return whose voice each host has; those that name none get one of this machine's, each another."""
    own = default_voices(show.language, len(show.hosts)) if any(host.voice is None for host in show.hosts) else []
    return {host.name: host.voice or own[number] for number, host in enumerate(show.hosts)}


def tags_of(item: PodcastItem, script: Script, dossier: Dossier) -> Tags:
    """Return what the episode's file says of itself."""
    show = item.show
    return Tags(
        title=f"{item.number}. {script.title}",
        album=show.title,
        artist=show.author or ", ".join(host.name for host in show.hosts),
        track=item.number,
        comment=script.summary,
        chapters=marks_of(script, dossier),
    )


async def _together(asked: Iterable[Coroutine[Any, Any, Speech]]) -> list[Speech]:
    """Wait for all; the first that fails ends the others, and its error is the one that is raised."""
    tasks = [asyncio.ensure_future(one) for one in asked]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _speech(item: PodcastItem, segment: Segment, voice: str) -> Speech:
    """Have a segment spoken; what a vendor was paid for is kept, should a later one fail."""
    language = item.show.language
    if voice.startswith(f"{LOCAL}:"):
        return await speak(item, voice, segment.text, language=language)
    said = Utterance(text=segment.text, voice=voice, language=language)
    return await current_work().kept("speak", said, Speech, lambda: _heard(item, said))


async def _heard(item: PodcastItem, said: Utterance) -> Speech:
    """Have a text spoken until something is heard; after the last silence its stage does not ask for more."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await speak(item, said.voice, said.text, language=said.language)
        except PressroomError as error:
            if error.code != "SPEECH_EMPTY" or attempt == ATTEMPTS:
                error.tried_out = error.tried_out or error.code == "SPEECH_EMPTY"
                raise
    raise AssertionError("the last attempt returns or raises")
