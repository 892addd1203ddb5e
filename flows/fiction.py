"""Fiction: from characters to a book, many projects side by side.

    characters      load ─▶ invent ─▶ save
    outline         load ─▶ plan ─▶ save                                      once the characters are there
    chapter n       load ─▶ write ─▶ ending ─▶ judge ─▶ (write ─▶ judge)* ─▶ save    once the outline is there
                                       └──────▶ chapter n + 1
    quality         load ─▶ read ─▶ judge ─▶ save
    book            export                                                    once all chapters have passed

A chapter goes on from how the one before it ends, and not from its text: it begins while that is still being judged.
One that does not pass is sent back with its defects and keeps its ending; after the last time a person looks at it.
"""

from __future__ import annotations

from typing import Any

from prefect import Task, flow

from flows.batch import open_batch
from flows.lanes import MIB, Lane
from flows.run_notices import tell_failure
from flows.runner import EventLoopTaskRunner
from flows.scheduled import run_name
from tasks.fiction import stages
from tasks.fiction.jobs import JobType
from tasks.fiction.models import FictionBatch
from tasks.fiction.planning import plan_fiction
from tasks.results import BatchResult

STAGES = {
    JobType.CHARACTERS: ("invent_characters",),
    JobType.OUTLINE: ("outline_plot",),
    JobType.CHAPTERS: ("write_chapter",),
    JobType.QUALITY: ("judge_chapter",),
    JobType.EXPORT: ("export_book",),
}
"""The stages of each type's lane that work under its limit."""


def _lanes(batch: FictionBatch) -> tuple[Lane, ...]:
    return tuple(
        Lane(kind.value, limit=batch.settled(kind).max_parallel, stages=names, memory_per_item=32 * MIB)
        for kind, names in STAGES.items()
    )


def _settled(batch: FictionBatch, task: Task[Any, Any], kind: JobType) -> Task[Any, Any]:
    """Return a stage as the batch settles it for a type of job: its timeout, and how often it is tried again."""
    settled = batch.settled(kind)
    return task.with_options(
        timeout_seconds=settled.timeout_seconds, retries=settled.retries, retry_delay_seconds=settled.retry_delays
    )


@flow(
    name="fiction",
    flow_run_name=run_name,
    task_runner=EventLoopTaskRunner(),
    result_serializer="json",
    on_failure=[tell_failure],
)
def fiction(batch: FictionBatch) -> BatchResult:
    """Make the characters, outlines, chapters and books of a batch and return what became of each.

    Raises `BatchFailed`, which carries `.result`, when nothing succeeded or the batch was stopped.
    """
    invent = _settled(batch, stages.invent_characters, JobType.CHARACTERS)
    outline_plot = _settled(batch, stages.outline_plot, JobType.OUTLINE)
    write = _settled(batch, stages.write_chapter, JobType.CHAPTERS)
    note_ending = _settled(batch, stages.note_ending, JobType.CHAPTERS)
    judge = _settled(batch, stages.judge_chapter, JobType.QUALITY)
    export_book = _settled(batch, stages.export_book, JobType.EXPORT)
    with open_batch("fiction", batch, plan_fiction, lanes=_lanes(batch)) as run:
        for cast, outlines, chapters, quality, books in run.window():
            invented = invent.map(cast.items, stages.load_cast.map(cast.items))
            run.collect(cast, stages.save_characters.map(cast.items, invented))

            plotted = outline_plot.map(outlines.items, stages.load_outline.map(outlines.items))
            run.collect(outlines, stages.save_outline.map(outlines.items, plotted))

            brief = stages.load_chapter.map(chapters.items, run.handed_on(chapters))
            text = write.map(chapters.items, brief)
            ending = note_ending.map(chapters.items, brief, text)
            run.hand_on(chapters, ending)
            report = judge.map(chapters.items, brief, text, ending)
            for _ in range(batch.quality.revisions):
                text = write.map(chapters.items, brief, text, ending, report)
                report = judge.map(chapters.items, brief, text, ending)
            run.collect(chapters, stages.save_chapter.map(chapters.items, text, ending, report))

            known = stages.load_chapter.map(quality.items)
            judged = judge.map(quality.items, known, stages.read_chapter.map(quality.items, known))
            run.collect(quality, stages.save_quality.map(quality.items, judged))

            run.collect(books, export_book.map(books.items))
    return run.settle()
