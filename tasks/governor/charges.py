"""What a call takes, and what bounds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Charge:
    """What one call takes: worst case before it, actual use after it. `cached_tokens` are part of `input_tokens`."""

    requests: int = 1
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    characters: int = 0
    searches: int = 0
    cost_usd: float | None = None
    """None where the price is not known, which is not the same as nothing."""


@dataclass(frozen=True)
class Limit:
    """How much may go through a lane in any window of so many seconds; what is None is not bounded."""

    seconds: float = 60.0
    requests: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True)
class Lane:
    """A vendor (`openai`) or one of its models (`openai:gpt-4o`), with what bounds its calls from all processes."""

    name: str
    limits: tuple[Limit, ...] = ()
    parallel: int | None = None
    """Calls in flight at once, at most."""
    own_parallel: int | None = None
    """The same for this process alone: what it has learnt of its vendor bounds no other."""


@dataclass(frozen=True)
class Purse:
    """A bound on money or on tokens: for a batch, an item of one, or a kind over some days."""

    scope: Literal["batch", "item", "kind"]
    usd: float | None = None
    days: float | None = None
    """Over how many days back; None for all there is."""
    tokens: int | None = None
    """Read and written, those from a vendor's cache included."""
    cap: str = ""
    """Name of one that a call without a known price passes, and that ends its item with CAP_EXCEEDED."""
    stages: tuple[str, ...] = ()
    """Of an item's purse, the stages whose calls count; all where none is named."""


@dataclass(frozen=True)
class Caller:
    """For whom a call is made, by which model, and why that one."""

    batch_id: str
    kind: str
    item_id: str
    stage: str
    model: str
    reason: str = ""
    part_of: str | None = None
    """Where the batch is a part of another, the options of `submit` by which it goes on."""


@dataclass(frozen=True)
class Spent:
    """How much of a purse is gone: what calls came to, and the worst case of those nobody knows the end of."""

    purse: Purse
    name: str
    """The batch, the item or the kind it is for."""
    usd: float


@dataclass(frozen=True)
class Reservation:
    """A call that may be made now. `id` is its row in the ledger."""

    id: str
    caller: Caller
    worst: Charge
    waited_seconds: float = 0.0
    running_low: tuple[Spent, ...] = ()
    """Purses of which 80 % are gone, each told once in a process."""


@dataclass(frozen=True)
class Wait:
    """Not now: what stands in the way, and in how many seconds to ask again."""

    seconds: float
    why: Literal["limit", "parallel", "turn", "penalty", "breaker", "budget"]
    lane: str
    """The lane that has no room; of a budget, what it is for."""
    may_be_sooner: bool = False
    """Whether it depends on calls in flight, which may end at any time."""
