"""What a Jinja document depends on besides its config and context: its template files, as one hash.

Without it a changed include would leave finished documents looking up to date.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
from jinja2 import meta

from tasks.documents.jinja_templates import JailedLoader, JinjaRequest, file_stamp, file_values
from tasks.errors import PressroomError, fault
from tasks.files import decode, read_bytes

_MOST_CACHED = 10_000

_Stamp = tuple[int, int]


@dataclass(frozen=True)
class _Source:
    """A file's hash, and the templates its text names; None stands for a name only known while rendering."""

    stamp: _Stamp
    sha256: str
    references: tuple[str | None, ...]


_syntax = jinja2.Environment()
_sources: dict[Path, _Source] = {}


def fingerprint_of_templates(request: JinjaRequest) -> str:
    """Return a sha256 over the template, all it includes, extends or imports, and the files in its context.

    Names that are only known while rendering can't be followed: then every file of the same ending below the
    template folder counts, so that a change is never missed, at the cost of some that did not matter.
    """
    loader = JailedLoader(request.base_dir, request.template_dir)
    path = loader.locate(request.template)
    if file_stamp(path) is None:
        raise fault("TEMPLATE_MISSING", template=request.template, folder=str(request.template_dir))
    lines = [f"template {name} {sha256}" for name, sha256 in _reached(loader, request.template)]
    for name, file in file_values(request).items():
        lines.append(f"value {name} {_source(file, references=False).sha256}")
    return hashlib.sha256("\n".join(sorted(lines)).encode(errors="surrogatepass")).hexdigest()


def _reached(loader: JailedLoader, first: str) -> Iterator[tuple[str, str]]:
    waiting, seen = [first], {first}
    while waiting:
        name = waiting.pop()
        try:
            source = _source(loader.locate(name), references=True)
        except PressroomError as error:
            yield name, error.code  # May be meant (`ignore missing`); if not, the render will say so.
            continue
        yield name, source.sha256
        for reference in source.references:
            names = [reference] if reference is not None else _all_like(loader.template_dir, first)
            waiting.extend(name for name in names if name not in seen)
            seen.update(names)


def _all_like(folder: Path, name: str) -> list[str]:
    ending = os.path.splitext(name)[1]
    found: list[str] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        found += [os.path.relpath(os.path.join(parent, file), folder) for file in files if file.endswith(ending)]
    return found


def _source(path: Path, *, references: bool) -> _Source:
    stamp = file_stamp(path)
    known = _sources.get(path)
    if known is not None and known.stamp == stamp:
        return known
    data = read_bytes(path)
    names = _references(decode(data, path)) if references else ()
    source = _Source(stamp or (0, 0), hashlib.sha256(data).hexdigest(), names)
    if references:
        if len(_sources) >= _MOST_CACHED:
            _sources.clear()
        _sources[path] = source
    return source


def _references(text: str) -> tuple[str | None, ...]:
    try:
        return tuple(meta.find_referenced_templates(_syntax.parse(text)))
    except (jinja2.TemplateError, RecursionError, ValueError):
        return ()  # It can't be rendered either, and that names the line.
