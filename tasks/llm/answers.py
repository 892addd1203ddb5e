"""From what a model wrote to the value that was asked for."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from tasks.errors import PressroomError, fault

ValueT = TypeVar("ValueT")

_MOST_WORDS = 200
_FENCE = re.compile(r"\A\s*```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```\s*\Z", re.DOTALL)


def schema_of(output: type[Any]) -> dict[str, Any] | None:
    """Return the JSON schema of an answer, None for plain text. It is not to be changed: the next who asks gets it too.

    Written once for each form: that takes longer than anything else in telling what a question may cost.
    """
    return None if output is str else _written(cast(Hashable, output))


@lru_cache(maxsize=256)
def _written(output: Any) -> dict[str, Any]:
    return _shape(output).model_json_schema()


def parse(text: str, output: type[ValueT], model: str) -> ValueT:
    """Return the value in a model's text, or raise ANSWER_EMPTY or ANSWER_UNPARSABLE.

    Models like to wrap JSON into a fence of Markdown; that one is taken off, and nothing else is guessed.
    """
    if not text.strip():
        raise fault("ANSWER_EMPTY", model=model)
    if output is str:
        return cast(ValueT, text)
    fenced = _FENCE.match(text)
    try:
        return cast(ValueT, _shape(output).model_validate_json(fenced[1] if fenced else text))
    except ValidationError as error:
        raise _unparsable(error, model) from None


def _shape(output: type[Any]) -> type[BaseModel]:
    if not issubclass(output, BaseModel):
        raise TypeError(f"an answer is `str` or a pydantic model, not {output!r}")
    return output


def _unparsable(error: ValidationError, model: str) -> PressroomError:
    """Name the first complaint only, and without what was given: an answer may be long, and is nobody's to repeat."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    why = f"{place}: {first['msg']}" if place else first["msg"]
    return fault("ANSWER_UNPARSABLE", model=model, why=why[:_MOST_WORDS])
