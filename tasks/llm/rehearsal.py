"""Which questions a step would put to a model, found by going through it without asking.

The step's own code runs, down to the point where it would ask. What it asked before is answered from what was kept;
else something stands in for the answer, as long as an answer may be, so that later questions are found as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pydantic import BaseModel, JsonValue

from tasks.llm.answers import schema_of
from tasks.llm.questions import Answered, Asking, Question
from tasks.models import JsonObject
from tasks.work import KeptT, Work, begin_work

MadeT = TypeVar("MadeT")
LookUp = Callable[[str, BaseModel], "Answered | None"]
Fill = Callable[[int], str]
"""Returns what stands in for a text of at most so many letters."""


def as_long_as_may_be(most: int) -> str:
    """Stand in for a text where what counts is its length."""
    return ("word " * (most // 5 + 1))[:most].strip()


def as_it_will_be(most: int) -> str:
    """Stand in for a text where people look at it."""
    return "(as it will be made)"[:most]


@dataclass(frozen=True)
class Foreseen:
    """A question that would be put."""

    asking: Asking
    is_kept: bool
    """Whether it was put before, and its answer serves."""


@dataclass
class Rehearsal(Work):
    """The work at hand of a step that is only gone through."""

    look_up: LookUp = lambda _name, _inputs: None
    fill: Fill = as_long_as_may_be
    questions: list[Foreseen] = field(default_factory=list)

    async def kept(
        self, name: str, inputs: BaseModel, returns: type[KeptT], make: Callable[[], Awaitable[KeptT]]
    ) -> KeptT:
        """Note the question, and return its answer or what stands in for one."""
        assert isinstance(make, Asking)
        found = self.look_up(name, inputs)
        self.questions.append(Foreseen(make, is_kept=found is not None))
        return cast(KeptT, found if found is not None else stand_in(make, self.fill))

    def go_through(self, step: Callable[[], Coroutine[Any, Any, MadeT]]) -> MadeT | None:
        """Return what a step makes; None where that can't be known without asking."""
        made = copy_context().run(self._go, step)
        return made if all(one.is_kept for one in self.questions) else None

    def _go(self, step: Callable[[], Coroutine[Any, Any, MadeT]]) -> MadeT | None:
        begin_work(self)
        coroutine = step()
        try:
            # It waits for nothing but answers, which are here: it comes to its end at once.
            coroutine.send(None)
        except StopIteration as end:
            return cast(MadeT, end.value)
        except Exception:
            if all(one.is_kept for one in self.questions):
                raise
            return None  # What stands in for an answer need not serve.
        finally:
            coroutine.close()
        raise AssertionError("a step waits for answers only")


def questions_of(step: Callable[[], Coroutine[Any, Any, object]]) -> list[Foreseen]:
    """Return what a step would ask, for people to read; nothing that was kept is looked for."""
    rehearsal = Rehearsal(fill=as_it_will_be)
    rehearsal.go_through(step)
    return rehearsal.questions


def stand_in(asking: Asking, fill: Fill) -> Answered:
    """Return something of a question's form."""
    form = asking.question.form
    model = asking.item.models[0] if asking.item.models else ""
    if form is str:
        return Answered(answer=fill(LETTERS_A_TOKEN * asking.question.tokens), model=model)
    schema = schema_of(form) or {}
    return Answered(answer=cast(JsonObject, _filled(schema, schema.get("$defs", {}), fill)), model=model)


LETTERS_A_TOKEN = 1
"""Fewer than there are: a text's tokens are reserved for languages that need more of them."""


def _filled(schema: dict[str, Any], shapes: dict[str, Any], fill: Fill) -> JsonValue:
    if "$ref" in schema:
        return _filled(shapes[schema["$ref"].rpartition("/")[2]], shapes, fill)
    if "const" in schema or "enum" in schema:
        return cast(JsonValue, schema["const"] if "const" in schema else schema["enum"][0])
    if schema.get("type") == "object":
        return {name: _filled(part, shapes, fill) for name, part in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_filled(schema["items"], shapes, fill)] * int(schema["maxItems"])
    if schema.get("type") == "integer":
        return int(schema["maximum"])
    return fill(int(schema.get("maxLength", 20)))


@dataclass(frozen=True)
class Worst:
    """What questions may come to at most."""

    tokens: int
    cost: float | None


def worst_of(questions: list[Foreseen]) -> Worst:
    """Add up what those may take that have to be asked; the cost is None where a price is not known."""
    tokens, cost = 0, 0.0
    is_priced = True
    for one in questions:
        if one.is_kept:
            continue
        used, usd = _worst(one.asking.question, one.asking.item.models[0])
        tokens += used
        is_priced = is_priced and usd is not None
        cost += usd or 0.0
    return Worst(tokens, cost if is_priced else None)


def _worst(question: Question, model: str) -> tuple[int, float | None]:
    from tasks.llm.prompts import Tuning
    from tasks.llm.worst_case import worst_case  # The table of prices takes half a second to load.

    charge = worst_case(model, question.prompt, Tuning(max_tokens=question.tokens), question.form)
    return charge.input_tokens + charge.output_tokens, charge.cost_usd
