"""A schedule that a person has edited: which changes are theirs to make, and what follows from them.

Posts may be moved, given other copy or another price, or be left out. All else says how the week came about, or whose
it is, and has to stay: a file that is taken for another one's, or a slip in a name, is found here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from tasks.creators.clock import DAY_NAMES
from tasks.creators.context import Copy
from tasks.creators.document import ScheduleDocument, SchedulePost
from tasks.creators.week_plan import PlannedPost, WeekPlan
from tasks.errors import PressroomError, fault
from tasks.files import parse_data, read_text

OF_A_POST = ("starts_at", "copy_id", "copy_text", "needs_manual_copy", "price", "label")
"""Fields of a post that a person may change."""
_FOLLOWING = ("weekday", "local_time")
"""Fields of a post that follow from `starts_at`."""
_RENEWED = ("posts", "certificate")
"""Fields of a schedule that an edit changes; no other may be."""

Fault = tuple[str, str]
"""A field, and what is wrong with it."""


def read_edited(path: Path, before: ScheduleDocument, copies: Mapping[str, Copy]) -> ScheduleDocument:
    """Return the schedule as it was edited, put in order; EDIT_INVALID with the first thing that is wrong with it.

    `copies` are those that the creator may use, by id.
    """
    data = parse_data(read_text(path), path)
    try:
        edited = ScheduleDocument.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _invalid(path, [(".".join(map(str, first["loc"])) or "the whole", first["msg"])]) from error
    was, now = before.model_dump(mode="json"), edited.model_dump(mode="json")
    found = [*_unknown(data, now, ""), *_changed(was, now), *_posts(before, edited)]
    if found:
        raise _invalid(path, found)
    known = {post.post_id: post for post in before.posts}
    zone = ZoneInfo(before.time_zone)
    posts, wrong = [], list[Fault]()
    for post in edited.posts:
        settled, faults = _settled(post, known[post.post_id], before, zone, copies)
        posts.append(settled)
        wrong += [(f"post {post.post_id!r}, {field}", why) for field, why in faults]
    if wrong:
        raise _invalid(path, wrong)
    posts.sort(key=lambda post: (datetime.fromisoformat(post.starts_at), post.post_id))
    return edited.model_copy(
        update={"posts": posts, "revenue": edited.revenue.model_copy(update=_revenue(before, posts))}
    )


def plan_of(document: ScheduleDocument) -> WeekPlan:
    """Return the week as the phases know it, so that it can be held against the rules.

    The strategy is left out: it says what the phases were to do, and a person may decide otherwise.
    """
    return WeekPlan(
        posts=[_planned(post, document) for post in document.posts],
        relaxed=document.relaxed,
        repairs=document.repairs,
    )


def _planned(post: SchedulePost, document: ScheduleDocument) -> PlannedPost:
    at = datetime.fromisoformat(post.starts_at)
    same = {name: getattr(post, name) for name in PlannedPost.model_fields.keys() & SchedulePost.model_fields.keys()}
    day = (at.date() - document.week_start).days
    is_own = post.copy_id is None and bool(post.copy_text.strip())
    return PlannedPost(**same, day=day, hour=at.hour, minute_of_day=at.hour * 60 + at.minute, has_own_text=is_own)


def _invalid(path: Path, found: list[Fault]) -> PressroomError:
    field, why = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return fault("EDIT_INVALID", path=str(path), field=field, why=f"{why}{more}", may=", ".join(OF_A_POST))


def _unknown(given: Any, known: Any, place: str) -> Iterator[Fault]:
    """Find fields that there are not: a slip in a name would be an edit that is silently lost."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            where = f"{place}.{name}" if place else str(name)
            if name not in known:
                yield where, "there is no such field"
            else:
                yield from _unknown(value, known[name], where)
    elif isinstance(given, list) and isinstance(known, list):
        for number, (value, other) in enumerate(zip(given, known, strict=False)):
            yield from _unknown(value, other, f"{place}.{number}")


