"""The process in which files of notes are read, so that one that never ends can be ended.

A line of JSON in, a line of JSON out: a file that broke its reader could still not make anybody run code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import IO

from pydantic import BaseModel

from tasks.errors import PressroomError
from tasks.files import read_bytes, read_text
from tasks.plain_text import clean
from tasks.podcast.research.blocks import Block, Reading
from tasks.podcast.research.html import read_html
from tasks.podcast.research.markdown import read_markdown
from tasks.podcast.research.pdf import read_pdf
from tasks.worker_processes import limit_memory, serve_lines, set_alarm

_BETWEEN = re.compile(r"\n(?:[ \t]*\n)+")


class Job(BaseModel):
    """A file to be read, and within what: seconds, bytes of memory."""

    path: Path
    seconds: float
    memory: int
    limit: int
    """Bytes the file may have."""


def serve() -> None:
    """Answer requests until the other end is closed."""
    serve_lines(_serve_one)


def _serve_one(line: bytes, target: IO[bytes]) -> None:
    job = Job.model_validate_json(line)
    set_alarm(job.seconds + 5)
    limit_memory(job.memory)
    target.write(_answer(job).encode() + b"\n")
    set_alarm(0)


def _answer(job: Job) -> str:
    try:
        return _read(job).model_dump_json()
    except PressroomError as error:
        return Reading(refused=_why(error)).model_dump_json()
    except MemoryError:
        raise  # A process that has just run out of memory is of no further use.
    except Exception as error:  # Whatever is wrong in a file may surface as anything in its reader.
        return Reading(refused=clean(f"it is broken: {type(error).__name__}: {error}"[:200])).model_dump_json()


def _why(error: PressroomError) -> str:
    reasons = {
        "FILE_TOO_LARGE": "it has {size:,} bytes, and {limit:,} are the most",
        "NOT_UTF8": "it is not UTF-8 text (byte {offset})",
        "SPEC_NOT_FOUND": "it is no file",
    }
    return reasons[error.code].format(**error.details) if error.code in reasons else error.message.rstrip(".")


def _read(job: Job) -> Reading:
    ending = job.path.suffix.lower()
    if ending == ".pdf":
        return read_pdf(read_bytes(job.path, limit=job.limit))
    return READERS[ending](clean(read_text(job.path, limit=job.limit)))


def _read_text(text: str) -> Reading:
    """Read plain text, whose paragraphs are what empty lines part."""
    blocks, at, end = list[Block](), 1, 0
    for between in [*_BETWEEN.finditer(text), None]:
        part = text[end : between.start() if between else len(text)]
        if part.strip():
            blocks.append(Block(part, "", at + part.count("\n", 0, len(part) - len(part.lstrip()))))
        if between is not None:
            at, end = at + text.count("\n", end, between.end()), between.end()
    return Reading(blocks=blocks)


READERS: dict[str, Callable[[str], Reading]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": _read_text,
    ".text": _read_text,
    ".html": read_html,
    ".htm": read_html,
}
"""What reads the text of a file, by its ending."""
