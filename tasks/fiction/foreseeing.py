"""What would happen to each item of a batch of fiction: the hook `plan` of this kind.

Reads what a run would read and goes through the steps as far as finished work says what each made. From the first that
has to be made on, what comes after is not known, only that it follows, and what it may take at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tasks.claims import Claims
from tasks.errors import PressroomError, as_fault, fault
from tasks.fiction import endings, inventing, outlining, writing
from tasks.fiction.book import ENDINGS
from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.course import Course
from tasks.fiction.foreseen_stages import by_rules, judged, kept, without_revisions
from tasks.fiction.jobs import JobType
from tasks.fiction.loading import cast_brief, shelf_of
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.fiction.planning import items_of, preparing
from tasks.fiction.readiness import check_library, is_asked, written_chapter
from tasks.fiction.saving import KEPT
from tasks.fiction.story import ChapterText, Characters, Ending, Outline
from tasks.fiction.wavefront import notes_on
from tasks.foresight import Foresight
from tasks.llm.foreseen import ForeseenStage
from tasks.llm.rehearsal import as_long_as_may_be
from tasks.models import CAME_OUT, ItemStatus
from tasks.plans import MADE, Planned, StagePlan, Verdict, verdict_of

_NAMES = {
    (JobType.OUTLINE, JobType.CHARACTERS): "the characters",
    (JobType.CHAPTERS, JobType.OUTLINE): "the outline",
    (JobType.CHAPTERS, JobType.CHAPTERS): "the chapter before",
    (JobType.EXPORT, JobType.CHAPTERS): "its chapters",
}
"""What an item's predecessor is called, by the types of both."""


def foresee_fiction(batch: FictionBatch, claims: Claims) -> Planned:
    """Return the items of a batch, how each is foreseen, and how many of them can be at work side by side."""
    items = items_of(batch, now=datetime.now(UTC))
    return Planned(items, _Foreseer(batch, items, claims), list(notes_on(batch, items)))


