"""A schedule as iCalendar: an event a post, at the creator's own clock.

An event keeps its UID as long as creator, week and post are the same, so importing a later schedule of that week
moves the events of the earlier one instead of doubling them. What the earlier one had and the later one has not is
cancelled: left out, it would stay in the calendar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from tasks.creators.document import ScheduleDocument, SchedulePost
from tasks.creators.findings import Verdict
from tasks.creators.store_posts import Once
from tasks.creators.time_zones import time_zone_of

LENGTH = timedelta(minutes=15)
"""How long an event looks; a post itself is a moment."""
_WORDS = 60
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def as_calendar(document: ScheduleDocument, once: Sequence[Once] = ()) -> bytes:
    """Write a schedule as an iCalendar file, with the rules of its time zone.

    `once` are posts that the creator's week has had; those that it has no more are cancelled.
    """
    calendar = Calendar()
    calendar.add("PRODID", "-//Pressroom//Creator schedules//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", _plain(document.page_name))
    calendar.add("X-WR-TIMEZONE", document.time_zone)
    calendar.add_component(_zone(document.time_zone, document.week_start))
    for post in document.posts:
        calendar.add_component(_event(document, post))
    kept = {post.post_id for post in document.posts}
    for gone in {each.post_id: each for each in once if each.post_id not in kept}.values():
        calendar.add_component(_cancelled(document, gone))
    written: bytes = calendar.to_ical()
    return written


@lru_cache(maxsize=64)
def _zone(name: str, week_start: date) -> Timezone:
    """Describe a zone; creators of a batch share few of them."""
    return time_zone_of(name, week_start)


def _begun(document: ScheduleDocument, post: SchedulePost | Once) -> Event:
    """Return an event with what makes it known again, and which of two files is the later one."""
    written_at = datetime.fromisoformat(document.revised_at or document.generated_at)
    event = Event()
    event.add("UID", f"{document.creator_id}-{document.week_start}-{post.post_id}@pressroom")
    event.add("DTSTAMP", written_at)
    event.add("LAST-MODIFIED", written_at)
    event.add("SEQUENCE", int(written_at.timestamp()))
    event.add("DTSTART", datetime.fromisoformat(post.starts_at).astimezone(ZoneInfo(document.time_zone)))
    event.add("DURATION", LENGTH)
    return event


def _cancelled(document: ScheduleDocument, gone: Once) -> Event:
    event = _begun(document, gone)
    event.add("SUMMARY", _name(gone.slot_type))
    event.add("STATUS", "CANCELLED")
    event.add("TRANSP", "TRANSPARENT")
    return event


def _event(document: ScheduleDocument, post: SchedulePost) -> Event:
    event = _begun(document, post)
    event.add("SUMMARY", _summary(post))
    event.add("DESCRIPTION", _description(document, post))
    event.add("CATEGORIES", [post.content_type])
    event.add("STATUS", "CONFIRMED" if document.status is Verdict.APPROVED else "TENTATIVE")
    event.add("TRANSP", "TRANSPARENT")
    return event


def _summary(post: SchedulePost) -> str:
    name = _name(post.slot_type)
    if post.parent is not None:
        name = f"{name}, follow-up"
    if post.needs_manual_copy:
        return f"{name}: copy is to be written"
    words = " ".join(_plain(post.copy_text).split())
    if len(words) > _WORDS:
        words = f"{words[: _WORDS - 1].rstrip()}…"
    return f"{name}: {words}" if words else name


def _name(slot_type: str) -> str:
    return slot_type.replace("_", " ").capitalize()


def _description(document: ScheduleDocument, post: SchedulePost) -> str:
    lines = ["Copy is to be written by hand." if post.needs_manual_copy else _plain(post.copy_text), ""]
    if post.price is not None:
        lines.append(f"Price: ${post.price:,.2f}")
    if post.parent is not None:
        lines.append(f"Follows up on post {post.parent}.")
    if post.label:
        lines.append(f"Form: {_plain(post.label)}")
    lines.append(f"Expected: ${post.value:,.2f} (${post.low:,.2f} to ${post.high:,.2f})")
    lines.append(f"Post {post.post_id} of {_plain(document.page_name)}, week of {document.week_start}")
    return "\n".join(lines).strip()


def _plain(text: str) -> str:
    """Drop what no calendar may hold."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
