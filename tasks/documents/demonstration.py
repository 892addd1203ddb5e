"""Generator `demonstration`: a template filled with the examples that stand in the config's own elements.

It shows what a config would make before any real values exist, so the context of a batch is ignored.
"""

from __future__ import annotations

import re

from pydantic import JsonValue

from tasks.documents.config_models import ContentConfig, Element, Variable
from tasks.errors import fault
from tasks.models import JsonObject

MAX_CHARACTERS = 50_000_000

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def generate(config: ContentConfig, context: JsonObject) -> str:
    r"""Fill the first `demonstration` pattern with examples; literal `\n` and `\t` turn real afterwards."""
    pattern = config.pattern("demonstration")
    template = config.template(pattern)
    values = {variable.name: _resolve(variable, config) for variable in pattern.variables}
    room = MAX_CHARACTERS - len(template)

    # A function, and one pass: backslashes and placeholders inside a value stay what they are.
    def value_of(match: re.Match[str]) -> str:
        nonlocal room
        text = values.get(match[1], match[0])
        room -= len(text)
        if room < 0:
            limit = f"{MAX_CHARACTERS // 1_000_000} MB of text"
            raise fault("TEMPLATE_RUNAWAY", template=config.id, limit=limit)
        return text

    return _PLACEHOLDER.sub(value_of, template).replace("\\n", "\n").replace("\\t", "\t")


def _resolve(variable: Variable, config: ContentConfig) -> str:
    value: JsonValue = example_of(variable.source, config.elements)
    if value is None:
        value = variable.default
    if value is None:
        raise fault("VARIABLE_UNRESOLVED", name=variable.name, source=variable.source)
    return value if isinstance(value, str) else str(value)


def example_of(source: str, elements: list[Element]) -> str | None:
    """Read `elements.<name or index>`, with or without `.example_output` behind it."""
    match source.split("."):
        case ["elements", which] | ["elements", which, "example_output"]:
            pass
        case _:
            return None
    if which.isdecimal() and len(which) < 10:
        return elements[int(which)].example_output if int(which) < len(elements) else None
    return next((element.example_output for element in elements if element.name == which), None)
