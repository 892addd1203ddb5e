"""A batch of creators against one creator after the other, and a large batch against a small one.

The phases work for real; what a model takes to answer is given: a vendor on loopback that answers after a second and a
half, as one does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab import HERE, Row, answer, in_child, peak_megabytes

CREATORS = 12
PARALLELISM = 3
ANSWER_SECONDS = 1.5
FEW, MANY = 20, 200


def rows() -> list[Row]:
    """Plan the same creators in one batch and one by one; then many of them in one batch."""
    batch, alone = in_child("creators.py", "batch", CREATORS), in_child("creators.py", "alone", CREATORS)
    few, many = plain(FEW), plain(MANY)
    ideal = alone["work"] / PARALLELISM
    seconds = f"{batch['wall']:.1f} s against {alone['wall']:.1f} s one by one, {ANSWER_SECONDS:g} s an answer"
    return [
        Row(f"{CREATORS} creators at {PARALLELISM}: times faster", alone["wall"] / batch["wall"], ">= 2.5", seconds),
        Row("the same: share of the ideal", ideal / batch["wall"], ">= 0.95", f"ideal {ideal:.1f} s"),
        Row(
            "the same: queries saved",
            1 - batch["queries"] / alone["queries"],
            ">= 0.60",
            f"{batch['queries']:.0f} against {alone['queries']:.0f}",
        ),
        Row(
            f"memory of {MANY} creators against {FEW}",
            many["peak"] / few["peak"],
            "<= 1.2",
            f"{many['peak']:.0f} MB, {many['wall'] / MANY:.2f} s a creator without a model",
        ),
    ]


def plain(count: int) -> dict[str, Any]:
    """Plan so many without a model; another process invents them, whose memory is none of the batch's."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        in_child("creators.py", "roster", count, folder=Path(folder))
        return in_child("creators.py", "plain", count, folder=Path(folder))


def measure(mode: str, count: int) -> None:
    """Plan so many creators, together or one by one, and say what it took."""
    sys.path.insert(0, str(HERE.parent))
    from tasks.creators.pool import pool
    from tasks.creators.store import listed

    names = [one.creator_id for one in listed(pool().execute)] if mode == "plain" else invent(count)
    if mode == "roster":
        answer(creators=len(names))
        return
    if mode == "plain":
        wall, work = plan_weeks("b", names, model="none")
        answer(wall=wall, work=work, queries=pool().use().statements, peak=peak_megabytes())
        return
    before = pool().use().statements
    with vendor() as model:
        plan_weeks("warm", names[:1], model=model, week_start="2030-01-07")
        if mode == "batch":
            spent = [plan_weeks("b", names, model=model, max_parallel=PARALLELISM)]
        else:
            spent = [plan_weeks(f"b-{name}", [name], model=model) for name in names]
    wall, work = (sum(part) for part in zip(*spent, strict=True))
    answer(wall=wall, work=work, queries=pool().use().statements - before)


def invent(count: int) -> list[str]:
    """Write a roster of so many into the ledger and return who they are."""
    from tasks.creators.sampling import sample_roster
    from tasks.creators.store_roster import save_sample

    roster = sample_roster(creators=count, seed=7)
    save_sample(roster.rows, replace=True)
    return roster.creator_ids


def plan_weeks(batch_id: str, names: list[str], **options: Any) -> tuple[float, float]:
    """Run one batch; return its wall clock and the work of its items, in seconds."""
    from kinds import quick

    from flows.creators import creators
    from tasks.creators.models import CreatorBatch

    given = {"batch_mode": len(names) > 1, "creators": names, "gates": "draft", "reuse": "never", "canary": 0}
    with quick():
        started = time.monotonic()
        result = creators(CreatorBatch.model_validate({"batch_id": batch_id, **given, **options}))
        wall = time.monotonic() - started
    return wall, result.sum_item_seconds


@contextmanager
def vendor() -> Iterator[str]:
    """Start the vendor in a process of its own, and name a model of it."""
    from asking import settle_models

    command = [sys.executable, str(HERE.parent / "model_server.py"), "--port", "0", "--seconds", str(ANSWER_SECONDS)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        settle_models(servers={"quay": {"address": f"{address}/v1"}})
        yield "quay:q7"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]))
