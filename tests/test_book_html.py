"""HTML: one file that loads nothing, in which whatever an author wrote is text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bookmaking import ARABIC, book, hostile_book, hostile_texts, paragraphs_of, picture, squeezed, thai_book
from hypothesis import given, settings
from lxml import html  # type: ignore[import-untyped]  # python-docx brings it, and it has no types

from tasks.fiction.book import Book, Format
from tasks.fiction.export import make_book
from tasks.plain_text import one_line

COVER = picture(size=(32, 48))


def page_of(whole: Book) -> Any:
    return html.document_fromstring(make_book(whole, Format.HTML).decode())


def texts(elements: Any) -> list[str]:
    return [squeezed(element.text_content()) for element in elements]


@pytest.mark.parametrize("whole", [book(), thai_book()], ids=["English", "Thai"])
def test_chapters_are_read_back_to_the_letter(whole: Book) -> None:
    sections = page_of(whole).findall(".//section")
    assert [texts(section.findall("h2")) for section in sections] == [[chapter.title] for chapter in whole.chapters]
    assert [texts(section.findall("p")) for section in sections] == [
        paragraphs_of(chapter.text) for chapter in whole.chapters
    ]


def test_the_contents_lead_to_chapters_that_are_there() -> None:
    page = page_of(thai_book())
    links = page.findall(".//nav//a")
    assert texts(links) == [chapter.title for chapter in thai_book().chapters]
    assert all(page.get_element_by_id(link.get("href").removeprefix("#")).tag == "section" for link in links)


def test_nothing_is_loaded_and_nothing_may_be() -> None:
    made = make_book(book(cover=COVER), Format.HTML).decode()
    page = html.document_fromstring(made)
    addresses = [
        element.get(name) for element in page.iter() for name in ("src", "href", "srcset") if element.get(name)
    ]
    assert {address[:5] for address in addresses} == {"data:", "#chap"}
    assert not re.search(r"url\(|@import|<script|<link", made)
    policy = page.find(".//meta[@http-equiv]").get("content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fa-IR", "rtl"), ("th", "ltr")])
def test_the_page_has_the_language_and_its_direction(language: str, direction: str) -> None:
    page = page_of(book(ARABIC, language=language))
    assert (page.get("lang"), page.get("dir")) == (language, direction)


def test_it_says_who_wrote_it_and_how_it_was_made() -> None:
    page = page_of(book())
    assert page.findtext(".//title") == "The Harbour at Night"
    assert page.find(".//meta[@name='author']").get("content") == "Ines Marlow"
    assert "Drafted by a small language model." in texts(page.findall(".//header//p"))


@settings(max_examples=40, deadline=None)
@given(text=hostile_texts)
def test_whatever_stands_in_a_text_is_text(text: str) -> None:
    usual = {element.tag for element in page_of(book(cover=COVER)).iter()}
    page = page_of(hostile_book(text).model_copy(update={"cover": COVER}))
    assert {element.tag for element in page.iter()} <= usual
    assert texts(page.findall(".//section/p")) == paragraphs_of(text)
    assert texts([page.find(".//h1")]) == [squeezed(one_line(text) or "—")]
    assert not [name for element in page.iter() for name in element.keys() if name.startswith("on")]
