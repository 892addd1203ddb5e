"""Markdown: read by a program that knows it, every text is what it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from bookmaking import book, hostile_book, hostile_texts, paragraphs_of, squeezed, thai_book
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # rich brings it
from markdown_it.token import Token

from tasks.fiction.book import Book, Format
from tasks.fiction.export import make_book
from tasks.fiction.export.text import Paragraph, SceneBreak, blocks_of
from tasks.plain_text import one_line

READERS = {
    "CommonMark": MarkdownIt("commonmark"),
    "with tables and strikethrough": MarkdownIt("commonmark").enable(["table", "strikethrough"]),
}


def parts_of(whole: Book) -> tuple[dict[str, str], str]:
    made = make_book(whole, Format.MARKDOWN).decode()
    front, body = made.removeprefix("---\n").split("\n---\n", 1)
    return yaml.safe_load(front), body


def inline(token: Token) -> str:
    kinds = {"softbreak": "\n", "hardbreak": "\n"}
    return squeezed(
        "".join(kinds.get(child.type, child.content) for child in token.children or [] if child.type != "html_inline")
    )


def read(reader: MarkdownIt, body: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text as their kind and what is seen of them."""
    tokens = reader.parse(body)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline":
            assert before is not None
            yield before.type.removesuffix("_open"), inline(token)
        elif token.nesting == 0:
            yield token.type, ""


def expected(whole: Book) -> Iterator[tuple[str, str]]:
    for number, chapter in enumerate(whole.chapters, 1):
        yield "heading", squeezed(one_line(chapter.title) or str(number))
        for block in blocks_of(chapter.text):
            if isinstance(block, SceneBreak):
                yield "hr", ""
            elif isinstance(block, Paragraph):
                yield "paragraph", squeezed("".join(run.text for run in block.runs))


@pytest.mark.parametrize("whole", [book(), thai_book()], ids=["English", "Thai"])
def test_chapters_are_read_back_to_the_letter(whole: Book) -> None:
    _, body = parts_of(whole)
    assert list(read(READERS["CommonMark"], body)) == list(expected(whole))
    assert all(text in body for chapter in whole.chapters for text in paragraphs_of(chapter.text)[1:2])


def test_the_front_matter_says_what_the_book_is() -> None:
    front, _ = parts_of(thai_book())
    assert front["title"] == "ท่าเรือเก่ากับสมุดบันทึกที่หายไป"
    assert (front["lang"], front["dir"], front["date"]) == ("th", "ltr", "2030-03-04")
    assert front["note"] == "ร่างด้วยแบบจำลองภาษาขนาดเล็ก"


def test_emphasis_stays_emphasis_where_its_own_marks_would_not_be_read() -> None:
    _, body = parts_of(book("เขา*“พูด”*ต่อ *“so”* and *so*."))
    assert "เขา<em>“พูด”</em>ต่อ *“so”* and *so*." in body


def test_lines_of_verse_are_lines() -> None:
    _, body = parts_of(book())
    assert "Roses are red,\\\nthe quay is grey." in body


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=60, deadline=None)
@given(text=hostile_texts)
def test_whatever_stands_in_a_text_is_text(reader: str, text: str) -> None:
    whole = hostile_book(text)
    _, body = parts_of(whole)
    assert list(read(READERS[reader], body)) == list(expected(whole))


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="ab*_“.#-+=1)> \\`\n<&;!", max_size=25))
def test_no_mixture_of_marks_is_markup(text: str) -> None:
    whole = book(text)
    _, body = parts_of(whole)
    assert list(read(READERS["CommonMark"], body)) == list(expected(whole))
