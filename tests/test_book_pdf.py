"""PDF: pages that are read back as they were written, Thai among them, and no sign that is a box."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from bookmaking import ARABIC, HEBREW, book, hostile_book, hostile_texts, paragraphs_of, picture, squeezed, thai_book
from hypothesis import given, settings

from tasks.errors import PressroomError
from tasks.fiction.book import Book, BookChapter, Format
from tasks.fiction.export import make_book
from tasks.fiction.export.pdf_worker import pdf_apart

CONSONANTS = "กขคงจฉชซญฐณดตถทธนบปผฝพฟมยรลวศสหฬอฮ"
VOWELS = ("", "ั", "ิ", "ี", "ึ", "ื", "ุ", "ู", "็", "ำ")
TONES = ("", "่", "้", "๊", "๋", "์")


def read(whole: Book) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(make_book(whole, Format.PDF))


def pages(whole: Book) -> list[str]:
    """The text of each page, as Chrome would copy it; a word broken at the end of a line is whole again."""
    found = [page.get_textpage().get_text_range() for page in read(whole)]
    return [squeezed(re.sub("[\u00ad\ufffe\x02]\\s*", "", text)) for text in found]


def letters(text: str) -> str:
    return "".join(text.split())


def refused(whole: Book) -> str:
    with pytest.raises(PressroomError) as caught:
        make_book(whole, Format.PDF)
    assert caught.value.code == "EXPORT_FAILED"
    assert not caught.value.transient
    return caught.value.message


def test_a_book_has_a_cover_a_title_page_contents_and_chapters() -> None:
    cover, title, contents, *chapters = pages(book())
    assert cover == ""
    assert title.startswith("The Harbour at Night Ines Marlow © 2030 Ines Marlow Drafted by a small language model.")
    assert re.fullmatch(r"Contents The Lamps [. ]+ 1 The Quay [. ]+ 2", contents)
    assert [text[:9] for text in chapters] == ["The Lamps", "The Quay "]
    assert [text[-2:] for text in chapters] == [" 1", " 2"]


@pytest.mark.parametrize("whole", [book(), thai_book()], ids=["English", "Thai"])
def test_chapters_are_read_back_to_the_letter(whole: Book) -> None:
    *_, first, second = pages(whole)
    for chapter, text in zip(whole.chapters, (first, second), strict=True):
        *paragraphs, last = [letters(one) for one in paragraphs_of(chapter.text)]
        scene = paragraphs.pop(0)
        assert letters(text)[:-1] == letters(chapter.title) + scene + "***" + "".join([*paragraphs, last])


def test_every_thai_syllable_is_copied_as_it_was_written() -> None:
    syllables = " ".join(
        consonant + vowel + tone
        for consonant in CONSONANTS
        for vowel in VOWELS
        for tone in TONES
        if not (vowel == "็" and tone)
    )
    *_, first, second, third = pages(thai_book(chapters=[BookChapter(title="ก", text=syllables)]))
    chapter = "".join(re.sub(r" \d+$", "", page) for page in (first, second, third))
    assert letters(chapter) == "ก" + letters(syllables)


def test_bookmarks_and_properties_say_what_the_book_is() -> None:
    whole = thai_book()
    document = read(whole)
    assert [one.get_title() for one in document.get_toc()] == [chapter.title for chapter in whole.chapters]
    said = document.get_metadata_dict()
    assert (said["Title"], said["Author"], said["Keywords"]) == (whole.title, whole.author, "mystery")
    assert said["CreationDate"] == "D:20300304000000Z"


@pytest.mark.parametrize(("text", "language"), [(ARABIC, "ar"), (HEBREW, "he")])
def test_letters_from_right_to_left_stand_at_the_right(text: str, language: str) -> None:
    whole = book(text, language=language, title="1984", chapters=[BookChapter(title="1984", text=text)])
    page = read(whole)[3]
    found = page.get_textpage()
    first, wide = found.get_charbox(found.get_text_range().index(text[0])), page.get_width()
    assert first[2] > wide * 0.85


def test_signs_of_many_scripts_and_emoji_are_shown() -> None:
    signs = "Ærø Żółć Ελλάδα Москва Việt हिन्दी தமிழ் ქართული 😀 ⚓ ❤️ 1️⃣ ★ № ½ …"
    assert letters("1️⃣") in letters(pages(book(signs))[3])


def test_a_sign_that_no_font_has_is_named_instead_of_shown_as_a_box() -> None:
    message = refused(book("Before \U000e1234 or \u0378 after."))
    assert "no font on this machine can show" in message
    assert "'The Harbour at Night'" in message


def test_no_text_runs_as_code_of_typst() -> None:
    text = '#panic("x") #import "@preview/x:1.0.0" $x$ = _y_ `z` \\ // ~ -- "q" @ref <label>'
    whole = book(text, title=text, chapters=[BookChapter(title=text, text=text)])
    *_, contents, chapter = pages(whole)
    assert text in chapter
    assert text.partition(" ")[0] in contents


def test_a_word_longer_than_a_line_stays_on_the_page() -> None:
    whole = book("W" * 400, chapters=[BookChapter(title="W" * 200, text="W" * 400)])
    for page in read(whole):
        found = page.get_textpage()
        boxes = [found.get_charbox(index) for index in range(found.count_chars())]
        assert all(box[2] <= page.get_width() for box in boxes)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_cover_that_was_given_is_the_first_page_in_its_own_shape(form: str) -> None:
    first, second = list(read(book(cover=picture(form, (400, 600)))))[:2]
    assert first.get_height() == pytest.approx(first.get_width() * 1.5)
    image = first.render().to_pil().convert("L")
    assert image.getpixel((5, 5)) < 20
    assert image.getpixel((image.width - 5, image.height - 5)) > 235
    assert second.get_width() == pytest.approx(first.get_width())


@settings(max_examples=10, deadline=None)
@given(text=hostile_texts)
def test_any_text_is_set_or_its_sign_is_named(text: str) -> None:
    try:
        made = make_book(hostile_book(text), Format.PDF)
    except PressroomError as error:
        assert "can show" in error.message  # noqa: PT017  # it may as well be set
    else:
        assert made.startswith(b"%PDF-")


def test_a_script_that_makes_a_pdf_is_run_once_even_where_nothing_guards_it(tmp_path: Path) -> None:
    (tmp_path / "book.json").write_text(book().model_dump_json())
    (tmp_path / "script.py").write_text(
        "import asyncio\nfrom pathlib import Path\nfrom tasks.fiction.book import Book\n"
        "from tasks.fiction.export.pdf_worker import pdf_apart\nprint('run')\n"
        "made = asyncio.run(pdf_apart(Book.model_validate_json(Path('book.json').read_text())))\nprint(made[:5])\n"
    )
    command = [sys.executable, "script.py"]
    environment = {"PYTHONPATH": str(Path(__file__).parent.parent), "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["run", "b'%PDF-'"]


def test_what_keeps_a_book_from_being_set_apart_has_its_code() -> None:
    with pytest.raises(PressroomError) as caught:
        asyncio.run(pdf_apart(book("Before \u0378 after.")))
    assert caught.value.code == "EXPORT_FAILED"
