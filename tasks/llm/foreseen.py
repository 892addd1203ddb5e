"""What would happen at one stage that asks a model: whether finished work serves, and what it may take if not."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter

from tasks.foresight import Foresight
from tasks.llm.questions import Answered
from tasks.llm.rehearsal import Rehearsal, worst_of
from tasks.models import AskingItem
from tasks.plans import MADE, StagePlan, Verdict

MadeT = TypeVar("MadeT")
Step = Callable[[], Coroutine[Any, Any, MadeT]]


class ForeseenStage:
    """A stage of an item: whether finished work serves, and what it may take if none does."""

    def __init__(self, name: str, item: AskingItem, foresight: Foresight, source: StagePlan | None) -> None:
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
        return estimated(self.plan, rehearsal_of(item, self._foresight, is_known=is_known), step)


def rehearsal_of(item: AskingItem, foresight: Foresight, *, is_known: bool) -> Rehearsal:
    """Return a rehearsal that takes answers which were kept; none are where what would be asked is not known."""
    return Rehearsal(look_up=_kept(item, foresight)) if is_known else Rehearsal()


def estimated(plan: StagePlan, rehearsal: Rehearsal, step: Step[MadeT]) -> MadeT | None:
    """Fill in what a stage's questions may take at most, and return what it makes where all of them are answered."""
    made = rehearsal.go_through(step)
    worst = worst_of(rehearsal.questions)
    plan.tokens, plan.cost = worst.tokens, worst.cost
    plan.is_sure = all(one.is_kept for one in rehearsal.questions)
    return made


def _kept(item: AskingItem, foresight: Foresight) -> Callable[[str, BaseModel], Answered | None]:
    def look_up(name: str, inputs: BaseModel) -> Answered | None:
        returns: TypeAdapter[Answered] = TypeAdapter(Answered)
        _, found = foresight.checkpoint(
            item.item_id, name, item.lane, inputs={"inputs": inputs}, returns=returns, version=1
        )
        return found if isinstance(found, Answered) else None

    return look_up
