"""Brave's search: the sentences that it shows of each page it finds, in the page's own words."""

from __future__ import annotations

import dataclasses
import html
import os
import re
from collections.abc import Iterator

from pydantic import BaseModel

from tasks.governor.charges import Charge
from tasks.llm.keys import key_of
from tasks.llm.prices import cost_of
from tasks.plain_text import clean, one_line
from tasks.podcast.episode import Topic
from tasks.podcast.research.pages import Page, Said
from tasks.podcast.research.web_errand import Request
from tasks.podcast.sentences import sentences_of

_PAGES = 20
_LETTERS, _WORDS = 400, 50
"""What a question may have at most."""
_TAG = re.compile(r"</?\w[^>]*>")
_CUT = ("...", "…")
"""How a sentence ends that is not shown to its end."""


class _Result(BaseModel):
    title: str = ""
    url: str
    description: str = ""
    extra_snippets: list[str] = []


class _Web(BaseModel):
    results: list[_Result] = []


class _Reply(BaseModel):
    type: str
    web: _Web | None = None


def request_of(lane: str, topic: Topic) -> Request:
    """Return the request that searches for a topic, or raise MODEL_KEY_MISSING."""
    address = (os.environ.get("BRAVE_BASE_URL") or "https://api.search.brave.com").rstrip("/")
    words = " ".join([topic.title, topic.angle]).split()[:_WORDS]
    query = {"q": " ".join(words)[:_LETTERS], "count": str(_PAGES), "extra_snippets": "true"}
    headers = {"X-Subscription-Token": key_of(lane) or "", "Accept": "application/json"}
    return Request(f"{address}/res/v1/web/search", headers, query=query)


def worst_of(lane: str, topic: Topic) -> Charge:
    """Return what the request uses."""
    return _used(lane)


def read(lane: str, body: bytes) -> tuple[list[Said], Charge]:
    """Read the sentences that are shown whole, the nearest page first."""
    reply = _Reply.model_validate_json(body)
    return list(_said(reply.web or _Web())), _used(lane)


def _said(web: _Web) -> Iterator[Said]:
    for one in web.results:
        page = Page(one.url, one_line(_plain(one.title)) or one.url)
        for text in (one.description, *one.extra_snippets):
            for sentence in sentences_of(_plain(text)):
                if not sentence.endswith(_CUT):
                    yield Said(sentence, page)


def _used(lane: str) -> Charge:
    charge = Charge(1, searches=1)
    return dataclasses.replace(charge, cost_usd=cost_of(lane, charge))


def _plain(text: str) -> str:
    return clean(html.unescape(_TAG.sub("", text)))
