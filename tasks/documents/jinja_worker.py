"""The process a template is rendered in, so that one that never ends can be ended.

Reads requests from standard input and answers on standard output: a line of JSON each, an answer's text
behind its line. JSON, not pickle: a template that broke out of its sandbox still could not make the
engine run code. Besides the engine's own clock an alarm bounds each render, should the engine be gone.
"""

from __future__ import annotations

import re
import sys
import traceback
from typing import IO, NamedTuple

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import MAX_RANGE
from pydantic import BaseModel

from tasks.documents.jinja_templates import JailedLoader, JinjaRequest, environment_for, filled_context, left_empty
from tasks.errors import PressroomError, fault, rebuilt
from tasks.worker_processes import limit_memory, serve_lines, set_alarm

_UNNAMED = "<template>"
"""What Jinja calls a template that comes from no file."""
_WITHOUT = (
    "Give it in the context, or let the template do without: such as `(place or {}).town` in place of `place.town`, "
    "or `count | default(0)` in place of `count`."
)
"""What helps where an undefined variable may be put out, and something else is done with it."""
_QUOTED = re.compile(r"'([^']*)'(?: is undefined)?$")


class Job(BaseModel):
    """A request with its bounds: seconds, bytes of memory, characters of output."""

    request: JinjaRequest
    seconds: float
    memory: int
    limit: int


class Rendered(NamedTuple):
    """What a template came to."""

    text: str
    left_empty: tuple[str, ...] = ()
    """Names of the variables that were not there, and put out as nothing."""


class Reply(BaseModel):
    """How it went; `size` bytes of text follow, or `error` says code, message and remedy."""

    size: int = 0
    left_empty: tuple[str, ...] = ()
    error: tuple[str, str, str] | None = None


def serve() -> None:
    """Answer requests until the engine closes its end."""
    serve_lines(lambda line, target: _answer(Job.model_validate_json(line), target))


def _answer(job: Job, target: IO[bytes]) -> None:
    text = b""
    set_alarm(job.seconds + 5)
    try:
        limit_memory(job.memory)
        rendered = render_here(job)
        text = rendered.text.encode()
        reply = Reply(size=len(text), left_empty=rendered.left_empty)
    except PressroomError as error:
        reply = _refusal(error)
    except UnicodeEncodeError:
        reply = _refusal(_invalid(job.request, 1, "the result holds half a surrogate pair, which is not text"))
    finally:
        set_alarm(0)
    target.write(reply.model_dump_json().encode() + b"\n")
    target.write(text)


def _refusal(error: PressroomError) -> Reply:
    return Reply(error=(error.code, error.message, error.remedy))


def render_here(job: Job) -> Rendered:
    """Render in this very process, unbounded in time; every failure leaves as one of ours."""
    request = job.request
    try:
        return _render(job)
    except PressroomError:
        raise
    except MemoryError:
        raise _runaway(request, f"{job.memory // 2**20} MiB of memory") from None
    except RecursionError:
        raise _runaway(request, f"{sys.getrecursionlimit():,} calls within each other") from None
    except jinja2.TemplateError as error:
        raise _of_jinja(request, error) from None
    except OverflowError as error:
        if "MAX_RANGE" in str(error):
            raise _runaway(request, f"asking for a range of more than {MAX_RANGE:,}") from None
        raise _invalid(request, _line(request, error), str(error)) from None
    except Exception as error:  # An expression can raise anything at all.
        raise _invalid(request, _line(request, error), f"{type(error).__name__}: {_cut(str(error))}") from None


def _render(job: Job) -> Rendered:
    request, noted = job.request, dict[str, None]()
    left_empty.set(noted)
    environment = environment_for(request.base_dir, request.template_dir, request.undefined)
    if request.source is None:
        template = environment.get_template(request.template)
    else:
        template = environment.from_string(request.source)
    pieces: list[str] = []
    size = 0
    for piece in template.generate(filled_context(request)):
        size += len(piece)
        if size > job.limit:
            raise _runaway(request, _amount(job.limit))
        pieces.append(piece)
    return Rendered("".join(pieces), tuple(noted))


def _amount(limit: int) -> str:
    return f"{limit // 1_000_000} MB of text" if limit >= 1_000_000 else f"{limit:,} characters of text"


def _runaway(request: JinjaRequest, limit: str) -> PressroomError:
    return fault("TEMPLATE_RUNAWAY", template=request.template, limit=limit)


def _invalid(request: JinjaRequest, line: int, why: str, template: str | None = None) -> PressroomError:
    return fault("TEMPLATE_INVALID", template=template or request.template, line=line, why=why.rstrip("."))


def _of_jinja(request: JinjaRequest, error: jinja2.TemplateError) -> PressroomError:
    message = _cut(error.message or type(error).__name__)
    if isinstance(error, jinja2.TemplateNotFound):
        return fault("TEMPLATE_MISSING", template=error.name or message, folder=str(request.template_dir))
    if isinstance(error, jinja2.TemplateSyntaxError):
        return _invalid(request, error.lineno, message, error.name)
    if isinstance(error, SecurityError):
        return fault("TEMPLATE_UNSAFE", template=request.template, why=message.rstrip("."))
    if isinstance(error, jinja2.UndefinedError) and (found := _QUOTED.search(message)):
        available = ", ".join(sorted({*request.context, *request.given})) or "none"
        undefined = fault("UNDEFINED_VARIABLE", name=found[1], available=available)
        is_strict = request.undefined in ("error", "strict")
        return undefined if is_strict else rebuilt(undefined.code, undefined.message, _WITHOUT)
    return _invalid(request, _line(request, error), message)


def _line(request: JinjaRequest, error: BaseException) -> int:
    """Return the template line an error came from; Jinja writes those into the traceback."""
    loader = environment_for(request.base_dir, request.template_dir, request.undefined).loader
    known = {_UNNAMED, *(loader.known if isinstance(loader, JailedLoader) else ())}
    lines = [frame.lineno or 1 for frame in traceback.extract_tb(error.__traceback__) if frame.filename in known]
    return lines[-1] if lines else 1


def _cut(text: str) -> str:
    return text if len(text) <= 300 else text[:300] + "..."
