"""Episodes to record for tests: scripts and what their segments sound like."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from speaker import as_wav

from tasks.models import Item
from tasks.podcast.audio.recording import record
from tasks.podcast.audio.tags import Tags
from tasks.podcast.episode import Part, Recording, Script, Segment
from tasks.speech.sound import Samples
from tasks.speech.voices import Speech, default_voices, speak

LINES = (
    (Part.HOOK, "Ada", "Why do small ports still ring a bell when the tide turns?"),
    (Part.INTRO, "Ben", "I thought bells were for churches, Ada. Who hears one out at sea?"),
    (Part.BODY, "Ada", "Everyone who has no radio, Ben. The bell was cast in 1842, and rings twice a day."),
    (Part.BODY, "Ben", "And what does the keeper write when a berth is empty?"),
    (Part.OUTRO, "Ada", "The name of the boat that should be there. Good night."),
)


def script_of(lines: Sequence[tuple[Part, str, str]] = LINES) -> Script:
    """A script that says these lines."""
    segments = [Segment(part=part, speaker=speaker, text=text) for part, speaker, text in lines]
    return Script(title="The bell", segments=segments)


def spoken_by_two(script: Script) -> list[Speech]:
    """A script as this machine's voices speak it."""
    voices = dict(zip(("Ada", "Ben"), default_voices("en", 2), strict=True))

    async def all_of_it() -> list[Speech]:
        item = Item(item_id="i")
        return [await speak(item, voices[one.speaker], one.text, language="en") for one in script.segments]

    return asyncio.run(all_of_it())


def sounding(*sounds: Samples | bytes) -> tuple[Script, list[Speech]]:
    """A script whose segments sound so."""
    files = [sound if isinstance(sound, bytes) else as_wav(sound) for sound in sounds]
    script = script_of([(Part.BODY, "Ada", "Tone.")] * len(files))
    return script, [Speech(audio=one, format="wav", voice="fake:a", made_by="fake", characters=5) for one in files]


def recorded(script: Script, speeches: list[Speech], path: Path, tags: Tags | None = None) -> Recording:
    """Record it, on a loop of its own."""
    return asyncio.run(record(script, speeches, path, tags or Tags(title=script.title)))
