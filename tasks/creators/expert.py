"""The second judge: a model, or where there is none a second look that rests on other grounds than the first.

The first judge measures the plan by itself. This one asks what is around it: what the critic says of its strategy, how
it stands beside the weeks that the creator has had, and how bad its worst side is, since a chain holds no more than
its weakest link.
"""

from __future__ import annotations

from typing import NamedTuple

from tasks.creators.dimensions import Subject
from tasks.creators.findings import Critique, Dimensions
from tasks.creators.prompts import JudgingAnswer, cleaned, lines, quoted
from tasks.creators.questions import put_question

_WEIGHTS = {"critic": 0.45, "past": 0.25, "weakest": 0.30}
UNKNOWN_PAST = 75.0
"""What counts for a creator without a past month to compare with."""
_SHOWN = 4
"""Remarks and relaxed rules that a question shows."""


class Opinion(NamedTuple):
    """What an expert says."""

    score: float
    remarks: list[str]
    model: str = ""
    was_heard: bool = True
    """False where a model was asked and its answer did not serve."""


def by_rules(subject: Subject, dimensions: Dimensions, critique: Critique) -> Opinion:
    """Judge without a model: the critic's score, the past month, and the weakest dimension."""
    weakest: float = min(dimensions.model_dump().values())
    parts = {"critic": critique.score, "past": against_the_past(subject), "weakest": weakest}
    remarks = []
    if parts["past"] < UNKNOWN_PAST:
        remarks.append(f"Its posts are predicted to bring {parts['past']:.0f} % of what those of the last month did.")
    return Opinion(round(sum(_WEIGHTS[name] * part for name, part in parts.items()), 2), remarks)


def against_the_past(subject: Subject) -> float:
    """What a post is predicted to bring, in percent of what one of the last thirty days did; 100 at most."""
    month = max(subject.draft.performance.windows, key=lambda window: window.days, default=None)
    posts = subject.plan.main_posts
    if month is None or month.posts < 1 or month.value_per_post <= 0 or not posts:
        return UNKNOWN_PAST
    return min(100.0, 100.0 * sum(post.value for post in posts) / len(posts) / month.value_per_post)


async def by_model(subject: Subject, dimensions: Dimensions, critique: Critique) -> Opinion:
    """Ask a model for the five dimensions; the same weights make one score of them."""
    heard = await put_question(subject.item, _question(subject, dimensions, critique), JudgingAnswer)
    if heard.answer is None:
        return Opinion(0.0, [f"Second judge: {heard.trouble}."], was_heard=False)
    given = Dimensions.model_validate(heard.answer.model_dump(exclude={"remark"}))
    remark = cleaned(heard.answer.remark)
    score = round(subject.item.quality.weights.score(given), 2)
    return Opinion(score, [f"{heard.model}: {remark}"] if remark else [], heard.model)


def _question(subject: Subject, dimensions: Dimensions, critique: Critique) -> str:
    """Show the figures; what rules have measured is shown as counted, so that a model has something to go by."""
    plan, draft, profile = subject.plan, subject.draft, subject.context.known
    posts = plan.main_posts
    kinds = sorted({post.content_type for post in posts})
    counted = ", ".join(f"{name} {score:.0f}" for name, score in dimensions.model_dump().items())
    facts = [
        f"Creator: {quoted(profile.niche or 'no niche', 30)}, tier {profile.tier.value}.",
        f"{len(posts)} posts and {len(plan.posts) - len(posts)} follow-ups, "
        f"{len({post.slot_type for post in posts})} slot types, {len(kinds)} content types.",
        f"Expected {sum(post.value for post in plan.posts):.0f} USD, confidence {draft.forecast.confidence:.2f}.",
        f"Audience risk {draft.risk.score:.0f} ({draft.risk.risk.value}).",
        f"Posts without copy: {sum(post.needs_manual_copy for post in posts)}.",
        f"Broken rules: {' '.join(quoted(each) for each in subject.violations[:_SHOWN]) or 'none'}.",
        f"Relaxed rules: {', '.join(sorted({each.rule for each in plan.relaxed})[:_SHOWN]) or 'none'}.",
        f"Counted: {counted}.",
        f"Critic: {critique.score:.0f}. {quoted(critique.remarks[0]) if critique.remarks else ''}".strip(),
    ]
    return lines("JUDGING", facts)
