"""A request that brought no answer: which error it is, and what it may have used."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tasks.errors import PressroomError, as_fault, fault
from tasks.governor.charges import Charge
from tasks.llm.exchange import Exchange
from tasks.llm.keys import without_keys
from tasks.llm.refusals import error_in, refusal
from tasks.llm.retry_after import retry_after

if TYPE_CHECKING:
    from tasks.llm.line import Trace

NOT_SENT = Charge(requests=0, cost_usd=0.0)
"""What a request used that never left."""
REFUSED = Charge(requests=1, cost_usd=0.0)
"""What a request used that was refused: it counts as one, and no vendor bills it."""

_MOST = 300


def failed(model: str, trace: Trace, error: BaseException, *, seconds: float) -> Exchange[Any]:
    """Say what came of a request that raised `error`; how far it came decides what it may have used."""
    if trace.status is not None and trace.status >= HTTPStatus.MULTIPLE_CHOICES:
        refused = refusal(model, trace.status, trace.body)
        return Exchange(error=refused, used=REFUSED, retry_after=retry_after(trace.headers, trace.body))
    if trace.too_large:
        from tasks.llm.line import MOST_BYTES

        return Exchange(error=fault("ANSWER_TOO_LARGE", model=model, limit=MOST_BYTES))
    if isinstance(error, TimeoutError):
        late = fault("TIMEOUT", what=f"A request to {model!r}", seconds=seconds)
        return Exchange(error=late, used=None if trace.sent else NOT_SENT)
    if not trace.sent:
        return Exchange(error=_unsent(model, error), used=NOT_SENT)
    if trace.whole and error_in(trace.body):
        return _inside(model, trace)
    return Exchange(error=_broken(model, trace, error))


def _unsent(model: str, error: BaseException) -> PressroomError:
    """Tell a vendor that can't be reached from a fault of ours before anything was sent."""
    if isinstance(error, PressroomError):
        return error
    if _is_transport(error):
        return fault("TEMPORARY_ERROR", what=f"{model!r} cannot be reached: {_words(error)}.")
    return as_fault(error, what=f"asking {model!r}")


def _inside(model: str, trace: Trace) -> Exchange[Any]:
    """An error inside of a 200. One that says no bills nothing; one that broke down in mid-work may have billed."""
    found = refusal(model, HTTPStatus.OK, trace.body)
    used = None if found.code == "TEMPORARY_ERROR" else REFUSED
    return Exchange(error=found, used=used, retry_after=retry_after(trace.headers, trace.body))


def _broken(model: str, trace: Trace, error: BaseException) -> PressroomError:
    from pydantic_ai.exceptions import AgentRunError, ContentFilterError

    if isinstance(error, ContentFilterError):
        return fault("ANSWER_REFUSED", model=model, why="its content filter stopped it")
    if trace.status is None:
        return fault("ANSWER_BROKEN", model=model, why="the connection ended before an answer")
    if not trace.whole:
        return fault("ANSWER_BROKEN", model=model, why=f"the connection ended after {len(trace.body):,} bytes")
    if isinstance(error, AgentRunError | ValueError):
        return fault("ANSWER_BROKEN", model=model, why="what it sent is not an answer in the vendor's own form")
    return as_fault(error, what=f"reading the answer of {model!r}")


def _is_transport(error: BaseException) -> bool:
    from pydantic_ai.exceptions import ModelAPIError

    return isinstance(error, ModelAPIError | OSError)


def _words(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return without_keys(" ".join(str(error).split())[:_MOST].rstrip(".")) or type(error).__name__
