"""How many tokens of the three questions about a week are paid in full, in one batch against one creator at a time.

What is paid in full is all that is read and not served from the cache, and all that is written. Each creator alone
finds an empty cache, as a run of its own would. Both ways run at once: they are counted in tokens, which no clock
changes.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

from lab import HERE, Row, answer, in_child

CREATORS = ("alma", "bruno", "celia", "dario", "edda", "falk")
NICHES = ("pottery", "beekeeping", "old maps", "sourdough", "sailing", "orchards")
PARALLEL = 3
MODEL = "local:smollm2-135m"


def rows() -> list[Row]:
    """Ask the three questions about six creators both ways."""
    with ThreadPoolExecutor() as threads:
        batch, alone = threads.map(lambda mode: in_child("sharing.py", mode), ("batch", "alone"))
    made_of = f"{_paid(batch):.0f} tokens against {_paid(alone):.0f}, {batch['calls']:.0f} calls each"
    cached = f"{batch['cached']:.0f} of {batch['input']:.0f} tokens of input"
    return [
        Row("creators: tokens saved by one batch", 1 - _paid(batch) / _paid(alone), ">= 0.4", made_of),
        Row("the same batch: input from the cache", batch["cached"] / batch["input"], "measured", cached),
    ]


def _paid(used: dict[str, float]) -> float:
    return used["input"] - used["cached"] + used["output"]


async def _ask_all(name: str, niche: str) -> None:
    """Ask about one creator what phases 7, 12 and 13 ask, in their order."""
    import creating
    import weeks

    from tasks.creators import attention, critic, expert
    from tasks.creators.dimensions import Subject, measure
    from tasks.work import Work, begin_work

    context = weeks.known(name, profile=creating.profile(name, niche=niche))
    week, item = weeks.plan(context), creating.item(name, models=[MODEL], batch_id="b")
    begin_work(Work(batch_id="b", kind="creators", item_id=item.item_id, stage="questions"))
    scores = await attention.score(item, context, week)
    draft = weeks.draft(context, week, attention=scores)
    critique = await critic.critique(item, context, draft, week, weeks.NO_PRICES)
    subject = Subject(item, context, draft, week, ())
    await expert.by_model(subject, measure(subject), critique)


async def _batch() -> None:
    """Ask about several creators at once, and about the next as soon as there is room."""
    places = asyncio.Semaphore(PARALLEL)

    async def one(name: str, niche: str) -> None:
        async with places:
            await _ask_all(name, niche)

    await asyncio.gather(*(one(*each) for each in zip(CREATORS, NICHES, strict=True)))


def measure(mode: str) -> None:
    """Ask in one batch, or about each creator on a server whose cache is empty."""
    sys.path.insert(0, str(HERE.parent))
    from tasks.ledger.store import Ledger
    from tasks.llm.local import _stop
    from tasks.settings import settings

    Ledger(settings()).close()
    if mode == "batch":
        asyncio.run(_batch())
    else:
        for each in zip(CREATORS, NICHES, strict=True):
            asyncio.run(_ask_all(*each))
            _stop()
    ledger = Ledger(settings())
    sums = ", ".join(f"SUM({name}_tokens) AS {name}" for name in ("input", "cached", "output"))
    (found,) = ledger.execute(f"SELECT COUNT(*) AS calls, {sums} FROM model_call", ())
    ledger.close()
    answer(**found)


if __name__ == "__main__":
    measure(sys.argv[1])
