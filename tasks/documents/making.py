"""Making one document: reuse or text, files, outcome. What the fast stages do to each item."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from tasks.documents.drafts import CODE_VERSION, Draft, draft, fingerprint_of
from tasks.documents.models import DocumentItem
from tasks.documents.texts import Made, changed, fill
from tasks.errors import PressroomError, as_fault
from tasks.files import write_atomically
from tasks.models import Outcome, Output
from tasks.reuse import Finished, flights, read_reusable

__all__ = ["CODE_VERSION", "Draft", "draft", "failed", "fill", "fingerprint_of", "finish"]

logger = logging.getLogger("pressroom")


def finish(drafted: Draft, make: Callable[[], Made], known: Sequence[Output] | None, started: float) -> Outcome:
    """Write the document, taking a finished one where there is one, and say what became of the item."""
    item = drafted.item

    def work() -> Finished:
        made = make()
        return Finished(_write(item, made.contents), made.left_out)

    try:
        outputs = _copy(item, known)
        finished, reused = Finished(outputs or [], drafted.left_out), outputs is not None
        if not reused:
            finished, mine = flights.get().make(drafted.fingerprint, work)
            if not mine:
                outputs = _copy(item, finished.outputs)
                finished, reused = (finished._replace(outputs=outputs) if outputs else work()), True
    except Exception as error:
        return failed(item, error, started)
    for part in finished.left_out:
        logger.warning("%s was made without its optional part %s", item.item_id, part)
    return Outcome(
        item_id=item.item_id,
        outputs=finished.outputs,
        # What failed only while it was made is not in the fingerprint, and may come out the next time.
        fingerprint=drafted.fingerprint if finished.left_out == drafted.left_out else None,
        reused=reused,
        seconds=time.perf_counter() - started,
        left_out=finished.left_out,
    )


def failed(item: DocumentItem, error: Exception, started: float) -> Outcome:
    """Describe the failure of an item; only what is ours to foresee has a code of its own."""
    seen: PressroomError = as_fault(error, what=f"document {item.item_id!r}")
    return Outcome.failed(item.item_id, seen, seconds=time.perf_counter() - started)


def _copy(item: DocumentItem, known: Sequence[Output] | None) -> list[Output] | None:
    """Take a finished document over, or return None where not all of its files are there as they were written."""
    paths = item.paths
    if known is None or len(known) != len(paths):
        return None
    contents = [read_reusable(one) for one in known]
    if any(content is None for content in contents):
        return None
    return [
        one if one.path == path else _write_one(path, content or b"")
        for one, path, content in zip(known, paths, contents, strict=True)
    ]


def _write(item: DocumentItem, contents: Sequence[bytes]) -> list[Output]:
    paths = item.paths
    if len(paths) != len(contents):
        raise changed(item.content_config_id)
    return [_write_one(path, content) for path, content in zip(paths, contents, strict=True)]


def _write_one(path: str, content: bytes) -> Output:
    write_atomically(path, content)
    return Output.of(path, content)
