"""A finished week for tests of those who look at one: made by hand, without the phases, and without a fault."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import creating
from asking import settle_models
from model_server import ModelServer

from tasks.creators.assembly import in_order
from tasks.creators.context import Copy, CreatorContext
from tasks.creators.findings import (
    Attention,
    AudienceRisk,
    Draft,
    Forecast,
    Performance,
    Preflight,
    Prices,
    Readiness,
    Risk,
    WindowMetrics,
)
from tasks.creators.models import CreatorItem
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.values import valued
from tasks.creators.week_plan import DayStrategy, PlannedPost, WeekPlan
from tasks.ledger.store import Ledger
from tasks.settings import settings
from tasks.work import Work, begin_work

ResultT = TypeVar("ResultT")

HOURS = (10, 12, 14, 19, 21)
_MINUTES = (3, 8, 17, 22, 32, 38, 47)
_VERBS = ("Tell me", "Show me", "Ask yourself", "Guess", "Try to say", "Find out", "Remember", "Write down")
_THINGS = ("glaze", "handle", "kiln", "brush", "shelf", "bowl", "jug", "lid", "plate", "tile", "cup", "vase", "wheel")


def texts(creator_id: str = "alma") -> list[Copy]:
    """Two good texts for each slot type; no two begin alike."""
    made = []
    for number, slot_type in enumerate(name for name in SLOT_TYPES for _ in range(2)):
        verb, thing = _VERBS[number % len(_VERBS)], _THINGS[number % len(_THINGS)]
        text = f"{verb} which {thing} you would choose for {slot_type.replace('_', ' ')} number {number}?"
        made.append(Copy(copy_id=f"{creator_id}-{number:02d}", text=text, slot_type=slot_type, performance=70.0))
    return made


def known(creator_id: str = "alma", **fields: Any) -> CreatorContext:
    """What is known of the creator whose week it is."""
    return creating.context(creator_id, **{"copies": texts(creator_id)} | fields)


def forecast(**fields: Any) -> Forecast:
    """A forecast in which the hours of the week are the best."""
    given: dict[str, Any] = {
        "level": 20.0,
        "by_slot_type": dict.fromkeys(SLOT_TYPES, 1.0),
        "by_day": [1.0] * 7,
        "by_hour": [1.3 if hour in HOURS else 0.9 for hour in range(24)],
        "spread": 0.4,
        "level_error": 0.1,
        "confidence": 0.85,
        "samples": 250,
    }
    return Forecast(**given | fields)


def plan(context: CreatorContext) -> WeekPlan:
    """A week of 35 posts, one an hour, all with copy of their own."""
    left = {name: [copy for copy in context.copies if copy.slot_type == name] for name in SLOT_TYPES}
    posts = []
    for number, name in enumerate([*SLOT_TYPES, *SLOT_TYPES][:35]):
        day, place = divmod(number, len(HOURS))
        posts.append(
            PlannedPost(
                post_id=f"new-{number}",
                day=day,
                slot_type=name,
                content_type=SLOT_TYPES[name].content_type,
                hour=HOURS[place],
                minute_of_day=60 * HOURS[place] + _MINUTES[day] + place,
                copy_id=left[name].pop(0).copy_id,
                copy_score=70.0,
                label=("question first", "story first", "plain")[number % 3],
            )
        )
    days = []
    for day in range(7):
        kinds = Counter(post.content_type for post in posts if post.day == day)
        days.append(DayStrategy(day=day, posts=len(HOURS), focus=kinds.most_common(1)[0][0]))
    return WeekPlan(posts=valued(in_order(posts), forecast(), Rules()), strategy=days)


def draft(context: CreatorContext, week: WeekPlan, **fields: Any) -> Draft:
    """The week with all that was found on the way to it."""
    windows = [
        WindowMetrics(days=days, posts=3 * days, value=60.0 * days, value_per_post=20.0, response_rate=0.05)
        for days in (7, 14, 30)
    ]
    given: dict[str, Any] = {
        "plan": week,
        "forecast": forecast(),
        "attention": Attention(scores=dict.fromkeys([copy.copy_id for copy in context.copies], 80.0)),
        "preflight": Preflight(status=Readiness.READY, checks=[]),
        "risk": AudienceRisk(score=10.0, risk=Risk.LOW),
        "performance": Performance(windows=windows, saturation=20, opportunity=60, confidence=0.85),
    }
    return Draft(**given | fields)


def changed(week: WeekPlan, **fields: Any) -> WeekPlan:
    """The same week with all its posts changed so."""
    return week.model_copy(update={"posts": [post.model_copy(update=fields) for post in week.posts]})


NO_PRICES = Prices()


def with_model(creator_id: str = "alma", **fields: Any) -> CreatorItem:
    """The creator's week with a model of the vendor that `vendor` runs."""
    return creating.item(creator_id, **{"models": ["fake:a"], "batch_id": "b"} | fields)


@contextmanager
def vendor(answer: str = "", **options: Any) -> Iterator[ModelServer]:
    """Run a vendor on loopback, known as `fake`, that gives this answer to everything."""
    with ModelServer(answer=answer, input_tokens=100, output_tokens=10, **options) as server:
        settle_models(servers={"fake": {"address": f"{server.address}/v1"}})
        yield server


def asked(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Do what asks a model as a stage of a batch would, with a ledger."""
    Ledger(settings()).close()

    async def as_stage() -> ResultT:
        begin_work(Work(batch_id="b", kind="creators", item_id="alma", stage="judge_quality"))
        return await work

    return asyncio.run(as_stage())


def prompt_of(server: ModelServer, number: int = -1) -> str:
    """What the vendor was shown in one of its calls, what all share included."""
    content = server.calls[number].body["messages"][-1]["content"]
    return content if isinstance(content, str) else "\n\n".join(part["text"] for part in content)