def _changed(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Fault]:
    for name, value in was.items():
        if name not in _RENEWED and now[name] != value:
            yield name, "it may not be changed"


def _posts(before: ScheduleDocument, edited: ScheduleDocument) -> Iterator[Fault]:
    known = {post.post_id: post for post in before.posts}
    seen: set[str] = set()
    if not edited.posts:
        yield "posts", "none is left; `reject` does without the week"
    for post in edited.posts:
        where = f"post {post.post_id!r}"
        if post.post_id in seen:
            yield where, "it stands there twice"
        elif post.post_id not in known:
            yield where, "the schedule had no such post"
        else:
            was, now = known[post.post_id].model_dump(), post.model_dump()
            free = (*OF_A_POST, *_FOLLOWING)
            yield from ((f"{where}, {name}", "it may not be changed") for name in was if _differs(was, now, name, free))
        seen.add(post.post_id)
    for post in edited.posts:
        if post.parent is not None and post.parent not in seen:
            yield f"post {post.post_id!r}", f"it follows up on {post.parent!r}, which was taken out"


def _differs(was: dict[str, Any], now: dict[str, Any], name: str, free: tuple[str, ...]) -> bool:
    return name not in free and was[name] != now[name]


def _settled(
    post: SchedulePost, was: SchedulePost, before: ScheduleDocument, zone: ZoneInfo, copies: Mapping[str, Copy]
) -> tuple[SchedulePost, list[Fault]]:
    """Return a post with what follows from its changes, and what is wrong with them."""
    found: list[Fault] = []
    at = _moment(post.starts_at, zone)
    if at is None:
        found.append(("starts_at", "it is no time with an offset from UTC, to the minute"))
    elif not 0 <= (at.date() - before.week_start).days < 7:
        found.append(("starts_at", f"it is not in the week of {before.week_start}"))
    else:
        follows = {"starts_at": at.isoformat(), "weekday": DAY_NAMES[at.weekday()], "local_time": f"{at:%H:%M}"}
        for name in _FOLLOWING:
            if getattr(post, name) not in (getattr(was, name), follows[name]):
                found.append((name, "it follows from `starts_at`, which is to be changed"))
        post = post.model_copy(update=follows)
    if post.price is not None and not (math.isfinite(post.price) and post.price >= 0):
        found.append(("price", "it is no amount of money"))
    post, why = _with_copy(post, was, copies)
    return post, found + ([("copy_id", why)] if why else [])


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None or at.second or at.microsecond:
        return None
    return at.astimezone(zone)


def _with_copy(post: SchedulePost, was: SchedulePost, copies: Mapping[str, Copy]) -> tuple[SchedulePost, str]:
    """Let a copy's text follow its id; a text of one's own has none."""
    if (post.copy_id, post.copy_text) == (was.copy_id, was.copy_text):
        return post, ""
    if post.copy_id is None:
        text = post.copy_text if post.copy_text != was.copy_text or was.copy_id is None else ""
        return post.model_copy(update={"copy_text": text, "needs_manual_copy": not text.strip()}), ""
    copy = copies.get(post.copy_id)
    if copy is None:
        return post, f"there is no copy {post.copy_id!r} that this creator may use"
    if post.copy_text not in (copy.text, was.copy_text) or (
        post.copy_id == was.copy_id and post.copy_text != copy.text
    ):
        return post, f"the text is not that of {post.copy_id!r}; with a text of your own set copy_id to null"
    return post.model_copy(update={"copy_text": copy.text, "needs_manual_copy": False}), ""


def _revenue(before: ScheduleDocument, posts: list[SchedulePost]) -> dict[str, float]:
    """Return what is left of the prediction without the posts that were taken out."""
    whole, kept = (math.fsum(post.value for post in some) for some in (before.posts, posts))
    if len(posts) == len(before.posts) or whole <= 0:
        return {}
    return {name: round(getattr(before.revenue, name) * kept / whole, 2) for name in ("expected", "low", "high")}
