"""Finished outputs that need not be made again: found by fingerprint, trusted by hash.

Fast items keep no checkpoint of their own: the document that was written is the checkpoint, and
the ledger holds its fingerprint and hash. One that was edited or deleted since is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING, NamedTuple

from tasks.models import Output, Reuse

if TYPE_CHECKING:
    from tasks.ledger.store import Ledger

KEPT = 1000
"""Pieces of work that a running batch remembers beside the ledger, the newest."""

Lookup = Callable[[Iterable[str]], dict[str, tuple[str, str | None]]]
lookup: ContextVar[Lookup | None] = ContextVar("lookup", default=None)
"""How the running batch finds outputs by fingerprint, as its `reuse` allows; set by whoever opens the batch."""


class Finished(NamedTuple):
    """What finished work came to: its files, and which optional parts it was made without."""

    outputs: list[Output]
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """What else is to be said of it, whoever takes it over."""


def find_reusable(fingerprints: Iterable[str]) -> dict[str, Finished]:
    """Return finished work that the ledger knows for these fingerprints, with all that it was warned of."""
    find = lookup.get()
    found = find(fingerprints) if find is not None else {}
    return {
        mark: Finished([Output.model_validate(one) for one in made], warnings=tuple(json.loads(warnings or "[]")))
        for mark, (text, warnings) in found.items()
        if (made := json.loads(text))
    }


def read_reusable(output: Output) -> bytes | None:
    """Return what an output holds, or None when it is not what was written."""
    try:
        content = Path(output.path).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == output.sha256 else None


class Flights:
    """Work of equal fingerprint runs once: the first does it, others take what it made.

    The last `kept` results are remembered, so that an equal item which comes just after, before the
    ledger has heard of the first, is not made again either.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._changed = Condition()
        self._working: set[str] = set()
        self._made: OrderedDict[str, Finished] = OrderedDict()

    def make(self, fingerprint: str, work: Callable[[], Finished]) -> tuple[Finished, bool]:
        """Do the work, or wait for an equal one; say whether it was this call that did it."""
        with self._changed:
            while fingerprint in self._working:
                self._changed.wait()
            if fingerprint in self._made:
                return self._made[fingerprint], False
            self._working.add(fingerprint)
        try:
            finished = work()
        except BaseException:
            self._land(fingerprint, None)
            raise
        self._land(fingerprint, finished)
        return finished, True

    def _land(self, fingerprint: str, finished: Finished | None) -> None:
        with self._changed:
            self._working.remove(fingerprint)
            if finished is not None:
                self._made[fingerprint] = finished
                if len(self._made) > self._kept:
                    self._made.popitem(last=False)
            self._changed.notify_all()


flights: ContextVar[Flights] = ContextVar("flights")
"""Equal work of the running batch; set by whoever opens the batch, so that nothing outlives its run."""


@contextmanager
def reusing(ledger: Ledger, batch_id: str, reuse: Reuse) -> Iterator[None]:
    """Let what runs inside take finished work over from the ledger, as far as the batch's `reuse` allows."""
    find = None
    if reuse is not Reuse.NEVER:
        find = partial(ledger.outputs_of, batch_id=batch_id if reuse is Reuse.BATCH else None)
    found, made = lookup.set(find), flights.set(Flights())
    try:
        yield
    finally:
        lookup.reset(found)
        flights.reset(made)
