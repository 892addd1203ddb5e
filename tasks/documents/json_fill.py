"""Generator `json_fill`: values put into a JSON object that stands in the config.

For configs whose dialect makes JSON field by field. Text replacement would have to know where a quote or a line
break inside a value breaks the JSON; here a value is placed whole, and what has none is left out with its name.
"""

from __future__ import annotations

import json
import re

from pydantic import JsonValue

from tasks.documents.config_models import ContentConfig, Pattern
from tasks.errors import fault
from tasks.models import JsonObject

MAX_CHARACTERS = 50_000_000

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


def generate(config: ContentConfig, context: JsonObject) -> str:
    """Fill the `structure` of the first such pattern of `config`; a text that is one `{{name}}` becomes that value."""
    pattern = config.pattern("json_fill")
    structure = pattern.generation_config.get("structure")
    if not isinstance(structure, dict):
        raise config.pattern_invalid(pattern, "generation_config.structure", "it is not an object")
    filling = _Filling(config, pattern, config.merged_context(pattern, context))
    return json.dumps(filling.of_object(structure), indent=2, ensure_ascii=False)


class _Filling:
    """Fills one structure, counting the text it will make."""

    def __init__(self, config: ContentConfig, pattern: Pattern, values: JsonObject) -> None:
        self._config = config
        self._pattern = pattern
        self._values = values
        self._sizes: dict[str, int] = {}
        self._room = MAX_CHARACTERS

    def of_object(self, structure: JsonObject) -> JsonObject:
        filled = {name: self._of(value) for name, value in structure.items() if not self._is_absent(value)}
        return filled

    def _of(self, value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return self.of_object(value)
        if isinstance(value, list):
            return [self._of(one) for one in value if not self._is_absent(one)]
        if not isinstance(value, str):
            return value
        whole = _PLACEHOLDER.fullmatch(value)
        if whole is not None:
            return self._value(whole[1])
        return _PLACEHOLDER.sub(lambda found: str(self._value(found[1])), value)

    def _is_absent(self, value: JsonValue) -> bool:
        """Say whether it stands for a value that the config allows to be missing, and that is."""
        whole = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
        return whole is not None and whole[1] in self._pattern.placeholders and self._find(whole[1]) is None

    def _value(self, name: str) -> JsonValue:
        value = self._find(name)
        if value is None:
            available = ", ".join(sorted(name for name, one in self._values.items() if one is not None))
            raise fault("UNDEFINED_VARIABLE", name=name, available=available or "none")
        if name not in self._sizes:
            self._sizes[name] = len(value) if isinstance(value, str) else len(json.dumps(value))
        self._room -= self._sizes[name]
        if self._room < 0:
            limit = f"{MAX_CHARACTERS // 1_000_000} MB of text"
            raise fault("TEMPLATE_RUNAWAY", template=self._config.id, limit=limit)
        return value

    def _find(self, name: str) -> JsonValue:
        value: JsonValue = self._values
        for part in name.split("."):
            if not isinstance(value, dict):
                return None
            value = value.get(part)
        return value
