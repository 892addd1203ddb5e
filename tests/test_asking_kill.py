"""A run that is killed while requests are out: what they may have cost is held, and what came is not asked again."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import kinds
import pytest
from apart import run_apart
from asking import ask_batch, askers, settle_models
from kinds import statuses
from model_server import ModelServer

pytestmark = pytest.mark.usefixtures("prefect_server")

SCRIPT = """
import sys
from pathlib import Path
from asking import ask_batch, askers
ask_batch("b", askers(8), Path(sys.argv[1]), limit=4, model="fake:a")
"""
COUNT, AT_ONCE = 8, 4


def tokens() -> Counter[str]:
    """Add up the tokens of calls by how they stand in the ledger."""
    found: Counter[str] = Counter()
    with kinds.ledger() as opened:
        for row in opened.execute("SELECT status, input_tokens, output_tokens FROM model_call", ()):
            found[row["status"]] += row["input_tokens"] + row["output_tokens"]
    return found


def finished() -> int:
    """How many answers had been kept."""
    with kinds.ledger() as opened:
        return sum(row.status == "succeeded" and row.stage != "keep_piece" for row in opened.stages("b"))


def test_what_was_out_at_a_kill_is_held_and_what_came_is_not_asked_again(tmp_path: Path) -> None:
    with ModelServer(input_tokens=100, output_tokens=10, seconds=0.3) as vendor:
        settle_models(
            servers={"fake": {"address": f"{vendor.address}/v1"}}, prices={"fake:a": {"input": 1, "output": 10}}
        )
        process = run_apart(SCRIPT, tmp_path)
        while vendor.requests < 2 * AT_ONCE + 1:
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.005)
        process.kill()
        process.wait()
        before, kept = vendor.requests, finished()
        assert kept
        result = ask_batch("b", askers(COUNT), tmp_path, limit=AT_ONCE, model="fake:a")
        assert set(statuses(result).values()) == {"succeeded"}
        assert vendor.requests - before <= 2 * COUNT - kept
        counted = vendor.counts()
    billed, known = counted["input_tokens"] + counted["output_tokens"], tokens()
    assert known["settled"] <= billed <= known["settled"] + known["held"] + known["unknown"]
    assert known["held"] + known["unknown"]
    assert result.unknown_outcomes
    assert result.cost >= billed / 110 * (100 * 1e-6 + 10 * 10e-6)
