"""How a job is run: its own word goes before what is said of its type, and that before the defaults."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from novelist import Novelist
from stories import batch_of, make, project

from tasks.errors import BatchFailed
from tasks.fiction.jobs import DEFAULTS, JobType
from tasks.fiction.models import FictionItem
from tasks.fiction.project import Project
from tasks.ledger.history import read_history
from tasks.ledger.looking import looking
from tasks.ledger.standing import payload_of
from tasks.llm.prompts import Prompt
from tasks.llm.questions import Question, _tuning

NOW = {"retry_delay": {"initial": 0.01, "max": 0.01}}
"""A job that need not wait before it tries again."""


def failed(folder: Path, **options: Any) -> str | None:
    """Run a job of one project that fails, and say why."""
    project(folder)
    with pytest.raises(BatchFailed) as raised:
        make(folder, "harbour", job_type="character_generation", **options)
    assert raised.value.result is not None
    return raised.value.result.results[0].error_code


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    ("said", "attempts"),
    [
        ({"config": {"retry_on_failure": False, "max_retries": 3}}, 1),
        ({"config": {"max_retries": 1}, "batch_limits": {"character_generation": {"max_retries": 2}}}, 2),
        ({"batch_limits": {"character_generation": {"max_retries": 2}}}, 3),
        ({"retry_config": {"max_retries": 1}}, 2),
    ],
)
def test_what_fails_at_the_vendor_is_tried_as_often_as_the_job_says(
    tmp_path: Path, quill: Novelist, said: dict[str, Any], attempts: int
) -> None:
    quill.script(*["500"] * 9)
    assert failed(tmp_path, **said | {"retry_config": NOW | said.get("retry_config", {})}) == "TEMPORARY_ERROR"
    assert quill.requests == attempts


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("said", ["0.4s", 0.4])
def test_an_answer_is_waited_for_as_long_as_the_job_says_and_asked_for_again_as_often(
    tmp_path: Path, quill: Novelist, said: object
) -> None:
    quill.script(*["hang"] * 9)
    limits = {"character_generation": {"timeout_per_item": 60}}
    config = {"timeout_per_item": said, "max_retries": 1}
    assert failed(tmp_path, config=config, batch_limits=limits, retry_config=NOW) == "TIMEOUT"
    with looking() as glance:
        assert glance is not None
        attempts = read_history(glance.execute, "b", now=time.time()).attempts
    assert [one.stage for one in attempts].count("invent_characters") == 2


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    ("said", "peak"),
    [
        ({"batch_limits": {"character_generation": {"max_parallel": 2}}}, 2),
        ({"config": {"max_parallel": 3}, "batch_limits": {"character_generation": {"max_parallel": 2}}}, 3),
        ({"config": {"max_parallel": 4}, "max_parallel": 2}, 2),
    ],
)
def test_as_many_are_at_work_as_the_job_says(tmp_path: Path, quill: Novelist, said: dict[str, Any], peak: int) -> None:
    names = [f"p{number}" for number in range(6)]
    for name in names:
        project(tmp_path, name, premise=f"A letter to {name}.")
    quill.options.seconds = 0.3
    make(tmp_path, *names, job_type="character_generation", **said)
    assert (quill.requests, quill.peak) == (6, peak)


def test_the_defaults_are_those_of_the_source(tmp_path: Path) -> None:
    batch = batch_of(tmp_path, "harbour", batch_limits={"qc_processing": {"timeout_per_item": "2m"}})
    settled = {kind: batch.settled(kind) for kind in DEFAULTS}
    assert {kind.value: (one.max_parallel, one.timeout_seconds) for kind, one in settled.items()} == {
        "character_generation": (10, 120),
        "plot_outlining": (10, 180),
        "chapter_writing": (5, 300),
        "quality_control": (20, 120),
        "export": (10, 180),
    }
    assert {one.retries for one in settled.values()} == {3}
    assert settled[JobType.EXPORT].retry_delays == [10, 20, 40, 80, 120]


def test_how_often_something_is_tried_changes_neither_what_is_asked_nor_what_is_made() -> None:
    one = FictionItem(item_id="i", job_type=JobType.CHAPTERS, project=Project(project_id="p", title="P"))
    other = one.model_copy(update={"retries": 9})
    question = Question(Prompt(own="?"), tokens=10, number=7)
    assert _tuning(one, question, 0) == _tuning(other, question, 0)
    assert payload_of(one) == payload_of(other)
