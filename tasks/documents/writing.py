"""Having a language model write a text: asked until an answer serves, or the config's fallback."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from tasks.documents.code_generation import Writing, Written, fault_in, model_for, text_in
from tasks.documents.models import DocumentItem
from tasks.errors import PressroomError, fault
from tasks.llm.ask import ask
from tasks.shape import Shape
from tasks.work import current_work

logger = logging.getLogger("pressroom")
ASKED_AGAIN = ("ANSWER_EMPTY", "ANSWER_UNPARSABLE", "ANSWER_BROKEN")
"""What another answer to the same question may mend."""
MOST_PAUSE_SECONDS = 60.0
"""Longest pause between two tries."""
FALLEN_BACK = (*ASKED_AGAIN, "ANSWER_REFUSED", "ANSWER_TRUNCATED", "ANSWER_TOO_LARGE", "TIMEOUT")
"""What the config's fallback stands in for; a vendor that is away or refuses the key is not among them."""


class Unwritten(Exception):
    """A document cannot be put together before a model has written this."""

    def __init__(self, writing: Writing) -> None:
        super().__init__(writing.config_id)
        self.writing = writing
        self.key = writing.model_dump_json()


def look_up(known: Mapping[str, Written], writing: Writing) -> Written:
    """Return a text that has been written, or say which one is needed."""
    missing = Unwritten(writing)
    if missing.key not in known:
        raise missing
    return known[missing.key]


class Part(Shape):
    """What a text is made of."""

    writing: Writing
    models: list[str]


async def write_part(item: DocumentItem, writing: Writing) -> Written:
    """Have a text written that may be one of several in a document, or take it over."""
    part = Part(writing=writing, models=model_for(item, writing)[0])
    return await current_work().kept("write_text", part, Written, partial(write_text, item, writing))


async def write_text(item: DocumentItem, writing: Writing) -> Written:
    """Ask for a text and read the answer, as often as the config says."""
    models, reason = model_for(item, writing)
    asked = item.model_copy(update={"models": models, "model_reason": reason})
    try:
        return Written(text=await _asked_again(asked, writing))
    except PressroomError as error:
        if writing.fallback is None or error.code not in FALLEN_BACK:
            raise
        logger.warning("%s takes the fallback of config %r: %s", item.item_id, writing.config_id, error)
        return Written(text=writing.fallback, instead_of=str(error))


async def _asked_again(item: DocumentItem, writing: Writing) -> str:
    """Ask until an answer serves. This is the owner of answers that do not: their stage does not try again."""
    for attempt in range(writing.retries + 1):
        try:
            return await _asked(item, writing, attempt)
        except PressroomError as error:
            if error.code in ASKED_AGAIN:
                error.tried_out = True
            if error.code not in ASKED_AGAIN or attempt == writing.retries:
                raise
            await current_work().sleep(pause_after(attempt, writing))
    raise AssertionError("the last attempt returns or raises")


def pause_after(attempt: int, writing: Writing) -> float:
    """Return the seconds before another try: doubled each time, but never so long that a batch seems to hang."""
    return min(writing.retry_delay * 2.0**attempt, MOST_PAUSE_SECONDS)


async def _asked(item: DocumentItem, writing: Writing, attempt: int) -> str:
    # Another seed, so that the answer is not the same again.
    answer = await ask(item, writing.prompt, str, writing.tuning(item.models[0], seed=attempt))
    text = text_in(answer.value, writing.language)
    if why := fault_in(text, writing.language):
        raise fault("ANSWER_UNPARSABLE", model=answer.model, why=f"as {writing.language}, {why}")
    return text
