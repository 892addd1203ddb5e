"""What the ledger knows of past work, asked by those who say what would happen: plain SQL, nothing written.

Without a ledger every question has the answer of an empty one.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.ledger.standing import Standing
from tasks.ledger.till import calls_of
from tasks.models import ItemStatus, Output

if TYPE_CHECKING:
    from tasks.governor.charges import Caller, Purse
    from tasks.ledger.glance import Execute, Row

LOOKED_BACK = 20
"""Batches that are looked through for what was made last at a place, or times that a stage was finished; older ones
explain nothing any more."""
SAMPLED = 500
"""Attempts at a stage, the newest, from which its usual time is told."""


@dataclass(frozen=True)
class Made:
    """A finished item: who made it, what its fingerprint was, and its files."""

    batch_id: str
    item_id: str
    fingerprint: str
    outputs: tuple[Output, ...] = ()

    @property
    def path(self) -> str | None:
        """Its first file."""
        return self.outputs[0].path if self.outputs else None


@dataclass(frozen=True)
class Known:
    """An item of a batch as the ledger has it."""

    standing: Standing
    fingerprint: str | None
    error: tuple[str, str, str] | None
    """Code, message and remedy, where it failed."""


class Past:
    """The ledger as a memory of what was made."""

    def __init__(self, execute: Execute | None) -> None:
        self._execute = execute

    def batch(self, batch_id: str) -> Row | None:
        """Return the row of a batch, or None."""
        rows = self._rows(
            "SELECT batch_id, kind, output_dir, owner, lease_until FROM batch WHERE batch_id = ?", batch_id
        )
        return rows[0] if rows else None

    def spec(self, batch_id: str) -> str:
        """Return what a batch was asked for the last time, as JSON."""
        rows = self._rows("SELECT spec FROM batch WHERE batch_id = ?", batch_id)
        return str(rows[0]["spec"]) if rows else "{}"

    def items(self, batch_id: str) -> dict[str, Known]:
        """Return the items of a batch by id."""
        query = (
            "SELECT item_id, payload, status, position, outputs, fingerprint, error_code, error_message, remedy "
            "FROM item WHERE batch_id = ?"
        )
        return {row["item_id"]: _known(row) for row in self._rows(query, batch_id)}

    def finished(self, fingerprint: str, batch_id: str | None) -> Iterator[Made]:
        """Yield what was made under a fingerprint, in one batch or in all, the newest first."""
        query = "SELECT batch_id, item_id, fingerprint, outputs FROM item WHERE fingerprint = ? AND status = ?"
        given = [fingerprint, ItemStatus.SUCCEEDED.value]
        if batch_id is not None:
            query, given = f"{query} AND batch_id = ?", [*given, batch_id]
        # As making asks for it, and then from the end: of those that finished at once both take the same.
        for row in reversed(self._rows(f"{query} ORDER BY finished_at, position, batch_id", *given)):
            yield _made(row)

    def last_at(self, kind: str, output_dir: str, batch_id: str) -> dict[str, Made]:
        """Return what was made last at each place, by batches of a kind that write where this one does."""
        query = "SELECT batch_id, output_dir FROM batch WHERE kind = ? AND batch_id <> ? ORDER BY started_at DESC"
        mine = place(output_dir, output_dir, batch_id)
        found: dict[str, Made] = {}
        looked = 0
        for row in self._rows(query, kind, batch_id):
            if place(row["output_dir"], row["output_dir"], row["batch_id"]) == mine and looked < LOOKED_BACK:
                looked += 1
                for made in self._made_in(row["batch_id"]):
                    if made.path is not None:
                        found.setdefault(place(made.path, row["output_dir"], row["batch_id"]), made)
        return found

    def batches(self, kind: str) -> Iterator[tuple[str, str, str]]:
        """Yield the batches of a kind, the oldest first: id, output folder, and what was asked for, as JSON."""
        for row in self._rows("SELECT batch_id FROM batch WHERE kind = ? ORDER BY started_at", kind):
            query = "SELECT output_dir, spec FROM batch WHERE batch_id = ?"  # One at a time, since specs are long.
            for one in self._rows(query, row["batch_id"]):
                yield row["batch_id"], one["output_dir"], one["spec"]

    def paths(self, batch_id: str) -> dict[str, str]:
        """Return the first file of each item that succeeded in a batch, by item."""
        query = "SELECT item_id, outputs FROM item WHERE batch_id = ? AND status = ?"
        rows = self._rows(query, batch_id, ItemStatus.SUCCEEDED.value)
        return {row["item_id"]: made[0]["path"] for row in rows if (made := json.loads(row["outputs"]))}

    def stage_keys(self, stage: str, item_id: str, batch_id: str) -> Iterator[tuple[str, str]]:
        """Yield batch and key of the times an item finished a stage: first in this batch, then in others, newest first.

        Not more than `LOOKED_BACK`.
        """
        query = (
            "SELECT batch_id, fingerprint FROM stage_run WHERE item_id = ? AND stage = ? AND fingerprint IS NOT NULL "
            "AND status IN ('succeeded', 'reused') ORDER BY batch_id = ? DESC, started_at DESC LIMIT ?"
        )
        rows = self._rows(query, item_id, stage, batch_id, LOOKED_BACK)
        return ((row["batch_id"], row["fingerprint"]) for row in rows)

    def checkpoint_hashes(self, key: str) -> tuple[set[str], tuple[str, str] | None]:
        """Return every hash a key's checkpoint was written down with, and by which batch and item last."""
        query = (
            "SELECT batch_id, item_id, checkpoint FROM stage_run WHERE fingerprint = ? AND checkpoint IS NOT NULL "
            "ORDER BY started_at"
        )
        rows = self._rows(query, key)
        return {row["checkpoint"] for row in rows}, (rows[-1]["batch_id"], rows[-1]["item_id"]) if rows else None

    def seconds(self, stage: str) -> float | None:
        """Return how long a stage usually works on an item (the median), or None when it never ran."""
        query = (
            "SELECT item_id, run_seconds FROM stage_run WHERE stage = ? AND status = 'succeeded' "
            "ORDER BY started_at DESC LIMIT ?"
        )
        rows = self._rows(query, stage, SAMPLED)
        sizes = [_size(row["item_id"]) for row in rows]
        return _median([(row["run_seconds"] / size, size) for row, size in zip(rows, sizes, strict=True)])

    def parallelism(self, kind: str) -> dict[str, int]:
        """Return how many of each lane past batches had at work at once: the most, because small ones get fewer."""
        query = "SELECT parallelism FROM batch WHERE kind = ? ORDER BY started_at DESC LIMIT ?"
        found: dict[str, int] = {}
        for row in self._rows(query, kind, LOOKED_BACK):
            for bound in json.loads(row["parallelism"]):
                found[bound["lane"]] = max(bound["value"], found.get(bound["lane"], 1))
        return found

    def taken(self, purse: Purse, caller: Caller) -> float:
        """Return how many US dollars are gone from a purse, calls in flight at their worst."""
        where, values = calls_of(purse, caller, time.time())
        rows = self._rows(f"SELECT coalesce(sum(cost_usd), 0.0) AS usd FROM model_call WHERE {where}", *values)
        return float(rows[0]["usd"]) if rows else 0.0

    def _made_in(self, batch_id: str) -> Iterator[Made]:
        query = (
            "SELECT batch_id, item_id, fingerprint, outputs FROM item "
            "WHERE batch_id = ? AND status = ? AND fingerprint IS NOT NULL"
        )
        yield from map(_made, self._rows(query, batch_id, ItemStatus.SUCCEEDED.value))

    def _rows(self, query: str, *values: object) -> Sequence[Row]:
        return self._execute(query, values) if self._execute is not None else ()


