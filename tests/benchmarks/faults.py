"""A vendor that fails 30 % of calls, against one that fails none: what comes out, what is billed, how long it takes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import HERE, Row, answer, in_child

TESTS = HERE.parent
ITEMS, AT_ONCE = 60, 10
PATIENCE, SLOW, RETRY_AFTER = 1.0, 0.5, 0.5
"""Seconds: the timeout of a request, a slow answer, and what a refusal asks to wait."""


def rows() -> list[Row]:
    """Run the same batch with and without faults."""
    clean, bad = in_child("faults.py", 0.0), in_child("faults.py", 0.3)
    waits = f"{bad['imposed']:.1f} s imposed"
    seconds = f"{bad['seconds']:.1f} s, {clean['seconds']:.1f} s without faults, {waits}"
    calls = f"{bad['requests']:.0f} requests for {2 * ITEMS} answers"
    tokens = f"billed {bad['billed']:.0f}; spent {bad['spent']:.0f}, unknown {bad['unknown']:.0f}"
    return [
        Row("30 % of calls fail: items that come out", bad["succeeded"] / ITEMS, "1", calls),
        Row("the same: finished stages that were called again", bad["again"], "0", calls),
        Row("the same: tokens billed that are neither spent nor held", bad["missing"], "0", tokens),
        Row("the same: tokens known as spent that were not billed", bad["invented"], "0", tokens),
        Row("the same: time, of 1.5 x without faults + waits", bad["seconds"] / _allowed(clean, bad), "<= 1", seconds),
    ]


def _allowed(clean: dict[str, float], bad: dict[str, float]) -> float:
    return 1.5 * clean["seconds"] + bad["imposed"]


@contextmanager
def vendor(share: float) -> Iterator[str]:
    """Run the vendor in a process of its own."""
    options = ["--faults", share, "--seconds", 0.1, "--slow-seconds", SLOW, "--retry-after", RETRY_AFTER]
    command = [sys.executable, str(TESTS / "model_server.py"), *map(str, options)]
    command += ["--input-tokens", "100", "--output-tokens", "10"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def measure(share: float) -> None:
    """Run the batch against a vendor that fails this share of calls."""
    sys.path.insert(0, str(TESTS))
    from asking import ask_batch, askers, settle_models
    from model_server import counts_at

    with vendor(share) as address:
        settle_models(
            servers={"fake": {"address": f"{address}/v1"}},
            prices={"fake:a": {"input": 1, "output": 10}},
            lanes={"fake:a": {"parallel": {"least": AT_ONCE, "most": AT_ONCE}}},
        )
        warm_up()
        started = time.monotonic()
        items = askers(ITEMS, timeout_seconds=PATIENCE)
        result = ask_batch("b", items, Path.cwd(), limit=AT_ONCE, model="fake:a", canary=0, on_failures="continue")
        seconds = time.monotonic() - started
        counted = counts_at(address)
    billed = counted["input_tokens"] + counted["output_tokens"]
    answer(seconds=seconds, succeeded=result.successful, requests=counted["requests"], billed=billed, **ledger(billed))


def warm_up() -> None:
    """Load what the first call loads, since both runs load it."""
    import openai  # noqa: F401
    import pydantic_ai.models.openai  # noqa: F401


def ledger(billed: int) -> dict[str, float]:
    """Say what the ledger holds of the run."""
    from tasks.ledger.store import Ledger
    from tasks.settings import settings

    ledger = Ledger(settings())
    calls = ledger.execute("SELECT * FROM model_call", ())
    stages = ledger.stages("b")
    ledger.close()
    tokens = Counter[str]()
    for call in calls:
        tokens[call["status"]] += call["input_tokens"] + call["output_tokens"]
    done = Counter((row.item_id, row.stage) for row in stages if row.status == "succeeded")
    late = sum(call["run_seconds"] for call in calls if call["error_code"] == "TIMEOUT")
    waited = sum(row.waited_seconds for row in stages)
    slow = SLOW * sum(call["run_seconds"] > SLOW and call["error_code"] is None for call in calls)
    return {
        "spent": tokens["settled"],
        "unknown": tokens["unknown"] + tokens["held"],
        "missing": max(0, billed - tokens["settled"] - tokens["unknown"] - tokens["held"]),
        "invented": max(0, tokens["settled"] - billed),
        "again": sum(count - 1 for count in done.values()),
        # What one of the places waited on average, since they wait beside each other.
        "imposed": (late + waited + slow) / AT_ONCE,
    }


if __name__ == "__main__":
    measure(float(sys.argv[1]))
