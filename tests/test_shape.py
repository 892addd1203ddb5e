"""Fields of shapes are described by the text below them, wherever their JSON schema is shown."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from tasks.documents.spec import BATCH
from tasks.models import Chunk, Item
from tasks.shape import Shape


class Boat(Shape):
    """What floats."""

    name: str = ""
    """What is written
    on its bow."""
    berth: int | None = None
    length: Annotated[float, Field(description="From bow to stern.", alias="len")] = 1.0
    """In metres."""

    def rename(self) -> None:
        """Give it another name."""
        name: str = "Ines"
        """Not a field."""
        self.name = name


class Ferry(Boat):
    """A boat that carries others."""

    carries: list[Boat] = []
    """Those on board."""
    berth: int | None = 3
    """Where it lies at night."""


def described(model: type[Shape]) -> dict[str, Any]:
    return {name: one.get("description") for name, one in model.model_json_schema()["properties"].items()}


def test_a_field_is_described_by_the_text_below_it() -> None:
    assert described(Boat) == {"name": "What is written\non its bow.", "berth": None, "len": "From bow to stern."}


def test_fields_that_are_inherited_keep_their_texts() -> None:
    own = {"berth": "Where it lies at night.", "carries": "Those on board."}
    assert described(Ferry) == described(Boat) | own
    assert Ferry.model_json_schema()["$defs"]["Boat"] == Boat.model_json_schema()


def test_a_form_of_a_generic_shape_has_no_source_and_is_shown_all_the_same() -> None:
    schema = Chunk[Item].model_json_schema()
    assert list(schema["properties"]) == ["items"]
    assert schema["$defs"]["Item"]["properties"]["model_reason"]["description"] == "Why that one is in front."


@pytest.mark.parametrize("name", BATCH.model_fields)
def test_every_field_of_a_spec_is_described(name: str) -> None:
    assert BATCH.model_json_schema()["properties"][name]["description"]
