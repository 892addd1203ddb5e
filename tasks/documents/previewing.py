"""Documents as they would be made now, without a file being written: the hook `preview` of this kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from tasks.claims import Claims
from tasks.documents.drafts import draft
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.documents.plan import DocumentPlan
from tasks.documents.request import items_of
from tasks.documents.texts import text_of
from tasks.documents.usage import describe
from tasks.errors import as_fault
from tasks.previews import Preview, unknown_item

if TYPE_CHECKING:
    from tasks.documents.code_generation import Writing, Written
    from tasks.documents.jinja_templates import JinjaRequest
    from tasks.documents.jinja_worker import Rendered


def preview_documents(batch: DocumentBatch, item_id: str | None, most: int) -> tuple[int, Iterator[Preview]]:
    """Count a batch's documents and show the first `most` of them, or the one of that id."""
    items = items_of(batch)
    if item_id is None:
        shown = items[:most]
    else:
        shown = [item for item in items if item.item_id == item_id]
        if not shown:
            raise unknown_item(item_id, [item.item_id for item in items])
    plan = DocumentPlan(batch, Claims().claim)
    return len(items), (_preview(item, plan) for item in shown)


def _preview(item: DocumentItem, plan: DocumentPlan) -> Preview:
    preview = Preview(item.item_id, item.content_config_id, item.output_path)
    try:
        preview.output_path = plan.prepare(item).output_path
        drafted = draft(item)
        describe(drafted, preview)
        preview.content = text_of(drafted, _render, partial(_asked, preview, item) if item.lane == "write" else None)
        preview.warnings += [f"It is made without {part}" for part in drafted.left_out]
    except Exception as error:
        preview.error = as_fault(error, what=f"document {item.item_id!r}")
    return preview


def _asked(preview: Preview, item: DocumentItem, writing: Writing) -> Written:
    """Show what a model is asked in the place of what it answers."""
    from tasks.documents.code_generation import Written, model_for

    models, _ = model_for(item, writing)
    preview.warnings.append(f"{writing.config_id!r} is written by {models[0]}: this is what it is asked.")
    return Written(text="\n\n".join(part for part in (writing.prompt.system, writing.prompt.own) if part))


def _render(request: JinjaRequest) -> Rendered:
    """Render a template, in a process that is killed when it takes too long."""
    import anyio

    from tasks.documents import jinja

    return anyio.run(partial(jinja.render, request))
