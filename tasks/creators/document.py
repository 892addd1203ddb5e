"""A week's schedule as it is handed over: what goes out when, how good it is, and how that came about.

Same input and seed give the same document but for its ids, its times of making and its certificate, so two can be
compared field by field. Nothing in it has to be looked up elsewhere: it is read by people and programs without us.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tasks.creators.certificate import Certificate, signed_bytes
from tasks.creators.findings import (
    Anomaly,
    AudienceRisk,
    Check,
    Critique,
    Performance,
    Quality,
    Verdict,
)
from tasks.creators.revenue import Revenue
from tasks.creators.rules import GateProfile
from tasks.creators.week_plan import DayStrategy, Relaxation
from tasks.shape import Shape


class SchedulePost(Shape):
    """A post, with all that whoever publishes it needs."""

    post_id: str
    starts_at: str
    """ISO 8601 with the offset from UTC that holds at that time and place."""
    weekday: str
    local_time: str
    """`HH:MM` of the creator's clock."""
    slot_type: str
    content_type: str
    copy_id: str | None = None
    copy_text: str = ""
    needs_manual_copy: bool = False
    """Nothing that may be used was left: somebody has to write it."""
    parent: str | None = None
    """The post that it follows up on."""
    value: float = 0.0
    """US dollars predicted."""
    low: float = 0.0
    high: float = 0.0
    price: float | None = None
    """US dollars; none where nothing is sold."""
    label: str = ""


class ModelsUsed(Shape):
    """Which model did what; empty where rules did."""

    attention: str = ""
    critique: str = ""
    judging: str = ""


class ScheduleDocument(Shape):
    """A schedule of one creator and week."""

    schedule_id: str
    creator_id: str
    page_name: str
    week_start: date
    time_zone: str
    generated_at: str
    """ISO 8601, UTC."""
    revised_at: str | None = None
    """When a person decided on it; ISO 8601, UTC."""
    status: Verdict
    """What holds: the judges' verdict, unless something odd was found or a person has decided."""
    quality: Quality
    critique: Critique
    revenue: Revenue
    strategy: list[DayStrategy] = []
    posts: list[SchedulePost] = []
    """In order of time."""
    relaxed: list[Relaxation] = []
    repairs: list[str] = []
    audience_risk: AudienceRisk
    performance: Performance
    preflight: list[Check] = []
    anomalies: list[Anomaly] = []
    gates: GateProfile = GateProfile.STANDARD
    seed: int = 0
    models: ModelsUsed = ModelsUsed()
    certificate: Certificate | None = None
    """Signs what two makings of it have in common; see `certificate.signed_bytes`."""


def same_content(one: ScheduleDocument, other: ScheduleDocument) -> bool:
    """Say whether two documents differ in nothing but what every making of them changes."""
    left, right = (signed_bytes(document.model_dump(mode="json")) for document in (one, other))
    return left == right


def moment(week_start: date, day: int, minute_of_day: int, time_zone: str) -> datetime:
    """Return when a clock in `time_zone` shows that minute; of two such moments the first."""
    wall_clock = datetime.combine(week_start, datetime.min.time()) + timedelta(days=day, minutes=minute_of_day)
    return wall_clock.replace(tzinfo=ZoneInfo(time_zone))
