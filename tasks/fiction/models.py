"""What a batch of fiction is asked for, and its items."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Discriminator, Field, Tag, ValidationInfo, model_validator

from tasks.fiction.book import Format
from tasks.fiction.gates import Bar, GateProfile, Gates
from tasks.fiction.job_item import JobItem, Urgency
from tasks.fiction.jobs import JobType, RetryConfig, Settled, TypeLimits, TypeName, settled
from tasks.fiction.project import Project, ProjectId
from tasks.fiction.request import read_job, settle_options
from tasks.models import BATCH_ID, AskingItem, BatchOptions, JsonObject, Priority
from tasks.parameters import refuse_too_large
from tasks.spec_files import with_spec


def _sort_of(one: object) -> str:
    """Tell an id from a project that is written out, so that of one of them no fault is told as of the other.

    In brackets, by which places in messages know what is pydantic's own.
    """
    return "[id]" if isinstance(one, str) else "[project]"


ProjectOrId = Annotated[
    Annotated[ProjectId, Tag("[id]")] | Annotated[Project, Tag("[project]")], Discriminator(_sort_of)
]


class Routing(StrEnum):
    """How a job's items are shared out among models."""

    ROUND_ROBIN = "round_robin"
    BY_GENRE = "by_genre"
    BY_LOAD = "by_load"


class JobConfig(TypeLimits):
    """A job's own settings. What it has beside this is kept, and written back."""

    model_rotation: bool | None = None
    """false: all items get the first model, and the others stand by."""
    routing: Routing | None = None
    """How items are shared out among models."""


class FictionItem(AskingItem):
    """One step of a project: its characters, its outline, a chapter, a chapter's quality, or the book."""

    job_type: JobType
    project: Project
    """The project as its author gives it."""
    chapter: int = 0
    """Which chapter, counted from 1; 0 for steps of the whole project."""
    fault: tuple[str, str, str] | None = None
    """Code, message and remedy of what is wrong with it from the start: it fails so, and the others go on."""
    genre: str = ""
    bar: Bar = Bar()
    """What a chapter and a book are held to."""
    formats: list[Format] = []
    rejected_for: str = ""
    """What the last of them has said."""
    base_dir: Path = Path()
    output_root: Path = Path()

    @property
    def project_id(self) -> str:
        """Name of its project."""
        return self.project.project_id


class FictionBatch(BatchOptions):
    """A batch of fiction: whole projects from characters to a book, or one step of many."""

    LENGTH_OPTION: ClassVar[str] = "`words` in its projects"

    job_id: Annotated[str, Field(pattern=BATCH_ID)] | None = None
    """Another name of `batch_id`, which goes before it."""
    job_type: TypeName = JobType.PIPELINE
    """What is made: all of each project, or one step: characters, outline, chapters, quality control, export."""
    created_at: datetime | None = None
    """When the job was written; it is kept."""
    priority: Urgency = Priority.NORMAL
    """What waits goes in this order; a deadline that comes near raises it."""
    deadline: datetime | None = None
    """When all has to be there. Less than a day off it is critical, less than three days high."""
    projects: list[ProjectOrId] = []
    """Projects by their id, which is a file `<id>.yaml` in `projects_dir`, or written out here."""
    projects_dir: Path = Path("projects")
    """Folder of the projects' files, from the spec's folder."""
    chapters: list[Annotated[int, Field(ge=1)]] = []
    """Only these chapters, for jobs whose items are chapters."""
    items: list[JobItem] = []
    """The items of a job one by one, in place of `projects`."""
    items_file: Path | None = None
    """File with one item a line, in place of `items`.
    Or a whole spec, read when the run starts: what is given beside it, other than the default, goes before."""
    items_sha256: str | None = None
    """sha256 of `items_file`; another content is refused."""
    config: JobConfig = JobConfig()
    """This job's own settings."""
    batch_limits: dict[TypeName, TypeLimits] = {}
    """Settings of each type of job."""
    retry_config: RetryConfig = RetryConfig()
    """How failures that may pass are tried again."""
    genres: list[str] = []
    """Genres of your own, beside those that are known."""
    formats: list[Format] = list(Format)
    """What a book is exported as."""
    gates: GateProfile = GateProfile.STANDARD
    """standard: all scores count. draft: structure, length and language count, and scores are shown."""
    quality: Gates = Gates()
    """Which scores a chapter and a book must reach."""
    seed: int = 0
    """Another seed gives another text."""
    output_dir: Path | None = Path("output/books")
    """Folder of the books, one folder a project; a later job finds there what an earlier one has made."""
    as_given: JsonObject = {}
    """A job as it was given, without its items, to be written back; empty for a spec of ours."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        return read_job(cls, with_spec(cls, data))

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> FictionBatch:
        settle_options(self)
        refuse_too_large(self, info)
        return self

    def settled(self, kind: JobType) -> Settled:
        """Say how items of a type are run."""
        return settled(kind, self.config, self.batch_limits.get(kind, TypeLimits()), self.retry_config)
