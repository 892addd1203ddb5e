"""What a model is asked, and how it is to answer."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import ConfigDict, Field

from tasks.shape import Shape

_MARKS = re.compile(r"[<>]{2,}")
_BLANK = re.compile(r"[ \t\x00-\x08\x0b-\x1f\x7f]+")


class Prompt(Shape):
    """A question in the order in which vendors can keep its beginning: what many items share stands first.

    A vendor's prompt cache serves the longest beginning that it has seen before, so one word that differs
    in front makes everything behind it be read, and paid for, again.
    """

    model_config = ConfigDict(extra="forbid")

    system: str = ""
    """Who the model is to be; the same for all items of a stage."""
    shared: str = ""
    """What many items have in common, such as the characters of a book."""
    own: str
    """What this item alone asks for."""


class Tuning(Shape):
    """How a model is to answer. All of it belongs into a fingerprint."""

    model_config = ConfigDict(extra="forbid")

    max_tokens: Annotated[int, Field(ge=1)] = 1024
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    seed: int | None = None
    may_be_cut: bool = False
    """Whether an answer serves that ended because `max_tokens` were used up: some models never end by themselves."""
    timeout_seconds: Annotated[float, Field(gt=0)] = 120.0
    """Longest time for one request, from sending it to the last byte of its answer."""


def quoted(text: str, most: int = 4000) -> str:
    """Write a text that others wrote so that it stays data: without marks that could end it."""
    return f"<<{_BLANK.sub(' ', _MARKS.sub(' ', text))[:most].strip()}>>"
