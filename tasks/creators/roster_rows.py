"""The rows of a roster's four files, column by column, and how each stands in its table.

The columns are named as those of the tables, but for `group`. What is not given has the value that stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter

Name = Annotated[str, Field(pattern=r"^[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,198}[^\s\x00-\x1f\x7f])?$")]
Id = Annotated[str, Field(pattern=r"^[\w@+][\w.@+-]{0,59}$")]
"""Of a creator: it names files, on every system alike."""
Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Hour = Annotated[int, Field(ge=0, le=23)]
Performance = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class CreatorCells(BaseModel):
    """A row of creators.csv."""

    creator_id: Id
    page_name: Name
    time_zone: str
    is_active: bool = True
    audience_size: Count = 0
    niche: str = ""
    persona: str = ""
    group: str = ""
    base_price: Money = 0.0
    rules: str = "{}"


class CopyCells(BaseModel):
    """A row of copy.csv; it belongs to a creator or to a group."""

    copy_id: Name
    creator_id: str = ""
    group: str = ""
    text: str
    slot_type: str
    tone: str = ""
    performance: Performance = 50.0
    price: Money | None = None
    last_used_on: str | None = None
    is_active: bool = True


class SampleCells(BaseModel):
    """A row of performance.csv."""

    creator_id: str
    posted_on: str
    hour: Hour
    slot_type: str
    copy_id: str | None = None
    value: Money
    reach: Count = 0
    responses: Count = 0


class AudienceCells(BaseModel):
    """A row of audience.csv."""

    creator_id: str
    week_start: str
    segment: str
    size: Count


@dataclass(frozen=True)
class Part:
    """One of the four."""

    name: str
    """Of the file, without `.csv`."""
    table: str
    row: type[BaseModel]
    key: tuple[str, ...]
    """What no two rows of a file may have in common; of samples that is nothing, since two posts can be alike."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order in which they are written."""
        return tuple(self.row.model_fields)

    @cached_property
    def required(self) -> frozenset[str]:
        """The columns that no file may lack."""
        return frozenset(name for name, field in self.row.model_fields.items() if field.is_required())

    @cached_property
    def rows(self) -> TypeAdapter[list[BaseModel]]:
        """What checks all rows of a file at once."""
        return TypeAdapter(list[self.row])  # type: ignore[name-defined]  # known only when it runs


PARTS = {
    part.name: part
    for part in (
        Part("creators", "creator", CreatorCells, ("creator_id",)),
        Part("copy", "creator_copy", CopyCells, ("copy_id",)),
        Part("performance", "performance_sample", SampleCells, ()),
        Part("audience", "audience_week", AudienceCells, ("creator_id", "week_start", "segment")),
    )
}
"""By file name, in the order in which they are read and written."""


def stored(column: str) -> str:
    """Return the name of a column in its table."""
    return "group_name" if column == "group" else column
