"""Generator `jinja2`: a template file rendered in a sandbox, in a process that can be killed.

A template can loop for ever or ask for more memory than there is, and nothing inside Python can stop it.
So it renders in a worker process bounded in time, memory and output; the worker stays warm for the next one.
"""

from __future__ import annotations

import functools
from pathlib import Path

import anyio
from pydantic import ValidationError

from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.config_models import ContentConfig, Pattern
from tasks.documents.jinja_pool import borrowed
from tasks.documents.jinja_sources import fingerprint_of_templates
from tasks.documents.jinja_templates import JinjaRequest, UndefinedBehaviour
from tasks.documents.jinja_worker import Job, Rendered, Reply
from tasks.errors import PressroomError, fault, rebuilt
from tasks.files import resolve_inside
from tasks.models import JsonObject
from tasks.worker_processes import Worker, WorkerDied

__all__ = ["JinjaRequest", "Rendered", "fingerprint_of_templates", "prepare", "prepare_artifact", "render"]

_BEHAVIOURS: dict[str, UndefinedBehaviour] = {"error": "error", "strict": "strict", "keep": "keep", "empty": "empty"}


def prepare(
    config: ContentConfig, context: JsonObject, base_dir: Path, given: JsonObject | None = None
) -> JinjaRequest:
    """Work out what the first `jinja2` pattern of `config` wants rendered, with which values; reads no file.

    `given` names the inputs, which win over the values; what they hold may be filled in later.
    """
    pattern = config.pattern("jinja2")
    given = given or {}
    values = config.merged_context(pattern, context, awaited=given)
    for name, value in values.items():
        if isinstance(value, dict) and value.get("source") == "config" and name not in given:
            field = f"generation_config.context.{name}"
            raise config.pattern_invalid(pattern, field, "values from another config are not yet implemented")
    try:
        return JinjaRequest(
            config_id=config.id,
            template=config.id if pattern.inline else config.template(pattern),
            base_dir=base_dir.absolute(),
            template_dir=_template_dir(config, pattern, base_dir),
            undefined=_undefined_behaviour(config, pattern),
            context=values,
            source=config.template(pattern) if pattern.inline else None,
            given=given,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        raise fault("CONTEXT_INVALID", item_id=config.id, why=f"{place}: {first['msg']}") from None


def prepare_artifact(config: ArtifactConfig, context: JsonObject, base_dir: Path) -> JinjaRequest:
    """Work out which template puts an artifact together; the texts of its children are filled in later."""
    return JinjaRequest(
        config_id=config.id,
        template=config.content.template or "",
        base_dir=base_dir.absolute(),
        template_dir=base_dir.absolute(),
        context=context,
    )


def _template_dir(config: ContentConfig, pattern: Pattern, base_dir: Path) -> Path:
    folder = pattern.generation_config.get("template_dir")
    if folder is None:
        return base_dir.absolute()
    if not isinstance(folder, str):
        raise config.pattern_invalid(pattern, "generation_config.template_dir", "it is not a text")
    return resolve_inside(base_dir, folder)


def _undefined_behaviour(config: ContentConfig, pattern: Pattern) -> UndefinedBehaviour:
    wanted = pattern.generation_config.get("undefined_behavior", "empty")
    behaviour = _BEHAVIOURS.get(wanted) if isinstance(wanted, str) else None
    if behaviour is None:
        why = f"{wanted!r} is none of {', '.join(_BEHAVIOURS)}"
        raise config.pattern_invalid(pattern, "generation_config.undefined_behavior", why)
    return behaviour


async def render(
    request: JinjaRequest, *, seconds: float = 10.0, memory: int = 512 * 2**20, limit: int = 50_000_000
) -> Rendered:
    """Render in a worker process within bounds; when they are passed, or the caller is cancelled, it is killed.

    `seconds` counts from when a worker is ready, `memory` is the worker's address space in bytes, `limit` is
    the number of characters the result may have.
    """
    job = Job(request=request, seconds=seconds, memory=memory, limit=limit)
    try:
        try:
            answer = await _ask(job)
        except WorkerDied:
            answer = await _ask(job)  # It may have been killed for somebody else's sake; a second death is its own.
    except TimeoutError:
        raise fault("TEMPLATE_RUNAWAY", template=request.template, limit=f"{seconds:g} s") from None
    except WorkerDied:
        limits = f"{memory // 2**20} MiB of memory, or what else its process died of"
        raise fault("TEMPLATE_RUNAWAY", template=request.template, limit=limits) from None
    if isinstance(answer, PressroomError):
        raise answer
    return answer


async def _ask(job: Job) -> Rendered | PressroomError:
    async with borrowed() as worker:
        with anyio.fail_after(job.seconds):
            answer = await anyio.to_thread.run_sync(
                functools.partial(_answer_of, worker, job),
                abandon_on_cancel=True,  # `borrowed` then kills the worker, which ends the thread too.
                limiter=anyio.CapacityLimiter(1),
            )
        if isinstance(answer, PressroomError) and answer.code == "TEMPLATE_RUNAWAY":
            raise answer  # From in here, so that a process which has just run out of memory is not used again.
        return answer


def _answer_of(worker: Worker, job: Job) -> Rendered | PressroomError:
    reply = Reply.model_validate_json(worker.ask(job.model_dump_json().encode()))
    if reply.error is not None:
        return rebuilt(*reply.error)
    return Rendered(worker.read(reply.size).decode(), reply.left_empty)
