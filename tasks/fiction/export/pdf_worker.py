"""The process in which a PDF is set: Typst keeps up to a gigabyte for a long book, which ends with its process.

A line of JSON in; a line of JSON out, and the bytes of the file behind it.
"""

from __future__ import annotations

from typing import IO

from anyio import to_thread
from pydantic import BaseModel

from tasks.errors import PressroomError, fault, rebuilt
from tasks.fiction.book import Book, Format
from tasks.fiction.export.making import make_book
from tasks.worker_processes import Worker, WorkerDied, serve_lines

_SERVES = "tasks.fiction.export.pdf_worker"


class Reply(BaseModel):
    """How it went; `size` bytes follow, or `error` says code, message and remedy."""

    size: int = 0
    error: tuple[str, str, str] | None = None


async def pdf_apart(book: Book) -> bytes:
    """Set a book as PDF in a process of its own, which is killed when whoever waits for it is cancelled."""
    worker = await to_thread.run_sync(Worker, _SERVES)
    try:
        return await to_thread.run_sync(_ask, worker, book, abandon_on_cancel=True)
    except WorkerDied as died:
        why = f"the process that sets it has ended ({died})"
        raise fault("EXPORT_FAILED", project=book.title, form=Format.PDF.value, why=why) from died
    finally:
        worker.end()


def _ask(worker: Worker, book: Book) -> bytes:
    reply = Reply.model_validate_json(worker.ask(book.model_dump_json().encode()))
    if reply.error is not None:
        raise rebuilt(*reply.error)
    return worker.read(reply.size)


def serve() -> None:
    """Set a book for each line, until the other end is closed."""
    serve_lines(_answer)


def _answer(line: bytes, target: IO[bytes]) -> None:
    content = b""
    try:
        content = make_book(Book.model_validate_json(line), Format.PDF)
        reply = Reply(size=len(content))
    except PressroomError as error:
        reply = Reply(error=(error.code, error.message, error.remedy))
    target.write(reply.model_dump_json().encode() + b"\n")
    target.write(content)
