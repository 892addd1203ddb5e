"""What somebody should hear of while a batch runs: one event and one notification for each reason.

Without more, a notification is a line in the log. PRESSROOM_NOTIFY names a Prefect block instead, such as
`slack-webhook/editors`: any that can `notify`, and webhooks.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from inspect import isawaitable
from typing import Any, Literal

from tasks.events import emit
from tasks.settings import settings

logger = logging.getLogger("pressroom")
PATIENCE_SECONDS = 10.0
"""How long the end of a batch waits for a notification that is on its way."""
Sort = Literal["success", "warning", "failure"]
"""What a notification is of, as Apprise calls it."""

_hearers: list[Callable[[str], None]] = []


@contextmanager
def heard(hear: Callable[[str], None]) -> Iterator[None]:
    """Have this process's own terminal hear as well, whoever else is told."""
    _hearers.append(hear)
    try:
        yield
    finally:
        _hearers.remove(hear)


class Notices:
    """What has been told of a batch so far. May be called from any thread, and never blocks or raises."""

    def __init__(self, batch_id: str = "", kind: str = "", *, about: str = "") -> None:
        """`about` says what they are about where that is no batch."""
        self._batch_id = batch_id
        self._kind = kind
        self._about = about or f"Batch {batch_id}"
        self._told: set[str] = set()
        self._lock = threading.Lock()
        self._sending: list[threading.Thread] = []

    def escalate(self, reason: str, text: str) -> None:
        """Say that the batch does not go on without a person, as event `batch.escalated` and as a notification."""
        self._tell("batch.escalated", reason, text, "failure")

    def warn(self, reason: str, text: str) -> None:
        """Say what a person should know although the batch goes on, as event `batch.warned` and as a notification."""
        self._tell("batch.warned", reason, text, "warning")

    def complete(self, reason: str, text: str, sort: Sort) -> None:
        """Say how it has ended to whom is notified; who has started it reads it there."""
        if settings().notify:
            self._tell("", reason, text, sort)

    def close(self) -> None:
        """Give what is on its way a moment to arrive."""
        until = time.monotonic() + PATIENCE_SECONDS
        for thread in self._sending:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                logger.warning("A notification is not sent after %g s: %s.", PATIENCE_SECONDS, self._about)

    def _tell(self, event: str, reason: str, text: str, sort: Sort) -> None:
        with self._lock:
            if reason in self._told:
                return
            self._told.add(reason)
        subject = f"{self._about}: {reason}"
        if event:
            emit(event, self._batch_id, self._kind, {"reason": reason, "text": text})
            for hear in list(_hearers):
                hear(f"{reason}: {text}")
        if block := settings().notify:
            # In a thread of its own: whoever has something to say has work to do.
            args = (_send, block, subject, text, sort)
            thread = threading.Thread(target=copy_context().run, args=args, daemon=True)
            self._sending.append(thread)
            thread.start()
        else:
            logger.warning("%s: %s", subject, text)


def _send(name: str, subject: str, text: str, sort: Sort) -> None:
    try:
        asyncio.run(asyncio.wait_for(_notify(name, subject, text, sort), PATIENCE_SECONDS))
    except Exception as error:
        # Its own words may hold the secret address that it was sent to.
        logger.warning("%s: %s (%r could not be notified: %s)", subject, text, name, type(error).__name__)


async def _notify(name: str, subject: str, text: str, sort: Sort) -> None:
    from prefect.blocks.core import Block
    from prefect.blocks.notifications import AbstractAppriseNotificationBlock  # makes its blocks known by name as well
    from prefect.blocks.webhook import Webhook

    block: Any = await Block.aload(name)
    if isinstance(block, AbstractAppriseNotificationBlock):
        block.notify_type = sort
    sent = block.call({"subject": subject, "text": text}) if isinstance(block, Webhook) else block.notify(text, subject)
    if isawaitable(sent):
        await sent


_current: ContextVar[Notices | None] = ContextVar("notices", default=None)


def notices() -> Notices:
    """Return the running batch's notices, or some that stand alone."""
    return _current.get() or Notices()


@contextmanager
def noticing(batch_id: str, kind: str) -> Iterator[Notices]:
    """Open a batch's notices for all that runs inside."""
    opened = Notices(batch_id, kind)
    token = _current.set(opened)
    try:
        yield opened
    finally:
        _current.reset(token)
        opened.close()
