"""What an episode consists of: what was found out, what is said, how it was judged, and how it sounds.

These shapes pass between stages and lie as JSON in an episode's folder.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from tasks.shape import Shape

LAST = 99_999
"""The highest number that an episode may have."""
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
SourceId = Annotated[str, StringConstraints(pattern=r"^S[1-9][0-9]*$")]


class Topic(Shape):
    """What an episode is about, as the master list says it."""

    model_config = ConfigDict(extra="forbid")

    episode: Annotated[int, Field(ge=1, le=LAST)]
    """Its number."""
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
    """What it is about, in some words; research looks for them."""
    angle: Text = ""
    """What is to be told of it."""
    questions: list[Short] = []
    """What listeners want to know of it."""


class Source(Shape):
    """Where something is known from."""

    source_id: SourceId
    """Its name in the dossier, as `S1`."""
    title: Short
    """What readers are told: a file's heading or name, or a page's title."""
    where: Short
    """The file, from the spec's folder, or the address."""
    place: Short = ""
    """Where in it: a page or lines."""


class Claim(Shape):
    """Something that may be said, and who says so."""

    text: Text
    """In the source's words, or summed up by a model."""
    source_id: SourceId
    """Which source says it."""


class Dossier(Shape):
    """What was found out about a topic: every claim has its source."""

    sources: list[Source]
    claims: list[Claim]
    by_model: str = ""
    """The model that summed it up; empty where it stands in the sources' own words."""
    unread: list[str] = []
    """Files of the notes that could not be read, each with its reason."""

    def source(self, source_id: str) -> Source | None:
        """Return a source by its name."""
        return next((one for one in self.sources if one.source_id == source_id), None)


class Part(StrEnum):
    """What a segment is for."""

    HOOK = "hook"
    INTRO = "intro"
    BODY = "body"
    OUTRO = "outro"


class Segment(Shape):
    """What one host says at once."""

    part: Part
    speaker: Short
    """The host's name."""
    text: Text
    cites: list[SourceId] = []
    """The sources of the dossier that say so."""
    seconds: float = 0
    """How long it is planned to take."""


class Script(Shape):
    """All that is said in an episode, in its order."""

    title: Short
    summary: Text = ""
    """What it is about, for show notes and feed."""
    segments: Annotated[list[Segment], Field(min_length=1)]
    by_model: str = ""
    """The model that wrote it; empty where rules put it together."""
    revision: int = 0
    """How often parts of it were written again."""

    @property
    def seconds(self) -> float:
        """How long it is planned to take."""
        return sum(segment.seconds for segment in self.segments)

    @property
    def text(self) -> str:
        """All that is said, a segment a paragraph."""
        return "\n\n".join(segment.text for segment in self.segments)


class GateName(StrEnum):
    """What an episode is held to."""

    COMPREHENSION = "comprehension"
    BRAND = "brand"
    ENGAGEMENT = "engagement"
    TECHNICAL = "technical"


class GateScore(Shape):
    """How an episode does at one gate."""

    gate: GateName
    score: Annotated[float, Field(ge=0, le=1)]
    threshold: float
    weight: float
    measured: dict[str, float] = {}
    """What the score was made of, by name."""
    findings: list[Short] = []
    """What is wrong, the worst first."""
    repairs: list[Short] = []
    """What mends it; empty where it passes."""
    segments: list[int] = []
    """Which segments of the script that concerns, counted from 0; only they are written again."""

    @property
    def passes(self) -> bool:
        """Whether the threshold is reached."""
        return self.score >= self.threshold


class GateReport(Shape):
    """What all gates say of a script."""

    gates: list[GateScore]
    bonuses: dict[str, float] = {}
    """What is added to the weighted score, by name."""
    overall: float
    """The weighted score with bonuses, at most 1."""
    blocking: list[Short] = []
    """Why it does not pass under its profile; empty where it does."""
    waived: list[Short] = []
    """Why it would not pass, had no person approved it all the same."""
    judged_by: str = ""
    """The model that judged what rules cannot; empty where rules alone did."""
    revised: int = 0
    """How often parts of the script were written again before this."""

    @property
    def passes(self) -> bool:
        """Whether it goes on."""
        return not self.blocking


class Loudness(Shape):
    """What was measured on a finished file."""

    seconds: float
    integrated_lufs: float
    """Loudness over all of it (EBU R 128), in LUFS."""
    true_peak_dbtp: float
    """Highest peak between samples, in dBTP."""
    longest_silence: float
    """Seconds of the longest stretch below -50 dB."""
    clipped: int
    """Samples at full scale, three or more in a row, in the joined audio before it is encoded."""


class Spoken(Shape):
    """When a segment begins in the finished audio, in seconds, and how long it lasts."""

    starts: float
    lasts: float


class Recording(Shape):
    """The finished audio of an episode."""

    path: str
    """Where the file was made. Once it is published it lies under the same name in the folder above."""
    size: int
    sha256: str
    loudness: Loudness
    spoken: list[Spoken]
    """One for each segment of the script."""
    voices: dict[str, str] = {}
    """Which voice each host has."""

    @property
    def found(self) -> Path | None:
        """Where the file lies now as it was made; None where it is gone or was altered."""
        made = Path(self.path)
        return next((path for path in (made, made.parent.parent / made.name) if self._is_at(path)), None)

    @property
    def is_intact(self) -> bool:
        """Whether the file is there as it was made; else its checkpoint does not count."""
        return self.found is not None

    def _is_at(self, path: Path) -> bool:
        try:
            content = path.read_bytes()
        except OSError:
            return False
        return len(content) == self.size and hashlib.sha256(content).hexdigest() == self.sha256
