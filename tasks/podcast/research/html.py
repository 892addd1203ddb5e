"""Notes in HTML: their prose, without headings, code, tables, menus and lists of links."""

from __future__ import annotations

from html.parser import HTMLParser

from tasks.podcast.research.blocks import Block, Reading

_UNREAD = frozenset({"script", "style", "template", "noscript", "pre", "code", "table", "nav", "svg", "form", "select"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset("a abbr b cite em font i mark q s small span strong sub sup time u wbr".split())
_LINKED = 0.6


def read_html(text: str) -> Reading:
    """Read a page's blocks."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    parser.end_block()
    return Reading(title=parser.title, blocks=parser.blocks)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title, self.blocks = "", list[Block]()
        self._parts, self._linked, self._at = list[str](), 0, 1
        self._heading, self._unread, self._links = "", 0, 0
        self._in_heading = self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        self._links += tag == "a"
        if tag not in _INLINE:
            self.end_block()
        self._in_title = self._in_title or tag == "title"
        self._in_heading = self._in_heading or tag in _HEADINGS

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD and self._unread:
            self._unread -= 1
        self._links -= tag == "a" and self._links > 0
        if tag not in _INLINE:
            self.end_block()
        if tag == "title":
            self._in_title = False
        if tag in _HEADINGS:
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if not "".join(self._parts).strip():
            self._parts.clear()
            self._at = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
            data = data.lstrip()
        self._parts.append(data)
        self._linked += len(data) if self._links else 0

    def end_block(self) -> None:
        """Take what was read since the last one as a block, a heading or the page's title."""
        text, linked = "".join(self._parts).strip(), self._linked
        self._parts, self._linked = [], 0
        if not text:
            return
        if self._in_heading:
            self._heading = " ".join(text.split())
        if self._in_heading or self._in_title:
            self.title = self.title or " ".join(text.split())
        elif linked < _LINKED * len(text):
            self.blocks.append(Block(text, self._heading, self._at))