class _Foreseer:
    """Foresees items, those that an item waits for before it."""

    def __init__(self, batch: FictionBatch, items: Sequence[FictionItem], claims: Claims) -> None:
        self._batch = batch
        self._items = {item.item_id: item for item in items}
        self._prepare = preparing(batch, claims)
        self._course = Course(items, as_long_as_may_be)
        self._found: dict[str, list[StagePlan] | PressroomError] = {}

    def __call__(self, item: FictionItem, foresight: Foresight) -> list[StagePlan]:
        for name in self._line_to(item):
            one = self._items[name]
            try:
                self._found[name] = self._foreseen(one, foresight)
            except Exception as error:
                self._found[name] = as_fault(error, what=f"item {name!r}")
        found = self._found[item.item_id]
        if isinstance(found, PressroomError):
            raise found
        return found

    def _line_to(self, item: FictionItem) -> list[str]:
        """Name those that are to be foreseen now, each after whom it waits for."""
        todo, line = [item.item_id], dict[str, None]()
        while todo:
            name = todo[-1]
            open_ones = [one for one in _awaited(self._items[name]) if one not in self._found and one not in line]
            todo += open_ones
            if not open_ones:
                todo.pop()
                if name not in self._found:
                    line[name] = None
        return list(line)

    def _foreseen(self, item: FictionItem, foresight: Foresight) -> list[StagePlan]:
        if foresight.standing(item.item_id) is not None:
            self._course.note_finished(item)
            return []
        item = self._prepare(item)
        self._check(item, foresight)
        steps = {
            JobType.CHARACTERS: self._cast,
            JobType.OUTLINE: self._outline,
            JobType.CHAPTERS: self._chapter,
            JobType.QUALITY: self._quality,
            JobType.EXPORT: self._book,
        }
        return steps[item.job_type](item, foresight)

    def _check(self, item: FictionItem, foresight: Foresight) -> None:
        """Raise what an item would fail with, or be skipped for."""
        from tasks.llm.readiness import unready

        for name in _awaited(item):
            status, found = foresight.standing(name), self._found[name]
            if status is ItemStatus.NEEDS_REVIEW and name in item.needs:
                raise fault("PREDECESSOR_IN_REVIEW", other=name)
            if isinstance(found, PressroomError):
                raise fault("PREDECESSOR_FAILED", other=name, ended=f"would fail ({found.code})")
            if status not in (None, *CAME_OUT):
                raise fault("PREDECESSOR_FAILED", other=name, ended=f"is {status.value if status else ''}")
        check_library(item)
        if is_asked(item):
            if not item.models:
                raise fault("MODEL_NONE", what=f"Item {item.item_id!r}")
            for error in unready(item.models, "fiction", self._batch.budget):
                raise error

    def _cast(self, item: FictionItem, foresight: Foresight) -> list[StagePlan]:
        brief, shelf = cast_brief(item), shelf_of(item)
        if shelf.is_edited(shelf.characters):
            self._course.note_cast(item, brief.given)
            return [kept(item, "invent_characters")]
        inputs = {"item": item, "brief": brief}
        one = ForeseenStage("invent_characters", item, foresight, self._source(item))
        made = one.of(Characters, inputs, lambda: inventing.invent(item, brief), is_known=True)
        self._course.note_cast(item, made)
        return [one.plan]

    def _outline(self, item: FictionItem, foresight: Foresight) -> list[StagePlan]:
        brief, is_known = self._course.outline_brief(item)
        shelf = shelf_of(item)
        if shelf.is_edited(shelf.outline):
            self._course.note_outline(item, brief.given)
            return [kept(item, "outline_plot")]
        inputs = {"item": item, "brief": brief}
        one = ForeseenStage("outline_plot", item, foresight, self._source(item))
        made = one.of(Outline, inputs, lambda: outlining.plan_chapters(item, brief), is_known=is_known)
        self._course.note_outline(item, made)
        return [one.plan]

    def _chapter(self, item: FictionItem, foresight: Foresight) -> list[StagePlan]:
        brief, is_known = self._course.chapter_brief(item)
        if (own := writing.own_text(brief)) is not None:
            return self._read_over(item, brief, own, kept(item, "write_chapter"), foresight, is_known=True)
        # As the flow calls it: with all that is not there yet.
        inputs: dict[str, Any] = {"item": item, "brief": brief, "draft": None, "ending": None, "report": None}
        written = ForeseenStage("write_chapter", item, foresight, self._source(item))
        text = written.of(ChapterText, inputs, lambda: writing.write(item, brief, None, None, None), is_known=is_known)
        without_revisions(written.plan)
        draft = text or self._course.draft(brief, item.models[0])
        return self._read_over(item, brief, draft, written.plan, foresight, is_known=text is not None)

    def _read_over(
        self,
        item: FictionItem,
        brief: ChapterBrief,
        draft: ChapterText,
        written: StagePlan,
        foresight: Foresight,
        *,
        is_known: bool,
    ) -> list[StagePlan]:
        """Say what follows once a chapter is written: its ending is noted, and it is judged."""
        noted = ForeseenStage("note_ending", item, foresight, written)
        inputs = {"item": item, "brief": brief, "draft": draft}
        ending = noted.of(Ending, inputs, lambda: endings.note(item, brief, draft), is_known=is_known)
        self._course.note_ending(item, ending)
        if brief.given_ending is not None:
            noted.plan = kept(item, "note_ending")
        elif brief.given is not None:
            noted.plan.why = noted.plan.why or f"{KEPT}, and its ending noted"
        return [written, noted.plan, *judged(item, brief, draft, foresight, noted.plan, is_known)]

    def _quality(self, item: FictionItem, foresight: Foresight) -> list[StagePlan]:
        brief, _ = self._course.chapter_brief(item)
        draft = written_chapter(item, brief)
        return judged(item, brief, draft, foresight, None, is_known=True) or [by_rules(item)]

    def _book(self, item: FictionItem, foresight: Foresight) -> list[StagePlan]:
        shelf, source = shelf_of(item), self._source(item)
        there = all(shelf.book(ENDINGS[form]).is_file() for form in item.formats)
        plan = StagePlan("export_book", item.lane, Verdict.RERUN if there else Verdict.NEW, tokens=0, cost=0.0)
        plan.why = f"follows {source.stage}" if source is not None else "a book is always put together anew"
        return [plan]

    def _source(self, item: FictionItem) -> StagePlan | None:
        """Return what this item follows, where another before it has work to do."""
        for name in _awaited(item):
            found = self._found[name]
            if isinstance(found, list) and (verdict := verdict_of(found)) in MADE and found:
                return StagePlan(_NAMES[item.job_type, self._items[name].job_type], item.lane, verdict)
        return None


def _awaited(item: FictionItem) -> list[str]:
    return [*item.needs, *([item.continues] if item.continues else [])]
