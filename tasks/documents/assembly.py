"""How the texts of an artifact's children become one, and what goes into each of its files.

    concat      one after the other, with an empty line between, or what the config says
    merge       JSON and YAML children become one value, Markdown and plain texts one text (see `merging`)
    template    a Jinja file puts them together

`custom` is refused: it stands for code of the config's author, and none is run here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import JsonValue

from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.merging import merge_markdown, merge_values
from tasks.errors import fault
from tasks.files import parse_data

MAX_CHARACTERS = 50_000_000

_DATA = ("json", "yaml")
_TEXTS = ("markdown", "text")


@dataclass(frozen=True)
class Piece:
    """What a child has made, and the format its config says it has."""

    name: str
    format: str
    text: str


@dataclass(frozen=True)
class Whole:
    """What was put together: a text, or a value that is written in the format of each file."""

    text: str = ""
    value: JsonValue = None
    is_value: bool = False

    def written_as(self, form: str) -> str:
        """Write it for a file: a text as it is, a value as YAML where that is asked for, else as JSON."""
        if not self.is_value:
            return self.text
        return _as_yaml(self.value) if form == "yaml" else json.dumps(self.value, indent=2, ensure_ascii=False) + "\n"


def check_assembly(config: ArtifactConfig, formats: Sequence[tuple[str, str]]) -> None:
    """Refuse what can't be put together, given the children's names and formats; before any is made."""
    strategy, place = config.metadata.strategy, "metadata.compositionStrategy"
    if strategy == "custom":
        raise config.invalid(place, "'custom' stands for code that is not run here; known are concat, merge, template")
    if strategy == "template" and not config.content.template:
        raise config.invalid("content.template", "it is missing, and `compositionStrategy` asks for it")
    if strategy != "template" and not formats:
        raise config.invalid("content.children", "none of them is part of it with these values")
    if strategy == "merge":
        _check_merge(config, formats, place)
    for number, output in enumerate(config.metadata.outputs):
        if output.format == "binary":
            raise config.invalid(f"metadata.outputs.{number}.format", "texts don't make a binary file")


def assembled(config: ArtifactConfig, pieces: Sequence[Piece]) -> Whole:
    """Put the children's texts together by `concat` or `merge`; pieces that failed are not among them."""
    check_assembly(config, [(piece.name, piece.format) for piece in pieces])
    if sum(len(piece.text) + len(config.content.separator) for piece in pieces) > MAX_CHARACTERS:
        raise fault("TEMPLATE_RUNAWAY", template=config.id, limit=f"{MAX_CHARACTERS // 1_000_000} MB of text")
    if config.metadata.strategy == "concat":
        return Whole(config.content.separator.join(piece.text for piece in pieces))
    if pieces[0].format in _DATA:
        values = [parse_data(piece.text, Path(f"{piece.name}.{piece.format}")) for piece in pieces]
        return Whole(value=merge_values(values), is_value=True)
    return Whole(merge_markdown(piece.text for piece in pieces))


def _check_merge(config: ArtifactConfig, formats: Sequence[tuple[str, str]], place: str) -> None:
    for name, form in formats:
        if form not in (*_DATA, *_TEXTS):
            raise config.invalid(place, f"'merge' can't take {name!r}, which makes {form}")
    (first, form), kinds = formats[0], {form in _DATA for _, form in formats}
    if len(kinds) > 1:
        other, other_form = next(pair for pair in formats if (pair[1] in _DATA) != (form in _DATA))
        why = f"'merge' takes data or texts, not both: {first!r} makes {form}, {other!r} makes {other_form}"
        raise config.invalid(place, why)
    if form in _TEXTS:
        for number, output in enumerate(config.metadata.outputs):
            if output.format in _DATA:
                why = f"merged texts have no value to write as {output.format}"
                raise config.invalid(f"metadata.outputs.{number}.format", why)


class _Dumper(yaml.CSafeDumper):
    """Writes a value that occurs twice twice, not as an alias of the first."""

    def ignore_aliases(self, data: object) -> bool:
        """Never."""
        return True


def _as_yaml(value: JsonValue) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)
