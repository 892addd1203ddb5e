"""What would be asked for each item of a batch of fiction, without asking: the hook `preview` of this kind."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any

from tasks.claims import Claims
from tasks.errors import PressroomError, as_fault
from tasks.fiction import endings, inventing, judging, outlining, writing
from tasks.fiction.course import Course
from tasks.fiction.jobs import JobType
from tasks.fiction.loading import cast_brief
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.fiction.planning import items_of, outputs_of, preparing
from tasks.fiction.readiness import check_library, written_chapter
from tasks.llm.rehearsal import Foreseen, as_it_will_be, questions_of
from tasks.previews import Preview, chosen
from tasks.words import count

Steps = Iterator[tuple[str, Callable[[], Coroutine[Any, Any, object]]]]


def preview_fiction(batch: FictionBatch, item_id: str | None, most: int) -> tuple[int, Iterator[Preview]]:
    """Count a batch's items and show the first `most` of them in the order of entry, or the one of that id."""
    items = items_of(batch, now=datetime.now(UTC))
    shown = chosen(items, item_id, most)
    one = _Previewer(batch, items)
    return len(items), (one.preview(item) for item in shown)


class _Previewer:
    """Goes through the steps of items with what is there, and shows what each would ask."""

    def __init__(self, batch: FictionBatch, items: list[FictionItem]) -> None:
        self._course = Course(items, as_it_will_be)
        self._prepare = preparing(batch, Claims())
        self._items = {item.item_id: item for item in items}

    def preview(self, item: FictionItem) -> Preview:
        """Show an item; what it would fail with stands in the preview."""
        shown = Preview(item.item_id, item.project_id, next(outputs_of(item)), facts=_facts(item))
        try:
            item = self._prepare(item)
            check_library(item)
            for name in self._course.read_by(item) if item.job_type is not JobType.EXPORT else ():
                self._take(name, shown)
            asked = [(stage, questions_of(step)) for stage, step in self._steps(item)]
            shown.content = "\n\n".join(part for stage, questions in asked for part in _told(stage, questions)) or None
            if shown.content is None:
                shown.warnings.append("no model is asked")
        except Exception as error:
            shown.error = as_fault(error, what=f"item {item.item_id!r}")
        return shown

    def _take(self, name: str, shown: Preview) -> None:
        """Take what another item makes from the library, where an earlier batch has made it."""
        try:
            self._course.note_finished(self._items[name])
        except PressroomError:
            shown.warnings.append(f"what {name} will make stands as (as it will be made)")

    def _steps(self, item: FictionItem) -> Steps:
        if item.job_type is JobType.CHARACTERS:
            cast = cast_brief(item)
            yield "invent_characters", lambda: inventing.invent(item, cast)
        elif item.job_type is JobType.OUTLINE:
            outline, _ = self._course.outline_brief(item)
            yield "outline_plot", lambda: outlining.plan_chapters(item, outline)
        elif item.job_type is JobType.CHAPTERS:
            yield from self._chapter(item)
        elif item.job_type is JobType.QUALITY and item.models:
            brief, _ = self._course.chapter_brief(item)
            draft = written_chapter(item, brief)
            yield "judge_chapter", lambda: judging.ask_judge(item, brief, draft)

    def _chapter(self, item: FictionItem) -> Steps:
        brief, _ = self._course.chapter_brief(item)
        draft = self._course.draft(brief, next(iter(item.models), ""))
        yield "write_chapter", lambda: writing.write(item, brief, None, None, None)
        yield "note_ending", lambda: endings.note(item, brief, draft)
        if item.models:
            yield "judge_chapter", lambda: judging.ask_judge(item, brief, draft)


def _told(stage: str, questions: list[Foreseen]) -> Iterator[str]:
    """Write a stage's first question out, and say how many more there may be."""
    if not questions:
        return
    asking = questions[0].asking
    more = f", and up to {count(len(questions) - 1, 'more question')} of this kind" if len(questions) > 1 else ""
    yield f"[{stage}: {next(iter(asking.item.models), 'no model')} is asked{more}]"
    prompt = asking.question.prompt
    yield from (part for part in (prompt.system, prompt.shared, prompt.own) if part)


def _facts(item: FictionItem) -> dict[str, str]:
    project, words = item.project, item.project.words
    waits = [*item.needs, *([f"the ending of {item.continues}"] if item.continues else [])]
    facts = {
        "step": item.job_type.value.replace("_", " "),
        "book": f"{project.title}, {item.genre}, {project.language}, {count(project.chapters, 'chapter')}",
        "words": f"{words.least:,} to {words.most:,}" if item.chapter else "",
        "after": _in_short(waits),
        "models": ", ".join(item.models) or "none",
        "gates": f"{item.bar.profile.value}, {item.bar.marks.pass_mark:g} points" if item.chapter else "",
        "forms": ", ".join(item.formats),
        "priority": item.priority.value,
    }
    return {name: fact for name, fact in facts.items() if fact}


def _in_short(names: list[str]) -> str:
    if len(names) <= 3:
        return ", ".join(names)
    return f"{', '.join(names[:2])} and {len(names) - 2} more"
