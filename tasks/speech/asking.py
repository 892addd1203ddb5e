"""Asking a vendor to speak."""

from __future__ import annotations

from functools import partial

from tasks.llm.errands import Errand
from tasks.models import Item
from tasks.speech.charges import charge_of
from tasks.speech.names import Voice
from tasks.speech.wire import TIMEOUT_SECONDS, Call, send
from tasks.work import Work


def speaking(
    item: Item, work: Work, name: str, voice: Voice, call: Call, text: str, *, seconds: float = TIMEOUT_SECONDS
) -> Errand[bytes]:
    """Return the errand of one text for one voice, which was given as `name`; it brings the sound."""
    reason, ask = f"the voice {voice.voice}", partial(send, name, voice, call, text, seconds)
    return Errand(item, work, voice.lane, reason, charge_of(voice, text), ask)
