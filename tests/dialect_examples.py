"""A config of each dialect, content and artifact, about the same harbour; and ways to read and to make one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sites import put

from tasks.documents import jinja
from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.configs import ConfigLibrary, LoadedConfig
from tasks.documents.generators import filler
from tasks.documents.jinja_worker import Job, render_here
from tasks.errors import PressroomError

Config = dict[str, Any]
Place = tuple[str | int, ...]

A: Config = {
    "type": "content",
    "id": "tide-note",
    "schemaRef": {"id": "content-schema", "version": "3.1"},
    "metadata": {"description": "Tides of the week", "version": "1.0.0"},
    "elements": [{"name": "body", "format": "markdown"}],
    "generation": {"patterns": [{"id": "fill", "type": "template_fill", "template": "High water at {{time}}."}]},
}
B: Config = {
    "type": "content",
    "id": "tide-note",
    "schemaRef": {"uri": "file://schemas/content.json", "version": "3.1"},
    "metadata": {"description": "Tides", "version": "1.0", "generation_frequency": "on-demand", "name": "Tide Note"},
    "elements": [
        {"name": "tide-line", "format": "markdown", "example_output": "High water at 6."},
        {"name": "script", "format": "python", "example_output": "print(6)"},
    ],
    "generation": {
        "patterns": [
            {
                "id": "show",
                "type": "demonstration",
                "template": "{{tide-line}} {{ script }} {{unlisted-name}}",
                "variables": [
                    {"name": "tide-line", "source": "elements.tide-line.example_output"},
                    {"name": "script", "source": "elements.1"},
                ],
            }
        ]
    },
}
C: Config = {
    "metadata": {"id": "tide-note", "title": "Tides of the week"},
    "generatorSpecific": {
        "template_fill": {
            "template": "{{harbour}}: high water at {{time}}, {{crew.pilot}} on call.",
            "inputs": {"context": {"harbour": "North Pier", "time": "{{high_water}}", "crew": {"pilot": "{{pilot}}"}}},
        }
    },
}
D: Config = {
    "type": "content",
    "id": "tide_note",
    "schemaRef": {"uri": "file://schemas/content.json", "version": "3.1"},
    "metadata": {"type": "harbour", "version": "1.0", "title": "Tide Block", "purpose": "Tells the tides"},
    "elements": [
        {"id": "kind_field", "generation_pattern": "literal", "example_output": "tides"},
        {"id": "tide_time", "generation_pattern": "user_input", "example_output": "6", "required": True},
        {"id": "greeting", "generation_pattern": "template_fill", "template": "Greetings, {{ who }}"},
    ],
}
E: Config = {
    "$schema": "https://example.test/schemas/content-config.json",
    "name": "tide-note",
    "version": "1.0.0",
    "description": "When the water is high",
    "priority": "HIGH",
    "content_element": {"name": "tide-note", "format": "json", "example_output": {"tide": "high"}},
    "generation": {
        "pattern": "template_fill",
        "placeholders": {
            "kind": {"source": "literal", "value": "tides"},
            "level": {
                "source": "user_input",
                "path": "context.level",
                "default": "normal",
                "guidance": "Say how high",
                "constraints": {"enum": ["low", "normal", "spring"]},
            },
            "place.pier": {"source": "user_input", "path": "context.pier"},
            "remark": {"source": "user_input", "optional": True},
        },
    },
    "validation": {
        "required_fields": ["level", "place.pier"],
        "field_constraints": {"place.pier": {"minLength": 3, "error_message": "piers have names"}},
        "cross_field_validation": {"warn_on_mismatch": []},
    },
}
F: Config = {
    "id": "tide_note",
    "validation_schema": {
        "type": "object",
        "required": ["time"],
        "properties": {"time": {"type": "string"}, "level": {"enum": ["low", "spring"], "default": "low"}},
    },
    "generator": "jinja2",
    "generator_config": {"template_path": "tide.md.j2"},
    "default_context": {"harbour": "North Pier"},
}
CONTENT = {"A": A, "B": B, "C": C, "D": D, "E": E, "F": F}

ARTIFACT_A: Config = {
    "type": "artifact",
    "id": "harbour-book",
    "schemaRef": {"id": "artifact-schema", "version": "3.1"},
    "metadata": {
        "title": "Harbour Book",
        "purpose": "All about the harbour",
        "outputs": [{"file": "book.md", "format": "markdown"}],
    },
    "content": {"children": [{"id": "tide-note", "path": "content/tide-note.json", "order": 1}]},
}
ARTIFACT_C: Config = {
    "metadata": {"id": "harbour-book", "title": "Harbour Book"},
    "sections": [
        {"contentConfigId": "tide-note", "order": 1, "context": {"high_water": "6"}, "outputs": ["tides"]},
        {"contentConfigId": "crew-list", "order": 2, "dependencies": ["tides"]},
    ],
    "composition": {"strategy": "concatenate", "separator": "\n---\n"},
    "outputPath": "books/harbour.md",
}
ARTIFACT_D: Config = {
    **ARTIFACT_A,
    "schemaRef": {"uri": "file://schemas/artifact.json", "version": "3.1"},
    "metadata": {**ARTIFACT_A["metadata"], "type": "harbour", "version": "1.0"},
}
ARTIFACT_E: Config = {
    "$schema": "https://example.test/schemas/artifact-config.json",
    "artifact_type": "harbour-book",
    "description": "All about the harbour",
    "metadata": {"output_format": "json", "target_directory": "books/"},
    "content_elements": [
        {"name": "tide-note", "config": "configs/content/tide-note.json", "execution_order": 1},
        {
            "name": "crew-list",
            "config": "configs/content/crew-list.json",
            "required": False,
            "priority": "LOW",
            "execution_order": 2,
            "dependencies": ["tide-note"],
            "conditional": {"include_if": "context.crew is defined"},
        },
        {"name": "guess", "conditional": {"include_if": "the weather is fair enough"}},
    ],
    "assembly": {"strategy": "deep_merge", "ordering": "by_execution_order"},
    "post_processing": {"script": "after.py"},
    "validation": {"pre_generation": {"required_context_fields": ["level"]}},
}
ARTIFACT_F: Config = {
    "id": "harbour_book",
    "members": ["tide_note", "crew.md"],
    "dependencies": {"crew.md": ["tide_note"]},
    "context": {"harbour": "North Pier"},
    "freshness_policy": {"max_age_days": 7},
    "template_id": "page",
}
ARTIFACTS = {"A": ARTIFACT_A, "C": ARTIFACT_C, "D": ARTIFACT_D, "E": ARTIFACT_E, "F": ARTIFACT_F}


def own_id(config: Config) -> str:
    """The id of one of these, in whichever field it stands."""
    found = config.get("id") or config.get("name") or config.get("artifact_type") or config["metadata"]["id"]
    assert isinstance(found, str)
    return found


def places(value: Any, before: Place = ()) -> Iterator[Place]:
    """Yield the place of everything inside a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*before, name)
        yield from places(part, (*before, name))


