"""What a model is asked about a creator's week, in a real batch: once for each question, within the item's tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import creating
import pytest
import weeks
from governors import rows
from kinds import quick
from prefect import flow

from flows.batch import open_batch
from flows.lanes import Lane
from flows.plan import Prepare
from flows.runner import EventLoopTaskRunner
from tasks.claims import Claims
from tasks.creators.attention import score
from tasks.creators.critic import critique
from tasks.creators.findings import Critique
from tasks.creators.gates import Gates
from tasks.creators.judging import judge
from tasks.creators.models import TOKENS_PER_CREATOR, CreatorItem
from tasks.creators.prompts import FORMS, foreseen
from tasks.creators.stages import critique_strategy
from tasks.llm.routing import assign_models
from tasks.models import BatchOptions, Outcome
from tasks.results import BatchResult
from tasks.stage import stage

ANSWER = '{"score": 75, "remark": "Two offers are too close."}'


class WeekBatch(BatchOptions):
    """Creators whose weeks are there already."""

    items: list[CreatorItem] = []


@stage(timeout_seconds=30, checkpoint=False)
async def end_item(item: CreatorItem, critique: Critique) -> Outcome:
    """Say what the critic says."""
    return Outcome(item_id=item.item_id, warnings=(f"{critique.score:g} {critique.approves}",))


def _plan(batch: WeekBatch, _claims: Claims) -> tuple[list[CreatorItem], Prepare[CreatorItem]]:
    assign_models(batch, batch.items)
    return batch.items, lambda item: item


@flow(name="questions", task_runner=EventLoopTaskRunner())
def questions(batch: WeekBatch) -> BatchResult:
    """Ask the critic of each creator."""
    context = weeks.known()
    week = weeks.plan(context)
    with open_batch("questions", batch, _plan, lanes=(Lane("main", limit=3, stages=("critique_strategy",)),)) as run:
        for (main,) in run.window():
            count = len(main.items)
            draft = [weeks.draft(context, week)] * count
            inputs = [context] * count, draft, [week] * count, [weeks.NO_PRICES] * count
            run.collect(main, end_item.map(main.items, critique_strategy.map(main.items, *inputs)))
    return run.settle()


def ask(batch_id: str, folder: Path, item: CreatorItem, **options: Any) -> BatchResult:
    with quick():
        found = questions(WeekBatch(batch_id=batch_id, base_dir=folder, items=[item], model="fake:a", **options))
    assert isinstance(found, BatchResult)
    return found


def said(result: BatchResult) -> list[str]:
    return [warning for one in result.results for warning in one.warnings]


@pytest.mark.usefixtures("prefect_server")
def test_the_same_question_is_asked_once_whatever_the_gates_are(tmp_path: Path) -> None:
    with weeks.vendor(ANSWER) as server:
        first = ask("b1", tmp_path, creating.item())
        stricter = ask("b2", tmp_path, creating.item(quality=Gates(critic_approves=80)))
        assert server.requests == 1
        other = ask("b3", tmp_path, creating.item(seed=5))
        assert server.requests == 2, "another seed may bring another answer"
    assert [said(result) for result in (first, stricter, other)] == [["75 True"], ["75 False"], ["75 True"]]


def test_what_is_foreseen_is_no_less_than_what_is_reserved_and_three_questions_fit_into_a_creators_tokens() -> None:
    context = weeks.known(copies=[copy.model_copy(update={"text": "word " * 40}) for copy in weeks.texts()])
    week, item = weeks.plan(weeks.known()), weeks.with_model()
    with weeks.vendor(ANSWER):
        draft = weeks.draft(context, week)
        weeks.asked(score(item, context, week))
        found = weeks.asked(critique(item, context, draft, week, weeks.NO_PRICES))
        weeks.asked(judge(item, context, draft, week, weeks.NO_PRICES, found))
    reserved = sorted(row["worst_input_tokens"] + row["worst_output_tokens"] for row in rows("model_call"))
    charges = filter(None, (foreseen(item, stage) for stage in FORMS))
    told = sorted(charge.input_tokens + charge.output_tokens for charge in charges)
    assert len(reserved) == len(told) == 3
    assert all(most >= least for most, least in zip(told, reserved, strict=True))
    assert 2 * sum(told) < TOKENS_PER_CREATOR
    assert foreseen(creating.item(), "judge_quality") is None
    assert foreseen(item, "select_copy") is None
