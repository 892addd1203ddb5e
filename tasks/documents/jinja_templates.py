"""Jinja templates in a jail: what a render needs, and where its files may lie.

Configs come from anywhere, so templates run in Jinja's sandbox and every file they name must lie below the
batch's base folder. Imported by the worker process as well as by the engine, hence nothing heavy here.
"""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, JsonValue

from tasks.files import read_data, read_text, resolve_inside
from tasks.models import JsonObject

UndefinedBehaviour = Literal["error", "strict", "keep", "empty"]
MOST_NOTED = 20
"""Most variables that are named of those a render has left empty."""
left_empty: ContextVar[dict[str, None] | None] = ContextVar("left_empty", default=None)
"""Where the running render notes them, in order; its last entry is `...` where there are more."""


class Empty(jinja2.Undefined):
    """Stands for what is not there, and notes its name where a text or a loop stays empty of it.

    A template that only asks whether it is there, or has something else in its place, has thought of it.
    """

    def __str__(self) -> str:
        """Put out nothing."""
        self._note()
        return ""

    def __iter__(self) -> Iterator[object]:
        """Loop over nothing."""
        self._note()
        return iter(())

    def __contains__(self, _: object) -> bool:
        """Hold nothing; Python would ask `__iter__`."""
        return False

    def _note(self) -> None:
        noted, name = left_empty.get(), self._undefined_name
        if noted is None or name is None:
            return
        is_inside = self._undefined_obj is not jinja2.utils.missing
        if isinstance(name, str):
            shown = f"[{name[:100]!r}]" if not name.isidentifier() else f".{name}" if is_inside else name
        else:
            shown = "[...]"  # Any object may be a key, and writing one out may fail.
        noted[shown if len(noted) < MOST_NOTED else "..."] = None


_UNDEFINED: dict[UndefinedBehaviour, type[jinja2.Undefined]] = {
    "error": jinja2.StrictUndefined,
    "strict": jinja2.StrictUndefined,
    "keep": jinja2.DebugUndefined,
    "empty": Empty,
}


class JinjaRequest(BaseModel):
    """A template to render, with its values; plain data, so that it can go to another process."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    config_id: str
    template: str
    base_dir: Path
    template_dir: Path
    undefined: UndefinedBehaviour = "empty"
    context: JsonObject
    source: str | None = None
    """The template's text where it stands in the config; `template` is then only what messages call it."""
    given: JsonObject = {}
    """Values that win over the context and stand for nothing but themselves: inputs, and the texts of children."""


class JailedLoader(jinja2.BaseLoader):
    """Finds templates in `template_dir`, and by relative names anywhere below `base_dir`, never outside it."""

    def __init__(self, base_dir: Path, template_dir: Path) -> None:
        """Look in `template_dir`, which lies below `base_dir`."""
        self.base_dir = base_dir
        self.template_dir = template_dir
        self.known: set[str] = set()

    def locate(self, name: str) -> Path:
        """Return the file a template name stands for; it need not exist."""
        return resolve_inside(self.base_dir, self.template_dir / name)

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Read a template; Jinja asks the function returned whether the file is still the same."""
        path = self.locate(template)
        stamp = file_stamp(path)
        if stamp is None:
            raise jinja2.TemplateNotFound(template)
        text = read_text(path)
        self.known.add(str(path))
        return text, str(path), lambda: file_stamp(path) == stamp


def file_stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes when a file does, or None when there is no such file."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if stat.S_ISREG(status.st_mode) else None


@functools.lru_cache(maxsize=64)
def environment_for(base_dir: Path, template_dir: Path, undefined: UndefinedBehaviour) -> jinja2.Environment:
    """Return the one sandbox for these folders, which keeps the templates it has compiled."""
    loader = JailedLoader(base_dir, template_dir)
    return ImmutableSandboxedEnvironment(loader=loader, undefined=_UNDEFINED[undefined])


def file_values(request: JinjaRequest) -> dict[str, Path]:
    """Return the values of the context that stand for a file (`{"source": "file", "path": ...}`), and that file."""
    found: dict[str, Path] = {}
    for name, value in request.context.items():
        if name in request.given:
            continue
        if isinstance(value, dict) and value.get("source") == "file" and isinstance(path := value.get("path"), str):
            found[name] = resolve_inside(request.base_dir, path)
    return found


def filled_context(request: JinjaRequest) -> JsonObject:
    """Return the context with the content of files in place of their names."""
    files = {name: _content(path) for name, path in file_values(request).items()}
    return {**request.context, **files, **request.given}


def _content(path: Path) -> JsonValue:
    return read_data(path) if path.suffix.lower() == ".json" else read_text(path)
