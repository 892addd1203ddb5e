"""What would happen to each document of a batch: the hook `plan` of this kind.

Everything up to the fingerprint is what making does. Where there is something to make, the quick generators are
tried, as `validate` does; templates of Jinja are read but not rendered, because they could loop.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tasks.claims import Claims
from tasks.documents.drafts import Draft, draft
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.documents.plan import DocumentPlan
from tasks.documents.request import items_of
from tasks.documents.texts import contents_of
from tasks.errors import PressroomError
from tasks.files import refuse_unwritable
from tasks.foresight import Foresight
from tasks.model_options import Budget
from tasks.plans import MADE, Planned, StagePlan

if TYPE_CHECKING:
    from tasks.documents.code_generation import Writing, Written
    from tasks.documents.jinja_templates import JinjaRequest
    from tasks.documents.jinja_worker import Rendered

STAGES = {"fill": "fill_documents", "render": "render_documents", "write": "generate_document"}
"""The stage that makes the documents of a lane."""


def plan_documents(batch: DocumentBatch, claims: Claims) -> Planned:
    """Return the documents of a batch and how each is foreseen."""
    prepare, trial = DocumentPlan(batch, claims.claim).prepare, _Trial()

    def foresee(item: DocumentItem, foresight: Foresight) -> list[StagePlan]:
        return [_foresee(prepare(item), foresight, trial, batch.budget)]

    return Planned(items_of(batch), foresee)


def _foresee(item: DocumentItem, foresight: Foresight, trial: _Trial, budget: Budget) -> StagePlan:
    drafted = draft(item)
    if item.lane == "write":
        from tasks.documents.foreseen_writing import foresee_writing  # Most documents need no model.

        return foresee_writing(drafted, foresight, trial.of, budget)
    plan = foresight.document(
        item.item_id,
        STAGES[item.lane],
        item.lane,
        mark=drafted.fingerprint,
        paths=item.paths,
        try_out=partial(trial.of, drafted),
        force=item.force,
    )
    if plan.verdict in MADE:
        plan.tokens, plan.cost = 0, 0.0  # No model is asked for any of these.
        plan.is_sure = item.lane != "render"
    return plan


class _NotRendered(Exception):
    """What follows is known only once a template has been rendered, or a model has answered."""


class _Trial:
    """Does what is quick of making documents, and nothing that could hang."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str, str | None], PressroomError | None] = {}

    def of(self, drafted: Draft) -> None:
        """Raise what making a document would fail with, as far as that shows without rendering."""
        with suppress(_NotRendered):
            write = self._write if drafted.item.lane == "write" else None
            contents_of(drafted, self._render, write)
        for path in drafted.item.paths:
            refuse_unwritable(path)

    def _write(self, _writing: Writing) -> Written:
        """End here: what a model answers nobody knows."""
        raise _NotRendered

    def _render(self, request: JinjaRequest) -> Rendered:
        """Read what a request renders, once for all the documents of the plan, which may be thousands."""
        from tasks.documents.jinja_reading import refuse_unrenderable

        key = (request.template, str(request.template_dir), request.source)
        if key not in self._read:
            self._read[key] = None
            try:
                refuse_unrenderable(request)
            except PressroomError as error:
                self._read[key] = error
        if (found := self._read[key]) is not None:
            raise type(found)(found.code, found.message, found.remedy)
        raise _NotRendered
