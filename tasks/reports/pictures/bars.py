"""Reasons and standings as pictures: bars from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.reports.pictures.picture import Key, Picture, look_of
from tasks.reports.pictures.svg import Part, drawing, rect, text
from tasks.reports.reasons import Reason, caption

ROW = 34.0


def why(found: Sequence[Reason], total: int) -> Picture:
    """Draw how many items did not come out for each reason."""
    most = max(reason.items for reason in found)
    parts: list[Part] = []
    for index, reason in enumerate(found):
        top = index * ROW
        parts.append(text(0, top + 12, f"{reason.code} ({_plain(reason.status)})", "name"))
        parts.append(text(1, top + 12, f"{reason.items:,}", "name strong", "end"))
        parts.append(rect(0, reason.items / most, top + 17, 10, look_of(reason.status)))
    alt = "Bars. " + "; ".join(f"{reason.code}: {reason.items:,} {_plain(reason.status)}" for reason in found)
    keys = [Key(look_of(status), _plain(status)) for status in dict.fromkeys(reason.status for reason in found)]
    svg = drawing(len(found) * ROW, alt, parts)
    waits = all(reason.status == "needs_review" for reason in found)
    title = "What waits for review" if waits else "Why items did not come out"
    return Picture(title, caption(found, total), svg, "number of items", "reason", keys, is_open=True)


def standings_bar(standings: Mapping[str, int]) -> Part:
    """Draw how all items stand as one bar."""
    total, begin = max(1, sum(standings.values())), 0.0
    parts: list[Part] = []
    for name, count in standings.items():
        parts.append(rect(begin, begin + count / total, 0, 18, look_of(name), f"{count:,} {_plain(name)}"))
        begin += count / total
    alt = "How the items stand: " + ", ".join(f"{count:,} {_plain(name)}" for name, count in standings.items())
    return drawing(18, alt, parts)


def _plain(status: str) -> str:
    return status.replace("_", " ")
