"""What a template file says of itself without being rendered: the templates and variables it names, and its faults.

Nothing of it is worked out here, not even the constants that Jinja's compiler would: `'x' * 10 ** 10` is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta, nodes

from tasks.documents.jinja_templates import JailedLoader, JinjaRequest, file_stamp
from tasks.errors import PressroomError, fault
from tasks.files import read_text

_syntax = jinja2.Environment()
_Naming = nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport


@dataclass(frozen=True)
class Reference:
    """A template that another one names."""

    name: str | None
    """None where the name is only known while rendering."""
    is_certain: bool = False
    """Whether every render of the naming template needs it."""
    sees_context: bool = True
    """Whether its variables are looked up in the context: those of an imported one usually are not."""


@dataclass(frozen=True)
class Reading:
    """A template that was read."""

    references: tuple[Reference, ...] = ()
    variables: frozenset[str] = frozenset()
    """Names it looks up and does not itself give a value."""
    assigned: frozenset[str] = frozenset()
    """Names it gives a value, which the templates it includes can see."""
    fault: tuple[int, str] | None = None
    """Line and reason, where it is no template."""


def read_template(path: Path) -> Reading:
    """Read a template file, again only when it has changed; a file that cannot be read is refused."""
    return _read(path, file_stamp(path))


def read_source(text: str) -> Reading:
    """Read a template that stands in a config."""
    return _read_text(text)


def reached(request: JinjaRequest) -> Iterator[tuple[str, Reading, Reference]]:
    """Yield the templates that a render reaches by names it knows, with how each was come to; the first one first."""
    loader = JailedLoader(request.base_dir, request.template_dir)
    waiting, seen = [Reference(request.template, is_certain=True)], {request.template}
    while waiting:
        reference = waiting.pop(0)
        assert reference.name is not None
        is_own = request.source is not None and reference.name == request.template
        try:
            reading = read_source(request.source or "") if is_own else read_template(loader.locate(reference.name))
        except PressroomError:
            if reference.is_certain:
                raise
            continue
        yield reference.name, reading, reference
        for inner in reading.references:
            if inner.name is not None and inner.name not in seen:
                seen.add(inner.name)
                certain, sees = reference.is_certain and inner.is_certain, reference.sees_context and inner.sees_context
                waiting.append(Reference(inner.name, certain, sees))


def refuse_unrenderable(request: JinjaRequest) -> None:
    """Raise what every render of a template would fail with: it or one it needs is missing, or no template."""
    for name, reading, reference in reached(request):
        if reading.fault is not None and reference.is_certain:
            line, why = reading.fault
            raise fault("TEMPLATE_INVALID", template=name, line=line, why=why.rstrip("."))


@lru_cache(maxsize=10_000)
def _read(path: Path, stamp: tuple[int, int] | None) -> Reading:
    if stamp is None:
        raise fault("TEMPLATE_MISSING", template=path.name, folder=str(path.parent))
    return _read_text(read_text(path))


@lru_cache(maxsize=1_000)
def _read_text(text: str) -> Reading:
    try:
        tree = _syntax.parse(text)
        names = tree.find_all(nodes.Name)
        assigned = frozenset(name.name for name in names if name.ctx in ("store", "param"))
        return Reading(tuple(_references(tree)), _undeclared(tree), assigned)
    except jinja2.TemplateSyntaxError as error:
        return Reading(fault=(error.lineno, error.message or "it cannot be read"))
    except (jinja2.TemplateError, RecursionError, ValueError):
        return Reading()  # Rendering says what is wrong.


class _Tracker(meta.TrackingCodeGenerator):
    """Finds the names a template looks up as the compiler does, and leaves its constants alone."""

    def __init__(self) -> None:
        super().__init__(_syntax)
        self.optimizer = None

    def _output_child_to_const(self, node: nodes.Expr, frame: Any, finalize: Any) -> str:
        raise nodes.Impossible()


def _undeclared(tree: nodes.Template) -> frozenset[str]:
    tracker = _Tracker()
    tracker.visit(tree)
    return frozenset(tracker.undeclared_identifiers)


def _references(tree: nodes.Template) -> Iterator[Reference]:
    extends = any(isinstance(node, nodes.Extends) for node in tree.body)
    found: Iterator[_Naming] = tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport))
    for node in found:
        is_output = isinstance(node, nodes.Include)
        # What stands outside the blocks of a template that extends another is not put out.
        needed = node in tree.body and not getattr(node, "ignore_missing", False) and not (is_output and extends)
        sees = getattr(node, "with_context", True)
        names = _names(node.template)
        for name in names:
            yield Reference(name, is_certain=needed and names == [name] and name is not None, sees_context=sees)


def _names(given: nodes.Expr) -> list[str | None]:
    """Read the template name, or the several of which the first that exists is taken."""
    values = given.items if isinstance(given, nodes.List | nodes.Tuple) else [given]
    found = [value.value if isinstance(value, nodes.Const) else None for value in values]
    flat: list[str | None] = []
    for one in found:
        flat += [*one] if isinstance(one, list | tuple) else [one if isinstance(one, str) else None]
    return flat
