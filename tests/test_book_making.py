"""Making books: the same bytes each time, many at once, and every form of the table."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from bookmaking import book, hostile_book, thai_book

from tasks.fiction.book import ENDINGS, Book, Format
from tasks.fiction.export import make_book

BEGINNINGS = {
    Format.EPUB: b"PK",
    Format.DOCX: b"PK",
    Format.HTML: b"<!doctype html>",
    Format.MARKDOWN: b"---\ntitle: ",
    Format.PDF: b"%PDF-",
}


@pytest.mark.parametrize("form", Format)
def test_every_form_is_made(form: Format) -> None:
    assert make_book(book(), form).startswith(BEGINNINGS[form])
    assert form in ENDINGS


@pytest.mark.parametrize("form", Format)
def test_a_book_is_the_same_to_the_byte_in_another_process(form: Format, tmp_path: Path) -> None:
    (tmp_path / "book.json").write_text(thai_book().model_dump_json(), encoding="utf-8")
    code = (
        "import hashlib, sys; from pathlib import Path; from tasks.fiction.book import Book, Format;"
        "from tasks.fiction.export import make_book;"
        "made = make_book(Book.model_validate_json(Path('book.json').read_bytes()), Format(sys.argv[1]));"
        "Path('made').write_bytes(made)"
    )
    elsewhere = {**os.environ, "TZ": "Pacific/Chatham", "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, form.value], cwd=tmp_path, env=elsewhere, check=True)
    assert (tmp_path / "made").read_bytes() == make_book(thai_book(), form)


def test_many_are_made_at_once_as_one_by_one() -> None:
    tasks: list[tuple[Book, Format]] = [
        (whole.model_copy(update={"title": f"{whole.title} {number}"}), form)
        for number in range(3)
        for whole in (book(), thai_book())
        for form in Format
    ]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda task: make_book(*task), tasks))
    assert together == [make_book(*task) for task in tasks]
    assert len(set(together)) == len(tasks)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("day", [date(1, 1, 1), date(1979, 12, 31), date(9999, 12, 31)])
def test_any_day_may_be_the_day_of_publication(form: Format, day: date) -> None:
    assert make_book(book(published=day), form)


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.PDF])
def test_what_is_text_nowhere_is_left_out_everywhere(form: Format) -> None:
    dirty, tidy = "a\x00b\ud800c\r\nd\ufffe", "abc\nd"
    assert make_book(hostile_book(dirty), form) == make_book(hostile_book(tidy), form)


def test_nothing_heavy_is_loaded_before_a_book_is_made() -> None:
    heavy = ("typst", "docx", "PIL", "jinja2")
    code = f"import sys, tasks.fiction.export; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
