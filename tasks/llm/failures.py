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


def is_refused(trace: Trace) -> bool:
    """Say whether the vendor has said no, be it by its status or inside of an answer."""
    return _has_bad_status(trace) or (trace.whole and error_in(trace.body) is not None)


def failed(model: str, trace: Trace, error: BaseException | None, *, seconds: float) -> Exchange[Any]:
    """Say what came of a request that was refused or raised `error`; how far it came decides what it may have used."""
    if is_refused(trace):
        return _refused(model, trace)
    if trace.too_large:
        return Exchange(error=fault("ANSWER_TOO_LARGE", model=model, limit=trace.most_bytes))
    if isinstance(error, TimeoutError):
        late = fault("TIMEOUT", what=f"A request to {model!r}", seconds=seconds)
        return Exchange(error=late, used=None if trace.sent else NOT_SENT)
    if not trace.sent:
        return Exchange(error=_unsent(model, error), used=NOT_SENT)
    return Exchange(error=_broken(model, trace, error))


def _has_bad_status(trace: Trace) -> bool:
    return trace.status is not None and trace.status >= HTTPStatus.MULTIPLE_CHOICES


def _unsent(model: str, error: BaseException | None) -> PressroomError:
    """Tell a vendor that can't be reached from a fault of ours before anything was sent."""
    if isinstance(error, PressroomError):
        return error
    if error is not None and _is_transport(error):
        return fault("TEMPORARY_ERROR", what=f"{model!r} cannot be reached: {_words(error)}.")
    return as_fault(error or RuntimeError("nothing was sent"), what=f"asking {model!r}")


def _refused(model: str, trace: Trace) -> Exchange[Any]:
    """A refusal bills nothing, unless it stands inside of a good answer that broke down in mid-work."""
    found = refusal(model, trace.status or HTTPStatus.OK, trace.body)
    in_mid_work = found.code == "TEMPORARY_ERROR" and not _has_bad_status(trace)
    asked = retry_after(trace.headers, trace.body)
    return Exchange(error=found, used=None if in_mid_work else REFUSED, retry_after=asked)


def _broken(model: str, trace: Trace, error: BaseException | None) -> PressroomError:
    from pydantic_ai.exceptions import AgentRunError, ContentFilterError

    if isinstance(error, ContentFilterError):
        return fault("ANSWER_REFUSED", model=model, why="its content filter stopped it")
    if trace.status is None:
        return fault("ANSWER_BROKEN", model=model, why="the connection ended before an answer")
    if not trace.whole:
        return fault("ANSWER_BROKEN", model=model, why=f"the connection ended after {trace.received:,} bytes")
    if isinstance(error, AgentRunError | ValueError):
        return fault("ANSWER_BROKEN", model=model, why="what it sent is not an answer in the vendor's own form")
    return as_fault(error or RuntimeError("no answer"), what=f"reading the answer of {model!r}")


def _is_transport(error: BaseException) -> bool:
    from httpx2 import TransportError
    from pydantic_ai.exceptions import ModelAPIError

    return isinstance(error, ModelAPIError | TransportError | OSError)


def _words(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(without_keys(str(error)).split())[:_MOST].rstrip(".") or type(error).__name__
