"""What an episode's folder is made from, and the record of it that the show's feed is built from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, Field

from tasks.podcast.episode import Dossier, GateReport, Recording, Script, Short, Text, Topic
from tasks.podcast.show import Show
from tasks.shape import Shape

LOCAL = "local:"
"""How the names of models on this machine begin."""
DRAFT = "draft"
"""The gate profile under which style holds nothing up."""
LOCAL_NOTE = "Draft by a small local model."
DRAFT_NOTE = 'Made under the gate profile "draft": style scores were measured, and held nothing up.'


class EpisodeParts(Shape):
    """All that is known of an episode once its audio is there."""

    show: Show
    topic: Topic
    dossier: Dossier
    script: Script
    gates: GateReport
    recording: Recording
    published: AwareDatetime
    """When it appears; the same parts and the same time give the same files."""
    profile: str = "standard"
    """The gate profile it was held to."""
    costs: dict[str, float] = {}
    """US dollars by phase, in the order in which they are shown."""
    is_cost_complete: bool = True
    """Whether all of the cost is known."""

    @property
    def note(self) -> str:
        """What listeners are to know of how it was made."""
        said = [LOCAL_NOTE] if self.script.by_model.startswith(LOCAL) else []
        return " ".join([*said, *([DRAFT_NOTE] if self.profile == DRAFT else [])])


class Chapter(Shape):
    """A part of an episode that a player can jump to."""

    starts: float
    """In seconds."""
    title: Short


class Cited(Shape):
    """A source, and what it is cited for."""

    source_id: str
    title: Short
    where: Short
    place: Short = ""
    says: list[Text] = []
    """The claims of its that the episode rests on."""


class EpisodeRecord(Shape):
    """What the feed says of an episode; lies as `episode.json` in its folder."""

    number: Annotated[int, Field(ge=1)]
    title: Short
    summary: Text = ""
    guid: str
    """Its name for ever: players know by it what they have."""
    published: AwareDatetime
    file: str
    """The audio, from the show's folder, with slashes."""
    transcript: str
    """Likewise the transcript."""
    chapters_file: str
    """Likewise the chapters for players."""
    size: int
    """Bytes of the audio."""
    seconds: float
    lufs: float | None = None
    """Its loudness over all of it; none in the record of an earlier version."""
    note: str = ""
    """What listeners are to know of how it was made."""
    chapters: list[Chapter] = []
    sources: list[Cited] = []


class Packaged(Shape):
    """What became of an episode's package."""

    record: EpisodeRecord
    files: list[Path]
    """What was written, the feed and the cover among it."""
    warnings: list[str] = []


def clock(seconds: float) -> str:
    """Write a place in an episode, such as `1:02:03` or `02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def day_of(moment: datetime) -> str:
    """Write a day as the notes say it."""
    return moment.date().isoformat()
