"""A week as a picture: a row a day, a mark a post at its hour, told apart by colour and by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from tasks import words
from tasks.creators.clock import DAY_NAMES
from tasks.creators.document import ScheduleDocument, SchedulePost
from tasks.creators.slot_types import CONTENT_TYPES
from tasks.reports.pictures.picture import Key, Picture
from tasks.reports.pictures.svg import Part, drawing, level, percent, tag, text, upright

ROW = 30.0
ROOM = 30
"""Minutes that a mark needs to either side."""
_SQUARE, _SMALL = "M-7 -7H7V7H-7Z", "M-3 -3H3V3H-3Z"
_LETTERS = {name: name[0].upper() for name in CONTENT_TYPES}


def week_picture(document: ScheduleDocument) -> Picture:
    """Draw a schedule's posts by day and hour; follow-ups are small and stand a little lower."""
    first, last = hours_of(document.posts)
    parts = [*_frame(document.week_start, first, last)]
    for post in sorted(document.posts, key=lambda post: post.parent is None):
        parts.append(_mark(post, document.week_start, first, last))
    used = {post.content_type for post in document.posts}
    looks = ((name, f"{_LETTERS[name]}: {name}") for name in CONTENT_TYPES if name in used)
    keys = [Key(look_of(name), said) for name, said in looks]
    caption = _caption(document)
    svg = drawing(7 * ROW + 18, f"A week. {caption}", parts)
    return Picture("Week", caption, svg, f"hour of the clock in {document.time_zone}", "day", keys)


def week_lines(document: ScheduleDocument) -> Iterator[str]:
    """Write the same in letters: a line a day, with times and slot types; a follow-up in brackets."""
    for day, name in enumerate(DAY_NAMES):
        when = document.week_start + timedelta(days=day)
        told = [
            f"({post.local_time} {post.slot_type})" if post.parent else f"{post.local_time} {post.slot_type}"
            for post in document.posts
            if _day(post, document.week_start) == day
        ]
        yield f"{name[:3]} {when.day:>2}  {', '.join(told) or '-'}"


def look_of(content_type: str) -> str:
    """Say how a content type looks."""
    return f"s{CONTENT_TYPES.index(content_type)}" if content_type in CONTENT_TYPES else "s7"


def hours_of(posts: Sequence[SchedulePost]) -> tuple[int, int]:
    """Return the hours between which the posts lie with room for their marks, at least eight apart."""
    times = [int(post.local_time[:2]) * 60 + int(post.local_time[3:]) for post in posts] or [8 * 60]
    first, last = max(0, (min(times) - ROOM) // 60), min(24, (max(times) + ROOM) // 60 + 1)
    first = max(0, min(first, last - 8))
    return first, min(24, max(last, first + 8))


def _frame(week_start: date, first: int, last: int) -> Iterator[Part]:
    every = 2 if last - first > 8 else 1
    for hour in range(first, last + 1):
        at = (hour - first) / (last - first)
        is_named = not (hour - first) % every
        yield upright(at, 0, 7 * ROW, "axis" if hour == first else "grid")
        if is_named:
            anchor = "start" if hour == first else "end" if hour == last else "middle"
            yield text(at, 7 * ROW + 14, f"{hour}", "tick", anchor)
    for day in range(7):
        yield level((day + 1) * ROW, "axis" if day == 6 else "grid")
        name = f"{DAY_NAMES[day][:3]} {(week_start + timedelta(days=day)).day}"
        yield text(0, day * ROW + ROW / 2 + 4, name, "left", "end")


def _mark(post: SchedulePost, week_start: date, first: int, last: int) -> Part:
    hour, minute = map(int, post.local_time.split(":"))
    at = (hour + minute / 60 - first) / (last - first)
    is_main = post.parent is None
    inside = [tag("title", _tip(post)), tag("path", d=_SQUARE if is_main else _SMALL)]
    if is_main:
        inside.append(tag("text", _LETTERS.get(post.content_type, "?"), class_="in", x=0, y=3.5))
    top = _day(post, week_start) * ROW + (ROW / 2 - 4 if is_main else ROW - 6)
    look = f"mark {look_of(post.content_type)}"
    return tag("svg", *inside, class_=look, x=percent(at), y=top, overflow="visible")


def _day(post: SchedulePost, week_start: date) -> int:
    return (date.fromisoformat(post.starts_at[:10]) - week_start).days


def _tip(post: SchedulePost) -> str:
    name = post.slot_type.replace("_", " ") + (", follow-up" if post.parent else "")
    copy = "copy is to be written" if post.needs_manual_copy else words.cut(" ".join(post.copy_text.split()), 80)
    return f"{post.weekday} {post.local_time}, {name}, ${post.value:,.2f}: {copy}"


def _caption(document: ScheduleDocument) -> str:
    follow_ups = sum(post.parent is not None for post in document.posts)
    main = words.count(len(document.posts) - follow_ups, "post")
    return f"{main} and {words.count(follow_ups, 'follow-up')} from {document.week_start}."
