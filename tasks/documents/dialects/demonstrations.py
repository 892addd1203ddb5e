"""Examples of dialect C, each filled into one template: the text that they make together."""

from __future__ import annotations

import re

from pydantic import JsonValue

from tasks.documents.dialects.building import as_text
from tasks.documents.dialects.reading import Written, WrittenFault
from tasks.models import JsonObject

MAX_CHARACTERS = 50_000_000

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Demonstration(Written):
    """A template and the examples it is filled with, or examples that are texts already."""

    scenario_template: str | None = None
    examples: list[JsonObject] = []


def demonstrated(written: Demonstration, place: str) -> tuple[JsonObject, list[JsonValue]]:
    """Return a pattern of the type `demonstration` and its elements, one for each example.

    What an example begins with is left out where the one before began with the same: examples of one feature
    share its heading.
    """
    blocks = [text.split("\n\n") for text in _texts(written, place)]
    if not blocks:
        raise WrittenFault(f"{place}.examples", "there are none")
    shown = ["\n\n".join(one[_shared(one, before) :]) for before, one in zip([[], *blocks], blocks, strict=False)]
    names = [f"example_{number}" for number in range(1, len(shown) + 1)]
    elements: list[JsonValue] = [
        {"name": name, "format": "text", "example_output": text} for name, text in zip(names, shown, strict=True)
    ]
    pattern: JsonObject = {
        "type": "demonstration",
        "template": "\n\n".join(f"{{{{{name}}}}}" for name in names),
        "variables": [{"name": name, "source": f"elements.{name}"} for name in names],
    }
    return pattern, elements


def _texts(written: Demonstration, place: str) -> list[str]:
    """Fill every example in, up to the length a document may have: one example may use a long value many times."""
    room, texts = MAX_CHARACTERS, []
    for number, example in enumerate(written.examples):
        if written.scenario_template is not None:
            text = _filled(written.scenario_template, example, room)
        elif "output" in example:
            text = as_text(example["output"])
        else:
            why = "it is missing, and there is no `scenario_template`"
            raise WrittenFault(f"{place}.examples.{number}.output", why)
        room -= len(text)
        if room < 0:
            raise WrittenFault(place, f"its examples make more than {MAX_CHARACTERS // 1_000_000} MB of text")
        texts.append(text)
    return texts


def _filled(template: str, example: JsonObject, room: int) -> str:
    """Fill one example in; what would not fit is not put together first."""
    inner = example.get("input")
    written = {**inner, **example} if isinstance(inner, dict) else example
    values = {name: as_text(value) for name, value in written.items()}

    def value_of(found: re.Match[str]) -> str:
        nonlocal room
        text = values.get(found[1], found[0]) if room >= 0 else ""
        room -= len(text)
        return text

    filled = _PLACEHOLDER.sub(value_of, template)
    return filled


def _shared(blocks: list[str], before: list[str]) -> int:
    """Count the first blocks that are the same, all but one at most."""
    same = 0
    while same < min(len(blocks), len(before)) - 1 and blocks[same] == before[same]:
        same += 1
    return same
