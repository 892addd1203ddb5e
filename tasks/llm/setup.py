"""This machine's settings of models: servers, limits, prices and budgets, from one YAML file.

They stand beside a batch and not in it: limits belong to the account that all batches share, and a price that was
corrected must not change what a batch asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from tasks.complaints import Place, complaint, nearest, refuse
from tasks.errors import PressroomError, fault
from tasks.files import read_data
from tasks.governor.charges import Lane, Limit, Purse
from tasks.llm.local import CONTEXT_TOKENS, NAME, SLOTS
from tasks.llm.names import LOCAL, NONE, SEARCHERS, SPEAKERS, VENDORS, Name, split_name
from tasks.llm.setup_parts import KindBudget, LaneSettings, Parallel, Part, Prices, Server, Window
from tasks.model_options import ModelName
from tasks.settings import settings

_USUAL_LIMITS = {
    "elevenlabs": [Window(seconds=60, requests=100)],
    "perplexity": [Window(seconds=60, requests=10)],
    "brave": [Window(seconds=60, requests=30)],
}
"""Limits of vendors of whom the file says none."""


class ModelSetup(Part):
    """All that this machine says of models."""

    default: ModelName = f"{LOCAL}:{NAME}"
    servers: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], Server] = {}
    lanes: dict[str, LaneSettings] = {}
    prices: dict[str, Prices] = {}
    prices_file: str | None = None
    """A file of further prices by model, looked up beside this one; those given here win."""
    budgets: dict[str, KindBudget] = {}

    @model_validator(mode="after")
    def _known(self) -> Self:
        refuse(type(self), self._complaints())
        return self

    def name_of(self, model: str) -> Name:
        """Return the parts of a model's name, or raise MODEL_UNKNOWN; this machine's servers are vendors too."""
        return split_name(model, self.servers)

    def vendor_of(self, model: str) -> str:
        """Return the vendor of a model or of what speaks or searches, or raise MODEL_UNKNOWN."""
        vendor = model.partition(":")[0]
        return vendor if vendor in (*SPEAKERS, *SEARCHERS) else self.name_of(model).vendor

    def lanes_of(self, model: str) -> tuple[Lane, ...]:
        """Return a model's vendor and the model itself as lanes; both are always there, limits or not."""
        vendor = self.vendor_of(model)
        return tuple(self._lane(name) for name in (vendor, model))

    def purses_of(self, kind: str) -> list[Purse]:
        """Return what bounds the money of all batches of a kind."""
        budget = self.budgets.get(kind)
        return [Purse("kind", budget.usd, budget.days)] if budget else []

    def parallel_of(self, model: str) -> Parallel:
        """Return between what bounds one process adapts its calls to a model; the model's own win over its vendor's."""
        vendor = self.vendor_of(model)
        found = (self.lanes[name].parallel for name in (model, vendor) if name in self.lanes)
        default = Parallel(most=SLOTS) if vendor == LOCAL else Parallel()
        return next((parallel for parallel in found if parallel), default)

    def context_of(self, model: str) -> int | None:
        """Return how many tokens a prompt and its answer may have together, if that is known."""
        vendor = self.name_of(model).vendor
        found = (self.lanes[name].context_tokens for name in (model, vendor) if name in self.lanes)
        return next((tokens for tokens in found if tokens), CONTEXT_TOKENS if vendor == LOCAL else None)

    def _lane(self, name: str) -> Lane:
        lane = self.lanes.get(name, LaneSettings())
        said = lane.limits if "limits" in lane.model_fields_set else _USUAL_LIMITS.get(name, [])
        limits = tuple(Limit(one.seconds, one.requests, one.input_tokens, one.output_tokens) for one in said)
        return Lane(name, limits, lane.shared)

    def _complaints(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        for name in self.servers:
            if name in (*VENDORS, *SPEAKERS, *SEARCHERS, NONE):
                yield ("servers", name), complaint("a vendor has this name already")
        if self.default != NONE:
            yield from self._unknown(("default",), self.default)
        for name in self.lanes:
            yield from self._unknown(("lanes", name), name if ":" in name else f"{name}:any", speaks=True)
        for name in self.prices:
            yield from self._unknown(("prices", name), name, speaks=True)

    def _unknown(
        self, place: Place, model: str, *, speaks: bool = False
    ) -> Iterator[tuple[Place, PydanticCustomError]]:
        try:
            self.vendor_of(model) if speaks else self.name_of(model)
        except PressroomError as error:
            yield place, complaint(f"{error.details.get('why', 'it names no model')}. {error.remedy}".rstrip("."))


def model_setup() -> ModelSetup:
    """Return this machine's settings of models, or raise MODEL_SETTINGS_INVALID with the file and the field."""
    return _read(settings().models_path, settings().models_named is not None)


@cache
def _read(path: Path, needed: bool) -> ModelSetup:
    if not needed and not path.exists():
        return ModelSetup()
    setup = _parse(path, _data(path))
    if setup.prices_file is None:
        return setup
    beside = path.parent / setup.prices_file
    further = _parse(beside, {"servers": setup.servers, "prices": _data(beside)})
    return setup.model_copy(update={"prices": further.prices | setup.prices})


def _data(path: Path) -> Any:
    try:
        return read_data(path) or {}
    except PressroomError as error:
        raise _invalid(path, "the whole file", error.message) from None


def _parse(path: Path, data: Any) -> ModelSetup:
    try:
        return ModelSetup.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        parts = [str(part) for part in first["loc"] if part != "[key]"]
        why = {"extra_forbidden": "there is no such field", "model_type": "it is not an object"}.get(
            first["type"], first["msg"]
        )
        if first["type"] == "extra_forbidden" and (near := nearest(parts[-1], list(ModelSetup.model_fields))):
            why = f"{why}. {near}"
        raise _invalid(path, ".".join(parts) or "the whole file", why) from None


def _invalid(path: Path, field: str, why: str) -> PressroomError:
    return fault("MODEL_SETTINGS_INVALID", path=str(path), field=field, why=why.rstrip("."))
