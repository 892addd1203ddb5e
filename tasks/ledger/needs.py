"""What batches need of the state folder: asked before anything in it is thrown away."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.ledger.owner import is_held

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute


@dataclass(frozen=True)
class Use:
    """A batch that made a checkpoint or took it over, and when."""

    batch_id: str
    at: float


class Needs:
    """The needs of all batches of a ledger; without one, nobody needs anything."""

    def __init__(self, execute: Execute | None) -> None:
        self._execute = execute
        rows = execute("SELECT batch_id, owner, lease_until, started_at FROM batch", ()) if execute else ()
        self.batches = {row["batch_id"] for row in rows}
        self.at_work = {
            row["batch_id"]: float(row["started_at"]) for row in rows if is_held(row["owner"], row["lease_until"])
        }
        """Batches that somebody works on, and since when."""

    def items_files(self) -> set[str]:
        """Names of the items files that a batch would read when it is taken up again."""
        if self._execute is None:
            return set()
        rows = self._execute("SELECT spec FROM batch WHERE spec LIKE ?", ('%"items_file":"%',))
        return {Path(str(json.loads(row["spec"])["items_file"])).name for row in rows}

    def uses(self, keys: Sequence[str]) -> dict[str, list[Use]]:
        """Who made or took over the checkpoints of some keys (a few hundred at most: each is a value of the query)."""
        found: dict[str, list[Use]] = defaultdict(list)
        if self._execute is not None and keys:
            marks = ",".join("?" * len(keys))
            query = f"SELECT fingerprint, batch_id, started_at FROM stage_run WHERE fingerprint IN ({marks})"
            for row in self._execute(query, keys):
                found[row["fingerprint"]].append(Use(row["batch_id"], row["started_at"]))
        return found
