"""Making a book's file: a room for each form, and one way in."""

from tasks.fiction.export.making import make_book as make_book
