"""What would happen to each document of a batch: the hook `plan` of this kind.

Everything up to the fingerprint is what making does. Where there is something to make, the quick generators are
tried, as `validate` does; templates of Jinja are read but not rendered, because they could loop.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tasks.claims import Claims
from tasks.documents.drafts import Draft, changed, draft
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.documents.plan import DocumentPlan, library_of
from tasks.documents.request import items_of
from tasks.documents.survey import survey
from tasks.documents.texts import contents_of
from tasks.errors import PressroomError, fault
from tasks.files import refuse_unwritable
from tasks.foresight import Foresight
from tasks.plans import MADE, Planned, StagePlan

if TYPE_CHECKING:
    from tasks.documents.jinja_templates import JinjaRequest

STAGES = {"fill": "fill_documents", "render": "render_documents"}
"""The stage that makes the documents of a lane; those of other lanes need a language model."""


def plan_documents(batch: DocumentBatch, claims: Claims) -> Planned:
    """Return the documents of a batch and how each is foreseen."""
    prepare, trial = DocumentPlan(batch, claims.claim).prepare, _Trial()

    def foresee(item: DocumentItem, foresight: Foresight) -> list[StagePlan]:
        return [_foresee(prepare(item), foresight, trial)]

    return items_of(batch), foresee


def _foresee(item: DocumentItem, foresight: Foresight, trial: _Trial) -> StagePlan:
    if item.lane not in STAGES:
        raise unavailable(item)
    drafted = draft(item)
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


def unavailable(item: DocumentItem) -> PressroomError:
    """Build the error for an item that needs a language model."""
    library = library_of(item.base_dir)
    loaded = library.load(item.content_config_id)
    config = survey(library, loaded, item.context).writer
    if config is None:
        return changed(item.content_config_id)
    return fault("GENERATOR_UNAVAILABLE", config_id=config.id, generator=config.generator)


class _NotRendered(Exception):
    """What follows is known only once a template has been rendered."""


class _Trial:
    """Does what is quick of making documents, and nothing that could hang."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str, str | None], PressroomError | None] = {}

    def of(self, drafted: Draft) -> None:
        """Raise what making a document would fail with, as far as that shows without rendering."""
        with suppress(_NotRendered):
            contents_of(drafted, self._render)
        for path in drafted.item.paths:
            refuse_unwritable(path)

    def _render(self, request: JinjaRequest) -> str:
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
