"""Names of models: `vendor:model`, split and checked. Light, since `validate` reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tasks.complaints import nearest
from tasks.errors import fault

LOCAL = "local"
VENDORS = ("openai", "anthropic", "google", LOCAL)
"""Vendors known without any setting; the machine's own servers come beside them."""

SEARCHERS = ("perplexity", "brave")
"""Vendors that search the web; limits and prices of theirs are set as for models too."""
SPEAKERS = ("elevenlabs",)
"""Vendors that speak and do nothing else; what they are limited to and cost is set as for models."""

NONE = "none"
"""Stands where a batch does without a model."""


class Name(NamedTuple):
    """A model's name in its two parts."""

    vendor: str
    model: str

    def __str__(self) -> str:
        return f"{self.vendor}:{self.model}"


def split_name(model: str, servers: Iterable[str] = ()) -> Name:
    """Return the parts of `vendor:model`, or raise MODEL_UNKNOWN with the vendor that may have been meant."""
    if model == NONE:
        raise fault("MODEL_NONE", what="This")
    vendor, colon, name = model.partition(":")
    known = [*VENDORS, *servers]
    if not (colon and vendor and name.strip()):
        raise fault(
            "MODEL_UNKNOWN", model=model, why="it is not written as `vendor:model`", hint="For example `openai:gpt-4o`."
        )
    if vendor not in known:
        hint = nearest(vendor, known) or f"Known vendors: {', '.join(known)}."
        raise fault("MODEL_UNKNOWN", model=model, why=f"there is no vendor {vendor!r}", hint=hint)
    return Name(vendor, name)
