"""What people have decided of a batch's episodes, applied as these enter."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tasks.ledger.looking import looking
from tasks.ledger.reviews import DecisionDocument, decisions_in
from tasks.podcast.approved import find_approved
from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.reviews import Decision


class Decided:
    """All decisions of a batch, by episode."""

    def __init__(self, batch: PodcastBatch) -> None:
        self._seed = batch.seed
        self._by_item: dict[str, list[DecisionDocument]] = defaultdict(list)
        with looking() as glance:
            for one in decisions_in(glance.execute, batch.batch_id or "") if glance is not None else ():
                self._by_item[one["item_id"]].append(one)

    def applied(self, item: PodcastItem) -> PodcastItem:
        """Return an episode that is written otherwise where it was rejected, and as it stands where it was approved."""
        said = self._by_item.get(item.item_id, [])
        notes = [one["note"] for one in said if one["decision"] == Decision.REJECT]
        changes: dict[str, Any] = {"approved": self._approved(item, said)}
        if notes:
            # The same again would be rejected again.
            changes |= {"seed": self._seed + len(notes), "rejected_for": notes[-1]}
        return item.model_copy(update=changes)

    def _approved(self, item: PodcastItem, said: list[DecisionDocument]) -> str:
        """Return the mark of what was approved last, of what was not rejected since."""
        for one in reversed(said):
            if one["decision"] == Decision.REJECT:
                break
            if (mark := one["after"]) and find_approved(item, self._seed, mark):
                return mark
        return ""
