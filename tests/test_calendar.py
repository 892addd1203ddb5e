"""The iCalendar file of a schedule: any program reads the moments that the creator's clock shows, wherever he lives."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz  # type: ignore[import-untyped]  # icalendar brings it, and it has no types
from icalendar import Calendar
from schedule_parts import document, post

from tasks.creators.calendar_file import as_calendar
from tasks.creators.document import ScheduleDocument, moment
from tasks.creators.findings import Verdict
from tasks.creators.store_posts import Once
from tasks.creators.time_zones import time_zone_of

ODD = {
    "Europe/Lisbon": date(2026, 3, 23),
    "Europe/Dublin": date(2026, 10, 19),  # its winter is the exception
    "Australia/Lord_Howe": date(2026, 4, 5),  # by half an hour
    "Antarctica/Troll": date(2026, 3, 23),  # by two hours
    "America/Santiago": date(2026, 8, 31),  # at midnight
    "Asia/Beirut": date(2026, 3, 23),  # a day begins at one
    "Africa/Casablanca": date(2026, 2, 9),  # back for Ramadan
    "Pacific/Chatham": date(2026, 9, 21),
    "America/St_Johns": date(2026, 11, 2),
    "Asia/Kathmandu": date(2026, 3, 23),  # never
}
"""Zones with rules that are easily got wrong, each with a week in or next to which clocks change."""


def read_back(written: bytes) -> Calendar:
    found = Calendar.from_ical(written)
    assert isinstance(found, Calendar)
    return found


def events(whole: ScheduleDocument) -> list[Any]:
    return list(read_back(as_calendar(whole)).walk("VEVENT"))


def unfolded(written: bytes) -> str:
    return written.decode().replace("\r\n ", "")


def starts_by_its_own_rules(written: bytes) -> list[datetime]:
    """Read the events as a program does that knows no zones: by the rules in the file and nothing else."""
    text = unfolded(written)
    zone = tz.tzical(io.StringIO(text.replace("\r\n", "\n"))).get()
    found = []
    for line in text.splitlines():
        if line.startswith("DTSTART;TZID="):
            clock = datetime.strptime(line.rpartition(":")[2], "%Y%m%dT%H%M%S")
            found.append(clock.replace(tzinfo=zone).astimezone(UTC))
    return found


@pytest.mark.parametrize("time_zone", ODD)
def test_every_hour_around_a_change_of_clocks_is_the_same_moment_in_the_file(time_zone: str) -> None:
    week_start, zone = ODD[time_zone], ZoneInfo(time_zone)
    posts = []
    for day in range(7):
        for minute in range(5, 1440, 60):
            at = moment(week_start, day, minute, time_zone)
            exists = at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == at.replace(tzinfo=None)
            if exists:
                posts.append(post(day, minute, week_start=week_start, time_zone=time_zone))
    whole = document(*posts, week_start=week_start, time_zone=time_zone)
    expected = [datetime.fromisoformat(one.starts_at).astimezone(UTC) for one in posts]
    assert starts_by_its_own_rules(as_calendar(whole)) == expected
    assert [event.start.astimezone(UTC) for event in events(whole)] == expected


@pytest.mark.parametrize("time_zone", ODD)
def test_the_rules_in_the_file_hold_for_months_around_the_week(time_zone: str) -> None:
    week_start = ODD[time_zone]
    text = time_zone_of(time_zone, week_start).to_ical().decode().replace("\r\n", "\n")
    described, known = tz.tzical(io.StringIO(text)).get(), ZoneInfo(time_zone)
    begin = datetime.combine(week_start, datetime.min.time(), UTC) - timedelta(days=300)
    for hours in range(0, 600 * 24, 11):
        here = (begin + timedelta(hours=hours, minutes=7)).astimezone(known)
        if not here.fold:
            assert here.replace(tzinfo=described).utcoffset() == here.utcoffset(), here


def test_of_a_time_that_a_clock_shows_twice_it_is_the_first() -> None:
    autumn = date(2026, 10, 19)
    twice = post(6, 90, week_start=autumn)
    assert twice.starts_at == "2026-10-25T01:30:00+01:00"
    written = as_calendar(document(twice, week_start=autumn))
    assert starts_by_its_own_rules(written) == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_events_name_the_zone_and_what_goes_out() -> None:
    fresh = post(0, 607, price=9.5, label="question first")
    reply = post(0, 645, parent="0-10", slot_type="story", needs_manual_copy=True, copy_text="", copy_id=None)
    first, second = events(document(fresh, reply))
    assert first["DTSTART"].params["TZID"] == "Europe/Lisbon"
    assert first.start == datetime(2030, 3, 4, 10, 7, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert first["SUMMARY"] == "Photo set: Three glazes, side by side."
    assert "Price: $9.50" in first["DESCRIPTION"]
    assert "Form: question first" in first["DESCRIPTION"]
    assert second["SUMMARY"] == "Story, follow-up: copy is to be written"
    assert "Follows up on post 0-10." in second["DESCRIPTION"]
    assert first.duration == timedelta(minutes=15)


def test_a_later_schedule_of_the_week_moves_the_events_of_the_earlier_one() -> None:
    before = document(post(0, 607))
    moved = post(0, 625, post_id="0-10")
    after = document(moved, schedule_id="sched_ffffffffffff", generated_at="2030-03-01T08:30:00+00:00")
    (old,), (new,) = events(before), events(after)
    assert old["UID"] == new["UID"] == f"alma-2030-03-04-{before.posts[0].post_id}@pressroom"
    assert new["SEQUENCE"] > old["SEQUENCE"]
    assert new.start - old.start == timedelta(minutes=18)


def test_a_post_that_the_week_has_no_more_is_cancelled() -> None:
    kept = post(0, 607)
    once = [Once(kept.post_id, kept.starts_at, kept.slot_type)]
    once += [Once("4-19", f"2030-03-08T{hour}:03:00+00:00", "photo_set") for hour in (18, 19)]
    found: list[Any] = list(read_back(as_calendar(document(kept), once)).walk("VEVENT"))
    stays, gone = found
    assert (stays["STATUS"], gone["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert (gone["UID"], gone["SUMMARY"]) == ("alma-2030-03-04-4-19@pressroom", "Photo set")
    assert gone.start.hour == 19, "as it was last"


def test_what_a_person_decides_makes_the_later_file() -> None:
    (before, *_), (after, *_) = events(document()), events(document(revised_at="2030-03-01T09:00:00+00:00"))
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_events_of_different_weeks_creators_and_posts_are_different() -> None:
    others = [document(), document(creator_id="bela"), document(week_start=date(2030, 3, 11))]
    uids = [event["UID"] for one in others for event in events(one)]
    assert len(set(uids)) == len(uids) == 6


def test_what_waits_for_review_is_tentative() -> None:
    assert {event["STATUS"] for event in events(document())} == {"CONFIRMED"}
    assert {event["STATUS"] for event in events(document(status=Verdict.NEEDS_REVIEW))} == {"TENTATIVE"}


def test_copy_of_many_lines_signs_and_scripts_comes_back_as_it_was() -> None:
    text = "Back at the kiln; a, b\\c\nsecond line: «olá» 日本 🏺\n" + "long " * 60
    (event,) = events(document(post(0, 607, copy_text=text)))
    assert event["DESCRIPTION"].startswith(text)
    assert len(event["SUMMARY"]) < 80
    written = as_calendar(document(post(0, 607, copy_text=text)))
    assert max(map(len, written.split(b"\r\n"))) <= 75
    assert written.count(b"\n") == written.count(b"\r\n")


def test_what_no_calendar_may_hold_is_left_out() -> None:
    (event,) = events(document(post(0, 607, copy_text="a\x00b\x07c\rd\r\nEND:VEVENT"), page_name="A\x00lma"))
    assert event["DESCRIPTION"].startswith("abc\nd\nEND:VEVENT")


def test_a_zone_without_rules_is_read_as_well() -> None:
    at_zero = document(post(0, 607, time_zone="UTC"), time_zone="UTC")
    assert [event.start for event in events(at_zero)] == [datetime(2030, 3, 4, 10, 7, tzinfo=UTC)]
