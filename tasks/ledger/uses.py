"""What calls of models came to, added up: the shapes in which the ledger tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypedDict


class Use(NamedTuple):
    """What some calls came to. Tokens are what vendors counted; money holds unknown outcomes at their worst."""

    keys: tuple[str, ...] = ()
    """What the calls have in common, such as a model and a stage."""
    items: int = 0
    calls: int = 0
    """Those that have ended, well or not."""
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Part of `input_tokens`."""
    characters: int = 0
    searches: int = 0
    reserved_tokens: int = 0
    """What was reserved for calls that went well, where that was written down."""
    used_tokens: int = 0
    """What the same calls used."""
    cost: float = 0.0
    """US dollars, without calls of unknown price."""
    unpriced: int = 0
    """Calls whose price is not known."""
    unknown: int = 0
    """Calls whose outcome is not known."""
    unknown_usd: float = 0.0
    """What those may have cost; part of `cost`."""
    unknown_unpriced: int = 0
    held: int = 0
    """Calls in flight."""
    held_usd: float = 0.0
    """What those may come to; no part of `cost`."""
    held_unpriced: int = 0
    waited: float = 0.0
    worked: float = 0.0

    @property
    def name(self) -> str:
        """The first of what they have in common."""
        return self.keys[0]

    @property
    def cached_share(self) -> float:
        """What part of the input came from a vendor's prompt cache."""
        return self.cached_tokens / self.input_tokens if self.input_tokens else 0.0


class Choice(NamedTuple):
    """Why a model was chosen, for how many items and calls."""

    model: str
    reason: str
    items: int
    calls: int


class Moment(NamedTuple):
    """A call that has ended: when (of unknown outcome: when it was last heard of), which model's, what it came to."""

    at: float
    model: str
    tokens: int
    cost: float


class Budgets(NamedTuple):
    """What a batch may spend, as its spec says; None where it says nothing."""

    batch_usd: float | None = None
    item_usd: float | None = None
    part_of: str | None = None
    """Of a part, which has but a share of what the whole may spend, the options with which `submit` has made it."""


class SpentDocument(TypedDict):
    """What a batch has spent, as `BatchResult` has it."""

    cost: float
    cost_is_complete: bool
    unknown_outcomes: int
    unknown_outcome_usd: float
    budget_usd: float | None
    part_of: str | None
    model_calls: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int


class ItemSpentDocument(TypedDict):
    """What an item has cost."""

    cost: float
    cost_is_complete: bool


NO_COST: ItemSpentDocument = {"cost": 0.0, "cost_is_complete": True}


class MoneyDocument(SpentDocument):
    """What a batch at work has spent, and what is in flight."""

    in_flight: int
    in_flight_usd: float


@dataclass
class Spending:
    """A batch's calls, added up."""

    total: Use = field(default_factory=Use)
    models: list[Use] = field(default_factory=list)
    """By model, the dearest first."""
    stages: list[Use] = field(default_factory=list)
    cells: list[Use] = field(default_factory=list)
    """By model and stage."""
    items: list[Use] = field(default_factory=list)
    """The items that cost most."""
    choices: list[Choice] = field(default_factory=list)
    """The most frequent first."""
    moments: list[Moment] = field(default_factory=list)
    budgets: Budgets = field(default_factory=Budgets)
