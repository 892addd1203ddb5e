"""What a chapter is worth by rules alone."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.fiction.checks.rules import Rule
from tasks.fiction.story import Issue, Scores

FULL = 20.0
UNSEEN = 16.0
"""What rules give at most where they see the least: for emotional impact and for how a text fits its genre."""
CEILINGS = {
    "grammar": FULL,
    "character_consistency": FULL,
    "plot_coherence": FULL,
    "emotional_impact": UNSEEN,
    "genre_fit": UNSEEN,
}
"""What each side begins with: 92 of 100 for a chapter in which rules find nothing."""


def score(issues: Iterable[Issue]) -> Scores:
    """Return what is left of each side after its issues' points, never under 0; nothing at all of an empty text.

    Each point that is missing below the ceilings is told by an issue, and a further issue never raises a score.
    """
    left = dict(CEILINGS)
    for issue in issues:
        if issue.rule == Rule.EMPTY:
            left = dict.fromkeys(left, 0.0)
        elif issue.side:
            left[issue.side] = max(0.0, left[issue.side] - issue.points)
    return Scores.model_validate(left)
