"""A show: what all its episodes have in common, as its maker says it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from tasks.complaints import worded
from tasks.prose.language_tags import Language
from tasks.shape import Shape

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
_VOICE = worded(r"^[a-z][a-z0-9_-]*:.+$", "whose voice it is, a colon, and its name, such as `openai:alloy`")
VoiceName = Annotated[str, StringConstraints(pattern=_VOICE, max_length=200)]
"""A voice as `vendor:voice`, such as `local:en-gb`, `openai:alloy`, `elevenlabs:<id>`."""


class Host(Shape):
    """Somebody who speaks in a show."""

    model_config = ConfigDict(extra="forbid")

    name: Named
    """As the script and the transcript call them."""
    voice: VoiceName | None = None
    """Whose voice they have, as `vendor:voice`. Default: one of this machine's own, another for each host."""


class Brand(Shape):
    """How a show sounds, and what it never says."""

    model_config = ConfigDict(extra="forbid")

    voice: Text = ""
    """Its tone, in a sentence or two: the model that writes and the one that judges read it."""
    required: list[Named] = []
    """Words or phrases that each episode says."""
    banned: list[Named] = []
    """Words or phrases that none says."""


class Show(Shape):
    """What all episodes of a show have in common."""

    model_config = ConfigDict(extra="forbid")

    title: Named
    """Name of the show."""
    author: Line = ""
    """Who makes it, as the feed says it."""
    email: Line = ""
    """Where its owner is reached, as directories want it."""
    description: Text = ""
    """What it is about."""
    language: Language = "en"
    """Language of its episodes, as `en` or `de-AT`."""
    link: Line = ""
    """Address of its page. The feed's files are named below it."""
    category: Line = "Education"
    """Where directories put it."""
    is_explicit: bool = False
    """Whether it is for adults only."""
    cover: Path | None = None
    """A square picture (PNG or JPEG), from the spec's folder. Default: one is drawn."""
    hosts: Annotated[list[Host], Field(min_length=1, max_length=4)] = [Host(name="Ada"), Host(name="Ben")]
    """Who speaks, the one who opens in front."""
    brand: Brand = Brand()
    """How it sounds, and what it never says."""

    @field_validator("hosts")
    @classmethod
    def _are_told_apart(cls, hosts: list[Host]) -> list[Host]:
        names = [host.name.casefold() for host in hosts]
        if len(set(names)) < len(names):
            raise PydanticCustomError("hosts", "two hosts have the same name")
        return hosts
