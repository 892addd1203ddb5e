"""Making one document: fingerprint, reuse or text, file, outcome. What the fast stages do to each item."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.checkpoints import canonical
from tasks.documents.configs import LoadedConfig
from tasks.documents.generators import filler
from tasks.documents.models import DocumentItem
from tasks.documents.plan import library_of
from tasks.errors import PressroomError, as_fault
from tasks.files import write_atomically
from tasks.fingerprint_parts import PART_LENGTH, joined
from tasks.models import Outcome, Output
from tasks.reuse import flights, read_reusable

if TYPE_CHECKING:
    from tasks.documents.jinja_templates import JinjaRequest

CODE_VERSION = "1"
"""Goes up when a generator makes another text of the same input."""


@dataclass(frozen=True)
class Draft:
    """An item whose config has been read, with the fingerprint of what will be made of it."""

    item: DocumentItem
    loaded: LoadedConfig
    fingerprint: str
    request: JinjaRequest | None = None
    """What is to be rendered, where a template engine makes the document."""


def draft(item: DocumentItem) -> Draft:
    """Read an item's config and name what will be made of it; making and `plan` both begin here, so they agree."""
    loaded = library_of(item.base_dir).load(item.content_config_id)
    if item.lane != "render":
        return Draft(item, loaded, fingerprint_of(item, loaded))
    from tasks.documents import jinja  # Jinja takes a while to load, and most documents need none.

    request = jinja.prepare(loaded.config, item.context, Path(item.base_dir))
    return Draft(item, loaded, fingerprint_of(item, loaded, jinja.fingerprint_of_templates(request)), request)


def fingerprint_of(item: DocumentItem, loaded: LoadedConfig, templates: str = "") -> str:
    """Name a document by its config, its values, the code, and the hash of its templates."""
    values = _hash(canonical(item.context)) if item.context else "none"
    parts = {"config": loaded.sha256[:PART_LENGTH], "values": values, "templates": templates[:PART_LENGTH]}
    return joined(code=CODE_VERSION, **parts)


def fill(drafted: Draft) -> str:
    """Make the text with one of the generators that cannot hang."""
    config = drafted.loaded.config
    generate = filler(config.generator)
    assert generate is not None, "the lane takes no other generators"
    return generate(config, drafted.item.context)


def finish(drafted: Draft, make: Callable[[], str], known: Output | None, started: float) -> Outcome:
    """Write the document, taking a finished one where there is one, and say what became of the item."""
    item = drafted.item

    def work() -> Output:
        return _write(item, make().encode())

    try:
        output = work() if item.force else _copy(item, known)
        reused = output is not None and not item.force
        if output is None:
            output, mine = flights.get().make(drafted.fingerprint, work)
            if not mine:
                output, reused = _copy(item, output) or work(), True
    except Exception as error:
        return failed(item, error, started)
    return Outcome(
        item_id=item.item_id,
        outputs=[output],
        fingerprint=drafted.fingerprint,
        reused=reused,
        seconds=time.perf_counter() - started,
    )


def failed(item: DocumentItem, error: Exception, started: float) -> Outcome:
    """Describe the failure of an item; only what is ours to foresee has a code of its own."""
    seen: PressroomError = as_fault(error, what=f"document {item.item_id!r}")
    return Outcome.failed(item.item_id, seen, seconds=time.perf_counter() - started)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:PART_LENGTH]


def _copy(item: DocumentItem, known: Output | None) -> Output | None:
    """Take a finished document over, or return None where it is not there as it was written."""
    content = read_reusable(known) if known is not None else None
    if content is None or known is None:
        return None
    return known if known.path == item.output_path else _write(item, content)


def _write(item: DocumentItem, content: bytes) -> Output:
    path = item.output_path or ""
    write_atomically(path, content)
    return Output.of(path, content)
