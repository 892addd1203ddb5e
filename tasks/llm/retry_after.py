"""How long a vendor asks everyone to wait."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST_SECONDS = 3600.0
"""No longer than this is believed: a server with a wrong clock must not stop a lane for a day."""

_DELAY = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


def retry_after(headers: Mapping[str, str], body: bytes = b"") -> float | None:
    """Return the seconds that an answer asks to wait, if it does.

    OpenAI says it in milliseconds too, Google in the body alone, and any of them may name a date instead.
    """
    asked = _number(headers.get("retry-after-ms"), 0.001)
    if asked is None:
        asked = _number(headers.get("retry-after"), 1.0)
    if asked is None:
        asked = _until(headers.get("retry-after"), headers.get("date"))
    if asked is None and (found := _DELAY.search(body.decode(errors="replace"))):
        asked = float(found[1])
    return None if asked is None else min(max(asked, 0.0), MOST_SECONDS)


def _number(text: str | None, unit: float) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value * unit if math.isfinite(value) else None


def _until(text: str | None, sent: str | None) -> float | None:
    """Count from the server's own date, since its clock and this one may differ."""
    then = _date(text)
    return None if then is None else (then - (_date(sent) or datetime.now(UTC))).total_seconds()


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
