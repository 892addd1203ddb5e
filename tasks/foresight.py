"""Whether past work serves an item: the questions a kind asks while a batch is planned.

What is answered here is what making would find, in the same order, without making: equal work of the same batch, the
newest finished item of equal fingerprint if its file is as it was written, the checkpoint of an equal stage; else
there is something to do, and what was made the last time says why.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tasks.checkpoints import Checkpoints, fingerprint
from tasks.fingerprint_parts import changed_parts, input_parts, parts_of
from tasks.ledger.past import Known, Made, Past, outputs_in, place
from tasks.models import BatchOptions, ItemStatus, Output, Reuse
from tasks.plans import Maker, StagePlan, Verdict
from tasks.reuse import KEPT, read_reusable

if TYPE_CHECKING:
    from pydantic import TypeAdapter

State = Literal["as written", "gone", "edited"]
_WORSE: tuple[State, ...] = ("gone", "edited")


class Foresight:
    """Answers for one batch, item by item, in the order in which they would enter."""

    def __init__(
        self, kind: str, batch: BatchOptions, past: Past, *, known: Mapping[str, Known], kept: set[str], home: Path
    ) -> None:
        """`known` are the items of this batch in the ledger, `kept` those of them that would stay as they are."""
        self._kind = kind
        self._batch_id = batch.batch_id or ""
        self._output_dir = str(batch.output_dir)
        self._reuse = batch.reuse
        self._past = past
        self._known = known
        self._kept = kept
        self._home = home
        self._state_of = cache(_state_of)
        # Once for all equal items: the ledger gives back a row for each that was ever made.
        self._finished = cache(self._newest)
        self._making: OrderedDict[str, str] = OrderedDict()
        self._written: dict[str, str] = {}

    def standing(self, item_id: str) -> ItemStatus | None:
        """Say how an item of this batch stands that is not taken up; None for one that is."""
        return self._known[item_id].standing.status if item_id in self._kept else None

    def document(
        self,
        item_id: str,
        stage: str,
        lane: str,
        *,
        mark: str,
        paths: Sequence[str],
        try_out: Callable[[], object],
        force: bool = False,
    ) -> StagePlan:
        """Say what happens to an item whose files at `paths` are found again by its fingerprint, `mark`.

        `try_out` is called where there is something to make: it raises what making would fail with, as far as that
        can be known without. `force` makes it whatever there is.
        """
        plan = StagePlan(stage, lane, Verdict.REUSE)
        found = None if force else self._finished(mark)
        if not force:
            if self._is_shared(mark, plan):
                self._written |= dict.fromkeys(paths, mark)
                return plan
            if found is not None and self._state(found, mark, len(paths)) == "as written":
                self._take(found, plan, mark, paths)
                return plan
        try_out()
        if not force:
            self._note(mark, item_id)
        self._written |= dict.fromkeys(paths, mark)
        self._explain(self._before(item_id, paths[0]) or found, plan, mark, "it is forced" if force else "")
        return plan

    def checkpoint(
        self,
        item_id: str,
        stage: str,
        lane: str,
        *,
        inputs: Mapping[str, Any],
        returns: TypeAdapter[Any],
        version: int,
        force: bool = False,
        about: Sequence[str] = (),
    ) -> tuple[StagePlan, Any]:
        """Say what happens to an item at a stage that keeps checkpoints, and return what it made, or None.

        `inputs` are the stage's own, by parameter. Where nothing was made, the next stage `follows`. `about` names
        parts of them that say what is made, where the item's name alone does not: with others it was something else.
        """
        plan = StagePlan(stage, lane, Verdict.REUSE)
        key = f"{stage}-{fingerprint(stage, version, inputs)}"
        if self._reuse is not Reuse.NEVER and not force:
            if self._is_shared(key, plan):
                return plan, None
            hashes, maker = self._past.checkpoint_hashes(key)
            value = self._checkpoints(self._batch_id).read(key, returns, known_hashes=hashes)
            if value is not None:
                plan.made_by = Maker(*maker) if maker else None
                plan.why = self._by(plan.made_by)
                return plan, value
        self._note(key, item_id)
        forced = "it is forced" if force else ""
        self._explain_stage(item_id, plan, key, input_parts(str(version), inputs), about=about, forced=forced)
        return plan, None

    def follows(self, before: StagePlan, stage: str, lane: str) -> StagePlan:
        """Say what happens at a stage whose input is made by the one before it, and so not known yet."""
        return StagePlan(stage, lane, before.verdict, f"follows {before.stage}", changed=[before.stage])

    def _is_shared(self, mark: str, plan: StagePlan) -> bool:
        """Say whether an item before this one makes the same, and whose work that is."""
        twin = self._making.get(mark)
        if twin is not None:
            plan.made_by = Maker(self._batch_id, twin)
            plan.why = f"equal to {twin} of this batch"
        return twin is not None

    def _note(self, mark: str, item_id: str) -> None:
        self._making[mark] = item_id
        if self._reuse is Reuse.NEVER and len(self._making) > KEPT:
            self._making.popitem(last=False)  # Nor is it known to the ledger then, which is not asked.

    def _newest(self, mark: str) -> Made | None:
        """Find the finished item that making would find: the newest of those that are still finished by then."""
        if self._reuse is Reuse.NEVER:
            return None
        for made in self._past.finished(mark, self._batch_id if self._reuse is Reuse.BATCH else None):
            if made.batch_id != self._batch_id or made.item_id in self._kept:
                return made
        return None

    def _state(self, made: Made, mark: str, count: int) -> State:
        if len(made.outputs) != count:
            return "gone"
        # By then, because another item of this batch goes there. (Of items in different lanes nobody knows which
        # is first; then it is made for certain, or taken over if it comes in time.)
        if any(self._written.get(one.path, mark) != mark for one in made.outputs):
            return "edited"
        states = {self._state_of(one.path, one.sha256) for one in made.outputs}
        return next((state for state in _WORSE if state in states), "as written")

    def _take(self, found: Made, plan: StagePlan, mark: str, paths: Sequence[str]) -> None:
        plan.made_by = Maker(found.batch_id, found.item_id, found.path)
        plan.why = self._by(plan.made_by)
        moved = [path for one, path in zip(found.outputs, paths, strict=True) if one.path != path]
        if moved:
            self._written |= dict.fromkeys(moved, mark)
            plan.why += ", copied"

    def _before(self, item_id: str, path: str) -> Made | None:
        """Find what was made the last time: by this item in this batch, else by any at this place."""
        known = self._known.get(item_id)
        if known is not None and known.fingerprint:
            return Made(self._batch_id, item_id, known.fingerprint, outputs_in(known.standing.made))
        return self._places.get(place(path, self._output_dir, self._batch_id))

    @cached_property
    def _places(self) -> dict[str, Made]:
        return self._past.last_at(self._kind, self._output_dir, self._batch_id)

    def _explain(self, before: Made | None, plan: StagePlan, mark: str, forced: str) -> None:
        """Say of a document that is made whether it is for the first time, and if not, why again."""
        if before is None:
            plan.verdict = Verdict.NEW
            return
        plan.verdict = Verdict.RERUN
        plan.made_by = Maker(before.batch_id, before.item_id, before.path)
        if before.fingerprint != mark:
            self._compare(plan, parts_of(before.fingerprint), parts_of(mark))
        elif (state := self._state(before, mark, len(before.outputs))) != "as written":
            plan.why = f"output {state}"
        else:
            plan.why = forced or self._not_allowed(before.batch_id) or "not finished"

    def _explain_stage(
        self, item_id: str, plan: StagePlan, key: str, parts: Mapping[str, str], *, about: Sequence[str], forced: str
    ) -> None:
        for batch_id, key_before in self._past.stage_keys(plan.stage, item_id, self._batch_id):
            before = parts if key_before == key else self._parts_before(batch_id, key_before)
            if before and any(before.get(name) != parts.get(name) for name in about):
                continue
            plan.verdict, plan.made_by = Verdict.RERUN, Maker(batch_id, item_id)
            if key_before == key:
                plan.why = forced or self._not_allowed(batch_id) or "checkpoint gone"
            else:
                self._compare(plan, before, parts)
            return
        plan.verdict = Verdict.NEW

    def _parts_before(self, batch_id: str, key: str) -> dict[str, str]:
        """Read what a key was made of; which folder its checkpoint lies in depends on that batch's `reuse`."""
        folders = (Checkpoints(self._home / "checkpoints" / name) for name in ("shared", f"of-{batch_id}"))
        return next((parts for folder in folders if (parts := folder.parts(key))), {})

    def _compare(self, plan: StagePlan, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        plan.changed = changed_parts(before, after) if before else []
        plan.why = f"{', '.join(plan.changed)} changed" if plan.changed else "changed, in what is no longer known"

    def _not_allowed(self, batch_id: str) -> str:
        """Say why the work of a batch may not serve, or nothing where it may."""
        if self._reuse is Reuse.NEVER:
            return "reuse is never"
        return "reuse is batch" if self._reuse is Reuse.BATCH and batch_id != self._batch_id else ""

    def _checkpoints(self, batch_id: str) -> Checkpoints:
        shared = self._reuse is Reuse.ALWAYS
        return Checkpoints(self._home / "checkpoints" / ("shared" if shared else f"of-{batch_id}"))

    def _by(self, maker: Maker | None) -> str:
        if maker is None:
            return "made before"
        return "made by this batch" if maker.batch_id == self._batch_id else f"made by {maker.batch_id}"


def _state_of(path: str, sha256: str) -> State:
    if read_reusable(Output(path=path, size=0, sha256=sha256)) is not None:
        return "as written"
    return "edited" if os.path.lexists(path) else "gone"
