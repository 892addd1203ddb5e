"""How an item of a known batch stands: whether it is made again when the batch is taken up. No SQL, so light."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from tasks.models import CAME_OUT, Item, ItemStatus, Select


@dataclass(frozen=True)
class Standing:
    """What the ledger knows of an item of a batch."""

    payload: str
    status: ItemStatus
    position: int
    outputs: str
    """What it made, as JSON."""
    code: str | None = None
    """Code of its failure."""
    asked_priority: str | None = None
    """What a person has made of its urgency, and when."""
    asked_at: float | None = None

    @property
    def paths(self) -> list[str]:
        """Files it made."""
        return [output["path"] for output in self.made]

    def is_wanted(self, selected: Select, mended: Set[str] = frozenset()) -> bool:
        """Say whether taking up the `selected` items of its batch makes it again.

        `mended` are codes of failures that are not to be expected again: who failed so counts as unfinished.
        """
        if self.status in CAME_OUT:
            return not self.is_made
        if selected is Select.FAILED:
            return self.status in (ItemStatus.FAILED, ItemStatus.SKIPPED)
        return self.status is not ItemStatus.FAILED or self.code in mended

    @property
    def is_made(self) -> bool:
        """Whether it came out, and its files are there."""
        return self.status in CAME_OUT and all(_is_there(output) for output in self.made)

    @property
    def made(self) -> list[dict[str, Any]]:
        """What it made, each as `Output` has it."""
        found: list[dict[str, Any]] = json.loads(self.outputs)
        return found


_NOT_ASKED_FOR = {
    *("models", "model_reason", "rejected_for", "priority", "needs", "continues", "retries", "retry_delay"),
}


def payload_of(item: Item) -> str:
    """Hash what is asked for, to see later whether a changed spec has changed this item.

    Which model an item gets follows from the batch and from how busy models are: another one the next time is no
    reason to make again what is made. Nor is what people have said of earlier ones, which an item gets as it enters,
    nor how urgent it is, for whom it waits, and how often something is tried.
    """
    return hashlib.sha256(item.model_dump_json(exclude=_NOT_ASKED_FOR).encode()).hexdigest()


def _is_there(output: dict[str, Any]) -> bool:
    """Say whether a file needs not be made again. One that somebody has edited is theirs; one that is empty has lost
    its content with the machine's power.
    """
    try:
        return os.stat(output["path"]).st_size > 0 or int(output["size"]) == 0
    except OSError:
        return False
