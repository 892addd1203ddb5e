"""The form: a batch that has put a question shows it on its run's page in Prefect's UI, where it can be answered.

The run is paused there with a form, and the answer goes into the ledger, as the word from a terminal does: who has
answered first counts, and the run leaves its pause whoever that was. Only what is shown is Prefect's. The batch itself
goes on beating, so that its lease is held, and its run's heartbeats go on, so that nobody takes it for crashed.

A thread of its own, because a server that is slow to answer must keep neither the lease nor a cancel waiting.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.input import RunInput, keyset_from_paused_state
from prefect.input.actions import read_flow_run_input
from prefect.states import Paused, Running
from prefect.utilities.urls import url_for
from pydantic import Field

from flows.failures import Question
from flows.scheduled import counts_as_crashed
from flows.window import BatchRun
from tasks.ledger import lease
from tasks.ledger.store import Ledger
from tasks.models import ItemStatus
from tasks.notices import notices
from tasks.words import count

logger = logging.getLogger("pressroom")
LOOK_SECONDS = 1.0
CLOSE_SECONDS = 3.0
"""How long the end of a batch waits for its run to leave the pause."""

_LIVES = "Its process is at work: the server had not heard of it for a while."

Step = Callable[[SyncPrefectClient], None]


class Answer(StrEnum):
    """What a person says to a batch of which too much fails."""

    CONTINUE = "continue"
    RETRY = "retry failed"
    ABORT = "abort"


CONTROLS = {Answer.CONTINUE: "run", Answer.RETRY: "retry", Answer.ABORT: "cancel"}
"""What the ledger calls it."""


class Decision(RunInput):
    """The form."""

    answer: Answer = Field(title="What is to become of it?", description="One of the three above.")


class QuestionForm:
    """Shows the batch's question while it stands, and hands on what is answered."""

    def __init__(self, run: BatchRun[Any], ledger: Ledger) -> None:
        context = FlowRunContext.get()
        assert context is not None
        assert context.flow_run is not None
        self._run = run
        self._ledger = ledger
        self._run_id: UUID = context.flow_run.id
        self._shown: Question | None = None
        self._pause: State[Any] | None = None
        """The pause, as long as it stands."""
        self._over = threading.Event()
        follow = partial(copy_context().run, self._follow)
        self._thread = threading.Thread(target=follow, name="pressroom-form", daemon=True)

    def __enter__(self) -> QuestionForm:
        """Start watching for questions."""
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Take back what still stands and leave; a server that does not answer is not waited for."""
        self._over.set()
        self._thread.join(CLOSE_SECONDS)

    def state(self) -> State[Any]:
        """Return what the run is while its process lives, from any thread."""
        return self._pause or Running(message=_LIVES)

    def _follow(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            if (step := self._next()) is not None:
                self._take(step)
        if self._pause is not None:
            self._take(self._leave)

    def _next(self) -> Step | None:
        """Say what is to be done now, if anything."""
        question = None if self._run.stopped is not None else self._run.question
        if self._pause is not None:
            return self._hear if question is self._shown and self._run.paused else self._leave
        is_news = question is not None and question is not self._shown and self._is_asked(question)
        return self._show if is_news else None

    def _take(self, step: Step) -> None:
        try:
            with get_client(sync_client=True) as client:
                step(client)
        except Exception:
            # The server being slow or away must not end the work that it only watches; a terminal can answer as well.
            logger.warning("Batch %r: the form of its question failed.", self._run.batch_id, exc_info=True)

    def _is_asked(self, question: Question) -> bool:
        """Whether somebody may answer, and what was at work has ended."""
        return question.is_attended and question.is_asked and self._run.paused and self._run.is_idle

    def _show(self, client: SyncPrefectClient) -> None:
        question = self._run.question
        if question is None:
            return
        # A run may pause more than once, and one that was retried has the pauses of its former life.
        pause: State[Any] = Paused(pause_key=f"failures-{uuid4().hex[:8]}", message=question.error.message)
        keyset = keyset_from_paused_state(pause)
        pause.state_details.run_input_keyset = {str(name): key for name, key in keyset.items()}
        until = (
            f"{datetime.now().astimezone() + timedelta(seconds=question.until - time.monotonic()):%Y-%m-%d %H:%M %Z}"
        )
        Decision.with_initial_data(description=self._words(question, until)).save(keyset, flow_run_id=self._run_id)
        result = client.set_flow_run_state(self._run_id, pause)
        self._shown = question
        if result.state is not None and result.state.is_paused():
            self._pause = pause
            notices().escalate(*self._call(question, until))
        else:
            logger.warning("Batch %r: its run is not paused: %s", self._run.batch_id, result.details)

    def _hear(self, client: SyncPrefectClient) -> None:
        """Hand on what was answered; who is ending the run by hand or by a cancel is heard elsewhere."""
        now, pause = client.read_flow_run(self._run_id).state, self._pause
        if now is None or pause is None or now.is_paused() or counts_as_crashed(now):
            return
        if now.is_running():
            said: Any = read_flow_run_input(keyset_from_paused_state(pause)["response"], flow_run_id=self._run_id)
            # One that was put back to work without the form goes on.
            answer = Decision(**said).answer if said else Answer.CONTINUE
            is_first = lease.answer(self._ledger, self._run.batch_id, CONTROLS[answer])
            heard = "" if is_first else " (it had been answered already)"
            logger.info("Batch %r: answered %r.%s", self._run.batch_id, answer.value, heard)
        self._pause = None

    def _leave(self, client: SyncPrefectClient) -> None:
        """Let the run be at work again, unless somebody has changed its state meanwhile."""
        now = client.read_flow_run(self._run_id).state
        if now is not None and now.is_paused():
            client.set_flow_run_state(self._run_id, Running())
        self._pause = None

    def _words(self, question: Question, until: str) -> str:
        progress, name = self._run.progress(), self._run.batch_id
        waiting = count(progress.counts[ItemStatus.PENDING], "item")
        return "\n".join(
            [
                f"**Too much of batch {name} fails**, so nothing more begins. {waiting} of {progress.total:,} wait.",
                "",
                *(f"- {one}" for one in question.failed),
                "",
                "Your answer may be",
                "",
                "- **continue**: what waits is made, and failures are counted anew",
                "- **retry failed**: the same, and what has failed so far is tried again",
                "- **abort**: it stops; what is finished is kept, and `pressroom resume` goes on",
                "",
                f"Without one until {until} it stops, as with abort.",
                "",
                f"From a terminal it is given by {self._commands}.",
            ]
        )

    def _call(self, question: Question, until: str) -> tuple[str, str]:
        """Say why and what to whom is notified."""
        page = url_for("flow-run", obj_id=self._run_id)
        where = f"at {page}, or " if page else ""
        why = f"too much fails, and it waits for your answer until {until}"
        return why, f"{'; '.join(question.failed)}. Answer {where}by {self._commands}."

    @property
    def _commands(self) -> str:
        name = self._run.batch_id
        return f"`pressroom continue {name}`, the same with `--retry-failed`, or `pressroom cancel {name}`"
