"""Caps and what a plan foresees: where an episode may cost more than it is allowed to, which would end it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.plans import MADE, StagePlan
from tasks.podcast.caps import Caps, stages_of
from tasks.words import count, money


class ForeseenCaps:
    """Compares each episode with its caps as it is foreseen, so that what is told afterwards is a line a cap."""

    def __init__(self, caps: Caps) -> None:
        self._caps = dict(caps)
        self._over: dict[str, dict[str, float]] = {name: {} for name in self._caps}
        """By cap, what the episodes come to that may pass it."""

    def add(self, item_id: str, plans: Sequence[StagePlan]) -> None:
        """Take in what an episode comes to at most, by stage; what nobody knows the price of passes any cap."""
        for name, usd in self._caps.items():
            stages = stages_of(name)
            made = (one for one in plans if one.verdict in MADE and (not stages or one.stage in stages))
            if (cost := sum(one.cost or 0.0 for one in made)) > usd:
                self._over[name][item_id] = cost

    def notes(self) -> Iterator[str]:
        """Say of each cap that may be passed by how many episodes, and by which one most."""
        for name, costs in self._over.items():
            if costs:
                dearest = max(costs, key=lambda item_id: costs[item_id])
                yield (
                    f"The cap {name!r} of {money(self._caps[name])} may not be enough for "
                    f"{count(len(costs), 'episode')}: {dearest} comes to {money(costs[dearest])} at most. "
                    "An episode that would pass a cap ends before that call with CAP_EXCEEDED."
                )
