"""A search of the web on loopback: Perplexity's chat completions and Brave's web search, each with two pages.

It misbehaves as the vendor of models does, and in the ways of searches: `nothing` finds nothing, `odd` has another
form, `own_cost` says what it cost.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from model_forms import Json
from model_server import ModelServer

LAMP, TIDES = "https://coast.example/lamp#first", "https://coast.example/tides"
ANSWER = (
    "The lighthouse at **Marlow Point** was lit in 1887.[1][2] Its lens came from Paris [1]. Nobody knows why.\n\n"
    "## Tides\n\n- The harbour falls dry twice a day.[2]\n- It is said to be deep.[9]\n"
)
RESULTS: list[Json] = [
    {
        "title": "The <strong>lamp</strong> &amp; its lens",
        "url": LAMP,
        "description": "The <strong>lighthouse</strong> was lit in 1887. It was the first of its &amp;c...",
        "extra_snippets": ["Nine men carried its lens up the stairs. The lighthouse was lit in 1887."],
    },
    {"title": "", "url": TIDES, "description": "The harbour falls dry twice a day."},
    {"title": "A trap", "url": "javascript:alert(1)", "description": "The lighthouse is lit by electric light."},
]


class Searcher(ModelServer):
    """The vendor. `paths` are those it was asked under, `calls` what it was asked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.paths: list[str] = []

    async def _answer(self, writer: asyncio.StreamWriter, path: str, headers: Json, asked: Json) -> bool:
        self.paths.append(path)
        token = headers.get("x-subscription-token", "")
        return await super()._answer(writer, path, {"x-api-key": token, **headers}, asked)

    def answer_to(self, asked: Json, text: str) -> str:
        """What Perplexity says."""
        return ANSWER

    async def _misbehave(self, writer: asyncio.StreamWriter, behaviour: str, whole: bytes) -> bool:
        is_brave = self.paths[-1].startswith("/res/")
        reply = _brave(behaviour) if is_brave else _perplexity(behaviour, json.loads(whole))
        return await super()._misbehave(writer, behaviour, json.dumps(reply).encode())


def _brave(behaviour: str) -> Json:
    if behaviour == "odd":
        return {"type": "search", "web": {"results": "none"}}
    return {"type": "search"} if behaviour == "nothing" else {"type": "search", "web": {"results": RESULTS}}


def _perplexity(behaviour: str, reply: Json) -> Json:
    if behaviour == "odd":
        return {"choices": "none"}
    if behaviour == "nothing":
        reply["choices"][0]["message"]["content"] = "I could not find anything about it."
    if behaviour == "own_cost":
        reply["usage"]["cost"] = {"total_cost": 0.0123}
    pages = {"citations": [LAMP, TIDES]}
    titled = {"search_results": [{"title": "The lamp", "url": LAMP}, {"title": "Tides", "url": TIDES}]}
    return reply | pages | ({} if behaviour == "bare" else titled)
