"""The batch's progress on its page in Prefect's UI.

A thread of its own, because a server that is slow to answer must keep neither the lease nor a cancel waiting.
"""

from __future__ import annotations

import logging
import threading
from contextvars import copy_context
from functools import partial
from typing import Any
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.window import BatchRun
from tasks.reports.artifacts import artifact_key

logger = logging.getLogger("pressroom")
UPDATE_SECONDS = 2.0
"""How often it is brought up to date. Prefect makes a client for each time, ten times the work of the request."""
PAGE_SECONDS = 3.0
"""How long the end of a batch waits for its page to be brought up to date."""


class ProgressPage:
    """Keeps a progress artifact up to date while the batch runs."""

    def __init__(self, run: BatchRun[Any]) -> None:
        self._run = run
        self._over = threading.Event()
        self._artifact: UUID | None = None
        follow = partial(copy_context().run, self._follow)
        self._thread = threading.Thread(target=follow, name="pressroom-page", daemon=True)

    def __enter__(self) -> ProgressPage:
        """Start following the batch."""
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Show the end and leave; a server that does not answer is not waited for."""
        self._over.set()
        self._thread.join(PAGE_SECONDS)

    def _follow(self) -> None:
        while not self._over.wait(UPDATE_SECONDS):
            self._show()
        if self._artifact is not None:
            self._show()

    def _show(self) -> None:
        progress = self._run.progress()
        share = 100 * progress.finished / progress.total
        try:
            if self._artifact is None:
                key, description = artifact_key("progress", progress.batch_id), f"Batch {progress.batch_id}"
                found = create_progress_artifact(share, key=key, description=description)
                self._artifact = found if isinstance(found, UUID) else None
            else:
                update_progress_artifact(self._artifact, share)
        except Exception:
            # The server being slow or away must not end the work that it only watches.
            logger.warning("Batch %r: its progress could not be shown.", progress.batch_id, exc_info=True)
