"""A schedule document for tests of what is made of it: a few posts on days that are told apart easily."""

from __future__ import annotations

from datetime import date
from typing import Any

from creating import WEEK

from tasks.creators.clock import DAY_NAMES
from tasks.creators.document import ScheduleDocument, SchedulePost, moment
from tasks.creators.findings import (
    AudienceRisk,
    Consensus,
    Critique,
    Dimensions,
    Performance,
    Quality,
    Risk,
    Verdict,
)
from tasks.creators.revenue import Revenue


def quality(score: float = 91.0, status: Verdict = Verdict.APPROVED, **fields: Any) -> Quality:
    """What two judges say who agree."""
    sides = Dimensions(compliance=100, value=88, authenticity=90, engagement=86, retention=84)
    known: dict[str, Any] = {
        "primary": score,
        "expert": score,
        "consensus": Consensus.FULL_CONSENSUS,
        "confidence": 0.95,
        "dimensions": sides,
        "thresholds": (85.0, 70.0),
    }
    return Quality(status=status, score=score, **known | fields)


def post(
    day: int, minute: int, *, week_start: date = WEEK, time_zone: str = "Europe/Lisbon", **fields: Any
) -> SchedulePost:
    """A post at a minute of a day of the week."""
    at = moment(week_start, day, minute, time_zone)
    known: dict[str, Any] = {
        "post_id": f"{day}-{minute // 60:02d}",
        "slot_type": "photo_set",
        "content_type": "picture",
        "copy_id": f"copy-{day}-{minute}",
        "copy_text": "Three glazes, side by side.",
        "value": 20.0,
        "low": 12.5,
        "high": 31.0,
    }
    return SchedulePost(starts_at=at.isoformat(), weekday=DAY_NAMES[day], local_time=f"{at:%H:%M}", **known | fields)


def document(*posts: SchedulePost, **fields: Any) -> ScheduleDocument:
    """An approved schedule of a potter in Lisbon."""
    known: dict[str, Any] = {
        "schedule_id": "sched_0a1b2c3d4e5f",
        "creator_id": "alma",
        "page_name": "Alma at the wheel",
        "week_start": WEEK,
        "time_zone": "Europe/Lisbon",
        "generated_at": "2030-02-28T08:30:00+00:00",
        "status": Verdict.APPROVED,
        "quality": quality(),
        "critique": Critique(approves=True, score=88),
        "revenue": Revenue(expected=620.0, low=480.0, high=790.0),
        "audience_risk": AudienceRisk(score=18, risk=Risk.LOW),
        "performance": Performance(windows=[], saturation=20, opportunity=60, confidence=0.9),
    }
    return ScheduleDocument(posts=list(posts) or [post(0, 607), post(4, 1143)], **known | fields)
