"""What goes from item to item of a batch, while it is only foreseen: each project's characters, outline and endings.

What an item before makes is known where its finished work says so, or where it lies in the library; else something
stands in for it, and what is made of that is not known either.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.fiction.briefs import ChapterBrief, OutlineBrief
from tasks.fiction.jobs import JobType
from tasks.fiction.loading import chapter_brief, outline_brief, shelf_of
from tasks.fiction.models import FictionItem
from tasks.fiction.story import MOST_FACTS, ChapterPlan, ChapterText, Character, Characters, Ending, Outline
from tasks.llm.rehearsal import Fill

LETTERS_A_WORD = 6
_FACTS_A_CHAPTER = 8


class Course:
    """The works of each project, as far as they are known."""

    def __init__(self, items: Sequence[FictionItem], fill: Fill) -> None:
        self._fill = fill
        made = (JobType.CHARACTERS, JobType.OUTLINE)
        self._made = {(item.project_id, item.job_type): item.item_id for item in items if item.job_type in made}
        self._casts: dict[str, Characters] = {}
        self._outlines: dict[str, Outline] = {}
        self._endings: dict[tuple[str, int], Ending] = {}

    def read_by(self, item: FictionItem) -> list[str]:
        """Name the items of the batch whose works an item reads."""
        whole = [name for (project_id, _), name in self._made.items() if project_id == item.project_id]
        before = [one for one in whole if one != item.item_id and item.job_type is not JobType.CHARACTERS]
        return list(dict.fromkeys([*before, *item.needs, *([item.continues] if item.continues else [])]))

    def note_cast(self, item: FictionItem, made: Characters | None) -> None:
        """Note the characters that an item makes, where they are known."""
        if made is not None:
            self._casts[item.project_id] = made

    def note_outline(self, item: FictionItem, made: Outline | None) -> None:
        """Note the outline."""
        if made is not None:
            self._outlines[item.project_id] = made

    def note_ending(self, item: FictionItem, made: Ending | None) -> None:
        """Note how a chapter ends."""
        if made is not None:
            self._endings[item.project_id, item.chapter] = made

    def note_finished(self, item: FictionItem) -> None:
        """Note what an item has made that is finished and lies in the library."""
        shelf = shelf_of(item)
        if item.job_type is JobType.CHARACTERS:
            self.note_cast(item, shelf.read_characters())
        elif item.job_type is JobType.OUTLINE:
            self.note_outline(item, shelf.read_outline())
        elif item.job_type is JobType.CHAPTERS:
            self.note_ending(item, shelf.read_record(item.chapter).ending)

    def outline_brief(self, item: FictionItem) -> tuple[OutlineBrief, bool]:
        """Return what an outline is made from, and whether that is all known."""
        cast, is_known = self._cast(item)
        return outline_brief(item, cast), is_known

    def chapter_brief(self, item: FictionItem) -> tuple[ChapterBrief, bool]:
        """Return what a chapter is made from, and whether that is all known."""
        cast, has_cast = self._cast(item)
        outline, has_outline = self._outline(item)
        before, has_before = self._before(item)
        return chapter_brief(item, before, cast, outline), has_cast and has_outline and has_before

    def draft(self, brief: ChapterBrief, author: str) -> ChapterText:
        """Return what stands in for a chapter's text: as long as it is to be."""
        text = self._fill(brief.words.aim * LETTERS_A_WORD)
        return ChapterText(title=brief.plan.title, text=text, words=brief.words.aim, by_model=author)

    def _cast(self, item: FictionItem) -> tuple[list[Character] | None, bool]:
        """Return a project's characters; None where they are read from the library."""
        if (item.project_id, JobType.CHARACTERS) not in self._made:
            return None, True
        found = self._casts.get(item.project_id)
        if found is not None:
            return found.characters, True
        fill = self._fill
        one = Character(name=fill(20), role=fill(100), description=fill(600), wants=fill(200))
        return [one.model_copy(update={"name": f"{one.name} {n}"}) for n in range(1, item.project.cast + 1)], False

    def _outline(self, item: FictionItem) -> tuple[Outline | None, bool]:
        if (item.project_id, JobType.OUTLINE) not in self._made:
            return None, True
        found = self._outlines.get(item.project_id)
        if found is not None:
            return found, True
        plan = ChapterPlan(title=self._fill(60), summary=self._fill(900))
        return Outline(chapters=[plan] * item.project.chapters), False

    def _before(self, item: FictionItem) -> tuple[Ending | None, bool]:
        """Return how the chapter before ends; None where that is read from the library."""
        if not item.continues:
            return None, True
        found = self._endings.get((item.project_id, item.chapter - 1))
        if found is not None:
            return found, True
        facts = min(MOST_FACTS, _FACTS_A_CHAPTER * (item.chapter - 1))
        return Ending(state=self._fill(900), facts=[self._fill(200)] * facts), False
