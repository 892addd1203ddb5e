"""What a vendor's refusal means: its status and its words, in any of their dialects, as an error of ours."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from tasks.errors import PressroomError, fault
from tasks.llm.keys import without_keys

_MOST = 300

_BY_STATUS = {
    HTTPStatus.UNAUTHORIZED: "AUTH_ERROR",
    HTTPStatus.PAYMENT_REQUIRED: "QUOTA_EXCEEDED",
    HTTPStatus.FORBIDDEN: "AUTH_ERROR",
    HTTPStatus.NOT_FOUND: "MODEL_UNKNOWN",
    HTTPStatus.REQUEST_TIMEOUT: "TEMPORARY_ERROR",
    HTTPStatus.CONFLICT: "TEMPORARY_ERROR",
    HTTPStatus.TOO_EARLY: "TEMPORARY_ERROR",
    HTTPStatus.TOO_MANY_REQUESTS: "API_RATE_LIMIT",
}
_SAID = {
    "QUOTA_EXCEEDED": (
        "insufficient_quota",
        "billing_error",
        "billing_hard_limit",
        "credit balance",
        '"quota_exceeded"',
    ),
    "AUTH_ERROR": ("api_key_invalid", "invalid_api_key"),
    "ANSWER_REFUSED": ("content_filter", "content_policy"),
    "MODEL_UNKNOWN": ("model_not_found",),
}
"""What is so whatever the status is: an account without credit is told so with 429 by one vendor and 400 by another."""
_SAID_INSIDE = {
    "API_RATE_LIMIT": ("rate_limit", "too_many_requests", "resource_exhausted", '"code": 429'),
    "AUTH_ERROR": ("authentication", "permission", "unauthenticated", "unauthorized"),
    "MODEL_UNKNOWN": ("not_found",),
    "TEMPORARY_ERROR": ("overloaded", "server_error", "internal", "unavailable", "api_error", "timeout", '"code": 5'),
}
"""What an error inside of a good answer means, which has no status to go by."""


def error_in(body: bytes) -> dict[str, Any] | None:
    """Return the error that an answer's body carries, whatever its status says; None where it has none."""
    try:
        data = json.loads(body)
    except ValueError:
        return None
    if isinstance(data, list) and data:  # Google sends a list of one at times.
        data = data[0]
    if not isinstance(data, dict):
        return None
    error = data if data.get("object") == "error" else data.get("error") or data.get("detail")
    if isinstance(error, list) and error and isinstance(error[0], dict):  # FastAPI lists what a form breaks.
        error = {"message": f"{error[0].get('msg', '')} ({error[0].get('loc', '')})"}
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) and error else None


def refusal(model: str, status: int, body: bytes) -> PressroomError:
    """Return the error for a request that was refused with `status`, or with an error inside of a good answer."""
    error = error_in(body) or {}
    code, why = _code(status, json.dumps(error).lower()), _words(error, status, body)
    if code == "TEMPORARY_ERROR":
        return fault(code, what=f"{model!r} cannot answer for now: {why}.")
    if code == "MODEL_UNKNOWN":
        return fault(code, model=model, why=why, hint="Check its name in the vendor's list of models.")
    return fault(code, model=model, why=why)


def _code(status: int, error: str) -> str:
    if said := _found(_SAID, error):
        return said
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "TEMPORARY_ERROR"
    inside = _found(_SAID_INSIDE, error) if status < HTTPStatus.MULTIPLE_CHOICES else None
    return inside or "MODEL_REFUSED_REQUEST"


def _found(said: dict[str, tuple[str, ...]], error: str) -> str | None:
    return next((code for code, words in said.items() if any(word in error for word in words)), None)


def _words(error: dict[str, Any], status: int, body: bytes) -> str:
    """What the vendor says, on one line, with the number that people search for; keys go before anything is cut."""
    said = error.get("message") or ("" if error else body[: 4 * _MOST].decode(errors="replace"))
    text = " ".join(without_keys(str(said)).split())[:_MOST].rstrip(".")
    if not text and HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        text = "it points to another address"
    return f"{status}, {text}" if text else f"{status}"
