"""What EPUB and HTML have in common: texts escaped, paragraphs as elements, and where templates lie."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup, escape

from tasks.fiction.export.text import Block, Paragraph, Run
from tasks.page_templates import page_environment

TEMPLATES = Path(__file__).parent / "templates"


@cache
def template_environment() -> Environment:
    """Return the environment of the templates, in which every text is escaped."""
    environment = page_environment(TEMPLATES)
    environment.filters["paragraphs"] = paragraphs
    return environment


def style_of(name: str) -> Markup:
    """Return a style sheet of ours, to stand in a page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def paragraphs(blocks: Iterable[Block]) -> Markup:
    """Write a chapter as elements that are right in HTML and in XHTML."""
    return Markup("\n").join(map(_element, blocks))


def _element(block: Block) -> Markup:
    if not isinstance(block, Paragraph):
        return Markup('<hr class="scene"/>')
    opening = Markup('<p class="verse">') if block.is_verse else Markup("<p>")
    return opening + Markup("").join(map(_inline, block.runs)) + Markup("</p>")


def _inline(run: Run) -> Markup:
    lines = Markup("<br/>\n").join(map(escape, run.text.split("\n")))
    return Markup("<em>{}</em>").format(lines) if run.is_emphasised else lines
