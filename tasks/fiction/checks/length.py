"""Whether a chapter is as long as it should be."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.fiction.checks.asked import CheckedAgainst
from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.rules import Rule, broken
from tasks.fiction.story import Issue, Severity
from tasks.prose.languages import counted_in
from tasks.prose.words import LEEWAY, is_estimate

_FAR = 2
"""Under half of what is asked, or over twice as much, is another kind of text."""


def check_length(reading: Reading, asked: CheckedAgainst) -> Iterator[Issue]:
    """Find a chapter too short or too long. Where its words are estimated, bounds are wider by the estimate's error."""
    least, most = asked.words.least, asked.words.most
    leeway = LEEWAY if is_estimate(asked.language) else 0.0
    if least * (1 - leeway) <= reading.words <= most * (1 + leeway):
        return
    is_short = reading.words < least
    is_far = reading.words * _FAR < least or reading.words > most * _FAR
    yield broken(
        Rule.LENGTH,
        Severity.CRITICAL if is_far else Severity.MAJOR,
        "the whole",
        f"{reading.words:,} {counted_in(asked.language)} where {least:,} to {most:,} are asked for",
        "Tell more of what the plan says." if is_short else "Tell less, or leave out what the plan does not say.",
    )
