"""Which template makes a document, which variables it names, and where their values come from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pydantic import JsonValue

from tasks.checkpoints import canonical
from tasks.documents.config_models import ContentConfig, Pattern
from tasks.documents.demonstration import example_of
from tasks.documents.making import Draft
from tasks.files import read_bytes
from tasks.models import JsonObject
from tasks.previews import Preview, Usage

if TYPE_CHECKING:
    from tasks.documents.jinja_templates import JinjaRequest

HASH_LENGTH = 12
"""Hex digits of a template's hash, as those who ask for previews know it."""
SHOWN = 60
"""Characters shown of a value."""

Find = Callable[[JsonObject, str], JsonValue]
"""Looks a name up as its generator does; None where it finds nothing."""

_DOTTED = re.compile(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_\.]*)\s*\}\}")
_EXACT = re.compile(r"\{\{([^{}\s.]+)\}\}")
_WORD = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_LEFT: dict[object, str] = {"keep": "stays as it is written", "empty": "left empty"}
"""What becomes of a missing variable, by what the config says of undefined ones."""


def describe(drafted: Draft, preview: Preview) -> None:
    """Fill in what a preview says of a document's template and variables."""
    config = drafted.loaded.config
    pattern = config.pattern(config.generator)
    given, own = drafted.item.context, _own(pattern)
    preview.generator = config.generator
    match config.generator:
        case "jinja2":
            assert drafted.request is not None, "a draft of a template has its request"
            _trace(preview, _names_in_files(drafted.request, preview), given, own, _present)
            _warn(preview, drafted.request.undefined)
        case "template_fill":
            names = _DOTTED.findall(_its_own(preview, config.template(pattern)))
            _trace(preview, names, given, own, _walk)
            _warn(preview, pattern.generation_config.get("undefined_behavior", "error"))
        case "bdd_scenario_assembly":
            parts: JsonObject = {name: part for name, part in pattern.generation_config.items() if name != "context"}
            _its_own(preview, canonical(parts))
            _trace(preview, _EXACT.findall(json.dumps(parts, ensure_ascii=False)), given, own, _plain)
            _warn(preview, "keep")
        case "demonstration":
            names = _WORD.findall(_its_own(preview, config.template(pattern)))
            _trace_examples(preview, names, config, pattern)
            preview.unused_variables += given
            _warn(preview, "keep")


def _its_own(preview: Preview, text: str) -> str:
    """Note a template that stands in the config."""
    preview.template, preview.template_hash = "inline", _hash(text.encode())
    return text


def _names_in_files(request: JinjaRequest, preview: Preview) -> list[str]:
    """Note a template file and those it reaches; return the names that are looked up in the context."""
    from tasks.documents.jinja_reading import reached
    from tasks.documents.jinja_templates import JailedLoader

    path = JailedLoader(request.base_dir, request.template_dir).locate(request.template)
    first, *others = reached(request)
    preview.template, preview.template_hash = request.template, _hash(read_bytes(path))
    preview.templates = [name for name, _, _ in others]
    names = dict.fromkeys(sorted(first[1].variables))
    for name, reading, reference in others:
        # A name that one template sets is known in those that it includes.
        set_around = {one for other, around, _ in (first, *others) if other != name for one in around.assigned}
        if reference.sees_context:
            names |= dict.fromkeys(sorted(reading.variables - set_around))
    preview.is_open = any(inner.name is None for _, reading, _ in (first, *others) for inner in reading.references)
    return [*names]


def _trace(preview: Preview, names: Iterable[str], given: JsonObject, own: JsonObject, find: Find) -> None:
    """Say of each name who gives its value, and which values no name asks for."""
    values = {**own, **given}
    roots = {name: name.partition(".")[0] if find is _walk else name for name in names}
    for name, root in roots.items():
        value = find(values, name)
        source = Usage("request" if root in given else "config", _shown(value))
        preview.variable_usage[name] = Usage("missing") if value is None else source
    used = set(roots.values())
    preview.unused_variables = [] if preview.is_open else [name for name in values if name not in used]


def _trace_examples(preview: Preview, names: Iterable[str], config: ContentConfig, pattern: Pattern) -> None:
    """Say the same of a demonstration, whose values are the examples in its config."""
    preview.variable_usage = {name: Usage("missing") for name in names}
    for variable in pattern.variables:
        example = example_of(variable.source, config.elements)
        value = variable.default if example is None else example
        if variable.name not in preview.variable_usage:
            preview.unused_variables.append(variable.name)
        elif value is not None:
            preview.variable_usage[variable.name] = Usage("default" if example is None else "example", _shown(value))


def _warn(preview: Preview, behaviour: JsonValue) -> None:
    preview.left = _LEFT.get(behaviour, "fails where it is needed")
    preview.warnings += [f"Variable {name!r} is missing: {preview.left}." for name in preview.missing_variables]
    preview.warnings += [f"Variable {name!r} is given and not used." for name in preview.unused_variables]
    if preview.is_open:
        preview.warnings.append("It names templates that are known only while rendering: they may use more variables.")


def _own(pattern: Pattern) -> JsonObject:
    own = pattern.generation_config.get("context")
    return own if isinstance(own, dict) else {}


def _plain(values: JsonObject, name: str) -> JsonValue:
    return values.get(name)


def _walk(values: JsonObject, name: str) -> JsonValue:
    value: JsonValue = values
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _present(values: JsonObject, name: str) -> JsonValue:
    return "none" if name in values and values[name] is None else values.get(name)


def _shown(value: JsonValue) -> str:
    if isinstance(value, dict) and value.get("source") == "file":
        return f"the file {value.get('path')}"
    text = value if isinstance(value, str) else canonical(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:HASH_LENGTH]