def changed(config: Config, path: str, value: Any) -> Config:
    """Return a copy with another value at a dotted path; `...` takes the field away."""
    copy: Config = json.loads(json.dumps(config))
    *parents, last = path.split(".")
    place: Any = copy
    for parent in parents:
        place = place[int(parent) if isinstance(place, list) else parent]
    if value is ...:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return copy


def load(folder: Path, config: Config) -> LoadedConfig:
    """Write a config where it belongs and load it by its id."""
    config_id = own_id(config)
    put(folder / "configs/content" / f"{config_id}.json", json.dumps(config, indent=1))
    return ConfigLibrary(folder).load(config_id)


def refusal(folder: Path, config: Config) -> PressroomError:
    """Write a config and return the error that loading it raises."""
    put(folder / "configs/content/subject.json", json.dumps(config, indent=1))
    with pytest.raises(PressroomError) as caught:
        ConfigLibrary(folder).load_child("content/subject.json", "subject")
    return caught.value


def artifact(folder: Path, config: Config) -> ArtifactConfig:
    """Write an artifact config where it belongs and load it by its id."""
    config_id = own_id(config)
    put(folder / "configs/artifacts" / f"{config_id}.json", json.dumps(config, indent=1))
    loaded = ConfigLibrary(folder).load(config_id).config
    assert isinstance(loaded, ArtifactConfig)
    return loaded


def made(folder: Path, config: Config, **context: Any) -> str:
    """Write a config, load it, and make its text with these values."""
    content = load(folder, config).content
    if content.generator == "jinja2":
        request = jinja.prepare(content, context, folder)
        return render_here(Job(request=request, seconds=5, memory=2**40, limit=10_000)).text
    generate = filler(content.generator)
    assert generate is not None, content.generator
    return generate(content, context)
