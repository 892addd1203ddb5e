"""What a plan says: of each item and stage whether it would be made, and why.

Unknown is None and never 0: a stage whose time, tokens or money nobody knows has none written down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from tasks.errors import PressroomError
from tasks.models import BatchT

if TYPE_CHECKING:
    from tasks.claims import Claims
    from tasks.foresight import Foresight
    from tasks.models import Item


class Verdict(StrEnum):
    """What would happen to an item or to one of its stages."""

    NEW = "new"
    """It is made; nothing like it was made before."""
    RERUN = "rerun"
    """It is made again, because something has changed since the last time."""
    REUSE = "reuse"
    """Finished work serves."""
    DONE = "done"
    """It is finished in this very batch already."""
    LEFT = "left"
    """It has no end in this batch and is not taken up, as what has failed before."""
    REFUSED = "refused"
    """It would fail, and why is known now."""


MADE = (Verdict.NEW, Verdict.RERUN)
"""Verdicts that mean work."""


@dataclass(frozen=True)
class Maker:
    """Whose finished work serves, or did before it was gone."""

    batch_id: str
    item_id: str
    path: str | None = None


@dataclass
class StagePlan:
    """What would happen to an item at one stage."""

    stage: str
    lane: str
    verdict: Verdict
    why: str = ""
    changed: list[str] = field(default_factory=list)
    """Parts of the fingerprint that are not as they were the last time."""
    made_by: Maker | None = None
    seconds: float | None = None
    tokens: int | None = None
    cost: float | None = None
    is_sure: bool = True
    """False where only making it shows whether it comes out."""


@dataclass
class ItemPlan:
    """What would happen to an item."""

    item_id: str
    verdict: Verdict
    stages: list[StagePlan] = field(default_factory=list)
    why: str = ""
    output_path: str | None = None
    error: PressroomError | None = None


@dataclass(frozen=True)
class Estimate:
    """How much a plan's work comes to, as far as it is known."""

    seconds: float | None = None
    """All work, one after the other."""
    wall_clock_seconds: float | None = None
    """The same with as many at once as past batches had."""
    tokens: int | None = None
    cost: float | None = None
    unknown: int = 0
    """Stages to run whose time nobody knows; they are in none of the sums."""


@dataclass(frozen=True)
class PlannedChunk:
    """Items that are taken in turn with those of other chunks, so that all chunks end together."""

    items: list[str]
    share: float
    """Of all that is to be made, by what each item is predicted to take."""
    seconds: float | None
    """That share of the plan's own, one after the other."""
    tokens: int | None
    """What its items take of the plan's own."""


@dataclass
class Plan:
    """What would happen to a batch."""

    kind: str
    batch_id: str
    output_dir: str
    is_known: bool
    """Whether the ledger holds this batch already."""
    items: list[ItemPlan]
    estimate: Estimate = Estimate()
    parallelism: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    chunks: list[PlannedChunk] = field(default_factory=list)

    @property
    def counts(self) -> dict[Verdict, int]:
        """Items by verdict, each verdict named."""
        found = Counter(item.verdict for item in self.items)
        return {verdict: found[verdict] for verdict in Verdict}


Foresee = Callable[[Any, "Foresight"], list[StagePlan]]
"""Says what would happen to an item at each stage whose work can be reused; raises what the item would fail with."""


class Planned(NamedTuple):
    """What a kind knows of a batch before it runs."""

    items: Sequence[Item]
    foresee: Foresee
    notes: Iterable[str] = ()
    """What is good to know beforehand, a sentence each; gone through once all items are foreseen."""
    chunks: Sequence[Mapping[str, float]] = ()
    """The parts that a long list is cut into, if it is: items, with the seconds that each is predicted to take."""


PlanHook = Callable[[BatchT, "Claims"], Planned]
"""A kind's hook `plan`: given a batch, named and with absolute folders, and the paths that are taken."""


def verdict_of(stages: Iterable[StagePlan]) -> Verdict:
    """Say what happens to an item of these stages: what is most to do of it."""
    found = {stage.verdict for stage in stages}
    return next((verdict for verdict in MADE if verdict in found), Verdict.REUSE)
