"""Putting a question to a creator's models, and taking what serves of the answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from tasks.creators.models import CreatorItem
from tasks.creators.prompts import prompt_of, tuning_of
from tasks.errors import PressroomError
from tasks.llm.ask import ask
from tasks.llm.prompts import Prompt, Tuning
from tasks.models import JsonObject
from tasks.shape import Shape
from tasks.work import current_work

logger = logging.getLogger("pressroom")
AnswerT = TypeVar("AnswerT", bound=Shape)


@dataclass(frozen=True)
class Heard(Generic[AnswerT]):
    """An answer, or why there is none that serves."""

    answer: AnswerT | None
    model: str = ""
    trouble: str = ""


class _Question(Shape):
    """All that an answer depends on."""

    prompt: Prompt
    models: list[str]
    tuning: Tuning
    form: JsonObject


class _Reply(Shape):
    """An answer, and who gave it."""

    answer: JsonObject
    model: str


async def put_question(item: CreatorItem, own: str, output: type[AnswerT]) -> Heard[AnswerT]:
    """Ask one question about a creator, once: the same question is not paid for again, whatever else has changed.

    An answer that does not serve (ANSWER_...) costs a creator the model's opinion and not the week: rules stand in for
    it, and the schedule says so. All else that can happen to a call is for the stage to fail with.
    """
    question = _Question(
        prompt=prompt_of(own), models=item.models, tuning=tuning_of(item), form=output.model_json_schema()
    )
    try:
        reply = await current_work().kept("put_question", question, _Reply, partial(_ask, item, question, output))
    except PressroomError as error:
        if not error.code.startswith("ANSWER_"):
            raise
        logger.warning("%s is scored by rules: %s", item.item_id, error)
        return Heard(None, trouble=f"rules stand in for the model ({error.code})")
    return Heard(output.model_validate(reply.answer), reply.model)


async def _ask(item: CreatorItem, question: _Question, output: type[Shape]) -> _Reply:
    found = await ask(item, question.prompt, output, question.tuning)
    return _Reply(answer=found.value.model_dump(mode="json"), model=found.model)
