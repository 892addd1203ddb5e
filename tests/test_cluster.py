"""A batch of documents whose chunks are made by the processes of a Dask cluster, and what is refused there."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import episodes
import kinds
import pytest
import sites
from distributed import Client, LocalCluster
from prefect_dask.task_runners import DaskTaskRunner

from flows.creators import creators
from flows.documents import documents
from flows.fiction import fiction
from flows.podcast import podcast
from tasks.chunk_worker import make_chunk
from tasks.creators.models import CreatorBatch
from tasks.documents import stages
from tasks.documents.models import DocumentBatch, Operation
from tasks.documents.plan import library_of
from tasks.documents.request import items_of
from tasks.errors import BatchFailed, InputError
from tasks.fiction.models import FictionBatch
from tasks.model_options import Budget
from tasks.models import BatchOptions, Chunk, Mode, Reuse
from tasks.results import BatchResult, ItemResult

pytestmark = pytest.mark.usefixtures("prefect_server")
COUNT, BROKEN = 600, 150
LINES = 400


def made(runner: DaskTaskRunner, folder: Path, mode: Mode) -> BatchResult:
    """Make heavy documents; one is given nothing to be filled with, and fails."""
    asked = [
        Operation(content_config_id="note", context={} if n == BROKEN else {"n": n}, output_path=f"out/{n}.md")
        for n in range(COUNT)
    ]
    flow = documents.with_options(task_runner=runner)  # type: ignore[arg-type]  # as its caller may
    with kinds.quick():
        return flow(DocumentBatch(batch_id="b", base_dir=folder, operations=asked, mode=mode, canary=0))


def inode(one: ItemResult) -> int:
    """Another one, once a document has been written again."""
    return os.stat(one.outputs[0].path).st_ino


def kill_one_at_work(cluster: LocalCluster, processes: dict[str, int], folder: Path) -> bool:
    """Kill a process that makes a chunk, as soon as further documents are there."""
    assert cluster.scheduler is not None
    before, until = len(os.listdir(folder)), time.monotonic() + 60
    while time.monotonic() < until:
        busy = [address for address, worker in cluster.scheduler.workers.items() if worker.processing]
        if busy and len(os.listdir(folder)) > before:
            os.kill(processes[busy[0]], signal.SIGKILL)
            return True
        time.sleep(0.01)
    return False


def test_all_processes_make_a_batch_that_goes_on_when_one_is_killed_and_makes_nothing_twice(
    tmp_path: Path,
) -> None:
    sites.config(tmp_path, "note", "Number {{n}}.\n" * LINES)
    out, base_dir = tmp_path / "out", str(tmp_path)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,  # type: ignore[no-untyped-call]
        Client(cluster) as client,  # type: ignore[no-untyped-call]  # Dask's have no annotations
        ThreadPoolExecutor() as threads,
    ):
        client.run(import_module, stages.__name__)  # No worker is to be done before another one has begun.
        runner = DaskTaskRunner(address=cluster.scheduler_address)
        with pytest.raises(BatchFailed) as caught:
            made(runner, tmp_path, Mode.FAIL_FAST)
        stopped = caught.value.result
        assert stopped is not None
        assert 0 < stopped.successful < COUNT - 1
        # A function without a name travels by itself; for one with a name, a worker would load all this file imports.
        assert list(client.run(lambda: len(library_of(base_dir).loaded())).values()) == [1, 1]
        kept = {one.item_id: inode(one) for one in stopped.results if one.outputs}
        killing = threads.submit(kill_one_at_work, cluster, client.run(os.getpid), out)
        result = made(runner, tmp_path, Mode.COLLECT)
        assert killing.result()
    assert result.counts == f"{COUNT - 1} of {COUNT} succeeded, 1 failed"
    assert {one.error_code for one in result.failures} == {"UNDEFINED_VARIABLE"}
    assert sorted(os.listdir(out)) == sorted(f"{n}.md" for n in range(COUNT) if n != BROKEN)
    assert all((out / f"{n}.md").read_text() == f"Number {n}.\n" * LINES for n in range(COUNT) if n != BROKEN)
    assert {one.item_id: inode(one) for one in result.results if one.item_id in kept} == kept
    with kinds.ledger() as ledger:
        assert {row.status for row in ledger.stages("b")} <= {"succeeded", "cancelled"}


def story(folder: Path) -> DocumentBatch:
    """A batch of which one document is written by a model."""
    sites.config(folder, "note")
    sites.config(folder, "story", "Write about {{name}}", "code_generation")
    return DocumentBatch(base_dir=folder, content_config_ids=["note", "story"])


REFUSED: dict[str, tuple[Any, Callable[[Path], BatchOptions], str]] = {
    "creators": (creators, lambda folder: CreatorBatch(base_dir=folder, creators=["alma"]), "stages of creators"),
    "fiction": (fiction, lambda folder: FictionBatch(base_dir=folder, projects=["harbour"]), "stages of fiction"),
    "podcast": (podcast, episodes.batch_of, "stages of podcast"),
    "a model": (documents, story, "'story' goes through stages with limits"),
    "a budget": (documents, lambda folder: DocumentBatch(base_dir=folder, budget=Budget(batch_usd=1)), "has a budget"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_stage_limits_or_a_budget_is_refused_before_anything_is_written(
    name: str, tmp_path: Path, home: Path
) -> None:
    flow, batch, why = REFUSED[name]
    asked = batch(tmp_path)
    with kinds.quick(), pytest.raises(InputError, match=why) as caught:
        flow.with_options(task_runner=DaskTaskRunner())(asked)
    assert (caught.value.code, "Leave `task_runner` out" in caught.value.remedy) == ("RUNNER_UNFIT", True)
    assert not home.exists()


def test_a_cluster_that_is_not_there_is_named_before_anything_is_written(tmp_path: Path, home: Path) -> None:
    sites.config(tmp_path, "note")
    runner = DaskTaskRunner(address="tcp://127.0.0.1:1", client_kwargs={"timeout": 0.2})
    flow = documents.with_options(task_runner=runner)  # type: ignore[arg-type]  # as its caller may
    with kinds.quick(), pytest.raises(InputError, match="has no worker") as caught:
        flow(DocumentBatch(base_dir=tmp_path, content_config_ids=["note"]))
    assert (caught.value.code, home.exists()) == ("RUNNER_UNFIT", False)


def test_a_worker_that_sees_another_ledger_says_so_and_makes_nothing(tmp_path: Path) -> None:
    sites.config(tmp_path, "note")
    items = items_of(DocumentBatch(base_dir=tmp_path, content_config_ids=["note"]))
    with pytest.raises(InputError, match="has another ledger") as caught:
        make_chunk(stages.__name__, "fill_documents", Chunk(items=items), "elsewhere", Reuse.ALWAYS)
    travelled = pickle.loads(pickle.dumps(caught.value))
    assert (travelled.code, str(travelled)) == ("RUNNER_UNFIT", str(caught.value))
    assert not list(tmp_path.rglob("note.md"))
