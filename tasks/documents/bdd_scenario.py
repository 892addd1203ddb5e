"""Generator `bdd_scenario_assembly` (also `bdd_scenario`): a feature file put together from its parts.

The layout is that of the tool the configs were written for: every block at column 0, steps and description two
further in, tables unpadded, no final newline. Titles, steps and tables take `{{key}}`; descriptions and tags don't.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.documents.config_models import ContentConfig
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject

MAX_CHARACTERS = 50_000_000

_PLACEHOLDER = re.compile(r"\{\{([^{}\s.]+)\}\}")
_STEP = re.compile(r"(Given|When|Then|And|But|\*)(\s|\Z)")
_TAG = re.compile(r"@[a-zA-Z][a-zA-Z0-9_-]*")

Fill = Callable[[str], str]
Cell = str | int | float | bool | None


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Feature(_Model):
    """What the file describes."""

    title: str
    description: str | None = None
    tags: list[str] = []


class Scenario(_Model):
    """One course of events."""

    title: str
    steps: list[str]
    tags: list[str] = []


class Examples(_Model):
    """The table an outline is played through with."""

    headers: list[str]
    rows: list[list[Cell]]


class Outline(Scenario):
    """A course of events for every row of a table."""

    examples: Examples


class Assembly(_Model):
    """The `generation_config` of such a pattern."""

    feature: Feature
    background: list[str] = []
    scenarios: list[Scenario] = []
    scenario_outlines: list[Outline] = []
    context: JsonObject | None = None


def generate(config: ContentConfig, context: JsonObject) -> str:
    """Assemble the feature file of the first such pattern of `config`."""
    pattern = config.pattern("bdd_scenario_assembly")
    values = config.merged_context(pattern, context)
    try:
        assembly = Assembly.model_validate(pattern.generation_config)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise _invalid(config, ".".join(str(part) for part in first["loc"]), first["msg"]) from None
    if not assembly.scenarios and not assembly.scenario_outlines:
        raise _invalid(config, "scenarios", "there is no scenario and no scenario outline")
    return "\n\n".join(_blocks(config, assembly, _filler(config, values)))


def _invalid(config: ContentConfig, field: str, why: str) -> PressroomError:
    return fault("SCENARIO_INVALID", config_id=config.id, field=field, why=why[:1].lower() + why[1:])


def _filler(config: ContentConfig, values: JsonObject) -> Fill:
    room = MAX_CHARACTERS

    def value_of(match: re.Match[str]) -> str:
        nonlocal room
        value = values.get(match[1])
        text = match[0] if value is None else str(value)
        room -= len(text)
        if room < 0:
            limit = f"{MAX_CHARACTERS // 1_000_000} MB of text"
            raise fault("TEMPLATE_RUNAWAY", template=config.id, limit=limit)
        return text

    return lambda text: _PLACEHOLDER.sub(value_of, text)


def _blocks(config: ContentConfig, assembly: Assembly, fill: Fill) -> list[str]:
    blocks = [_feature(config, assembly.feature, fill)]
    if assembly.background:
        steps = _checked_steps(config, "background", assembly.background, fill)
        blocks.append("\n".join(["Background:", *steps]))
    for number, scenario in enumerate(assembly.scenarios):
        field = f"scenarios.{number}"
        steps = _checked_steps(config, f"{field}.steps", scenario.steps, fill)
        blocks.append("\n".join([*_head(config, field, "Scenario", scenario, fill), *steps]))
    for number, outline in enumerate(assembly.scenario_outlines):
        blocks.append(_outline(config, f"scenario_outlines.{number}", outline, fill))
    return blocks


def _feature(config: ContentConfig, feature: Feature, fill: Fill) -> str:
    lines = _head(config, "feature", "Feature", feature, fill)
    for line in (feature.description or "").splitlines():
        lines.append(f"  {line}" if line.strip() else "")
    return "\n".join(lines)


def _head(config: ContentConfig, field: str, word: str, part: Feature | Scenario, fill: Fill) -> list[str]:
    tags = [_tag(config, f"{field}.tags.{number}", tag) for number, tag in enumerate(part.tags)]
    return [*([" ".join(tags)] if tags else []), f"{word}: {fill(part.title)}"]


def _tag(config: ContentConfig, field: str, tag: str) -> str:
    marked = tag if tag.startswith("@") else f"@{tag}"
    if not _TAG.fullmatch(marked):
        raise _invalid(config, field, f"{tag!r} is not a tag: a letter, then letters, digits, '_' and '-'")
    return marked


def _checked_steps(config: ContentConfig, field: str, steps: list[str], fill: Fill) -> list[str]:
    lines = [fill(step) for step in steps]
    for number, line in enumerate(lines):
        if not _STEP.match(line):
            why = f"{line[:60]!r} does not begin with Given, When, Then, And, But or *"
            raise _invalid(config, f"{field}.{number}", why)
    return [f"  {line}" for line in lines]


def _outline(config: ContentConfig, field: str, outline: Outline, fill: Fill) -> str:
    headers, rows = outline.examples.headers, outline.examples.rows
    for number, row in enumerate(rows):
        if len(row) != len(headers):
            why = f"it has {len(row)} cells, but there are {len(headers)} headers"
            raise _invalid(config, f"{field}.examples.rows.{number}", why)
    head = _head(config, field, "Scenario Outline", outline, fill)
    table = [_row(headers, fill), *(_row(row, fill) for row in rows)]
    return "\n".join([*head, *(f"  {fill(step)}" for step in outline.steps), "", "  Examples:", *table])


def _row(cells: Sequence[Cell], fill: Fill) -> str:
    texts = ["" if cell is None else fill(str(cell)) for cell in cells]
    return f"    | {' | '.join(texts)} |"
