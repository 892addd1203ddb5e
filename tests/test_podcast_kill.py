"""A batch that is killed in any phase of an episode goes on there: no stage that had finished is called again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import kinds
import pytest
from apart import run_apart
from episodes import WRITTEN, episode, make, notes
from presenter import Presenter

pytestmark = pytest.mark.usefixtures("prefect_server")
SCRIPT = """
import sys
from pathlib import Path
from episodes import WRITTEN, batch_of
from flows.podcast import podcast
podcast(batch_of(Path(sys.argv[1]), **WRITTEN))
"""


def kill_once(folder: Path, is_there: Callable[[], bool]) -> None:
    """Run the batch in a process of its own, which is killed as soon as something is there."""
    process = run_apart(SCRIPT, folder)
    try:
        while not is_there():
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.005)
    finally:
        process.kill()
        process.wait()


def finished() -> dict[str, int]:
    """How often each stage that is kept has come to its end."""
    query = "SELECT stage, count(*) AS times FROM stage_run WHERE status = 'succeeded' GROUP BY stage"
    with kinds.ledger() as opened:
        found = {row["stage"]: row["times"] for row in opened.execute(query, ())}
    return {stage: found.get(stage, 0) for stage in ("research", "write_script", "repair_script", "synthesize")}


def test_an_episode_killed_in_every_phase_is_made_in_the_end_and_no_finished_stage_is_called_again(
    tmp_path: Path, home: Path
) -> None:
    notes(tmp_path)
    with Presenter(seconds=0.5) as quay:
        quay.set_up(home)
        kill_once(tmp_path, lambda: quay.asked["write"] == 2)
        kill_once(tmp_path, lambda: quay.asked["judge"] == 1)
        kill_once(tmp_path, lambda: any(episode(tmp_path).rglob("*.mp3*")))
        result = make(tmp_path, **WRITTEN)
    assert result.successful == 1, result.results[0]
    # A checkpoint that was written just before a kill is adopted, and its stage has no end of its own then.
    assert max(finished().values()) == 1, finished()
    assert quay.asked["write"] <= 4, "three sections, and the one that was in flight at the first kill"
    assert quay.asked["judge"] <= 2, "one judgement, and the one that was in flight at the second kill"
    assert [path.name for path in episode(tmp_path).glob("[!.]*.mp3*")] == ["ep_001.mp3"]
