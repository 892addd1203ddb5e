"""What a vendor's refusal means: its status and its words, in any of their dialects, as an error of ours."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from tasks.errors import PressroomError, fault
from tasks.llm.keys import without_keys

_MOST = 300
_NO_CREDIT = ("insufficient_quota", "billing_error", "billing_hard_limit", "credit balance", "insufficient credit")
_NO_KEY = ("invalid_api_key", "api_key_invalid", "authentication", "permission", "unauthenticated", "unauthorized")
_NO_MODEL = ("model_not_found", "not_found_error")
_TOO_MUCH = ("rate_limit", "too_many_requests", "resource_exhausted", "rate limit")
_BUSY = ("overloaded", "server_error", "internal", "unavailable", "api_error", "timeout", "deadline_exceeded")


def error_in(body: bytes) -> dict[str, Any] | None:
    """Return the error that an answer's body carries, whatever its status says; None where it has none."""
    try:
        data = json.loads(body)
    except ValueError:
        return None
    error = data.get("error") if isinstance(data, dict) else None
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) and error else None


def refusal(model: str, status: int, body: bytes) -> PressroomError:
    """Return the error for a request that was refused with `status`, or with an error inside of a 200."""
    error = error_in(body) or {}
    why = without_keys(_words(error, status, body))
    marks = json.dumps(error).lower()
    if status < HTTPStatus.BAD_REQUEST:
        return _by_marks(model, marks, why, inside=bool(error))
    if status == HTTPStatus.PAYMENT_REQUIRED or _any(_NO_CREDIT, marks):
        return fault("QUOTA_EXCEEDED", model=model, why=why)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return fault("API_RATE_LIMIT", model=model, why=why)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or _any(("api_key_invalid",), marks):
        return fault("AUTH_ERROR", model=model, why=why)
    if status == HTTPStatus.NOT_FOUND or "model_not_found" in marks:
        return _unknown(model, why)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        return _temporary(model, why)
    return fault("MODEL_REFUSED_REQUEST", model=model, why=why)


_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY)


def _by_marks(model: str, marks: str, why: str, *, inside: bool) -> PressroomError:
    if not inside:
        return fault("MODEL_REFUSED_REQUEST", model=model, why=why)
    if _any(_NO_CREDIT, marks):
        return fault("QUOTA_EXCEEDED", model=model, why=why)
    if _any(_TOO_MUCH, marks) or '"code": 429' in marks:
        return fault("API_RATE_LIMIT", model=model, why=why)
    if _any(_NO_KEY, marks):
        return fault("AUTH_ERROR", model=model, why=why)
    if _any(_NO_MODEL, marks):
        return _unknown(model, why)
    if _any(_BUSY, marks) or '"code": 5' in marks:
        return _temporary(model, why)
    return fault("MODEL_REFUSED_REQUEST", model=model, why=why)


def _unknown(model: str, why: str) -> PressroomError:
    return fault("MODEL_UNKNOWN", model=model, why=why, hint="Check its name in the vendor's list of models.")


def _temporary(model: str, why: str) -> PressroomError:
    return fault("TEMPORARY_ERROR", what=f"{model!r} cannot answer for now: {why}.")


def _any(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)


def _words(error: dict[str, Any], status: int, body: bytes) -> str:
    """What the vendor says, on one line, with the number that people search for."""
    said = error.get("message") or ("" if error else body[:_MOST].decode(errors="replace"))
    text = " ".join(str(said).split())[:_MOST].rstrip(".")
    return f"{status}, {text}" if text else f"{status}"
