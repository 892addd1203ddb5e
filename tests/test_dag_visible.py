"""Who looks at a batch in Prefect sees its DAG: a run per item and stage, its edges, retries and names."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import kinds
import pytest
from asking import settle_models
from kinds import items, run_batch
from model_server import ModelServer
from prefect import Task
from prefect.cache_policies import NO_CACHE, CacheKeyFnPolicy
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, TaskRunFilter, TaskRunFilterName
from prefect.client.schemas.objects import TaskRun

from flows.documents import documents
from tasks.documents import stages
from tasks.documents.models import DocumentBatch
from tasks.errors import BatchFailed, fault

pytestmark = pytest.mark.usefixtures("recorded")


def read_runs(prefix: str, count: int, ready: Callable[[TaskRun], bool]) -> dict[str, TaskRun]:
    """Read task runs by their names; the server records them late, so ask until they are there."""
    names = TaskRunFilter(name=TaskRunFilterName(like_=prefix))
    for _ in range(300):
        with get_client(sync_client=True) as client:
            found = client.read_task_runs(task_run_filter=names)
        if len(found) >= count and all(ready(run) for run in found):
            break
        time.sleep(0.2)
    return {run.name: run for run in found}


def is_final(run: TaskRun) -> bool:
    return run.state is not None and run.state.is_final()


def upstream_of(run: TaskRun) -> set[UUID]:
    return {given.id for values in run.task_inputs.values() for given in values if given.input_type == "task_run"}


def assert_chained(runs: dict[str, TaskRun], names: list[str], item_id: str) -> None:
    first, *rest = [runs[f"{name}-{item_id}"] for name in names]
    assert upstream_of(first) == set()
    for run in rest:
        assert first.id in upstream_of(run)
        first = run


def test_every_item_and_stage_is_a_task_run_with_its_edges_and_retries(tmp_path: Path) -> None:
    given = items(3, seconds=dict.fromkeys(kinds.NAMES, 0.1))
    for item in given:
        item.item_id = f"seen-{item.item_id}"
    given[1].ends["polish"] = ["connection"]
    run_batch("b", given, tmp_path)
    runs = read_runs("-seen-", 9, is_final)
    assert sorted(runs) == sorted(f"{name}-seen-i{number}" for name in kinds.NAMES for number in range(3))
    for number in range(3):
        assert_chained(runs, list(kinds.NAMES), f"seen-i{number}")
    for run in runs.values():
        assert run.state_name == "Completed"
        assert (run.empirical_policy.retries, run.empirical_policy.retry_delay) == (2, [0.01])
    assert runs["polish-seen-i1"].run_count == 2


def config(config_id: str) -> dict[str, Any]:
    asked = {"prompt": "Describe a harbour. [behave=400]"}
    pattern = {"id": "code", "type": "code_generation", "generation_config": asked}
    return {
        "type": "content",
        "id": config_id,
        "schemaRef": {"id": "content-schema", "version": "3.1"},
        "metadata": {"description": "A note", "version": "1.0.0"},
        "elements": [{"name": "body", "format": "markdown"}],
        "generation": {"patterns": [pattern]},
    }


def test_the_documents_that_a_model_writes_show_their_three_stages(tmp_path: Path) -> None:
    names = [f"written-{number}" for number in range(3)]
    (tmp_path / "configs" / "content").mkdir(parents=True)
    for name in names:
        (tmp_path / "configs" / "content" / f"{name}.json").write_text(json.dumps(config(name)))
    batch = DocumentBatch(batch_id="b", content_config_ids=names, base_dir=tmp_path, model="fake:a")
    with ModelServer() as vendor, kinds.quick():
        settle_models(servers={"fake": {"address": f"{vendor.address}/v1"}})
        with pytest.raises(BatchFailed, match="does not take the request"):
            documents(batch)

    def is_over(run: TaskRun) -> bool:
        return run.state_name in {"Completed", "Failed", "NotReady"}

    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(flow_filter=FlowFilter(name=FlowFilterName(any_=["documents"])))
    assert "documents-b" in {run.name for run in found}
    runs = read_runs("-written-", 9, is_over)
    stage_names = ["load_document", "generate_document", "write_document"]
    assert sorted(runs) == sorted(f"{stage}-{name}" for stage in stage_names for name in names)
    for name in names:
        assert_chained(runs, stage_names, name)
        states = [runs[f"{stage}-{name}"].state_name for stage in stage_names]
        assert states == ["Completed", "Failed", "NotReady"]
        assert runs[f"generate_document-{name}"].empirical_policy.retries == 3
        assert runs[f"generate_document-{name}"].empirical_policy.retry_delay == [10, 20, 40, 80, 120]


STAGES = [
    *kinds.STAGES,
    *(value for value in vars(stages).values() if isinstance(value, Task)),
]


@pytest.mark.parametrize("task", STAGES, ids=[task.name for task in STAGES])
def test_every_stage_has_a_timeout_a_name_and_says_whether_it_is_kept(task: Task[Any, Any]) -> None:
    assert task.isasync
    assert task.timeout_seconds
    assert task.retries
    assert task.retry_jitter_factor
    assert str(task.task_run_name).startswith(f"{task.name}-{{")
    kept = task.cache_key_fn is not None
    assert isinstance(task.cache_policy, CacheKeyFnPolicy) if kept else task.cache_policy == NO_CACHE


def test_only_stages_whose_point_is_a_side_effect_or_that_are_fast_keep_nothing() -> None:
    assert {task.name for task in STAGES if task.cache_key_fn is not None} == {"draft", "polish", "generate_document"}


def test_a_cancelled_stage_ends_as_cancelled_with_the_reason(tmp_path: Path) -> None:
    given = items(1, ends={"draft": ["hang"]})
    given[0].item_id = "stopped"
    with pytest.raises(BatchFailed):
        run_batch("b", given, tmp_path, deadline_seconds=2)
    (run,) = read_runs("draft-stopped", 1, is_final).values()
    assert run.state is not None
    assert (run.state.name, run.state.message) == ("Cancelled", str(fault("BATCH_DEADLINE", seconds=2)))