def place(path: str, output_dir: str, batch_id: str) -> str:
    """Name where a file lies so that batches which each write to a folder of their own are comparable."""
    parent, name = os.path.split(output_dir)
    if name == batch_id and (path + os.sep).startswith(output_dir + os.sep):
        return f"{parent}{os.sep}*{path[len(output_dir) :]}"
    return path


def _known(row: Row) -> Known:
    standing = Standing(row["payload"], ItemStatus(row["status"]), row["position"], row["outputs"], row["error_code"])
    error = (row["error_code"], row["error_message"] or "", row["remedy"] or "") if row["error_code"] else None
    return Known(standing, row["fingerprint"], error)


def _made(row: Row) -> Made:
    return Made(row["batch_id"], row["item_id"], row["fingerprint"], outputs_in(json.loads(row["outputs"])))


def outputs_in(written: Sequence[Mapping[str, Any]]) -> tuple[Output, ...]:
    """Read outputs from the ledger's JSON, which is our own and need not be checked."""
    return tuple(Output.model_construct(**one) for one in written)


def _size(name: str) -> int:
    """Read how many items an attempt was for: a chunk's is named after its first, such as `first+49`."""
    rest = name.rpartition("+")[2]
    return int(rest) + 1 if rest.isdecimal() and len(rest) < 10 else 1


def _median(weighted: list[tuple[float, int]]) -> float | None:
    """Return the value below which half of the weight lies."""
    half = sum(weight for _, weight in weighted) / 2
    passed = 0.0
    for value, weight in sorted(weighted):
        passed += weight
        if passed >= half:
            return value
    return None
