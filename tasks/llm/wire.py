"""One request to a model: exactly one, whose answer or failure comes back as data, with what it used.

Asked through the model layer of pydantic-ai and not through its agents, which ask again by themselves: every request
is reserved before and settled after, so one that nobody knows of would be spent unseen.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import TYPE_CHECKING, Any, TypeVar

from tasks.errors import PressroomError, fault
from tasks.governor.charges import Charge
from tasks.llm.answers import parse, schema_of
from tasks.llm.exchange import Exchange
from tasks.llm.failures import NOT_SENT, failed, is_refused
from tasks.llm.prices import cost_of
from tasks.llm.prompts import Prompt, Tuning
from tasks.llm.vendors import connect

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

AnswerT = TypeVar("AnswerT")

_GAP = "\n\n"
_SDK_PATIENCE = 60.0
"""How much longer than ours the vendors' libraries would wait, so that it is always ours that ends a request."""


async def send(model: str, prompt: Prompt, output: type[AnswerT], tuning: Tuning) -> Exchange[AnswerT]:
    """Ask a model once. `output` is `str`, or a pydantic model that the answer has to fit.

    Raises nothing but cancellation: whoever asked must settle what was used, whatever happened.
    """
    try:
        connected = await connect(model)
    except PressroomError as error:
        return Exchange(error=error, used=NOT_SENT)
    started = time.perf_counter()
    exchange = await _ask(model, connected, prompt, output, tuning)
    return dataclasses.replace(exchange, seconds=time.perf_counter() - started)


async def _ask(
    model: str, connected: Model[Any], prompt: Prompt, output: type[AnswerT], tuning: Tuning
) -> Exchange[AnswerT]:
    from pydantic_ai.direct import model_request

    from tasks.llm.line import traced

    with traced() as trace:
        try:
            async with asyncio.timeout(tuning.timeout_seconds):
                response = await model_request(
                    connected,
                    _messages(prompt, connected),
                    model_settings=_settings(tuning),
                    model_request_parameters=_parameters(connected, output),
                )
        except Exception as error:
            return failed(model, trace, error, seconds=tuning.timeout_seconds)
    if is_refused(trace):  # Some of the libraries make an empty answer of an error.
        return failed(model, trace, None, seconds=tuning.timeout_seconds)
    return _read(model, response, output, may_be_cut=tuning.may_be_cut)


def _read(model: str, response: ModelResponse, output: type[AnswerT], *, may_be_cut: bool) -> Exchange[AnswerT]:
    used = _used(model, response)
    try:
        _refuse_unfinished(model, response, may_be_cut=may_be_cut)
        return Exchange(value=parse(response.text or "", output, model), used=used)
    except PressroomError as error:
        return Exchange(error=error, used=used)


def _refuse_unfinished(model: str, response: ModelResponse, *, may_be_cut: bool) -> None:
    if response.finish_reason == "length" and not may_be_cut:
        raise fault("ANSWER_TRUNCATED", model=model, tokens=response.usage.output_tokens)
    if response.finish_reason == "content_filter":
        raise fault("ANSWER_REFUSED", model=model, why="its content filter or the model itself said no")
    if response.finish_reason == "error":
        raise fault("ANSWER_BROKEN", model=model, why="it says that it met an error")


def _used(model: str, response: ModelResponse) -> Charge | None:
    """What the vendor counted; a server that counts nothing leaves it unknown."""
    usage = response.usage
    if usage.unmeasured_requests or not (usage.input_tokens or usage.output_tokens):
        return None
    charge = Charge(1, usage.input_tokens, usage.output_tokens, usage.cache_read_tokens)
    return dataclasses.replace(charge, cost_usd=cost_of(model, charge, written_tokens=usage.cache_write_tokens))


def _messages(prompt: Prompt, connected: Model[Any]) -> list[ModelMessage]:
    """The prompt with what is shared in front, and for vendors who want to be told, a mark at its end."""
    from pydantic_ai.messages import CachePoint, ModelRequest, SystemPromptPart, UserContent, UserPromptPart

    asked: str | list[UserContent] = _GAP.join(part for part in (prompt.shared, prompt.own) if part)
    if prompt.shared and connected.system == "anthropic":
        asked = [prompt.shared, CachePoint(), prompt.own]
    system = [SystemPromptPart(prompt.system)] if prompt.system else []
    return [ModelRequest([*system, UserPromptPart(asked)])]


def _settings(tuning: Tuning) -> ModelSettings:
    settings: ModelSettings = {
        "max_tokens": tuning.max_tokens,
        "temperature": tuning.temperature,
        "timeout": tuning.timeout_seconds + _SDK_PATIENCE,
        "max_retries": 0,
    }
    if tuning.seed is not None:
        settings["seed"] = tuning.seed
    return settings


def _parameters(connected: Model[Any], output: type[Any]) -> ModelRequestParameters:
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition

    schema = schema_of(output)
    if schema is None:
        return ModelRequestParameters()
    native = connected.profile.get("supports_json_schema_output", False)
    wanted = OutputObjectDefinition(schema, name=output.__name__)
    return ModelRequestParameters(output_mode="native" if native else "prompted", output_object=wanted)
