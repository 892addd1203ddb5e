"""Parts of a dialect A config, built from what other dialects say."""

from __future__ import annotations

import json
import re

from pydantic import JsonValue

from tasks.documents.config_models import EXTENSIONS
from tasks.models import JsonObject

PATTERN = "generation.patterns.0"
"""Place of the one pattern that a config of another dialect becomes."""

_MOST_DESCRIBED = 500
_MOST_TITLED = 200
_MOST_PURPOSE = 1_000
_ARTIFACT_FORMATS = {"python": "code", "javascript": "code", "typescript": "code", "gherkin": "bdd"}
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_ELEMENT_FORMATS = {"markdown", "text", "json", "yaml", "gherkin"}
_FORMATS = {"md": "markdown", "yml": "yaml", "txt": "text", "plain": "text", "bdd": "gherkin", "js": "javascript"}
_ODD = re.compile(r"[^a-z0-9_-]+")


def content_config(
    *,
    config_id: str,
    description: str,
    elements: list[JsonValue],
    pattern: JsonObject,
    version: str | None = None,
    output_format: str | None = None,
) -> JsonObject:
    """Build a content config with one pattern."""
    metadata: JsonObject = {"description": shortened(description or config_id, _MOST_DESCRIBED)}
    metadata["version"] = version if version and _VERSION.fullmatch(version) else "1.0.0"
    if output_format is not None:
        metadata["output_format"] = output_format
    return {
        "type": "content",
        "id": config_id,
        "schemaRef": {"id": "content-schema", "version": "3.1"},
        "metadata": metadata,
        "elements": elements,
        "generation": {"patterns": [{"id": "whole", **pattern}]},
    }


def artifact_config(
    *,
    config_id: str,
    title: str,
    purpose: str | None,
    file: str,
    strategy: str,
    children: list[JsonObject],
    separator: str | None = None,
    template: str | None = None,
    context: JsonObject | None = None,
) -> JsonObject:
    """Build an artifact config that writes one file."""
    written = format_of_path(file) or "text"
    content: JsonObject = {"children": [*children]}
    content |= {} if separator is None else {"separator": separator}
    content |= {} if template is None else {"template": template}
    return {
        "type": "artifact",
        "id": config_id,
        "schemaRef": {"id": "artifact-schema", "version": "3.1"},
        "metadata": {
            "title": shortened(title or config_id, _MOST_TITLED),
            "purpose": shortened(purpose or title or config_id, _MOST_PURPOSE),
            "outputs": [{"file": file, "format": _ARTIFACT_FORMATS.get(written, written)}],
            "compositionStrategy": strategy,
        },
        "content": content,
        "context": context or {},
    }


def fields_of_children(count: int, place: str, names: dict[str, str]) -> dict[str, str]:
    """Say where in the file each child of an artifact is written, and what it calls the fields of one."""
    fields = {"content.children": place}
    for number in range(count):
        fields |= {f"content.children.{number}.{name}": f"{place}.{number}{written}" for name, written in names.items()}
    return fields


def element(name: str, written_format: str | None, example: JsonValue = None) -> JsonObject:
    """Build an element; its name and format are made into such as A knows."""
    format_ = written_format if written_format in _ELEMENT_FORMATS else "text"
    built: JsonObject = {"name": element_name(name), "format": format_}
    return built if example is None else {**built, "example_output": as_text(example)}


def element_name(text: str) -> str:
    """Return the nearest name that an element may have."""
    name = _ODD.sub("-", text.lower()).strip("-_")
    return name if name[:1].isalpha() else f"element-{name}".rstrip("-")


def output_format(written: str | None) -> str | None:
    """Return A's name of a format, or None for one that it does not know."""
    name = (written or "").lower().removeprefix(".")
    name = _FORMATS.get(name, name)
    return name if name in EXTENSIONS else None


def extension_of(written: str | None) -> str:
    """Return the ending of a file in a format; that of Markdown when it is not known."""
    return EXTENSIONS[output_format(written) or "markdown"]


def format_of_path(path: str | None) -> str | None:
    """Return the format that a file's ending tells."""
    return output_format((path or "").rpartition(".")[2]) if "." in (path or "") else None


def as_text(value: JsonValue) -> str:
    """Write an example out: a text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def shortened(text: str, most: int) -> str:
    """Cut a description that is longer than A allows."""
    return text if len(text) <= most else text[: most - 3] + "..."
