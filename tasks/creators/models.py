"""What a batch of creator schedules is asked for, and its items."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, ValidationInfo, model_validator

from tasks.creators.gates import Gates
from tasks.creators.request_options import settle_options
from tasks.creators.rules import GateProfile, Rules
from tasks.creators.weeks import Weeks
from tasks.model_options import Budget
from tasks.models import BatchOptions, Item
from tasks.parameters import refuse_too_large
from tasks.shape import Shape

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

TOKENS_PER_CREATOR = 50_000
SECONDS_PER_CREATOR = 300.0


class CreatorItem(Item):
    """One creator's week."""

    creator: str
    """As it was asked for: an id or a page name."""
    week_start: date
    """A Monday."""
    after: str = ""
    """Item of the same creator's week before, when the batch has both: its copy is not to be used again."""
    group: str = ""
    """The declared group whose members are solved together; empty for none."""
    gathering: str = ""
    """Name under which the items of its group meet."""
    fault: tuple[str, str, str] | None = None
    """Code, message and remedy of what is wrong with it from the start: it fails so, and the others go on."""
    rules: Rules = Rules()
    gates: GateProfile = GateProfile.STANDARD
    quality: Gates = Gates()
    seed: int = 0
    """The batch's, moved by how often persons have rejected this week."""
    rejected_for: str = ""
    """What the last of them has said."""
    output_root: Path = Path()


class CreatorBatch(BatchOptions):
    """A batch of weekly schedules: of one creator, or in batch mode of several at once."""

    DEADLINE_OPTION: ClassVar[str] = "timeout_per_creator"

    batch_mode: bool = False
    """Several creators at once. Without it the batch is for one."""
    creators: list[Name] = []
    """Creator ids or page names."""
    creator: Name | None = None
    """The one creator of a batch without batch mode; short for `creators` with one name."""
    week_start: Weeks = None
    """First day of the week (a Monday), several of them, or one or several by creator. Default: next Monday."""
    asked_on: date | None = None
    """Day that "next Monday" and "past" are told from, kept for a later resume. Default: today, by this machine."""
    groups: dict[Name, list[Name]] = {}
    """Creators who plan together, by a name for them; adds to the groups of the roster."""
    rules: Rules = Rules()
    """What every week holds to; a creator's own rules go before them."""
    gates: GateProfile | None = None
    """standard: both judges count. draft: what a model says as second judge and as critic is shown and does not count.
    Default: draft where nobody has named a model and the machine's own is the small one that runs on it."""
    quality: Gates = Gates()
    """Which scores a schedule must reach, and what they are made of."""
    seed: int = 0
    """Another seed gives other minutes, and other choices among equals."""
    roster: Path | None = None
    """Folder with creators.csv, copy.csv, performance.csv and audience.csv, imported before the batch."""
    items_file: Path | None = None
    """File with one creator a line, or a YAML or JSON list of them, in place of `creators`.
    Or a whole spec, read when the run starts: what is given beside it, other than the default, goes before."""
    items_sha256: str | None = None
    """sha256 of `items_file`; another content is refused."""
    parallelism: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Another name of `max_parallel`. Default: a third of the pool of connections; never over a half of it."""
    fail_fast: bool | None = None
    """true: the first failure ends the batch, as mode fail_fast. false: go on, as the other modes."""
    timeout_per_creator: Annotated[float, Field(gt=0)] | None = None
    """Another name of `item_deadline_seconds`."""
    item_deadline_seconds: Annotated[float, Field(gt=0)] | None = SECONDS_PER_CREATOR
    """Longest time for one creator, counted from when the first phase begins, after the weeks before it are over."""
    budget: Budget = Budget(item_tokens=TOKENS_PER_CREATOR)
    """Money for the batch and a creator, and tokens for a creator."""

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> CreatorBatch:
        settle_options(self)
        refuse_too_large(self, info)
        return self


class Saved(Shape):
    """What the reports need of a schedule without reading its file again."""

    schedule_id: str
    creator_id: str
    week_start: date
    status: str
    """APPROVED, NEEDS_REVIEW, REJECTED or SUPERSEDED."""
    quality_score: float
    items_scheduled: int
    predicted_value: float
