"""Research in the web by the search that is set: `perplexity:sonar`, `brave:web`.

    found = await search_web(item, "perplexity:sonar", topic, most=12)

Limits and prices of searches are set as those of models are; where none are, ten requests a minute are made of
Perplexity and thirty of Brave. Keys are PERPLEXITY_API_KEY and BRAVE_API_KEY.
"""

from __future__ import annotations

from functools import partial

from tasks.errors import fault
from tasks.governor.charges import Charge
from tasks.llm.ask import USUAL, Patience
from tasks.llm.errands import Errand
from tasks.models import Item
from tasks.podcast.episode import Topic
from tasks.podcast.research import brave, perplexity
from tasks.podcast.research.engines import lane_of
from tasks.podcast.research.found import Found
from tasks.podcast.research.pages import passages_of
from tasks.podcast.research.web_errand import ask_search
from tasks.work import current_work

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


def worst_of_search(engine: str, topic: Topic) -> Charge:
    """Return the most that searching for a topic may use."""
    lane = lane_of(engine)
    worst: Charge = _ENGINES[lane.partition(":")[0]].worst_of(lane, topic)
    return worst
