"""Sessions and checkpoint files: where each episode stands, every five of them, and how a batch goes on from there."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kinds
import pytest
from apart import run_apart
from episodes import TOPICS, batch_of, make, notes
from kinds import quick
from presenter import GOOD, Presenter

from flows.podcast import podcast
from tasks.errors import BatchFailed
from tasks.events import Progress
from tasks.models import ItemStatus
from tasks.podcast.checkpoint_files import checkpoint_names, keeping_checkpoints, write_checkpoint
from tasks.podcast.models import PodcastBatch
from tasks.podcast.sessions import Session, SessionState, session_state
from tasks.podcast.told import told_of
from tasks.results import BatchResult
from tasks.specs import load_spec

pytestmark = pytest.mark.usefixtures("prefect_server")
TWELVE = [{"episode": number, "title": "How the tides come and go"} for number in range(1, 13)]
UNSPOKEN = {"gates": "standard", "quality": {"repairs": 0}, "preset": "large"}
"""Rules alone do not pass these gates, so episodes wait for a person and nothing is spoken."""
KILLED = """
import sys
from pathlib import Path
from episodes import make
make(Path(sys.argv[1]), **{options})
"""


@pytest.fixture
def quay(home: Path) -> Iterator[Presenter]:
    """A vendor that writes and judges episodes."""
    with Presenter() as server:
        server.set_up(home)
        yield server


def folder_of(folder: Path) -> Path:
    return folder / "output" / "b"


def read(folder: Path, number: int) -> dict[str, Any]:
    """A checkpoint file of batch `b`."""
    found: dict[str, Any] = json.loads((folder_of(folder) / f"b_checkpoint_{number}.json").read_text())
    return found


def state(batch_id: str = "b") -> SessionState:
    """What the ledger says of a batch now."""
    with kinds.ledger() as ledger:
        return session_state(ledger.execute, batch_id, told_of(ledger.execute, batch_id), [])


def session(item_id: str = "ep_001") -> Session:
    return state().episodes[item_id]


def finished(told: dict[str, Any]) -> int:
    progress = told["session_state"]["progress"]
    return int(progress["completed"] + progress["failed"])


def test_a_file_is_written_after_five_after_ten_and_at_the_end(tmp_path: Path) -> None:
    make(tmp_path, topics=TWELVE, at_once={"in_memory": 1}, **UNSPOKEN)
    names = [f"b_checkpoint_{number}.json" for number in (1, 2, 3)]
    assert checkpoint_names(folder_of(tmp_path), "b") == names
    files = [read(tmp_path, number) for number in (1, 2, 3)]
    assert 5 <= finished(files[0]) < 10 <= finished(files[1]) <= 12
    assert files[2]["session_state"]["progress"] == {"completed": 12, "in_progress": 0, "failed": 0, "total": 12}
    assert [one["session_state"]["checkpoints"] for one in files] == [names[:1], names[:2], names]
    assert list(files[0]["session_state"]) == ["episodes", "progress", "costs", "start_time", "checkpoints"]
    assert list(files[0]["session_state"]["costs"]) == ["research", "production", "audio", "total"]
    told = json.loads((folder_of(tmp_path) / "batch_result.json").read_text())["batch_result"]
    assert told["checkpoints"] == names


def test_a_batch_that_ends_on_a_file_writes_no_second_one_and_one_that_does_nothing_none(tmp_path: Path) -> None:
    make(tmp_path, topics=TWELVE[:5], **UNSPOKEN)
    assert checkpoint_names(folder_of(tmp_path), "b") == ["b_checkpoint_1.json"]
    make(tmp_path, topics=TWELVE[:5], **UNSPOKEN)
    assert checkpoint_names(folder_of(tmp_path), "b") == ["b_checkpoint_1.json"]


def test_a_killed_batch_goes_on_with_its_numbers_and_with_nothing_twice(tmp_path: Path) -> None:
    options = {"topics": TWELVE[:8], "at_once": {"in_memory": 1}, **UNSPOKEN}
    with running_apart(tmp_path, options) as process:
        wait_for(lambda: bool(checkpoint_names(folder_of(tmp_path), "b")), process)
        process.send_signal(signal.SIGKILL)
    before = state().progress.completed
    assert before >= 5
    result = make(tmp_path, **options)
    assert result.needs_review == 8
    assert checkpoint_names(folder_of(tmp_path), "b") == ["b_checkpoint_1.json", "b_checkpoint_2.json"]
    assert finished(read(tmp_path, 2)) == 8
    with kinds.ledger() as ledger:
        packed = [row.item_id for row in ledger.stages("b") if row.stage == "package_episode"]
        written = [row.item_id for row in ledger.stages("b") if (row.stage, row.status) == ("research", "succeeded")]
    assert len(packed) == len(set(packed)) == 8
    assert len(written) == len(set(written))


def test_a_checkpoint_file_is_a_spec_that_goes_on_with_its_batch_and_asks_nothing_again(
    tmp_path: Path, quay: Presenter
) -> None:
    bad = {**GOOD, "unsupported": [{"line": 2, "why": "No source says so."}]}
    quay.judgements = [bad]
    options = {"model": "quay:writer", "gates": "standard", "minutes": 2.0, "quality": {"repairs": 0}}
    make(tmp_path, topics=TOPICS[:1], **options)
    before = dict(quay.asked)
    assert before["judge"] == 1
    path = folder_of(tmp_path) / "b_checkpoint_1.json"
    spec = load_spec(path)
    assert (spec.kind, spec.batch_id) == ("podcast", "b")
    assert isinstance(spec.batch, PodcastBatch)
    assert spec.batch.base_dir == tmp_path
    with quick():
        result = podcast(spec.batch)
    assert isinstance(result, BatchResult)
    assert (result.batch_id, result.needs_review, dict(quay.asked)) == ("b", 1, before)
    assert load_spec(path, {"batch_id": "other"}).batch_id == "other"


def test_a_session_names_its_episode_phases_scores_and_costs(tmp_path: Path) -> None:
    make(tmp_path, topics=TOPICS[:1])
    told = session()
    assert (told.episode_number, told.session_id, told.status) == (1, "ep_001_b", "completed")
    assert told.phases == {"research": "completed", "production": "completed", "audio": "completed"}
    assert set(told.quality_scores) == {"comprehension", "brand", "engagement", "technical", "overall"}
    assert told.costs == {"total": 0.0}
    assert told.errors == []


def test_a_session_says_in_which_phase_its_episode_waits_or_failed(tmp_path: Path) -> None:
    topics = [*TWELVE[:1], {"episode": 2, "title": " "}, {"episode": 3, "title": "Xylophone zebra quartz"}]
    make(tmp_path, topics=topics, **UNSPOKEN)
    waiting, empty, unfound = (session(f"ep_00{number}") for number in (1, 2, 3))
    assert waiting.status == "revision"
    assert waiting.phases == {"research": "completed", "production": "revision", "audio": "pending"}
    for failed in (empty, unfound):
        assert failed.status == "failed"
        assert failed.phases == {"research": "failed", "production": "pending", "audio": "pending"}
    assert [error["code"] for error in empty.errors] == ["TOPIC_EMPTY"]
    assert {error["code"] for error in unfound.errors} == {"NOTHING_FOUND"}
    assert state().progress.model_dump() == {"completed": 1, "in_progress": 0, "failed": 2, "total": 3}


def test_an_episode_that_cannot_be_spoken_has_failed_in_its_audio(tmp_path: Path) -> None:
    with pytest.raises(BatchFailed):
        make(tmp_path, topics=TOPICS[:1], show={"title": "Coast 灯台", "hosts": [{"name": "Ada"}]})
    assert session().phases == {"research": "completed", "production": "completed", "audio": "failed"}


def test_a_file_that_cannot_be_written_harms_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path).parent.mkdir(parents=True)
    folder_of(tmp_path).write_text("no folder")
    assert make(tmp_path, topics=TWELVE[:1], **UNSPOKEN).needs_review == 1


def test_a_last_file_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    make(tmp_path, topics=TWELVE[:1], **UNSPOKEN)
    path = folder_of(tmp_path) / "b_checkpoint_7.json"
    path.write_text("{")
    batch = batch_of(tmp_path, output_dir=tmp_path / "output")
    with keeping_checkpoints("b", batch) as hear:
        hear(progress_of_one(), [])
    assert checkpoint_names(folder_of(tmp_path), "b")[-1] == "b_checkpoint_8.json", "one has finished since"
    assert write_checkpoint("b", folder_of(tmp_path)).name == "b_checkpoint_9.json"


def progress_of_one() -> Progress:
    return Progress(batch_id="b", kind="podcast", sequence=1, total=1, counts={ItemStatus.NEEDS_REVIEW: 1})


@contextmanager
def running_apart(folder: Path, options: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """Make a batch in a process of its own that shares this test's server and state."""
    notes(folder)
    process = run_apart(KILLED.format(options=options), folder)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(has_happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while not has_happened():
        assert process.poll() is None, "the run has ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.02)
