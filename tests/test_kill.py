"""A run that is killed, at whatever moment, loses nothing that was finished; one that is asked to end says so.

The run is a process of its own. A stage counts as finished when its checkpoint was written: what is
called again must have had none at the kill.
"""

from __future__ import annotations

import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kinds
import pytest
from apart import run_apart
from kinds import items, run_batch, statuses

from tasks.settings import settings

pytestmark = pytest.mark.usefixtures("prefect_server")

SCRIPT = """
import signal
import sys
from pathlib import Path
from typing import Any
import kinds
# Whoever runs these tests in the background may have it ignored, and children take that over.
signal.signal(signal.SIGINT, signal.default_int_handler)
kinds.run_batch("b", kinds.items({count}, **{fields}), Path(sys.argv[1]), limit=4, window=6)
"""
COUNT = 12
BUSY = {"seconds": {"draft": 0.05, "polish": 0.05, "publish": 0.02}}
STUCK = {"ends": {"polish": ["hang"]}}


@contextmanager
def running_apart(base_dir: Path, count: int, fields: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a batch in a process of its own that shares this test's server and state."""
    process = run_apart(SCRIPT.format(count=count, fields=fields), base_dir)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for_lines(process: subprocess.Popen[bytes], count: int) -> None:
    while len(kinds.log("start", "end")) < count:
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.002)


def kept() -> set[tuple[str, str]]:
    """Stage and item of every checkpoint there is; each item's text has its number."""
    files = (settings().home / "checkpoints").rglob("[!.]*.json")
    numbers = {path: re.findall(r"text (\d+) drafted", path.read_text()) for path in files}
    return {(path.parent.parent.name, f"i{number}") for path, (number,) in numbers.items()}


def outputs(base_dir: Path, batch_id: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (base_dir / "output" / batch_id).glob("i*.txt")}


def holder_of(batch_id: str) -> tuple[str, bool]:
    """A batch's status, and whether a run still seems to hold it."""
    with kinds.ledger() as opened:
        row = opened.batch(batch_id)
    assert row is not None
    return row.status, row.owner is not None


def starts() -> Counter[tuple[str, str]]:
    return Counter((line.stage, line.item_id) for line in kinds.log("start"))


def test_killed_at_random_points_a_batch_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    before, finished = starts(), kept()
    for point in chance.sample(range(4, 30), k=3):
        with running_apart(tmp_path, COUNT, BUSY) as process:
            wait_for_lines(process, len(kinds.log("start", "end")) + point)
        assert not finished & set(starts() - before), "a finished stage was called again"
        before, finished = starts(), kept()
        assert holder_of("b") == ("running", True)
    assert finished
    result = run_batch("b", items(COUNT, **BUSY), tmp_path, limit=4, window=6)
    assert set(statuses(result).values()) == {"succeeded"}
    assert not finished & set(starts() - before), "a finished stage was called again"
    run_batch("whole", items(COUNT), tmp_path)
    assert outputs(tmp_path, "b") == outputs(tmp_path, "whole")
    assert len(outputs(tmp_path, "b")) == COUNT


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_run_that_is_asked_to_end_leaves_a_batch_that_can_be_resumed(tmp_path: Path, asked: signal.Signals) -> None:
    with running_apart(tmp_path, 4, STUCK) as process:
        wait_for_lines(process, 12)
        process.send_signal(asked)
        assert process.wait(timeout=30) != 0
    with kinds.ledger() as opened:
        rows = list(opened.items("b"))
        stage_rows = Counter((one.stage, one.status) for one in opened.stages("b"))
    assert holder_of("b") == ("interrupted", False)
    assert {(one.status, one.error_code) for one in rows} == {("cancelled", "CANCELLED")}
    assert stage_rows["draft", "succeeded"] == stage_rows["polish", "cancelled"] == 4
    result = run_batch("b", items(4, **STUCK), tmp_path)
    assert result.successful == 4
    assert kinds.calls_of("draft") == dict.fromkeys(("i0", "i1", "i2", "i3"), 1)
