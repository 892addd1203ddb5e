"""Research in the web by the search that is set: `perplexity:sonar`, `brave:web`.

    found = await search_web(item, "perplexity:sonar", topic, most=12)

Limits and prices of searches are set as those of models are; where none are, ten requests a minute are made of
Perplexity and thirty of Brave. Keys are PERPLEXITY_API_KEY and BRAVE_API_KEY.
"""

from __future__ import annotations

from functools import partial

from tasks.complaints import nearest
from tasks.errors import fault
from tasks.llm.ask import USUAL, Patience
from tasks.llm.errands import Errand
from tasks.llm.keys import key_missing
from tasks.llm.names import SEARCHERS
from tasks.models import Item
from tasks.podcast.episode import Topic
from tasks.podcast.research import brave, perplexity
from tasks.podcast.research.found import Found
from tasks.podcast.research.pages import passages_of
from tasks.podcast.research.web_errand import ask_search
from tasks.work import current_work

_USUAL = {"perplexity": "sonar", "brave": "web"}
"""What is asked of a search where nothing is said."""
_ENGINES = {"perplexity": perplexity, "brave": brave}


async def search_web(item: Item, engine: str, topic: Topic, *, most: int, patience: Patience = USUAL) -> Found:
    """Ask a search for a topic; each passage has the address of its page.

    Raises SEARCH_UNKNOWN, MODEL_KEY_MISSING, NOTHING_FOUND, and whatever a call of a model may fail with.
    """
    lane = lane_of(engine)
    vendor = lane.partition(":")[0]
    adapter = _ENGINES[vendor]
    request, worst = adapter.request_of(lane, topic), adapter.worst_of(lane, topic)
    send = partial(ask_search, lane, request, worst, partial(adapter.read, lane))
    errand = Errand(item, current_work(), lane, "web search", worst, send, patience)
    passages, warnings = passages_of(await errand.reply(), most)
    if not passages:
        raise fault("NOTHING_FOUND", notes=engine, topic=topic.title)
    return Found(notes=engine, passages=passages, by_model=lane if vendor == "perplexity" else "", warnings=warnings)


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
