"""A matrix: a document for every combination of configs and values, such as language by team by month.

    matrix:
      configs: [user-guide, faq]
      axes:
        language: [en, es, fr]
        team: [{id: harbour, lead: Ines}, {id: library, lead: Tomas}]
      exclude:
        - {language: fr, team: library}
      output_path: "{team}/{config}-{language}.md"

A value goes into the context as it is. In paths, item names and `exclude` it is called by its text, which
for an object is its `name`, or else its `id`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field, JsonValue, model_validator

from tasks.complaints import refuse
from tasks.documents.contexts import ConfigId, Context
from tasks.documents.matrix_faults import faults_of
from tasks.documents.matrix_values import CONFIG, filled, path_safe, text_of
from tasks.models import JsonObject
from tasks.shape import Shape


class Combination(NamedTuple):
    """One document of a matrix."""

    config: str
    context: JsonObject
    label: str | None
    output_path: str | None


class Matrix(Shape):
    """Documents of every combination of configs and values, the last axis changing fastest."""

    model_config = ConfigDict(extra="forbid")

    configs: Annotated[list[ConfigId], Field(min_length=1)]
    """Ids of the content configs."""
    axes: dict[str, Annotated[list[JsonValue], Field(min_length=1)]] = {}
    """Names, and the values each goes through: texts, numbers, or objects with a `name` or an `id`."""
    exclude: list[Annotated[JsonObject, Field(min_length=1)]] = []
    """Combinations to leave out: a value for each of some axes, and one for `config` where it matters."""
    context: Context = {}
    """Further values for every document; those of the axes win over them."""
    output_path: Annotated[str, Field(min_length=1)] | None = None
    """Where the documents go, such as `docs/{config}-{language}.md`. Default: the config and its values, with `-`."""

    @model_validator(mode="after")
    def _can_be_built(self) -> Matrix:
        refuse(Matrix, faults_of(self))
        return self

    @property
    def size(self) -> int:
        """How many combinations there are before any is left out; counted, not built."""
        return len(self.configs) * math.prod(len(values) for values in self.axes.values())

    @property
    def count(self) -> int:
        """How many documents there are."""
        return sum(1 for _ in self.combinations()) if self.exclude else self.size

    def combinations(self) -> Iterator[Combination]:
        """Yield the documents in the order in which configs and values are written."""
        axes = [[_Value.of(value) for value in values] for values in self.axes.values()]
        is_left_out = _Exclusions(self)
        for config in self.configs:
            for chosen in product(*axes):
                if not is_left_out(config, chosen):
                    yield self._combination(config, chosen)

    def _combination(self, config: str, chosen: tuple[_Value, ...]) -> Combination:
        context = self.context | {axis: one.value for axis, one in zip(self.axes, chosen, strict=True)}
        path = self.output_path
        if path is not None:
            names = {axis: one.safe for axis, one in zip(self.axes, chosen, strict=True)}
            path = filled(path, {CONFIG: path_safe(config), **names})
        return Combination(config, context, "-".join(one.safe for one in chosen) or None, path)


class _Value(NamedTuple):
    """A value with its text, and with what of the text can stand in a path."""

    value: JsonValue
    text: str
    safe: str

    @classmethod
    def of(cls, value: JsonValue) -> _Value:
        text = text_of(value) or ""
        return cls(value, text, path_safe(text))


class _Exclusions:
    """Says which combinations are left out, in a time that does not grow with how many are."""

    def __init__(self, matrix: Matrix) -> None:
        order = {name: place for place, name in enumerate([CONFIG, *matrix.axes])}
        self._texts: dict[tuple[int, ...], set[tuple[str | None, ...]]] = {}
        for excluded in matrix.exclude:
            named = sorted((order[name], text_of(value)) for name, value in excluded.items())
            places = tuple(place for place, _ in named)
            self._texts.setdefault(places, set()).add(tuple(text for _, text in named))

    def __call__(self, config: str, chosen: tuple[_Value, ...]) -> bool:
        if not self._texts:
            return False
        texts = (config, *(one.text for one in chosen))
        return any(tuple(texts[place] for place in places) in left for places, left in self._texts.items())
