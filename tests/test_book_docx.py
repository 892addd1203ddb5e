"""DOCX: what an editor opens, with its looks in styles and its language said."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from bookmaking import ARABIC, book, hostile_book, hostile_texts, paragraphs_of, squeezed, thai_book
from docx import Document
from docx.document import Document as Read
from docx.oxml.ns import qn
from hypothesis import given, settings

from tasks.fiction.book import Book, BookChapter, Format
from tasks.fiction.export import make_book
from tasks.plain_text import one_line


def document_of(whole: Book) -> Read:
    return Document(io.BytesIO(make_book(whole, Format.DOCX)))


def texts(document: Read, *styles: str) -> list[str]:
    found = [one for one in document.paragraphs if one.style is not None and one.style.name in styles]
    return [squeezed(one.text) for one in found]


@pytest.mark.parametrize("whole", [book(), thai_book()], ids=["English", "Thai"])
def test_chapters_are_read_back_to_the_letter(whole: Book) -> None:
    document = document_of(whole)
    assert texts(document, "Heading 1") == [chapter.title for chapter in whole.chapters]
    read = texts(document, "Body Text", "First Paragraph", "Verse")
    assert read == [text for chapter in whole.chapters for text in paragraphs_of(chapter.text)]
    assert texts(document, "Scene Break") == ["* * *"] * len(whole.chapters)


def test_paragraphs_are_told_apart_by_styles_alone() -> None:
    document = document_of(book())
    names = [one.style.name for one in document.paragraphs if one.style is not None]
    chapter = ["Heading 1", "First Paragraph", "Scene Break", "First Paragraph", "Verse"]
    assert names == ["Title", "Subtitle", *["Imprint"] * 4, "TOC Heading", *["toc 1"] * 2, *chapter * 2]
    emphasised = [run for one in document.paragraphs for run in one.runs if run.style.name == "Emphasis"]
    assert [run.text for run in emphasised] == ["early", "early"]


def test_each_chapter_begins_on_a_new_page() -> None:
    document = document_of(book())
    for name in ("Heading 1", "TOC Heading"):
        assert document.styles[name].paragraph_format.page_break_before


def test_the_contents_are_a_field_that_links_to_the_chapters() -> None:
    body = document_of(thai_book()).element.body
    (instruction,) = body.iter(qn("w:instrText"))
    assert instruction.text.startswith("TOC ")
    assert [mark.get(qn("w:fldCharType")) for mark in body.iter(qn("w:fldChar"))] == ["begin", "separate", "end"]
    marks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    links = list(body.iter(qn("w:hyperlink")))
    assert [link.get(qn("w:anchor")) for link in links] == marks
    assert [link.text for link in links] == [chapter.title for chapter in thai_book().chapters]


@pytest.mark.parametrize(
    ("language", "latin", "east", "complex_script", "font"),
    [
        ("th", "en-US", "en-US", "th-TH", "Tahoma"),
        ("ar-EG", "en-US", "en-US", "ar-EG", "Times New Roman"),
        ("ja", "en-US", "ja-JP", "ar-SA", "Times New Roman"),
        ("pt-BR", "pt-BR", "en-US", "ar-SA", "Times New Roman"),
    ],
)
def test_each_sort_of_letters_has_its_language_and_font(
    language: str, latin: str, east: str, complex_script: str, font: str
) -> None:
    document = document_of(book(language=language))
    (defaults,) = document.styles.element.iter(qn("w:rPrDefault"))
    (said,) = defaults.iter(qn("w:lang"))
    assert [said.get(qn(f"w:{name}")) for name in ("val", "eastAsia", "bidi")] == [latin, east, complex_script]
    (fonts,) = defaults.iter(qn("w:rFonts"))
    assert fonts.get(qn("w:cs")) == font
    assert document.core_properties.language == language


def test_what_is_emphasised_or_bold_is_so_in_complex_scripts_too() -> None:
    styles = document_of(thai_book()).styles
    assert styles["Emphasis"].element.rPr.find(qn("w:iCs")) is not None
    heading = styles["Heading 1"].element.rPr
    assert heading.find(qn("w:bCs")) is not None
    assert heading.find(qn("w:szCs")).get(qn("w:val")) == heading.find(qn("w:sz")).get(qn("w:val"))


@pytest.mark.parametrize(("language", "leftward"), [("he", True), ("th", False)])
def test_a_language_from_right_to_left_turns_paragraphs_letters_and_pages(language: str, leftward: bool) -> None:
    document = document_of(book(ARABIC, language=language))
    normal = document.styles["Normal"].element
    turned = [
        normal.pPr.find(qn("w:bidi")),
        normal.rPr.find(qn("w:rtl")),
        document.element.body.sectPr.find(qn("w:bidi")),
    ]
    assert [mark is not None for mark in turned] == [leftward] * 3


def test_its_properties_say_what_the_book_is() -> None:
    properties = document_of(book(description="word " * 200)).core_properties
    assert (properties.title, properties.author, properties.category) == (
        "The Harbour at Night",
        "Ines Marlow",
        "mystery",
    )
    assert properties.identifier == "urn:uuid:7f3a6f0e-0f0a-4d51-9c6a-0d4d1f3f2b11"
    assert properties.created == properties.modified == datetime(2030, 3, 4, tzinfo=UTC)
    assert len(properties.comments) == 255


def test_a_book_without_an_author_names_nobody() -> None:
    document = document_of(book(author=""))
    assert (document.core_properties.author, texts(document, "Subtitle")) == ("", [])


@settings(max_examples=25, deadline=None)
@given(text=hostile_texts)
def test_whatever_stands_in_a_text_is_text(text: str) -> None:
    document = document_of(hostile_book(text))
    assert texts(document, "Body Text", "First Paragraph", "Verse") == paragraphs_of(text)
    assert texts(document, "Title") == [squeezed(one_line(text) or "—")]
    assert texts(document, "Heading 1") == texts(document, "toc 1") == [squeezed(one_line(text) or "1")]


def test_a_chapter_without_text_is_its_title() -> None:
    document = document_of(book(chapters=[BookChapter(title="Nothing", text="")]))
    assert [one.text for one in document.paragraphs][-2:] == ["Nothing", "Nothing"]
