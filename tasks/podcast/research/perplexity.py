"""Perplexity, a model that reads the web: what it says, sentence by sentence, with the pages it says it from."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator

from pydantic import BaseModel

from tasks.governor.charges import Charge
from tasks.llm.keys import key_of
from tasks.llm.prices import cost_of
from tasks.llm.worst_case import tokens_in
from tasks.plain_text import clean, one_line
from tasks.podcast.episode import Topic
from tasks.podcast.research.markdown import read_markdown
from tasks.podcast.research.pages import Page, Said
from tasks.podcast.research.web_errand import Request
from tasks.podcast.sentences import sentences_of

_MOST_TOKENS = 1500
_SYSTEM = (
    "You research facts for a podcast. Write plain prose of short, whole sentences, each with one fact and a mark of "
    "its source, such as [1]. No headings, no lists, no introduction, no advice."
)
_BEHIND = re.compile(r"([.!?…。！？।])((?:\s?\[\d{1,3}\])+)")  # noqa: RUF001  # marks that end sentences
_MARK = re.compile(r"\s?\[(\d{1,3})\]")


class _Result(BaseModel):
    title: str = ""
    url: str


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Cost(BaseModel):
    total_cost: float | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: _Cost = _Cost()


class _Reply(BaseModel):
    choices: list[_Choice]
    citations: list[str] | None = None
    search_results: list[_Result] | None = None
    usage: _Usage = _Usage()

    @property
    def pages(self) -> list[Page]:
        """The pages in the order of their marks."""
        if self.search_results:
            return [Page(one.url, one_line(one.title) or one.url) for one in self.search_results]
        return [Page(url, url) for url in self.citations or []]


def request_of(lane: str, topic: Topic) -> Request:
    """Return the request that asks for a topic, or raise MODEL_KEY_MISSING."""
    address = (os.environ.get("PERPLEXITY_BASE_URL") or "https://api.perplexity.ai").rstrip("/")
    body = {
        "model": lane.partition(":")[2],
        "messages": [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _question(topic)}],
        "max_tokens": _MOST_TOKENS,
        "web_search_options": {"search_context_size": "low"},
    }
    return Request(f"{address}/chat/completions", {"Authorization": f"Bearer {key_of(lane)}"}, body=body)


def worst_of(lane: str, topic: Topic) -> Charge:
    """Return the most that the request may use."""
    tokens = tokens_in(_SYSTEM) + tokens_in(_question(topic)) + 64
    return _priced(lane, Charge(1, tokens, _MOST_TOKENS, searches=1))


def read(lane: str, body: bytes) -> tuple[list[Said], Charge]:
    """Read what was said, each sentence with the first page it names; those without one are left out."""
    reply = _Reply.model_validate_json(body)
    usage = reply.usage
    used = _priced(lane, Charge(1, usage.prompt_tokens, usage.completion_tokens, searches=1))
    if usage.cost.total_cost is not None:
        used = dataclasses.replace(used, cost_usd=usage.cost.total_cost)
    text = "".join(choice.message.content for choice in reply.choices[:1])
    return list(_said(clean(text), reply.pages)), used


def _said(text: str, pages: list[Page]) -> Iterator[Said]:
    for block in read_markdown(text).blocks:
        for sentence in sentences_of(_BEHIND.sub(r"\2\1", block.text)):
            marks = [int(mark) for mark in _MARK.findall(sentence)]
            named = [pages[mark - 1] for mark in marks if 0 < mark <= len(pages)]
            if named:
                yield Said(_MARK.sub("", sentence), named[0])


def _question(topic: Topic) -> str:
    asked = "\n".join(f"- {question}" for question in topic.questions)
    parts = (f"Topic: {topic.title}", topic.angle, f"Questions:\n{asked}" if asked else "")
    return "\n".join(part for part in parts if part)


def _priced(lane: str, charge: Charge) -> Charge:
    return dataclasses.replace(charge, cost_usd=cost_of(lane, charge))
