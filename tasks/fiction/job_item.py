"""An item of a job, as its source writes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    model_serializer,
    model_validator,
)
from pydantic_core import to_jsonable_python

from tasks.fiction.project import Project, ProjectId
from tasks.models import JsonObject, Priority, named_priority
from tasks.shape import Shape

Urgency = Annotated[Priority, BeforeValidator(named_priority)]
ItemName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class JobItem(Shape):
    """An item of a job. Whatever it has beside these fields is kept, and all of it is written back as it was given."""

    model_config = ConfigDict(extra="allow")

    item_id: ItemName | None = None
    """Name of the item. Default: made of project and chapter."""
    project_id: ProjectId
    chapter_num: Annotated[int, Field(ge=1)] | None = None
    """Which chapter, for jobs whose items are chapters. Without it: all of the project's."""
    status: Any = None
    """How it stood; the ledger knows better, and it is written anew."""
    genre: str | None = None
    """Default: the project's own."""
    priority: Urgency | None = None
    """Default: the job's, raised as the deadline comes near."""
    deadline: datetime | None = None
    """When it has to be there. Less than a day off it is critical, less than three days high."""
    project: Project | None = None
    """The project itself, where it has no file."""

    _given: JsonObject = PrivateAttr(default_factory=dict)

    @property
    def given(self) -> JsonObject:
        """The item as it was given, in its own order and words."""
        return self._given

    @model_validator(mode="wrap")
    @classmethod
    def _keeps(cls, data: Any, read: ModelWrapValidatorHandler[JobItem]) -> JobItem:
        item = read(data)
        if isinstance(data, dict):
            item._given = to_jsonable_python(data, exclude_none=False)
        return item

    @model_serializer(mode="plain")
    def _as_given(self) -> JsonObject:
        return self._given
