"""Small SVG, as text.

Widths are percent and heights pixels, so that a picture fits a phone, a screen and a sheet of paper
while its letters stay as large as the text around it. Everything that is given is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Part = Markup


def tag(name: str, *inside: str, **attributes: object) -> Part:
    """Make an element; `class_` and `text_anchor` become `class` and `text-anchor`, None is left out."""
    given = "".join(
        f' {key.strip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not inside:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{''.join(escape(part) for part in inside)}</{name}>")


def rect(begin: float, end: float, top: float, height: float, css: str, title: str = "") -> Part:
    """Draw a bar from share `begin` to share `end` of the width, never too thin to be seen."""
    width = max(end - begin, 0.002)
    left = min(begin, 1.0 - width)
    tip = (tag("title", title),) if title else ()
    return tag("rect", *tip, class_=css, x=percent(left), width=percent(width), y=top, height=height)


def text(at: float, top: float, words: str, css: str = "", anchor: str | None = None) -> Part:
    """Write something at a share of the width."""
    return tag("text", words, class_=css or None, x=percent(at), y=top, text_anchor=anchor)


def upright(at: float, top: float, bottom: float, css: str) -> Part:
    """Draw a line from top to bottom at a share of the width."""
    return tag("line", class_=css, x1=percent(at), x2=percent(at), y1=top, y2=bottom)


def level(height: float, css: str, begin: float = 0.0, end: float = 1.0) -> Part:
    """Draw a line from left to right at a height."""
    return tag("line", class_=css, x1=percent(begin), x2=percent(end), y1=height, y2=height)


def mark(at: float, top: float, path: str, css: str) -> Part:
    """Draw a small sign whose path is in pixels around its own middle."""
    return tag("svg", tag("path", d=path), class_=css, x=percent(at), y=top, overflow="visible")


def drawing(height: float, alt: str, parts: Iterable[Part]) -> Part:
    """Put a picture together; `alt` says what it shows to those who do not see it."""
    return tag("svg", *parts, class_="chart", width="100%", height=height, role="img", aria_label=alt)


def percent(share: float) -> str:
    """Write a share of the width."""
    return f"{100 * share:.2f}%"


def _written(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
