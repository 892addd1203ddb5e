"""What a search of the web brings: sentences, each with its page, put together to passages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urldefrag, urlsplit

from tasks.plain_text import one_line
from tasks.podcast.research.found import Passage
from tasks.words import count, cut

_MOST = 3000
"""Letters of a page that are kept."""
_LONGEST = 300
"""Letters of an address that a source has room for."""


class Page(NamedTuple):
    """A page of the web."""

    address: str
    title: str


class Said(NamedTuple):
    """A sentence and where it stands."""

    text: str
    page: Page


def passages_of(said: Iterable[Said], most: int) -> tuple[list[Passage], list[str]]:
    """Put the sentences of each page together, the first page first; warn of pages that cannot be named."""
    texts: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    unnamed: set[str] = set()
    for one in said:
        address = urldefrag(one_line(one.page.address)).url
        if len(address) > _LONGEST or urlsplit(address).scheme not in ("http", "https"):
            unnamed.add(address)
            continue
        texts.setdefault(address, []).append(one.text)
        titles.setdefault(address, cut(one.page.title, 200))
    found = [
        Passage(text=_joined(parts), where=address, title=titles[address])
        for address, parts in list(texts.items())[:most]
    ]
    warning = f"{count(len(unnamed), 'page')} left out, whose addresses are too long or none."
    return found, [warning] if unnamed else []


def _joined(sentences: Iterable[str]) -> str:
    """Put sentences together that are not there yet, as many as there is room for."""
    kept: dict[str, None] = {}
    room = _MOST
    for sentence in dict.fromkeys(sentences):
        room -= len(sentence) + 1
        if room < 0:
            break
        kept[sentence] = None
    return " ".join(kept)
