"""From the start of the process to the first item at work, against a hello-world flow of plain Prefect."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from lab import Row, in_child

HELLO = """
import time
from prefect import flow, task

@task
async def greet(name):
    print(time.time(), flush=True)

@flow
def hello():
    greet.submit("world").result()

hello()
"""


def rows() -> list[Row]:
    """Take the median of five of each, in turn."""
    ours, plain = [], []
    for _ in range(5):
        ours.append(_until_first(lambda: in_child("start.py", "ours")["at"]))
        plain.append(_until_first(_hello))
    made_of = f"{median(ours):.2f} s / {median(plain):.2f} s, medians of five"
    return [Row("process start to first item, against plain Prefect", median(ours) / median(plain), "<= 1.15", made_of)]


def _until_first(run: object) -> float:
    started = time.time()
    assert callable(run)
    return float(run()) - started


def _hello() -> float:
    done = subprocess.run([sys.executable, "-c", HELLO], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[0])


def _measure() -> None:
    from kind import NapBatch, nap_flow

    from lab import answer
    from tasks.events import listening

    first: list[float] = []
    with listening("start", lambda progress, outcomes: first.append(time.time()) if outcomes else None):
        nap_flow(5)(NapBatch(batch_id="start", count=5))
    answer(at=first[0])


if __name__ == "__main__":
    _measure()
