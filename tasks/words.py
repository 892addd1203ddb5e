"""How numbers, times, sizes and states are written for people, on a terminal and in reports."""

from __future__ import annotations

import math
import re
import time
from decimal import ROUND_FLOOR, Decimal

MARKS = {"succeeded": "✅", "running": "▶", "paused": "⏸"}
WARNING, CROSS = "⚠️ ", "❌"

NAME = 60
"""Letters at most of a name that heads what is said of it."""
WORD = 160
"""Letters at most of a word in a message on a terminal; that is room for most paths."""


def seconds(amount: float) -> str:
    """Write a duration, such as `4.2s`, `3m 05s` or `2h 10m`."""
    if amount < 0.0995:
        return f"{amount * 1000:.2g}ms"
    if amount < 0.995:
        return f"{amount:.2g}s"
    if amount < 59.95:
        return f"{amount:.1f}s"
    minutes, rest = divmod(round(amount), 60)
    if minutes < 60:
        return f"{minutes}m {rest:02}s"
    return f"{minutes // 60}h {minutes % 60:02}m"


def size(amount: float) -> str:
    """Write a number of bytes, such as `3.2 KB`."""
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def percent(part: int, whole: int) -> int:
    """Whole percent, and 100 only when it is all."""
    return int(100 * part / whole) if whole else 100


def share(part: float, whole: float) -> str:
    """Write a part in percent, such as `12.5 %`; nothing only for nothing, and all only for all."""
    if whole <= 0 or part <= 0:
        return "0 %"
    amount = 100 * part / whole
    if amount < 0.05:
        return "under 0.1 %"
    if part < whole and amount >= 99.95:
        return "over 99.9 %"
    return f"{amount:.1f}".removesuffix(".0") + " %"


def score(value: float, places: int = 2) -> str:
    """Write a score, cut down and not rounded: one that misses what is needed never reads as if it had it."""
    return str(Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_FLOOR))


def needed(value: float) -> str:
    """Write what a score is held against, to two places or to as many as it has."""
    return max(f"{value:.2f}", f"{value:g}", key=len)


def money(usd: float) -> str:
    """Write US dollars, such as `$12.30` or `$0.0042`: two digits that say something, and nothing only for nothing."""
    if usd < 0:
        return f"-{money(-usd)}"
    if 0 < usd < 1e-6:
        return "under $0.000001"
    small = 0 if usd == 0 else 1 - math.floor(math.log10(usd))
    return f"${usd:,.{max(2, small)}f}"


def cost(usd: float, is_complete: bool) -> str:
    """Write a cost; one that lacks calls of unknown price says so, and is never nothing."""
    if is_complete:
        return money(usd)
    return f"at least {money(usd)}" if usd else "unknown"


def bar(part: int, whole: int, width: int = 10) -> str:
    """Draw a bar, such as `[████░░░░░░]`."""
    full = width * part // whole if whole else width
    return f"[{'█' * full}{'░' * (width - full)}]"


def count(number: int, word: str) -> str:
    """Write a number with its noun, such as `1 item` or `10,000 items`."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def when(moment: float) -> str:
    """Write a point in time in the reader's own zone."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))


def cut(text: str, width: int) -> str:
    """Shorten a text in its middle, where names differ least."""
    if len(text) <= width or width < 5:
        return text[:width]
    head = (width - 1) // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def cut_words(text: str, width: int = WORD) -> str:
    """Shorten what is too long to stand in a line or a column without a space, such as paths in a message."""
    return re.sub(r"\S+", lambda word: cut(word[0], width), text)


def age(amount: float) -> str:
    """Write an age in the largest unit that leaves no rest, such as `30 days`."""
    for name, seconds_in in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if amount >= seconds_in and amount % seconds_in == 0:
            return count(int(amount // seconds_in), name)
    return count(round(amount), "second")
