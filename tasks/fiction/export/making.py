"""The way in: a book and a form go in, the bytes of a file come out."""

from __future__ import annotations

from tasks.fiction.book import Book, Format
from tasks.fiction.export.manuscript import manuscript_of


def make_book(book: Book, form: Format) -> bytes:
    """Make a book's file; the same book gives the same bytes, whenever it is made.

    It computes for up to some seconds and writes no file, so it may run in any thread or process, many at once. A PDF
    takes about 10 MB of memory for a chapter of 3,000 words, and Typst gives it back to its process only some books
    later: where long ones are made, a process that ends does better than a thread.

    EXPORT_FAILED says what of the book cannot be had in that form. A cover is part of EPUB, HTML and PDF; DOCX and
    Markdown are for working on the text.
    """
    manuscript = manuscript_of(book)
    # Each form's libraries take longer to load than a small book to be made, and one form needs only its own.
    match form:
        case Format.EPUB:
            from tasks.fiction.export.epub import as_epub

            return as_epub(manuscript)
        case Format.DOCX:
            from tasks.fiction.export.docx import as_docx

            return as_docx(manuscript)
        case Format.HTML:
            from tasks.fiction.export.html import as_html

            return as_html(manuscript)
        case Format.MARKDOWN:
            from tasks.fiction.export.markdown import as_markdown

            return as_markdown(manuscript)
        case Format.PDF:
            from tasks.fiction.export.pdf import as_pdf

            return as_pdf(manuscript)
