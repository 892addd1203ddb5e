"""Cost regression: whether an episode has cost much more than those of its show did before.

A cap bounds what an episode may cost, and is set wide; what is usual is far below it. A prompt that has grown, a model
that became dearer or repairs that go in circles show here first, before they have cost a season. The median is
taken, since one episode that went wrong must not move what is usual, and from five episodes on, since fewer say
nothing. Only episodes that were made whole in their batch count: one that took a part over from an earlier one cost
less for that. A person who lets a dear episode pass makes it one of those that are usual.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tasks.ledger.looking import looking
from tasks.podcast.told import phase_costs

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute

WARN, BLOCK = 1.2, 1.5
"""Times the median from which on it is told, and from which on the episode waits for a person."""
LEAST = 5
"""Episodes from which on there is something usual."""
RECENT = 50
"""Episodes that are looked at, the newest: what was usual years ago is not."""
_LOOKED_AT = 1000

_PAST = (
    "SELECT item.outputs AS outputs, sum(model_call.cost_usd) AS cost FROM item"
    " JOIN batch ON batch.batch_id = item.batch_id"
    " JOIN model_call ON model_call.batch_id = item.batch_id AND model_call.item_id = item.item_id"
    " WHERE batch.kind = 'podcast' AND item.status = 'succeeded' AND NOT item.reused"
    " AND model_call.status IN ('settled', 'unknown') AND NOT (item.batch_id = ? AND item.item_id = ?)"
    " GROUP BY item.batch_id, item.item_id, item.outputs, item.finished_at HAVING sum(model_call.cost_usd) > 0"
    f" ORDER BY item.finished_at DESC LIMIT {_LOOKED_AT}"
)


class Regression(NamedTuple):
    """What an episode has cost beside what is usual, in US dollars; `usual` is None where nothing is."""

    cost: float
    usual: float | None = None
    episodes: int = 0

    @property
    def times(self) -> float:
        """How many times as much as usual it has cost; 0 where that is not known."""
        return self.cost / self.usual if self.usual else 0.0

    @property
    def text(self) -> str:
        """The same in words."""
        usual = f"{self.usual or 0.0:.4f} USD, the median of {self.episodes} past episodes"
        return f"it has cost {self.cost:.4f} USD, {self.times:.1f} times the usual {usual}"

    @property
    def warnings(self) -> list[str]:
        """What is told of it where it goes on."""
        return [self.text] if WARN < self.times <= BLOCK else []

    @property
    def blocking(self) -> list[str]:
        """Why it waits for a person; empty where it does not."""
        return [self.text] if self.times > BLOCK else []


def regression_of(batch_id: str, item_id: str, folder: Path) -> Regression:
    """Compare what an episode has cost in its batch so far with the past of its show, whose folder is given."""
    with looking() as glance:
        if glance is None:
            return Regression(0.0)
        own = sum(one["cost"] for one in phase_costs(glance.execute, batch_id, item_id).get(item_id, {}).values())
        past = _past_costs(glance.execute, batch_id, item_id, folder) if own > 0 else []
    return Regression(own, median(past) if len(past) >= LEAST else None, len(past))


def _past_costs(execute: Execute, batch_id: str, item_id: str, folder: Path) -> list[float]:
    rows = execute(_PAST, (batch_id, item_id))
    return [float(row["cost"]) for row in islice((row for row in rows if _is_in(row["outputs"], folder)), RECENT)]


def _is_in(outputs: str, folder: Path) -> bool:
    """Say whether an episode lies in a show's folder."""
    return any(Path(one["path"]).parent.parent == folder for one in json.loads(outputs)[:1])
