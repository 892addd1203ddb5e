"""The creators' part in a review: an approved schedule holds, a rejected one uses up no copy, an edited one is checked.

What is approved takes the place of the schedule that was in force until then; a rejection leaves that one.

All of it is written in the transaction of the decision, the files last: what fails leaves the schedule waiting.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import SQLModel

from tasks.creators import store
from tasks.creators.certificate import certify, signed_bytes
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.document import ScheduleDocument
from tasks.creators.editing import plan_of, read_edited
from tasks.creators.files import write_schedule
from tasks.creators.findings import Anomalies, Judged, Verdict
from tasks.creators.models import CreatorBatch
from tasks.creators.rules import Rules
from tasks.creators.saving import WAITS, told_of
from tasks.creators.shelf import Place
from tasks.creators.store_posts import posts_once
from tasks.creators.tables import ScheduleItemRow, ScheduleRow
from tasks.creators.violations import Violation, violations_of
from tasks.creators.wave import Member, read_one
from tasks.errors import PressroomError, fault
from tasks.ledger.database import ask
from tasks.parameters import BOUNDLESS
from tasks.reviews import Case, Decision, Revised
from tasks.words import count

_SCHEDULES, _POSTS = (SQLModel.metadata.tables[str(row.__tablename__)] for row in (ScheduleRow, ScheduleItemRow))

_TOLD = {"max_slot_type_share", "max_content_type_share", "min_slot_types", "follow_up_share"}
"""Rules that an edit breaks only by taking posts out, which is a person's to do: they are told, and refuse nothing."""


def review(case: Case, connection: Connection) -> Revised | None:
    """Carry a decision out on the schedule that the item has saved."""
    c = _SCHEDULES.c
    mine = (c.batch_id == case.batch_id, c.item_id == case.item_id)
    newest = select(_SCHEDULES).where(*mine).order_by(c.saved_at.desc(), c.schedule_id)
    if (creator_id := connection.execute(select(c.creator_id).where(*mine)).scalar()) is not None:
        store.take_turn(connection, creator_id)  # First, as who saves does it: neither then waits for the other.
    row = connection.execute(newest.with_for_update()).first()  # Nobody takes its place while it is decided upon.
    if case.decision is Decision.REJECT:
        waits = (*mine, c.status == Verdict.NEEDS_REVIEW.value)
        connection.execute(update(_SCHEDULES).where(*waits).values(status=Verdict.REJECTED.value))
        _put_back(case, connection)
        return None
    if row is None:
        raise _refused(case, "no schedule of it was saved")
    if row.status != Verdict.NEEDS_REVIEW.value:
        raise _refused(case, f"its schedule is {row.status}: a later one of that week has taken its place")
    document = ScheduleDocument.model_validate_json(row.document)
    warnings, broken = tuple(text.removeprefix(WAITS) for text in case.warnings), tuple[str, ...]()
    if case.decision is Decision.EDIT:
        document = _edited(case, document, connection)
        broken = tuple(document.quality.violations)
        warnings = (*told_of(document), *(f"edited against a rule: {one}" for one in broken))
    revised = {"status": Verdict.APPROVED, "revised_at": _later_than(document)}
    approved = _certified(document.model_copy(update=revised))
    once = posts_once(partial(ask, connection), approved.creator_id, approved.week_start)
    _save(connection, approved)
    store.supersede(connection, ScheduleRow(**{**row._mapping, "status": approved.status.value}))
    return Revised(tuple(write_schedule(approved, _folder(case), once)), warnings, broken)


def _put_back(case: Case, connection: Connection) -> None:
    """Write the files again of the item's schedule that stays in force: the rejected one's have replaced them."""
    c = _SCHEDULES.c
    mine = (c.batch_id == case.batch_id, c.item_id == case.item_id, c.status == Verdict.APPROVED.value)
    kept = connection.execute(select(c.document).where(*mine)).scalar()
    if kept is not None and case.outputs:
        document = ScheduleDocument.model_validate_json(kept)
        once = posts_once(partial(ask, connection), document.creator_id, document.week_start)
        again = document.model_copy(update={"revised_at": _later_than(document)})  # Than the rejected one's as well.
        write_schedule(again, _folder(case), once)


