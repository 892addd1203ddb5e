"""Asking: when too much fails, whether a batch waits for a person's word, and what becomes of it then."""

from __future__ import annotations

from flows.failures import Failures, Question
from flows.scheduled import deployed_run
from tasks.errors import PressroomError
from tasks.ledger.tables import BatchRow
from tasks.models import BatchOptions, BatchStatus, OnFailures

_ASKED = "TOO_MANY_FAILURES: "
_CUT_OFF = (BatchStatus.RUNNING, BatchStatus.PAUSED, BatchStatus.INTERRUPTED)


class Asking:
    """The question that a batch has put, if any. The flow's thread asks; the answer may come from any."""

    def __init__(self, options: BatchOptions, failures: Failures) -> None:
        self._options = options
        self._failures = failures
        self._is_answered = False
        self.question: Question | None = None

    @property
    def text(self) -> str:
        """What it is about, in words; empty where nothing is asked."""
        return self.question.error.message if self.question is not None else ""

    def answer(self) -> None:
        """Hear that the batch is to go on."""
        if self.question is not None:
            self._is_answered = True

    def take_answer(self) -> bool:
        """Say, once, that an answer has come; then everything may enter again."""
        if not self._is_answered:
            return False
        self.question, self._is_answered = None, False
        self._failures.reopen()
        return True

    def look(self, *, is_ending: bool, is_stuck: bool, comes_again: bool) -> PressroomError | None:
        """Ask when nothing is left but what may not enter, and no longer when nothing is left at all; say why.

        The pulse puts the question into the ledger, where a person's word is read: only one thread pauses a batch.
        """
        error = self._failures.error(is_stuck=is_stuck)
        if is_ending or not (error or comes_again):
            self.question = None
        elif error is not None and self.question is None:
            self.question = Question.of(error, self._options.on_failures, self._options.answer_seconds)
        if self.question is not None:
            self.question.failed = self._failures.shut()
        return self.question.error if self.question is not None else None


def words_of(question: Question) -> str:
    """Say what a batch that waits has asked, without the error's remedy, which is for one that has stopped."""
    return f"{question.error.code}: {question.error.message}"


def left_unanswered(row: BatchRow | None, policy: OnFailures) -> str:
    """Return what this run of a deployment had asked when its process ended, empty where somebody has answered.

    Such a run is taken up again by itself, which is no answer. Whoever resumes a batch by a command gives one.
    """
    if row is None or row.control != "pause" or row.status not in _CUT_OFF or policy is OnFailures.CONTINUE:
        return ""
    reason = row.reason or ""
    is_asked = reason.startswith(_ASKED) and deployed_run() is not None
    return reason.removeprefix(_ASKED).removesuffix(".") if is_asked else ""
