"""The stages of the documents kind: three lanes, by how long a document takes and whether it could hang.

`fill_documents` and `render_documents` take many documents to a task, because one takes well under
the 5 ms that a task costs. A template engine with loops could run forever, so it renders in a process
that can be killed. Documents that a language model writes go through one task a stage.
"""

from __future__ import annotations

import time
from functools import partial

from anyio import fail_after, from_thread, to_thread

from tasks.documents import jinja
from tasks.documents.config_models import ContentConfig
from tasks.documents.drafts import Draft, changed, draft
from tasks.documents.making import failed, finish
from tasks.documents.models import DocumentItem, DocumentText, LoadedDocument
from tasks.documents.plan import library_of
from tasks.documents.survey import survey
from tasks.documents.texts import contents_of
from tasks.errors import PressroomError, fault
from tasks.files import write_atomically
from tasks.models import Chunk, ChunkOutcome, Outcome, Output
from tasks.reuse import find_reusable
from tasks.stage import stage

SEEN_WITHIN = 0.05
"""Seconds for which the documents of a chunk share one look at their config; most chunks take no longer."""
RENDER_SECONDS = 10.0
"""Longest time for one template; it is far above what a sound one needs."""


@stage(timeout_seconds=600, checkpoint=False)
async def fill_documents(chunk: Chunk[DocumentItem]) -> ChunkOutcome:
    """Make and write the documents of a chunk with generators that only replace text."""
    return await to_thread.run_sync(_fill, chunk)


@stage(timeout_seconds=1800, checkpoint=False)
async def render_documents(chunk: Chunk[DocumentItem]) -> ChunkOutcome:
    """Render and write the documents of a chunk, each in a process that is killed when it takes too long."""
    drafts, outcomes = await to_thread.run_sync(_drafts, chunk)
    known = await to_thread.run_sync(find_reusable, [drafted.fingerprint for drafted in drafts])
    for drafted in drafts:
        started = time.perf_counter()
        # Rendering is called for from inside, so that it happens only when no finished document serves.
        make = partial(contents_of, drafted, partial(_render_from_thread, drafted.item, started))
        outcome = await to_thread.run_sync(finish, drafted, make, known.get(drafted.fingerprint), started)
        edited = outcome.fingerprint is not None and await to_thread.run_sync(_is_edited, drafted)
        if edited:
            # Edited while it was rendered: what was made belongs to neither fingerprint for certain.
            outcome.fingerprint = None
        outcomes.append(outcome)
    return ChunkOutcome(outcomes=outcomes)


@stage(timeout_seconds=60, checkpoint=False)
async def load_document(item: DocumentItem) -> LoadedDocument:
    """Read an item's config; never from a checkpoint, so that an edited config is seen."""
    return await to_thread.run_sync(_load, item)


@stage(timeout_seconds=300)
async def generate_document(loaded: LoadedDocument) -> DocumentText:
    """Have a language model write the document. There is none in this version, and that is said plainly."""
    config_id, generator = loaded.config.id, loaded.config.generator
    raise fault("GENERATOR_UNAVAILABLE", config_id=config_id, generator=generator)


@stage(timeout_seconds=60, checkpoint=False)
async def write_document(item: DocumentItem, document: DocumentText) -> Outcome:
    """Write a document that has been made, perhaps for another batch, to where this item goes."""
    return await to_thread.run_sync(_write, item, document.text)


def _load(item: DocumentItem) -> LoadedDocument:
    """Find the config that a model is to write: the item's own, or the first such one that it is made of."""
    library = library_of(item.base_dir)
    loaded = library.load(item.content_config_id)
    config = survey(library, loaded, item.context).writer or loaded.config
    if not isinstance(config, ContentConfig):
        raise changed(config.id)
    return LoadedDocument(item=item, config=config, config_sha256=loaded.sha256)


def _is_edited(drafted: Draft) -> bool:
    """Say whether a document would be another one now than when it was drafted."""
    try:
        return draft(drafted.item).fingerprint != drafted.fingerprint
    except PressroomError:
        return True


def _render_from_thread(item: DocumentItem, started: float, request: jinja.JinjaRequest) -> str:
    return from_thread.run(_render, item, started, request)


async def _render(item: DocumentItem, started: float, request: jinja.JinjaRequest) -> str:
    limit = item.deadline_seconds
    left = RENDER_SECONDS if limit is None else limit - (time.perf_counter() - started)
    if left >= RENDER_SECONDS:
        return await jinja.render(request, seconds=RENDER_SECONDS)
    try:
        with fail_after(max(left, 0)):
            return await jinja.render(request, seconds=RENDER_SECONDS)
    except TimeoutError as error:
        raise fault("ITEM_DEADLINE", item_id=item.item_id, seconds=limit) from error


def _fill(chunk: Chunk[DocumentItem]) -> ChunkOutcome:
    drafts, outcomes = _drafts(chunk)
    known = find_reusable([drafted.fingerprint for drafted in drafts])
    for drafted in drafts:
        started = time.perf_counter()
        outcomes.append(finish(drafted, partial(contents_of, drafted), known.get(drafted.fingerprint), started))
    return ChunkOutcome(outcomes=outcomes)


def _drafts(chunk: Chunk[DocumentItem]) -> tuple[list[Draft], list[Outcome]]:
    """Read the configs of a chunk; an item for which that fails has its outcome already."""
    drafts: list[Draft] = []
    outcomes: list[Outcome] = []
    for item in chunk.items:
        started = time.perf_counter()
        try:
            drafts.append(draft(item, seen_within=SEEN_WITHIN))
        except Exception as error:
            outcomes.append(failed(item, error, started))
    return drafts, outcomes


def _write(item: DocumentItem, text: str) -> Outcome:
    content = text.encode()
    path = item.output_path or ""
    write_atomically(path, content)
    return Outcome(item_id=item.item_id, outputs=[Output.of(path, content)])
