"""The form for working on the text: DOCX, whose looks are all styles, so that an editor changes them at one place."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tasks.fiction.export.docx_frame import dress
from tasks.fiction.export.manuscript import Chapter, Manuscript
from tasks.fiction.export.packing import pack, unpack
from tasks.fiction.export.text import Paragraph, Run

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement


def as_docx(manuscript: Manuscript) -> bytes:
    """Write a book as DOCX: title page with imprint, contents, chapters, each on a new page.

    The contents are a field that Word can renew; they are links without page numbers, which only Word can count.
    """
    from docx import Document

    document = Document()
    dress(document, manuscript)
    end = document.element.body.sectPr
    for paragraph in _paragraphs(manuscript):
        # `add_paragraph` looks for its place from the first paragraph on, each time.
        end.addprevious(paragraph)
    out = io.BytesIO()
    document.save(out)
    return pack(unpack(out.getvalue()), manuscript.published)


def _paragraphs(manuscript: Manuscript) -> Iterator[BaseOxmlElement]:
    yield _paragraph("Title", _text(manuscript.title))
    if manuscript.author:
        yield _paragraph("Subtitle", _text(manuscript.author))
    for line in manuscript.imprint:
        yield _paragraph("Imprint", _text(line))
    yield _paragraph("TOCHeading", _text(manuscript.language.words.contents))
    yield from _contents(manuscript.chapters)
    for chapter in manuscript.chapters:
        yield from _chapter(chapter)


def _contents(chapters: list[Chapter]) -> Iterator[BaseOxmlElement]:
    for chapter in chapters:
        link = _element("w:hyperlink", {"w:anchor": _mark(chapter), "w:history": "1"}, _text(chapter.title))
        opening = _field('TOC \\o "1-1" \\n \\h \\z \\u') if chapter is chapters[0] else []
        closing = [_run(_element("w:fldChar", {"w:fldCharType": "end"}))] if chapter is chapters[-1] else []
        yield _paragraph("TOC1", *opening, link, *closing)


def _field(instruction: str) -> list[BaseOxmlElement]:
    """Open a field, whose result follows."""
    said = _element("w:instrText", {"xml:space": "preserve"})
    said.text = instruction
    begin = _element("w:fldChar", {"w:fldCharType": "begin"})
    separate = _element("w:fldChar", {"w:fldCharType": "separate"})
    return [_run(begin), _run(said), _run(separate)]


def _chapter(chapter: Chapter) -> Iterator[BaseOxmlElement]:
    number = str(chapter.number)
    start = _element("w:bookmarkStart", {"w:id": number, "w:name": _mark(chapter)})
    end = _element("w:bookmarkEnd", {"w:id": number})
    yield _paragraph("Heading1", start, _text(chapter.title), end)
    style = "FirstParagraph"
    for block in chapter.blocks:
        if isinstance(block, Paragraph):
            yield _paragraph("Verse" if block.is_verse else style, *map(_set_run, block.runs))
            style = "BodyText"
        else:
            yield _paragraph("SceneBreak", _text("* * *"))
            style = "FirstParagraph"


def _mark(chapter: Chapter) -> str:
    return f"_Toc{chapter.number:08}"


def _set_run(run: Run) -> BaseOxmlElement:
    return _text(run.text, "Emphasis" if run.is_emphasised else "")


def _text(text: str, style: str = "") -> BaseOxmlElement:
    """Set a text as a run, its lines one below the other."""
    parts: list[BaseOxmlElement] = []
    if style:
        parts.append(_element("w:rPr", {}, _element("w:rStyle", {"w:val": style})))
    for number, line in enumerate(text.split("\n")):
        if number:
            parts.append(_element("w:br", {}))
        words = _element("w:t", {"xml:space": "preserve"})
        words.text = line
        parts.append(words)
    return _run(*parts)


def _run(*parts: BaseOxmlElement) -> BaseOxmlElement:
    return _element("w:r", {}, *parts)


def _paragraph(style: str, *parts: BaseOxmlElement) -> BaseOxmlElement:
    return _element("w:p", {}, _element("w:pPr", {}, _element("w:pStyle", {"w:val": style})), *parts)


def _element(tag: str, attributes: dict[str, str], *parts: BaseOxmlElement) -> BaseOxmlElement:
    """Build an element; the library that holds it escapes whatever its texts are."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    element = OxmlElement(tag, {qn(name): value for name, value in attributes.items()})
    element.extend(parts)
    return element
