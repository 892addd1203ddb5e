"""Searches of the web by their names, which are known before anything that asks them is loaded."""

from __future__ import annotations

from tasks.complaints import nearest
from tasks.errors import fault
from tasks.llm.keys import key_missing
from tasks.llm.names import SEARCHERS

_USUAL = {"perplexity": "sonar", "brave": "web"}
"""What is asked of a search where nothing is said."""


def check_engine(engine: str) -> None:
    """Raise SEARCH_UNKNOWN or MODEL_KEY_MISSING, which is all that can be known of a search without asking it."""
    lane = lane_of(engine)
    if variable := key_missing(lane):
        raise fault("MODEL_KEY_MISSING", model=engine, variable=variable)


def lane_of(engine: str) -> str:
    """Return what limits and prices call a search, or raise SEARCH_UNKNOWN with what may have been meant."""
    vendor, _, name = engine.partition(":")
    if vendor not in SEARCHERS:
        known = [f"{one}:{usual}" for one, usual in _USUAL.items()]
        hint = nearest(vendor, list(SEARCHERS)) or f"There are {' and '.join(known)}."
        raise fault("SEARCH_UNKNOWN", engine=engine, why=f"nobody called {vendor!r} searches here", hint=hint)
    return f"{vendor}:{name or _USUAL[vendor]}"
