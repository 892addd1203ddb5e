"""Putting a question to a model until an answer serves, for stages that ask several.

What one question has brought is kept by itself, so that it is not paid for again because the next one failed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tasks.errors import PressroomError, TransientError
from tasks.llm.answers import schema_of
from tasks.llm.names import LOCAL
from tasks.llm.prompts import Prompt, Tuning
from tasks.models import AskingItem, JsonObject
from tasks.shape import Shape
from tasks.work import current_work

ASKED_AGAIN = ("ANSWER_EMPTY", "ANSWER_UNPARSABLE", "ANSWER_BROKEN", "ANSWER_TRUNCATED")
"""What another answer to the same question may mend, beside what a question's own check finds."""
SEEDS_APART = 1000
"""Between the seeds of two items' questions, so that those of one question's attempts never meet them."""
ATTEMPTS_APART = 4
"""The same between two questions of one stage; not how often this item may try, which must not change what is asked."""

Check = Callable[[Any, str], None]
"""Raises what is wrong with an answer of a model, a fault that may pass; nothing where it serves."""


def takes_any(_answer: Any, _model: str) -> None:
    """Take any answer that has its form."""


@dataclass(frozen=True)
class Question:
    """What is asked, and what is taken for an answer."""

    prompt: Prompt
    tokens: int
    form: type[Any] = str
    temperature: float = 0.8
    check: Check = takes_any
    may_be_cut: bool = False
    """Whether as much of a text serves as was written when its tokens were used up."""
    number: int = 0
    """Tells apart questions of one stage that are worded alike."""


class Asked(Shape):
    """All that an answer depends on."""

    prompt: Prompt
    models: list[str]
    tuning: Tuning
    form: JsonObject | None


class Answered(Shape):
    """An answer, and who gave it."""

    answer: JsonObject | str
    model: str


def is_small(item: AskingItem) -> bool:
    """Say whether an item's model is the small one that comes along."""
    return bool(item.models) and item.models[0].startswith(f"{LOCAL}:")


async def put_question(item: AskingItem, question: Question) -> tuple[Any, str]:
    """Return the answer, a text or an object of the question's form, and the model that gave it."""
    form = question.form
    asked = Asked(
        prompt=question.prompt,
        models=item.models,
        tuning=_tuning(item, question, 0),
        form=schema_of(form),
    )
    found = await current_work().kept("put_question", asked, Answered, Asking(item, question))
    return (found.answer if form is str else form.model_validate(found.answer)), found.model


@dataclass(frozen=True)
class Asking:
    """Asks until an answer serves. This is the owner of answers that do not: their stage does not try again."""

    item: AskingItem
    question: Question

    async def __call__(self) -> Answered:
        """Ask."""
        from tasks.llm.ask import Patience, ask  # Heavy, and a plan asks nothing.

        item, question, delay = self.item, self.question, self.item.retry_delay
        patience = Patience(item.retries, delay.initial, delay.multiplier, delay.max)
        for attempt in range(item.retries + 1):
            # Another seed, so that the answer is not the same again.
            tuning = _tuning(item, question, attempt)
            try:
                answer = await ask(item, question.prompt, question.form, tuning, patience)
            except PressroomError as error:
                if error.code not in ASKED_AGAIN:
                    raise
                found = error
            else:
                if (flaw := self._flaw(answer.value, answer.model)) is None:
                    value = answer.value if isinstance(answer.value, str) else answer.value.model_dump(mode="json")
                    return Answered(answer=value, model=answer.model)
                found = flaw
        found.tried_out = True
        raise found

    def _flaw(self, value: Any, model: str) -> PressroomError | None:
        try:
            self.question.check(value, model)
        except TransientError as error:
            return error
        return None


def _tuning(item: AskingItem, question: Question, attempt: int) -> Tuning:
    return Tuning(
        max_tokens=question.tokens,
        temperature=question.temperature,
        may_be_cut=question.may_be_cut,
        seed=item.seed * SEEDS_APART + question.number * ATTEMPTS_APART + attempt,
    )
