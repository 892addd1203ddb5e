"""Answers in the forms of OpenAI, Anthropic and Google, and the smallest value that fits a schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Json = dict[str, Any]


class Counted(Protocol):
    """What an answer says of the request: how it behaves, and with how many tokens it is counted."""

    behaviour: str
    input_tokens: int
    output_tokens: int


ERRORS: dict[str, tuple[int, str, str]] = {
    "429": (429, "rate_limit_exceeded", "Rate limit reached"),
    "429_quiet": (429, "rate_limit_exceeded", "Rate limit reached"),
    "429_date": (429, "rate_limit_exceeded", "Rate limit reached"),
    "quota": (429, "insufficient_quota", "You have no credit left"),
    "500": (500, "server_error", "Something went wrong here"),
    "529": (529, "overloaded_error", "Overloaded"),
    "401": (401, "invalid_api_key", "Incorrect API key provided: {key}"),
    "403": (403, "permission_error", "This key may not use this model"),
    "404": (404, "model_not_found", "The model does not exist"),
    "400": (400, "invalid_request_error", "temperature is out of range"),
    "422": (422, "invalid_request_error", "messages is missing"),
}
"""Status, type and message of each refusal."""

Form = Callable[[str, Counted], Json]


def form_of(path: str) -> Form:
    """The protocol that a path belongs to."""
    if path.startswith("/v1/messages"):
        return _anthropic
    return _google if ":generateContent" in path else _openai


def _openai(answer: str, call: Counted) -> Json:
    message: Json = {"role": "assistant", "content": answer}
    reason = {"truncated": "length", "filtered": "content_filter"}.get(call.behaviour, "stop")
    if call.behaviour == "refusal":
        message |= {"content": None, "refusal": "I would rather not."}
    usage = {
        "prompt_tokens": call.input_tokens,
        "completion_tokens": call.output_tokens,
        "total_tokens": call.input_tokens + call.output_tokens,
        "prompt_tokens_details": {"cached_tokens": call.input_tokens // 2 if call.behaviour == "cached" else 0},
    }
    choice = {"index": 0, "finish_reason": reason, "message": message}
    whole = {"id": "c-1", "object": "chat.completion", "created": 1, "model": "harbour", "choices": [choice]}
    return whole if call.behaviour == "no_usage" else whole | {"usage": usage}


def _anthropic(answer: str, call: Counted) -> Json:
    reason = {"truncated": "max_tokens", "refusal": "refusal"}.get(call.behaviour, "end_turn")
    usage = {
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
    }
    content = [{"type": "text", "text": answer}] if answer else []
    return {
        "id": "m-1",
        "type": "message",
        "role": "assistant",
        "model": "orchard",
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": usage,
    }


def _google(answer: str, call: Counted) -> Json:
    reason = {"truncated": "MAX_TOKENS", "refusal": "SAFETY"}.get(call.behaviour, "STOP")
    usage = {
        "promptTokenCount": call.input_tokens,
        "candidatesTokenCount": call.output_tokens,
        "totalTokenCount": call.input_tokens + call.output_tokens,
    }
    candidate = {"index": 0, "finishReason": reason, "content": {"role": "model", "parts": [{"text": answer}]}}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "library", "responseId": "g-1"}


def schema_of(asked: Json) -> Json | None:
    """The JSON schema that an answer in OpenAI's form is asked to fit."""
    schema: Json | None = ((asked.get("response_format") or {}).get("json_schema") or {}).get("schema")
    return schema


def example(schema: Json, whole: Json) -> Any:
    """The smallest value that fits a schema."""
    if "$ref" in schema:
        return example(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            return example(schema[many][0], whole)
    if "enum" in schema or "const" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    match schema.get("type"):
        case "object":
            return {name: example(part, whole) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [example(schema["items"], whole)] * max(1, schema.get("minItems", 1)) if "items" in schema else []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            return "text".ljust(schema.get("minLength", 0), "t")[: schema.get("maxLength")]
    return None
