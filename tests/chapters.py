"""A chapter to check: what it was to be, and what rules find in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chapter_texts import ENGLISH

from tasks.fiction.checks.asked import CheckedAgainst
from tasks.fiction.checks.chapter import check_chapter
from tasks.fiction.checks.findings import Findings
from tasks.fiction.story import Issue

CAST = ("Alma Reyes", "Tomas")
CAST_IN_THAI = ("ดารินทร์ วงศ์ไทย", "ลุงปกรณ์")


def asked(cast: Sequence[str] = CAST, planned: Sequence[str] | None = None, **fields: Any) -> CheckedAgainst:
    """What the evening at the harbour was to be."""
    known: dict[str, Any] = {
        "genre": "mystery",
        "words": {"least": 300, "most": 3500},
        "characters": {"characters": [{"name": name} for name in cast]},
        "plan": {"title": "The last ferry", "summary": "", "characters": list(cast if planned is None else planned)},
    }
    return CheckedAgainst.model_validate(known | fields)


def findings(text: str = ENGLISH, cast: Sequence[str] = CAST, **fields: Any) -> Findings:
    """What rules find in a text."""
    return check_chapter(text, asked(cast, **fields))


def broken(rule: str, text: str = ENGLISH, cast: Sequence[str] = CAST, **fields: Any) -> list[Issue]:
    """How a text breaks one rule."""
    return [issue for issue in findings(text, cast, **fields).issues if issue.rule == rule]
