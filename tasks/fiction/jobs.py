"""The five types of job, and how each is run where nobody says otherwise.

What a job says goes before what the spec says of the type, and that before the defaults. Fields that are not known are
let in here, since a job of the source may have any; of a spec of ours they are refused later (`request.py`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field

from tasks.retrying import RetryDelay, Seconds, delays
from tasks.shape import Shape


class JobType(StrEnum):
    """What is made."""

    PIPELINE = "pipeline"
    """All of a project: characters, outline, chapters with their quality control, and the book."""
    CHARACTERS = "character_generation"
    OUTLINE = "plot_outlining"
    CHAPTERS = "chapter_writing"
    QUALITY = "quality_control"
    EXPORT = "export"


ALIASES = {"qc_processing": JobType.QUALITY.value}
"""Other names of a type."""
SINGLE = tuple(kind for kind in JobType if kind is not JobType.PIPELINE)
"""The types that are one step each."""
OF_CHAPTERS = (JobType.CHAPTERS, JobType.QUALITY)
"""The types whose items are chapters and not whole projects."""


def named_type(value: Any) -> Any:
    """Read a type's other name."""
    return ALIASES.get(value, value) if isinstance(value, str) else value


TypeName = Annotated[JobType, BeforeValidator(named_type)]


class TypeLimits(Shape):
    """How items of a type are run."""

    model_config = ConfigDict(extra="allow")

    max_parallel: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many at once."""
    timeout_per_item: Seconds | None = None
    """Longest time for each question to a model, in seconds or as `120s`."""
    retry_on_failure: bool | None = None
    """false: nothing is tried again."""
    max_retries: Annotated[int, Field(ge=0, le=20)] | None = None
    """How often what fails for a passing reason is tried again."""


class RetryConfig(Shape):
    """How failures that may pass are tried again, where neither the job nor its type says so."""

    model_config = ConfigDict(extra="allow")

    max_retries: Annotated[int, Field(ge=0, le=20)] = 3
    """How often."""
    retry_delay: RetryDelay = RetryDelay()
    """After how long."""
    retryable_errors: list[str] = []
    """Codes that may pass, as the source lists them. They are Pressroom's own already; others are refused."""
    non_retryable_errors: list[str] = []
    """Codes that are not tried again. They are Pressroom's own already; others are refused."""


DEFAULTS = {
    JobType.CHARACTERS: TypeLimits(max_parallel=10, timeout_per_item=120.0),
    JobType.OUTLINE: TypeLimits(max_parallel=10, timeout_per_item=180.0),
    JobType.CHAPTERS: TypeLimits(max_parallel=5, timeout_per_item=300.0),
    JobType.QUALITY: TypeLimits(max_parallel=20, timeout_per_item=60.0),
    JobType.EXPORT: TypeLimits(max_parallel=10, timeout_per_item=180.0),
}


class Settled(NamedTuple):
    """How items of a type are run, after all who may say so have been asked."""

    max_parallel: int
    timeout_seconds: float
    retries: int
    retry_delays: list[float]


def settled(kind: JobType, job: TypeLimits, of_type: TypeLimits, config: RetryConfig) -> Settled:
    """Settle how items of a type are run: the job's word first, then the type's, then the defaults."""
    words = (job, of_type, DEFAULTS[kind])

    def first(name: str) -> Any:
        return next((value for word in words if (value := getattr(word, name)) is not None), None)

    retries = first("max_retries")
    return Settled(
        max_parallel=first("max_parallel"),
        timeout_seconds=first("timeout_per_item"),
        retries=0 if first("retry_on_failure") is False else config.max_retries if retries is None else retries,
        retry_delays=delays(config.retry_delay),
    )
