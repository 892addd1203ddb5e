"""What a file of notes consists of, once it is read: blocks of prose with their places."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel


class Block(NamedTuple):
    """A paragraph, or the text of a page."""

    text: str
    """With the ends of lines that the file has."""
    heading: str
    """The nearest one above it."""
    at: int
    """Its first line or its page, counted from 1."""


class Reading(BaseModel):
    """What is in a file, or why it cannot be read."""

    title: str = ""
    """Its first heading; empty where it has none."""
    blocks: list[Block] = []
    is_paged: bool = False
    """Whether places are pages."""
    refused: str = ""
    """Why there is nothing, for a warning."""
