"""What a creator's week is likely to take: as his last ones did, else by how much he posts and is known of him.

A guess is good enough here: it decides which creators share a chunk and who enters first, and nothing that is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median

from tasks.creators.context import Profile
from tasks.creators.rules import Rules
from tasks.creators.saved import named_in
from tasks.creators.store import Execute, Listed

LOOKED_BACK = 2_000
"""Weeks of past batches that are looked at, the newest."""
LAST = 3
"""Weeks of one creator that count: the dearest of them, since one that was made of checkpoints took no time."""
USUAL_SECONDS = 15.0
"""What a week of the tier MID takes where nothing is known at all."""

_SECONDS = (
    "SELECT item.item_id AS name, item.duration_seconds AS amount FROM item"
    " JOIN batch ON batch.batch_id = item.batch_id"
    " WHERE batch.kind = 'creators' AND item.status IN ('succeeded', 'needs_review')"
    f" ORDER BY item.finished_at DESC LIMIT {LOOKED_BACK}"
)


class Costs:
    """Predicts weeks by what past ones took."""

    def __init__(self, listing: Iterable[Listed], execute: Execute | None) -> None:
        """`execute` asks the ledger, if there is one."""
        self._listing = {one.creator_id: one for one in listing}
        known = _dearest(execute, _SECONDS) if execute is not None else {}
        self._seconds = self._scaled(known, USUAL_SECONDS)

    def seconds(self, creator_id: str) -> float:
        """Predict a week of a creator; one whom nobody knows is refused at once and takes nothing."""
        return self._seconds.get(creator_id, 0.0)

    def _scaled(self, known: Mapping[str, float], usual: float) -> dict[str, float]:
        """Return what is known, and for the others what the middle one of those known takes for its size."""
        weights = {name: _weight(one) for name, one in self._listing.items()}
        ratios = [known[name] / weight for name, weight in weights.items() if name in known]
        ratio = median(ratios) if ratios else usual
        return {name: known.get(name, ratio * weight) for name, weight in weights.items()}


def _weight(one: Listed) -> float:
    """Say how large a week is beside one of the tier MID: by its posts, and a little by what there is to look at."""
    profile = Profile(creator_id="", page_name="", time_zone="", audience_size=one.audience_size)
    posts = Rules.model_fields["posts_per_day"].default
    size: float = posts[profile.tier] / 4
    return size * (0.8 + 0.2 * min(one.samples, 500) / 250)


def _dearest(execute: Execute, query: str) -> dict[str, float]:
    """Return the dearest of the last weeks of each creator."""
    found: dict[str, list[float]] = defaultdict(list)
    for row in execute(query, ()):
        last = found[named_in(row["name"])[0]]
        if len(last) < LAST:
            last.append(float(row["amount"]))
    return {name: max(last) for name, last in found.items() if max(last) > 0}
