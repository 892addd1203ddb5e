"""What of a plan is fiction's own: authors' own works are kept, no revisions are in it, judging is done anew."""

from __future__ import annotations

from tasks.fiction import judging
from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.jobs import JobType
from tasks.fiction.models import FictionItem
from tasks.fiction.saving import KEPT
from tasks.fiction.story import ChapterText
from tasks.foresight import Foresight
from tasks.llm.foreseen import estimated, rehearsal_of
from tasks.plans import StagePlan, Verdict


def kept(item: FictionItem, stage: str) -> StagePlan:
    """Say that what an author has written or changed stays as it is, and that nobody is asked for it."""
    return StagePlan(stage, item.lane, Verdict.REUSE, KEPT)


def without_revisions(plan: StagePlan) -> None:
    """Leave out what only a chapter that was sent back was given: the last time it was written was perhaps such."""
    kept = [part for part in plan.changed if part.partition(".")[0] not in ("draft", "ending", "report")]
    if kept and len(kept) < len(plan.changed):
        plan.changed, plan.why = kept, f"{', '.join(kept)} changed"


def judged(
    item: FictionItem,
    brief: ChapterBrief,
    draft: ChapterText,
    foresight: Foresight,
    source: StagePlan | None,
    is_known: bool,
) -> list[StagePlan]:
    """Say what judging a chapter takes. It is done anew each time; the judge's word is kept by itself."""
    if not item.models:
        return []
    plan = StagePlan("judge_chapter", JobType.QUALITY.value, Verdict.NEW)
    if not is_known and source is not None:
        plan = foresight.follows(source, plan.stage, plan.lane)
    rehearsal = rehearsal_of(item, foresight, is_known=is_known)
    estimated(plan, rehearsal, lambda: judging.ask_judge(item, brief, draft))
    if all(one.is_kept for one in rehearsal.questions):
        plan.verdict, plan.why, plan.tokens, plan.cost = Verdict.REUSE, "the judge's word is kept", None, None
        plan.is_sure = True
    elif brief.given is not None:
        # Of a text with an ending there was a version before, which was judged.
        plan.verdict = Verdict.RERUN if brief.given_ending is not None else Verdict.NEW
        plan.why = f"{KEPT}, and judged"
    return [plan]


def by_rules(item: FictionItem) -> StagePlan:
    """Say what judging takes where no model does it."""
    why = "rules check it, and ask nobody"
    return StagePlan("judge_chapter", item.lane, Verdict.NEW, why, tokens=0, cost=0.0)
