"""Failure policy: when so much fails that it is better to ask than to go on.

    over 50 %     no further item of that model enters; when nothing else is left to do, the batch asks
    20 to 50 %    somebody is told once, and it goes on
    under 20 %    it goes on

The rate is that of the items which have finished; below ten of them it has to be over 50 % beyond doubt (the
one-sided 95 % lower bound), since 1 of 1 says nothing. It is taken for each model by itself, so that a vendor
that is down does not stop what others can finish. An item whose own input is at fault counts neither way: that
tells of the spec, costs nothing, and the other items are made all the same.
"""

from __future__ import annotations

import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from flows.scheduled import deployed_run
from tasks.errors import FAULTS, InputError, PressroomError, fault
from tasks.models import CAME_OUT, Item, ItemStatus, OnFailures, Outcome
from tasks.settings import settings

ENOUGH = 10
"""Finished items from which on the plain rate decides."""
MOST, ELEVATED = 0.5, 0.2
CONFIDENCE = 0.95
DRAIN_SECONDS = 60.0
"""How long a batch that nobody can answer lets what is at work end before it stops."""

_OF_THE_MODEL = {"MODEL_KEY_MISSING", "MODEL_UNKNOWN", "MODEL_SETTINGS_INVALID", "LOCAL_MODEL_MISSING", "PRICE_UNKNOWN"}
"""Faults of the input that are no item's own: they hit whatever goes to that model."""


def lower_bound(failed: int, finished: int, confidence: float = CONFIDENCE) -> float:
    """Return the rate of failures that the true one is above with this confidence (Clopper and Pearson, one-sided)."""
    if failed == 0:
        return 0.0

    def chance(rate: float) -> float:
        """How likely so many failures, or more, are at this rate."""
        ways = range(failed, finished + 1)
        return sum(math.comb(finished, n) * rate**n * (1 - rate) ** (finished - n) for n in ways)

    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if chance(middle) > 1 - confidence else (middle, high)
    return low


@dataclass
class Share:
    """How the items of one model have ended so far."""

    finished: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        """Items that failed."""
        return self.codes.total()

    @property
    def is_too_much(self) -> bool:
        """Whether over half of it fails, as far as that can be told."""
        if self.finished >= ENOUGH:
            return self.failed > MOST * self.finished
        return lower_bound(self.failed, self.finished) > MOST

    @property
    def is_elevated(self) -> bool:
        """Whether enough of it fails to tell somebody."""
        return self.finished >= ENOUGH and self.failed >= ELEVATED * self.finished

    def describe(self, model: str) -> str:
        """Say it in words."""
        (code, _), *_ = self.codes.most_common(1)
        return f"{self._counted(model)}, most of them with {code}"

    def tell_all(self, model: str) -> str:
        """Say it with every code, the most frequent first."""
        return f"{self._counted(model)}: {', '.join(f'{count} {code}' for code, count in self.codes.most_common())}"

    def _counted(self, model: str) -> str:
        by = f" by {model}" if model else ""
        return f"{self.failed} of {self.finished} finished items{by} failed"


class Finding(NamedTuple):
    """Something to tell: a reason, once each, and the words."""

    reason: str
    text: str
    is_grave: bool


@dataclass
class Question:
    """A batch that waits to be told whether it is to go on, and until when."""

    error: PressroomError
    """What it stops with when it is not."""
    is_attended: bool
    until: float
    is_asked: bool = False
    failed: tuple[str, ...] = ()
    """What has failed so far, and with which codes, in words."""

    @classmethod
    def of(cls, error: PressroomError, policy: OnFailures, answer_seconds: float) -> Question:
        """Ask whoever is there, for as long as they have to answer; where nobody is, just until work has ended."""
        attended = policy is OnFailures.PAUSE or (policy is OnFailures.ASK and somebody_hears())
        return cls(error, attended, time.monotonic() + (answer_seconds if attended else DRAIN_SECONDS))


def somebody_hears() -> bool:
    """Say whether anyone could answer: someone sits at a terminal, is notified, or sees the run in the pages.

    A deployment's run is seen there; that of a command has its pages only where somebody has started a server.
    """
    return bool(settings().notify) or sys.stderr.isatty() or deployed_run() is not None


