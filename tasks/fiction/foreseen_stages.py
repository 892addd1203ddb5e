"""What would happen at one stage of an item of fiction: whether finished work serves, and what it may take if not."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter

from tasks.fiction import judging
from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.foreseen_questions import Rehearsal, worst_of
from tasks.fiction.jobs import JobType
from tasks.fiction.models import FictionItem
from tasks.fiction.story import ChapterText
from tasks.foresight import Foresight
from tasks.llm.questions import Answered
from tasks.plans import MADE, StagePlan, Verdict

MadeT = TypeVar("MadeT")
Step = Callable[[], Coroutine[Any, Any, MadeT]]


class ForeseenStage:
    """A stage of an item: whether finished work serves, and what it may take if none does."""

    def __init__(self, name: str, item: FictionItem, foresight: Foresight, source: StagePlan | None) -> None:
        self._item = item
        self._foresight = foresight
        self.plan = StagePlan(name, item.lane, Verdict.NEW)
        self._source = source

    def of(self, shape: type[MadeT], inputs: dict[str, Any], step: Step[MadeT], *, is_known: bool) -> MadeT | None:
        """Fill in the plan and return what the stage makes; None where only making it shows."""
        name, item = self.plan.stage, self._item
        if is_known:
            ask = self._foresight.checkpoint
            self.plan, made = ask(item.item_id, name, item.lane, inputs=inputs, returns=TypeAdapter(shape), version=1)
            if self.plan.verdict not in MADE:
                return made if isinstance(made, shape) else None
        elif self._source is not None:
            self.plan = self._foresight.follows(self._source, name, item.lane)
        rehearsal = Rehearsal(look_up=_kept(item, self._foresight) if is_known else _nothing)
        return _estimated(self.plan, rehearsal, step)


def without_revisions(plan: StagePlan) -> None:
    """Leave out what only a chapter that was sent back was given: the last time it was written was perhaps such."""
    kept = [part for part in plan.changed if part.partition(".")[0] not in ("draft", "ending", "report")]
    if kept and len(kept) < len(plan.changed):
        plan.changed, plan.why = kept, f"{', '.join(kept)} changed"


def judged(
    item: FictionItem,
    brief: ChapterBrief,
    draft: ChapterText,
    foresight: Foresight,
    source: StagePlan | None,
    is_known: bool,
) -> list[StagePlan]:
    """Say what judging a chapter takes. It is done anew each time; the judge's word is kept by itself."""
    if not item.models:
        return []
    plan = StagePlan("judge_chapter", JobType.QUALITY.value, Verdict.NEW)
    if not is_known and source is not None:
        plan = foresight.follows(source, plan.stage, plan.lane)
    rehearsal = Rehearsal(look_up=_kept(item, foresight) if is_known else _nothing)
    _estimated(plan, rehearsal, lambda: judging.ask_judge(item, brief, draft))
    if all(one.is_kept for one in rehearsal.questions):
        plan.verdict, plan.why, plan.tokens, plan.cost = Verdict.REUSE, "the judge's word is kept", None, None
        plan.is_sure = True
    return [plan]


def by_rules(item: FictionItem) -> StagePlan:
    """Say what judging takes where no model does it."""
    why = "rules check it, and ask nobody"
    return StagePlan("judge_chapter", item.lane, Verdict.NEW, why, tokens=0, cost=0.0)


def _estimated(plan: StagePlan, rehearsal: Rehearsal, step: Step[MadeT]) -> MadeT | None:
    """Fill in what a stage's questions may take at most, and return what it makes where all of them are answered."""
    made = rehearsal.go_through(step)
    worst = worst_of(rehearsal.questions)
    plan.tokens, plan.cost = worst.tokens, worst.cost
    plan.is_sure = all(one.is_kept for one in rehearsal.questions)
    return made


def _kept(item: FictionItem, foresight: Foresight) -> Callable[[str, BaseModel], Answered | None]:
    def look_up(name: str, inputs: BaseModel) -> Answered | None:
        returns: TypeAdapter[Answered] = TypeAdapter(Answered)
        _, found = foresight.checkpoint(
            item.item_id, name, item.lane, inputs={"inputs": inputs}, returns=returns, version=1
        )
        return found if isinstance(found, Answered) else None

    return look_up


def _nothing(_name: str, _inputs: BaseModel) -> Answered | None:
    """Find nothing, where what would be asked is not known."""
    return None
