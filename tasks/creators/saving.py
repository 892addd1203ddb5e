"""Phase 14: the schedule is certified, its files are written, and then it is written down.

Files first: a run that is killed in between leaves files without a schedule, which the next one overwrites, and never
a schedule without files. What was written down just before a kill is found again by its content and stays the one
schedule of its item.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from tasks.creators import shelf, store
from tasks.creators.composing import compose
from tasks.creators.context import CreatorContext
from tasks.creators.document import ScheduleDocument, same_content
from tasks.creators.files import write_schedule
from tasks.creators.findings import Anomalies, Critique, Draft, Judged, Prices, Quality, Verdict
from tasks.creators.models import CreatorItem
from tasks.creators.pool import pool
from tasks.creators.rules import GateProfile
from tasks.creators.store_posts import posts_once
from tasks.creators.tables import ScheduleItemRow, ScheduleRow
from tasks.creators.week_plan import Relaxation
from tasks.errors import PressroomError, fault
from tasks.llm.names import LOCAL
from tasks.models import ItemStatus, Outcome
from tasks.words import score

WAITS = "waits for review: "
"""What a warning begins with that says why a schedule waits."""
_NEWEST = (
    "SELECT document, status FROM schedule WHERE batch_id = ? AND item_id = ?"
    " ORDER BY saved_at DESC, schedule_id LIMIT 1"
)


async def save(
    item: CreatorItem,
    context: CreatorContext,
    draft: Draft,
    prices: Prices,
    critique: Critique,
    judged: Judged,
    odd: Anomalies,
) -> Outcome:
    """Save a week's schedule, or refuse with QUALITY_REJECTED; saving it again leaves one."""
    document = compose(item, context, draft, prices, critique, judged, odd)
    if document.status is Verdict.REJECTED:
        raise _rejected(document)
    outcome = await pool().apart(_save, item, document)
    shelf.saved(item.batch_id, item.item_id)
    return outcome


def _save(item: CreatorItem, document: ScheduleDocument) -> Outcome:
    earlier = _earlier(item, document)
    document = earlier or document
    once = posts_once(pool().execute, document.creator_id, document.week_start)
    outputs = write_schedule(document, item.output_root, once)
    if earlier is None:
        store.save_schedule(_row(item, document), _item_rows(document))
    is_sure = document.status is Verdict.APPROVED
    return Outcome(
        item_id=item.item_id,
        status=ItemStatus.SUCCEEDED if is_sure else ItemStatus.NEEDS_REVIEW,
        outputs=outputs,
        warnings=tuple(_warnings(document)),
    )


def _earlier(item: CreatorItem, document: ScheduleDocument) -> ScheduleDocument | None:
    """Find the schedule that this item has saved already, if it is the same."""
    for row in pool().execute(_NEWEST, (item.batch_id, item.item_id)):
        found = ScheduleDocument.model_validate_json(row["document"])
        if row["status"] == document.status.value and same_content(found, document):
            return found
    return None


def _row(item: CreatorItem, document: ScheduleDocument) -> ScheduleRow:
    return ScheduleRow(
        schedule_id=document.schedule_id,
        creator_id=document.creator_id,
        week_start=str(document.week_start),
        batch_id=item.batch_id,
        item_id=item.item_id,
        status=document.status.value,
        quality_score=document.quality.score,
        predicted_value=document.revenue.expected,
        document=document.model_dump_json(),
        certificate=document.certificate.signature if document.certificate is not None else "",
        saved_at=time.time(),
    )


def _item_rows(document: ScheduleDocument) -> list[ScheduleItemRow]:
    return [
        ScheduleItemRow(
            schedule_id=document.schedule_id,
            post_id=post.post_id,
            starts_at=post.starts_at,
            slot_type=post.slot_type,
            copy_id=post.copy_id,
            parent=post.parent,
            value=post.value,
            price=post.price,
        )
        for post in document.posts
    ]


def _warnings(document: ScheduleDocument) -> Iterator[str]:
    """Say what is good to know of a schedule before it is used; each rule once, and the document says the rest."""
    quality = document.quality
    if document.status is Verdict.NEEDS_REVIEW:
        approved = quality.thresholds[0]
        scored = f"scored {score(quality.score, 0)}, and {approved:g} is approved unseen"
        yield f"{WAITS}{scored if quality.score < approved else next(iter(quality.remarks), scored)}"
    yield from told_of(document)
    yield from (f"{one.severity.lower()}: {one.what}" for one in document.anomalies)


def told_of(document: ScheduleDocument) -> Iterator[str]:
    """Say what holds of a schedule whoever has judged it: which rules were relaxed, and what copy it lacks."""
    relaxed: dict[tuple[str, str], list[Relaxation]] = {}
    for one in document.relaxed:
        relaxed.setdefault((one.rule, one.phase), []).append(one)
    for (rule, phase), some in relaxed.items():
        held = " or ".join(dict.fromkeys(one.held for one in some))
        times = f", {len(some)} times" if len(some) > 1 else ""
        yield f"{rule} relaxed in {phase}{times}: {held} held instead of {some[0].wanted}"
    if missing := [post.post_id for post in document.posts if post.needs_manual_copy]:
        yield f"copy is to be written by hand for {', '.join(missing)}"


def _too_low(quality: Quality) -> str:
    """Say which of the judges rejects a week: one is enough, whatever both come to together."""
    expert = f" ({quality.by_model})" if quality.by_model and quality.shown is None else ""
    judges = {"the first judge": quality.primary, f"the second judge{expert}": quality.expert}
    low = [f"{name} gives {score(given, 0)}" for name, given in judges.items() if given < quality.thresholds[1]]
    return ", and ".join([*low, f"at least {quality.thresholds[1]:g} of each was needed"])


def _rejected(document: ScheduleDocument) -> PressroomError:
    quality = document.quality
    odd = [one.what for one in document.anomalies if one.severity == "CRITICAL"]
    why = "; ".join([*quality.violations, *odd] or [_too_low(quality), *quality.remarks[:3]])
    is_small = document.gates is GateProfile.STANDARD and quality.by_model.startswith(f"{LOCAL}:")
    hint = "With `gates: draft` what this machine's small model says is shown and does not count. " if is_small else ""
    return fault(
        "QUALITY_REJECTED", creator=document.creator_id, score=score(quality.score, 0), why=why.rstrip("."), hint=hint
    )