class Failures:
    """Watches how a batch's items end, on the flow's thread."""

    def __init__(
        self, policy: OnFailures, items: Iterable[Item], failed: Iterable[Item] = (), *, unanswered: str = ""
    ) -> None:
        """`failed` are those of an earlier run that may yet be tried again, `unanswered` what that one has asked."""
        self._policy = policy
        self._unanswered = unanswered
        self._models: dict[str, str] = {}
        self._left: Counter[str] = Counter()
        items = list(items)
        self._models |= {item.item_id: item.models[0] for item in (*items, *failed) if item.models}
        self._left.update(self._model(item.item_id) for item in items)
        self._shares: defaultdict[str, Share] = defaultdict(Share)
        self._shut: dict[str, str] = {}
        self._answers = 0

    def is_shut(self, item: Item) -> bool:
        """Whether an item may not enter now, because too many of its model fail."""
        return bool(self._unanswered) or (bool(self._shut) and self._model(item.item_id) in self._shut)

    def look(self, item: Item) -> None:
        """See an item as it has been prepared: only then is it known whether it needs its model."""
        before, now = self._model(item.item_id), item.models[0] if item.models else ""
        if before != now:
            self._left[before] -= 1
            self._left[now] += 1
            self._models[item.item_id] = now

    def note(self, outcomes: Iterable[Outcome]) -> list[Finding]:
        """Count how items have ended, and say what is to be told."""
        touched = set()
        for outcome in outcomes:
            model = self._model(outcome.item_id)
            self._left[model] -= 1
            self._count(outcome, self._shares[model], 1)
            touched.add(model)
        return [finding for model in sorted(touched) if (finding := self._find(model, self._shares[model]))]

    def take_up_again(self, outcomes: Iterable[Outcome]) -> None:
        """Count items as unfinished which are tried once more."""
        for outcome in outcomes:
            model = self._model(outcome.item_id)
            self._left[model] += 1
            self._count(outcome, self._shares[model], -1)

    def reopen(self) -> None:
        """Let everything enter again and count anew: a person has decided to go on."""
        for model in self._shut:
            del self._shares[model]
        self._shut.clear()
        self._unanswered = ""
        self._answers += 1

    def shut(self) -> tuple[str, ...]:
        """Say of each model that nothing enters for what has failed, and with which codes."""
        if self._unanswered:
            return (self._unanswered,)
        return tuple(self._shares[model].tell_all(model) for model in sorted(self._shut))

    def error(self, *, is_stuck: bool = False) -> PressroomError | None:
        """Say why the batch cannot go on by itself: nothing is left but items that may not enter.

        It is stuck where there are others, all of which wait for those.
        """
        left = {model for model, count in self._left.items() if count > 0}
        if self._unanswered:
            return fault("TOO_MANY_FAILURES", why=self._unanswered) if left else None
        shut = left & set(self._shut)
        if not shut or (left != shut and not is_stuck):
            return None
        return fault("TOO_MANY_FAILURES", why="; ".join(self._shut[model] for model in sorted(shut)))

    def _model(self, item_id: str) -> str:
        return self._models.get(item_id, "")

    def _count(self, outcome: Outcome, share: Share, number: int) -> None:
        if outcome.status in CAME_OUT:
            share.finished += number
        elif outcome.status is ItemStatus.FAILED and outcome.failure is not None and not _is_own(outcome.failure.code):
            share.finished += number
            share.codes[outcome.failure.code] += number

    def _find(self, model: str, share: Share) -> Finding | None:
        if model in self._shut or not share.failed:
            return None
        name = model or "the batch"
        if share.is_too_much:
            text = share.describe(model)
            if self._policy is not OnFailures.CONTINUE:
                self._shut[model] = text
            again = f" ({self._answers + 1})" if self._answers else ""
            return Finding(f"too many failures of {name}{again}", f"{text}.", is_grave=True)
        if share.is_elevated:
            return Finding(f"many failures of {name}", f"{share.describe(model)}; it goes on.", is_grave=False)
        return None


def _is_own(code: str) -> bool:
    return issubclass(FAULTS[code].kind, InputError) and code not in _OF_THE_MODEL
