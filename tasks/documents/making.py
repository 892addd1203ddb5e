"""Making one document: reuse or text, files, outcome. What the fast stages do to each item."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from tasks.documents.drafts import CODE_VERSION, Draft, changed, draft, fingerprint_of
from tasks.documents.models import DocumentItem, DocumentText
from tasks.documents.texts import Made, fill
from tasks.errors import PressroomError, as_fault
from tasks.files import write_atomically
from tasks.models import Outcome, Output
from tasks.reuse import Finished, flights, read_reusable

__all__ = ["CODE_VERSION", "Draft", "draft", "failed", "fill", "fingerprint_of", "finish"]

LEFT_EMPTY = "Left empty: "
"""How the warning begins that names variables which a template asks for and nobody gives."""
logger = logging.getLogger("pressroom")


def finish(drafted: Draft, make: Callable[[], Made], known: Finished | None, started: float) -> Outcome:
    """Write the document, taking a finished one where there is one, and say what became of the item."""
    item = drafted.item

    def work() -> Finished:
        made = make()
        return Finished(_write(item, made.contents), made.left_out, _of_empty(made.left_empty))

    try:
        outputs = None if known is None or item.force else _copy(item, known.outputs)
        reused = outputs is not None
        if known is not None and outputs is not None:
            told = tuple(text for text in known.warnings if text.startswith(LEFT_EMPTY))
            finished = Finished(outputs, drafted.left_out, told)
        elif item.force:
            finished = work()
        else:
            finished, mine = flights.get().make(drafted.fingerprint, work)
            if not mine:
                outputs, reused = _copy(item, finished.outputs), True
                finished = work() if outputs is None else finished._replace(outputs=outputs)
    except Exception as error:
        return failed(item, error, started)
    outcome = Outcome(
        item_id=item.item_id,
        outputs=finished.outputs,
        fingerprint=drafted.fingerprint,
        reused=reused,
        seconds=time.perf_counter() - started,
        warnings=finished.warnings,
    )
    return _without(outcome, drafted, finished.left_out) if finished.left_out else outcome


def written(item: DocumentItem, document: DocumentText, fingerprint: str) -> Outcome:
    """Write the texts that a model had a part in, and say what they were made without."""
    outputs = _write(item, [text.encode() for text in document.texts])
    warnings = [f"Made without {part}" for part in document.left_out]
    warnings += [f"The fallback stands in for {part}" for part in document.stands_in]
    warnings += _of_empty(document.left_empty)
    kept = None if document.is_provisional else fingerprint
    return Outcome(item_id=item.item_id, outputs=outputs, fingerprint=kept, warnings=tuple(warnings))


def failed(item: DocumentItem, error: Exception, started: float) -> Outcome:
    """Describe the failure of an item; only what is ours to foresee has a code of its own."""
    seen: PressroomError = as_fault(error, what=f"document {item.item_id!r}")
    return Outcome.failed(item.item_id, seen, seconds=time.perf_counter() - started)


def _without(outcome: Outcome, drafted: Draft, left_out: tuple[str, ...]) -> Outcome:
    """Say what the document was made without."""
    for part in left_out:
        logger.warning("%s was made without its optional part %s", outcome.item_id, part)
    # What failed only while it was made is not in the fingerprint, and may come out the next time.
    fingerprint = drafted.fingerprint if left_out == drafted.left_out else None
    return outcome.model_copy(
        update={
            "warnings": (*(f"Made without {part}" for part in left_out), *outcome.warnings),
            "fingerprint": fingerprint,
        }
    )


def _of_empty(names: Sequence[str]) -> tuple[str, ...]:
    """Say which variables were left empty."""
    return (LEFT_EMPTY + ", ".join(names),) if names else ()


def _copy(item: DocumentItem, known: Sequence[Output]) -> list[Output] | None:
    """Take a finished document over, or return None where not all of its files are there as they were written."""
    contents = [content for one in known if (content := read_reusable(one)) is not None]
    paths = item.paths
    if not len(contents) == len(known) == len(paths):
        return None
    return [
        one if one.path == path else _write_one(path, content)
        for one, path, content in zip(known, paths, contents, strict=True)
    ]


def _write(item: DocumentItem, contents: Sequence[bytes]) -> list[Output]:
    paths = item.paths
    if len(paths) != len(contents):
        raise changed(item.content_config_id)
    return list(map(_write_one, paths, contents))


def _write_one(path: str, content: bytes) -> Output:
    write_atomically(path, content)
    return Output.of(path, content)