def _folder(case: Case) -> str:
    return os.path.dirname(case.outputs[0].path)


def _later_than(document: ScheduleDocument) -> str:
    """Return the time now, to the second, or the next one: calendars tell by it which of two files is the later."""
    before = datetime.fromisoformat(document.revised_at or document.generated_at)
    return max(datetime.now(UTC), before + timedelta(seconds=1)).isoformat(timespec="seconds")


def _refused(case: Case, why: str) -> PressroomError:
    hint = f"`pressroom review {case.batch_id} {case.item_id} reject` takes it off the list."
    return fault("NOT_IN_REVIEW", item_id=case.item_id, batch_id=case.batch_id, why=why, hint=hint)


def _edited(case: Case, before: ScheduleDocument, connection: Connection) -> ScheduleDocument:
    """Return the edited schedule, with the rules that it breaks: EDIT_BREAKS_RULES unless it is taken despite them."""
    assert case.edited is not None, "an edit has its file"
    context, rules = _known(case, before, connection)
    edited = read_edited(case.edited, before, {copy.copy_id: copy for copy in context.copies})
    found = violations_of(plan_of(edited), context, rules, edited.week_start)
    refused = _named(one for one in found if one.rule not in _TOLD)
    if refused and not case.despite_rules:
        number = count(len(refused), "rule")
        raise fault("EDIT_BREAKS_RULES", path=str(case.edited), number=number, broken="; ".join(refused))
    quality = edited.quality.model_copy(update={"violations": _named(found)})
    return edited.model_copy(update={"quality": quality})


def _named(found: Iterable[Violation]) -> list[str]:
    """Write each breach once."""
    said = (f"{one.rule}: {one.what}" + (f" ({one.post_id})" if one.post_id else "") for one in found)
    return list(dict.fromkeys(said))


def _known(case: Case, document: ScheduleDocument, connection: Connection) -> tuple[CreatorContext, Rules]:
    """Read what is known of the creator now, and the rules of the batch with his own laid over them."""
    (asked,) = ask(connection, "SELECT spec FROM batch WHERE batch_id = ?", (case.batch_id,))
    batch = CreatorBatch.model_validate_json(asked["spec"], context=BOUNDLESS)
    names = {document.creator_id, document.page_name}
    group, members = next(((name, some) for name, some in batch.groups.items() if names & set(some)), ("", []))
    place = Place(case.item_id, document.creator_id, document.week_start, group, "", "")
    context = read_one(partial(ask, connection), Member(place, frozenset(members)))
    if context.profile is None:
        raise _refused(case, f"the roster knows no creator {document.creator_id!r} any more")
    return context, rules_for(context.profile, batch.rules)


def _certified(document: ScheduleDocument) -> ScheduleDocument:
    before = document.certificate
    certificate = certify(
        signed_bytes(document.model_dump(mode="json")),
        Judged(plan=plan_of(document), quality=document.quality),
        Anomalies(found=document.anomalies),
        subject=before.subject if before is not None else f"{document.creator_id}, week of {document.week_start}",
        items=len(document.posts),
        decided=document.status,
    )
    return document.model_copy(update={"certificate": certificate})


def _save(connection: Connection, document: ScheduleDocument) -> None:
    c = _SCHEDULES.c
    assert document.certificate is not None, "it was certified just now"
    values: dict[str, Any] = {
        "status": document.status.value,
        "predicted_value": document.revenue.expected,
        "document": document.model_dump_json(),
        "certificate": document.certificate.signature,
    }
    connection.execute(update(_SCHEDULES).where(c.schedule_id == document.schedule_id).values(**values))
    connection.execute(delete(_POSTS).where(_POSTS.c.schedule_id == document.schedule_id))
    names = ScheduleItemRow.model_fields.keys()
    posts = [
        {name: getattr(post, name) for name in names if name != "schedule_id"} | {"schedule_id": document.schedule_id}
        for post in document.posts
    ]
    connection.execute(insert(_POSTS), posts)
