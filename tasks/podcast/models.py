"""What a batch of episodes is asked for, and its items."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from tasks.complaints import complaint, refuse
from tasks.models import AskingItem, BatchOptions, Mode
from tasks.podcast.caps import Caps
from tasks.podcast.episode import LAST, Topic
from tasks.podcast.marks import Bar, GateProfile, Marks
from tasks.podcast.presets import AT_ONCE, IN_MEMORY, Preset
from tasks.podcast.ranges import episode_numbers, upcoming_number
from tasks.podcast.show import Show
from tasks.retrying import RetryDelay
from tasks.shape import Shape
from tasks.spec_files import with_spec

Count = Annotated[int, Field(ge=1, le=1000)]


def _sort_of(one: object) -> str:
    """Tell a file from a show that is written out, so that of one of them no fault is told as of the other."""
    return "[file]" if isinstance(one, str | Path) else "[show]"


ENDINGS = (".yaml", ".yml", ".json")
"""Of files that a show or its topics may be in."""


def is_named(show: object) -> bool:
    """Say whether a show is named as its file is, without an ending."""
    return isinstance(show, Path) and show.suffix.casefold() not in ENDINGS


ShowOrFile = Annotated[Annotated[Path, Tag("[file]")] | Annotated[Show, Tag("[show]")], Discriminator(_sort_of)]
Numbers = Annotated[list[Annotated[int, Field(ge=1, le=LAST)]], BeforeValidator(episode_numbers)]


def _held_spec(data: Any) -> dict[str, Any] | None:
    """Return the spec that a checkpoint file holds, with what is given beside it; None for what is no such file."""
    if not isinstance(data, Mapping) or "session_state" not in data or not isinstance(data.get("spec"), Mapping):
        return None
    given = {name: value for name, value in data.items() if name not in ("kind", "session_state", "spec")}
    return {**data["spec"], **given}


class AtOnce(Shape):
    """How many episodes are in a phase at once."""

    model_config = ConfigDict(extra="forbid")

    research: Count = AT_ONCE["research"]
    script: Count = AT_ONCE["script"]
    gates: Count = AT_ONCE["gates"]
    audio: Count = AT_ONCE["audio"]
    in_memory: Count = IN_MEMORY
    """Episodes at work at once, in whatever phase."""


class PodcastItem(AskingItem):
    """One episode."""

    topic: Topic
    show: Show
    minutes: float
    """How long it is planned to be."""
    notes: Path
    """Folder of notes and PDFs that it is researched from."""
    search: str | None = None
    """Search of the web that it is researched with instead."""
    bar: Bar = Bar()
    """What it is held to."""
    fault: tuple[str, str, str] | None = None
    """Code, message and remedy of what is wrong with it from the start: it fails so, and the others go on."""
    rejected_for: str = ""
    """What the last person has said who rejected it."""
    approved: str = ""
    """Mark of the script that a person has approved, and which is spoken as it stands (see `approved.py`)."""
    base_dir: Path = Path()
    output_root: Path = Path()

    @property
    def number(self) -> int:
        """Its number in the show."""
        return self.topic.episode


class PodcastBatch(BatchOptions):
    """Episodes of a show: researched, written, judged, spoken, and put into its feed."""

    mode: Mode = Mode.RETRY
    """retry: episodes that failed for a passing reason are tried again after the batch. collect, fail_fast."""
    max_retries: Annotated[int, Field(ge=0, le=20)] = 3
    """How often they are."""
    show: ShowOrFile
    """The show: a file with its title, hosts and brand, or these written out here. `coast` alone is `coast.yaml` or
    `shows/coast.yaml`, with its topics beside it."""
    topics: list[Topic] = []
    """What the episodes are about."""
    topics_file: Path | None = None
    """The master list of topics: a YAML list, or CSV with the columns `episode`, `title`, `angle` and `questions`."""
    episodes: Numbers = []
    """Only these of the list: numbers, or a range as `1-10`. Default: all."""
    upcoming: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """The next so many of the list that are neither published nor waiting for a person: as `episodes: next 10`."""
    starting_episode: Annotated[int, Field(ge=1, le=LAST)] | None = None
    """The first episode, with `batch_size`: another way to say `episodes`."""
    batch_size: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many episodes from there on."""
    items_file: Path | None = None
    """A spec in a file, read when the run starts; what is given beside it, other than the default, goes before."""
    notes: Path = Path("notes")
    """Folder of your own notes and PDFs, from the spec's folder."""
    search: str | None = None
    """A search of the web in place of the notes: `perplexity:sonar` or `brave:web`."""
    minutes: Annotated[float, Field(gt=0, le=300)] = 27.0
    """How long an episode is planned to be."""
    preset: Preset | None = None
    """How the batch is run. Default: by the number of episodes, small to 10, medium to 50, large above."""
    at_once: AtOnce = AtOnce()
    """How many episodes are in each phase at once."""
    caps: Caps = Caps()
    """How much an episode may cost, by phase and in all."""
    gates: GateProfile = GateProfile.STANDARD
    """standard: all gates count. draft: audio and structure count, and scores of style are shown."""
    quality: Marks = Marks()
    """What the gates want of an episode."""
    retries: Annotated[int, Field(ge=0, le=10)] = 3
    """How often a question to a model whose answer does not come or does not serve is put again."""
    retry_delay: RetryDelay = RetryDelay()
    """How long to wait before."""
    seed: int = 0
    """Another seed gives another text."""
    output_dir: Path | None = Path("output/podcast")
    """Folder of the shows: each has its feed and a folder for each episode there."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        """Take a checkpoint file for the spec that it holds, and `next 10` for a number."""
        data = with_spec(cls, data)
        data = _held_spec(data) or data
        number = upcoming_number(data.get("episodes")) if isinstance(data, Mapping) else None
        return data if number is None else {**data, "episodes": [], "upcoming": number}

    @model_validator(mode="after")
    def _holds_together(self) -> PodcastBatch:
        refuse(type(self), self._contradictions())
        if self.starting_episode is not None and not self.episodes:
            self.episodes = list(self._span())
        return self

    def _contradictions(self) -> Any:
        if self.items_file is not None:
            yield ("items_file",), complaint(f"{str(self.items_file)!r} is no spec", "Begin it with `kind: podcast`.")
        if self.topics and self.topics_file is not None:
            yield ("topics_file",), complaint("there is `topics` as well", "Give one of the two.")
        if not self.topics and self.topics_file is None and not is_named(self.show):
            yield ("topics",), complaint("it is missing, and so is `topics_file`", "Say what the episodes are about.")
        if (self.starting_episode is None) != (self.batch_size is None):
            given = "batch_size" if self.starting_episode is None else "starting_episode"
            yield (given,), complaint("it goes with the other one", "Give `starting_episode` and `batch_size`.")
        span = self._span()
        if span and span[-1] > LAST:
            yield ("batch_size",), complaint(f"its last episode is {span[-1]:,}, and {LAST:,} is the most")
        if span and self.episodes and self.episodes != list(span):
            yield ("starting_episode",), complaint("there are `episodes` as well, and others", "Give one of the two.")

    def _span(self) -> range:
        """Return the episodes that the first one and the size stand for; none where these are not given."""
        first = self.starting_episode or 1
        return range(first, first + (self.batch_size or 0)) if self.starting_episode is not None else range(0)
