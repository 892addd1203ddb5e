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
from tasks.documents.code_generation import Written
from tasks.documents.drafts import Draft, changed, draft
from tasks.documents.making import failed, finish, written
from tasks.documents.models import DocumentItem, DocumentText, LoadedDocument
from tasks.documents.texts import contents_of
from tasks.documents.writing import Unwritten, look_up, write_part
from tasks.errors import PressroomError, fault
from tasks.models import BatchOptions, Chunk, ChunkOutcome, Outcome
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
    """Read an item's config and all it is made of; never from a checkpoint, so that an edited config is seen."""
    return await to_thread.run_sync(_load, item)


@stage(timeout_seconds=900)
async def generate_document(loaded: LoadedDocument) -> DocumentText:
    """Have a language model write the document, or those parts of it that a model writes."""
    item, started, known = loaded.item, time.perf_counter(), dict[str, Written]()
    drafted = await to_thread.run_sync(_redraft, loaded)
    make = partial(contents_of, drafted, partial(_render_from_thread, item, started), partial(look_up, known))
    while True:
        try:
            made = await to_thread.run_sync(make)
            break
        except Unwritten as missing:
            # Asked for from here, since a thread that waits for a model would be lost to all others.
            known[missing.key] = await write_part(item, missing.writing)
    await to_thread.run_sync(_redraft, loaded)
    texts = [content.decode() for content in made.contents]
    return DocumentText(texts=texts, left_out=made.left_out, stands_in=made.stands_in, left_empty=made.left_empty)


@stage(timeout_seconds=60, checkpoint=False)
async def write_document(loaded: LoadedDocument, document: DocumentText) -> Outcome:
    """Put the document's texts where they belong."""
    return await to_thread.run_sync(_write, loaded, document)


def _load(item: DocumentItem) -> LoadedDocument:
    return LoadedDocument(item=item, fingerprint=draft(item).fingerprint)


def _redraft(loaded: LoadedDocument) -> Draft:
    """Draft a document as when it was loaded; one that is another by now is taken up again by its stage."""
    drafted = draft(loaded.item)
    if drafted.fingerprint != loaded.fingerprint:
        raise changed(loaded.item.content_config_id)
    return drafted


def _write(loaded: LoadedDocument, document: DocumentText) -> Outcome:
    return written(loaded.item, document, loaded.fingerprint)


def _is_edited(drafted: Draft) -> bool:
    """Say whether a document would be another one now than when it was drafted."""
    try:
        return draft(drafted.item).fingerprint != drafted.fingerprint
    except PressroomError:
        return True


def _render_from_thread(item: DocumentItem, started: float, request: jinja.JinjaRequest) -> jinja.Rendered:
    return from_thread.run(_render, item, started, request)


async def _render(item: DocumentItem, started: float, request: jinja.JinjaRequest) -> jinja.Rendered:
    limit = item.deadline_seconds
    left = RENDER_SECONDS if limit is None else limit - (time.perf_counter() - started)
    if left >= RENDER_SECONDS:
        return await jinja.render(request, seconds=RENDER_SECONDS)
    try:
        with fail_after(max(left, 0)):
            return await jinja.render(request, seconds=RENDER_SECONDS)
    except TimeoutError as error:
        option = BatchOptions.DEADLINE_OPTION
        raise fault("ITEM_DEADLINE", item_id=item.item_id, seconds=limit, option=option) from error


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
