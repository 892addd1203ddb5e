"""Parts of the forms in which models answer.

Each is bounded, so that a small model ends at all and a large one does not go on for pages. What is longer all the same
is cut, since not every vendor holds an answer to the bounds of its form.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def bounded_text(most: int, *, least: int = 0) -> Any:
    """Return the type of a text of at most so many letters."""
    cut = BeforeValidator(lambda value: value[:most].strip() if isinstance(value, str) else value)
    return Annotated[str, cut, Field(max_length=most, min_length=least)]


def bounded_list(inner: Any, most: int, *, least: int = 0) -> Any:
    """Return the type of a list of at most so many values."""
    cut = BeforeValidator(lambda value: value[:most] if isinstance(value, list) else value)
    return Annotated[list[inner], cut, Field(max_length=most, min_length=least)]
