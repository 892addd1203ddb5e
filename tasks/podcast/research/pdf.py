"""Notes as PDF: the text of each page, as far as the file has any."""

from __future__ import annotations

import io
import logging
import re

from tasks.plain_text import clean
from tasks.podcast.research.blocks import Block, Reading

_HYPHEN = re.compile(r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?=[a-zß-ÿ])")
"""Where a word goes on in the next line."""


def read_pdf(content: bytes) -> Reading:
    """Read a file's pages; it may take any time and any memory, so only a process that can be killed calls this."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return Reading(refused="it is encrypted")
        blocks = [Block(text, "", page) for page, text in enumerate(map(_text, reader.pages), 1) if text.strip()]
        title = reader.metadata.title if reader.metadata is not None else None
    except DependencyError:
        return Reading(refused="it is encrypted in a way that cannot be read here")
    except PyPdfError as error:
        return Reading(refused=f"it is a broken PDF: {str(error).rstrip('.') or type(error).__name__}")
    if not blocks:
        return Reading(refused="it has no text, as where its pages are pictures")
    return Reading(title=" ".join(clean(str(title or "")).split()), blocks=blocks, is_paged=True)


def _text(page: object) -> str:
    from pypdf import PageObject

    assert isinstance(page, PageObject)
    return _HYPHEN.sub("", clean(page.extract_text()))
