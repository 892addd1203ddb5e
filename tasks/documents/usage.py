"""Which template makes a document, which variables it names, and where their values come from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pydantic import JsonValue

from tasks.checkpoints import canonical
from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.conditions import UNDEFINED, look_up
from tasks.documents.config_models import ContentConfig, Pattern
from tasks.documents.config_parts import Placeholder
from tasks.documents.demonstration import example_of
from tasks.documents.drafts import Draft
from tasks.documents.placeholders import root_of
from tasks.files import read_bytes
from tasks.models import JsonObject
from tasks.previews import Preview, Source, Usage

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
_LOOSE = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")
_WORD = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_LEFT: dict[object, str] = {"keep": "stays as it is written", "empty": "left empty"}
"""What becomes of a missing variable, by what the config says of undefined ones."""


def describe(drafted: Draft, preview: Preview, known: dict[int, Preview] | None = None) -> None:
    """Fill in what a preview says of a document's template and variables.

    `known` holds what was said of its parts: one that is needed at many places is described once.
    """
    config = drafted.loaded.config
    if isinstance(config, ArtifactConfig):
        _describe_artifact(drafted, config, preview, {} if known is None else known)
        return
    preview.generator = config.generator
    pattern = config.pattern(config.generator)
    options, given = pattern.generation_config, drafted.item.context
    behaviour: JsonValue = "keep"
    match config.generator:
        case "jinja2":
            assert drafted.request is not None, "a draft of a template has its request"
            _trace(preview, _names_in_files(drafted.request, preview), drafted, _present)
            behaviour = drafted.request.undefined
        case "template_fill":
            _trace(preview, _DOTTED.findall(_its_own(preview, config.template(pattern))), drafted, _walk)
            behaviour = options.get("undefined_behavior", "error")
        case "json_fill":
            structure = _its_own(preview, canonical(options.get("structure")))
            _trace(preview, _LOOSE.findall(structure), drafted, _walk)
            behaviour = "error"
        case "bdd_scenario_assembly":
            parts: JsonObject = {name: part for name, part in options.items() if name != "context"}
            _its_own(preview, canonical(parts))
            _trace(preview, _EXACT.findall(json.dumps(parts, ensure_ascii=False)), drafted, _plain)
        case "code_generation":
            asked: JsonObject = {name: options.get(name) for name in ("prompt", "fallback_template")}
            _its_own(preview, canonical(options))
            _trace(preview, _EXACT.findall(json.dumps(asked, ensure_ascii=False)), drafted, _plain)
        case _:
            names = _WORD.findall(_its_own(preview, config.template(pattern)))
            _trace_examples(preview, names, config, pattern)
            preview.unused_variables += given
    _trace_inputs(preview, drafted)
    _warn(preview, behaviour)


def _trace_inputs(preview: Preview, drafted: Draft) -> None:
    """Say which variables are filled with inputs, whose values win over all others."""
    config = drafted.loaded.content
    places = config.pattern(config.generator).placeholders
    roots = {
        name: {root_of(path) for path in places[name].paths} if name in places else {name.partition(".")[0]}
        for name in preview.variable_usage
    }
    used = set[str]().union(*roots.values())
    for one in drafted.inputs:
        name = one.source.id
        preview.unused_variables = [other for other in preview.unused_variables if other != name]
        if name not in used:
            preview.unused_variables.append(name)
        for asked in preview.variable_usage:
            if name in roots[asked]:
                shown = f"what {one.draft.loaded.config.id} makes" if one.draft else _shown(one.value)
                preview.variable_usage[asked] = Usage("input", shown)


def _describe_artifact(
    drafted: Draft, config: ArtifactConfig, preview: Preview, known_parts: dict[int, Preview]
) -> None:
    """Say of an artifact what its children are and what their variables come from."""
    preview.generator = config.metadata.strategy
    preview.template = ", ".join(one.child.id for one in drafted.children)
    given, unused = drafted.item.context, set[str]({**config.context, **drafted.item.context})
    hashes: list[str] = []
    for one in drafted.children:
        part = known_parts.get(id(one.draft))
        if part is None:
            part = known_parts[id(one.draft)] = Preview(preview.item_id, one.draft.loaded.config.id)
            describe(one.draft, part, known_parts)
        hashes.append(part.template_hash or "")
        unused &= set(part.unused_variables)
        preview.is_open, preview.left = preview.is_open or part.is_open, part.left
        for name, usage in part.variable_usage.items():
            is_own = usage.source == "request" and name.partition(".")[0] not in given
            known = preview.variable_usage.get(name)
            if known is None or known.source == "missing":
                preview.variable_usage[name] = Usage("config", usage.value) if is_own else usage
    if drafted.request is not None:
        part = Preview(preview.item_id, config.id)
        names = _names_in_files(drafted.request, part)
        preview.template, preview.templates = part.template, part.templates
        hashes.insert(0, part.template_hash or "")
        unused -= set(names)
    preview.template_hash = _hash("\n".join(hashes).encode())
    preview.unused_variables = [name for name in {**config.context, **given} if name in unused]
    _warn(preview, "")


def _its_own(preview: Preview, text: str) -> str:
    """Note a template that stands in the config."""
    preview.template, preview.template_hash = "inline", _hash(text.encode())
    return text


def _names_in_files(request: JinjaRequest, preview: Preview) -> list[str]:
    """Note a template file and those it reaches; return the names that are looked up in the context."""
    from tasks.documents.jinja_reading import reached
    from tasks.documents.jinja_templates import JailedLoader

    first, *others = reached(request)
    if request.source is not None:
        _its_own(preview, request.source)
    else:
        path = JailedLoader(request.base_dir, request.template_dir).locate(request.template)
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


def _trace(preview: Preview, names: Iterable[str], drafted: Draft, find: Find) -> None:
    """Say of each name who gives its value, and which values no name asks for."""
    config, given = drafted.loaded.content, drafted.item.context
    pattern = config.pattern(config.generator)
    values = config.merged_context(pattern, given, awaited=[one.source.id for one in drafted.inputs])
    roots = {name: name.partition(".")[0] if find is _walk else name for name in names}
    for name, root in roots.items():
        value, place = find(values, name), pattern.placeholders.get(name)
        source: Source = "request" if root in given else "config"
        if place is not None:
            is_given = any(look_up(given, path) is not UNDEFINED for path in place.paths)
            source = "request" if is_given and place.value is None else "config"
        preview.variable_usage[name] = Usage("missing") if value is None else Usage(source, _shown(value))
    used = {*roots.values(), *(root for place in pattern.placeholders.values() for root in _roots(place))}
    preview.unused_variables = (
        [] if preview.is_open else [name for name in {**_own(pattern), **given} if name not in used]
    )


def _roots(place: Placeholder) -> set[str]:
    """Return the names of the context that a placeholder may be filled from."""
    return {"context", *map(root_of, place.paths)}


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
