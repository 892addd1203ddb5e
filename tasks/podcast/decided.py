"""What people have decided of a batch's episodes, applied as these enter."""

from __future__ import annotations

from tasks.ledger.reviews import DecisionDocument, decided_in
from tasks.podcast.approved import find_approved
from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.reviews import Decision, made_anew, rejections


class Decided:
    """All decisions of a batch, by episode."""

    def __init__(self, batch: PodcastBatch) -> None:
        self._seed = batch.seed
        self._by_item = decided_in(batch.batch_id or "")

    def applied(self, item: PodcastItem) -> PodcastItem:
        """Return an episode that is written otherwise where it was rejected, and as it stands where it was approved."""
        said = self._by_item.get(item.item_id, [])
        changes = made_anew(self._seed, rejections(said))
        return item.model_copy(update=changes | {"approved": self._approved(item, said)})

    def _approved(self, item: PodcastItem, said: list[DecisionDocument]) -> str:
        """Return the mark of what was approved last, of what was not rejected since."""
        for one in reversed(said):
            if one["decision"] == Decision.REJECT:
                break
            if (mark := one["after"]) and find_approved(item, self._seed, mark):
                return mark
        return ""
