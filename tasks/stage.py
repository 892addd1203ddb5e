"""The `stage` decorator: a Prefect task with Pressroom's retries, timeout and cache key.

One place says how often and how fast a stage is retried, because a failure must have one owner:
Prefect retries a stage on transient faults only, and nothing else retries the same fault.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, get_type_hints

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TaskRunContext
from pydantic import BaseModel

from tasks.checkpoints import fingerprint
from tasks.errors import is_transient
from tasks.models import Item

RETRY_DELAYS = [10.0, 20.0, 40.0, 80.0, 120.0]
"""Mean seconds before each further attempt: doubled up to two minutes; the last one repeats."""
JITTER = 0.3
"""Share by which a delay may differ, so that items that failed together do not come back together."""

P = ParamSpec("P")
R = TypeVar("R")


_IDLE_IF: dict[Callable[..., Any], Callable[..., bool]] = {}
"""When stages have nothing to do, by the function that each is made of: `with_options` copies a task, not that."""


def is_idle(task: Task[Any, Any], inputs: dict[str, Any]) -> bool:
    """Say whether a stage has nothing to do for these inputs."""
    rule = _IDLE_IF.get(task.fn)
    return rule is not None and rule(**inputs)


def is_worth_retrying(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Say whether an attempt failed for a passing reason. (Prefect retries nothing unless this is a plain function.)"""
    error = state.data
    return isinstance(error, BaseException) and is_transient(error) and not getattr(error, "tried_out", False)


def stage(
    *,
    timeout_seconds: float,
    retries: int = 3,
    retry_delays: list[float] | None = None,
    checkpoint: bool = True,
    version: int = 1,
    idle_if: Callable[..., bool] | None = None,
) -> Callable[[Callable[P, Awaitable[R]]], Task[P, Any]]:
    """Make an async function of one input a stage of a kind's DAG.

    `timeout_seconds` counts work only. `checkpoint` keeps the result under the fingerprint of the input
    and of `version`, which goes up when the code makes something else of the same input; a stage whose
    point is its side effect (writing a file) keeps none. A result that is kept must not name its item: an
    equal item takes it over. A later stage is given the item itself, beside what was made of it.
    `idle_if` says of an input that nothing is to be done for it, such as the repair of what passes: the stage then
    waits for no place under its limit, where items that have work would hold it up, keeps no checkpoint, and is not
    written down.
    """

    def decorate(function: Callable[P, Awaitable[R]]) -> Task[P, Any]:
        name = function.__name__
        inputs = list(inspect.signature(function).parameters)
        if idle_if is not None:
            if list(inspect.signature(idle_if).parameters) != inputs:
                raise TypeError(f"stage {name!r}: {idle_if.__name__!r} must take the same inputs: {inputs}")
            _IDLE_IF[function] = idle_if
        options: dict[str, Any] = {"cache_policy": NO_CACHE}
        if checkpoint:
            _refuse_named_result(function)
            options = {"cache_key_fn": _key_function(name, version), "persist_result": True}
        return task(
            name=name,
            version=str(version),
            task_run_name=f"{name}-{{{inputs[0]}.item_id}}",
            retries=retries,
            retry_delay_seconds=retry_delays or RETRY_DELAYS,
            retry_jitter_factor=JITTER,
            retry_condition_fn=is_worth_retrying,
            timeout_seconds=timeout_seconds,
            cache_result_in_memory=False,
            # Prefect writes a failed run's exception down; its default would be pickle.
            result_serializer="json",
            **options,
        )(function)

    return decorate


def _refuse_named_result(function: Callable[..., Any]) -> None:
    made = get_type_hints(function)["return"]
    fields = made.model_fields if isinstance(made, type) and issubclass(made, BaseModel) else {}
    named = [name for name, field in fields.items() if name == "item_id" or _is_item(field.annotation)]
    if named or hasattr(made, "item_id"):
        raise TypeError(f"stage {function.__name__!r} keeps a {made.__name__}, which names its item ({named})")


def _is_item(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Item)


def _key_function(name: str, version: int) -> Callable[[TaskRunContext, dict[str, Any]], str]:
    def by_fingerprint(_context: TaskRunContext, inputs: dict[str, Any]) -> str:
        return f"{name}-{fingerprint(name, version, inputs)}"

    return by_fingerprint
