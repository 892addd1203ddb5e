"""What speaking a script may cost: vendors bill characters, and what was spoken before is not paid for again."""

from __future__ import annotations

from pydantic import TypeAdapter

from tasks.foresight import Foresight
from tasks.llm.names import LOCAL
from tasks.podcast.episode import Script, Segment
from tasks.podcast.models import PodcastItem
from tasks.podcast.recording import Utterance, voices_of
from tasks.speech.voices import Speech, cost_of_speech


def cost_to_speak(item: PodcastItem, script: Script, foresight: Foresight) -> float | None:
    """Return what a script costs to speak, in US dollars; None where the price of a voice is not known."""
    voices = voices_of(item.show)
    costs = [
        cost_of_speech(voices[one.speaker], one.text)
        for one in script.segments
        if not _is_spoken(item, one, voices[one.speaker], foresight)
    ]
    return None if None in costs else sum(cost for cost in costs if cost is not None)


def _is_spoken(item: PodcastItem, segment: Segment, voice: str, foresight: Foresight) -> bool:
    if voice.startswith(f"{LOCAL}:"):
        return False
    said = Utterance(text=segment.text, voice=voice, language=item.show.language)
    returns: TypeAdapter[Speech] = TypeAdapter(Speech)
    _, found = foresight.checkpoint(
        item.item_id, "speak", item.lane, inputs={"inputs": said}, returns=returns, version=1
    )
    return found is not None
