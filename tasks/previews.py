"""What a preview shows of an item: the text that would be made, and where every value in it comes from.

A kind whose items are more than one text shows facts in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tasks.complaints import nearest
from tasks.errors import PressroomError, rebuilt
from tasks.models import BatchT, ItemT

Source = Literal["request", "config", "input", "example", "default", "missing"]


@dataclass(frozen=True)
class Usage:
    """A variable that a template names."""

    source: Source
    """Who gives its value: the request, the config, an input of it, an example or default in it, or nobody."""
    value: str = ""
    """The beginning of its value."""


@dataclass
class Preview:
    """An item as it would be made now."""

    item_id: str
    content_id: str
    output_path: str | None = None
    generator: str | None = None
    content: str | None = None
    template: str | None = None
    template_hash: str | None = None
    templates: list[str] = field(default_factory=list)
    """Further templates that it includes, extends or imports."""
    variable_usage: dict[str, Usage] = field(default_factory=dict)
    unused_variables: list[str] = field(default_factory=list)
    """Values that are given and that no template names."""
    left: str = ""
    """What becomes of a variable that is missing."""
    is_open: bool = False
    """Whether it names templates that are only known while rendering, and so may use more variables than these."""
    facts: dict[str, str] = field(default_factory=dict)
    """What else is to be known of it, by a short name: of a kind whose items are more than one text."""
    warnings: list[str] = field(default_factory=list)
    error: PressroomError | None = None

    @property
    def size(self) -> int | None:
        """Bytes of the file it would be."""
        return None if self.content is None else len(self.content.encode())

    @property
    def missing_variables(self) -> list[str]:
        """Names that nobody gives a value."""
        return [name for name, usage in self.variable_usage.items() if usage.source == "missing"]


def chosen(items: Sequence[ItemT], item_id: str | None, most: int) -> Sequence[ItemT]:
    """Return the first `most` items, or the one of that id; UNKNOWN_ITEM names the nearest where there is none."""
    found = items[:most] if item_id is None else [item for item in items if item.item_id == item_id]
    if item_id is not None and not found:
        raise unknown_item(item_id, [item.item_id for item in items])
    return found


def unknown_item(item_id: str, known: Sequence[str]) -> PressroomError:
    """Say that a batch which was not run yet has no such item, and which one may be meant."""
    what = f"There is no item {item_id!r} in this batch. {nearest(item_id, known)}".strip()
    return rebuilt("UNKNOWN_ITEM", what, "`pressroom plan` lists them.")


PreviewHook = Callable[[BatchT, str | None, int], tuple[int, Iterator[Preview]]]
"""A kind's hook `preview`: given a named batch, the id of the one item that is wanted or None, and how many at most,
returns how many items the batch has, and the previews, each made when it is asked for. Writes nothing."""
