"""Phase 12, after placement and prices: what a critic says of the week as a whole.

Rules count five sides of its strategy; a model, where there is one, reads the same figures and gives the score. Under
the gate profile `draft` a model's score is told in a remark, and the rules' counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Critique, Draft, Prices
from tasks.creators.models import CreatorItem
from tasks.creators.prompts import CritiqueAnswer, cleaned, lines, quoted
from tasks.creators.questions import put_question
from tasks.creators.rules import GateProfile
from tasks.creators.strategy import Strategy, strategy_of
from tasks.creators.week_plan import PlannedPost, WeekPlan


async def critique(
    item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, prices: Prices
) -> Critique:
    """Say whether the week's strategy holds together."""
    strategy = strategy_of(item, context, draft, plan)
    if not item.models:
        return _critique(item, strategy.score, strategy.remarks)
    heard = await put_question(item, _question(item, context, plan, prices, strategy), CritiqueAnswer)
    if heard.answer is None:
        return _critique(item, strategy.score, [*strategy.remarks, f"Critique: {heard.trouble}."])
    score, remark = heard.answer.score, cleaned(heard.answer.remark)
    said = [f"{heard.model}: {remark}"] if remark else []
    if item.gates is GateProfile.DRAFT:
        told = f"{heard.model} gives {score} for strategy, which is shown and does not count."
        return _critique(item, strategy.score, [*strategy.remarks, told, *said], heard.model)
    return _critique(item, score, [*said, *strategy.remarks], heard.model)


def _critique(item: CreatorItem, score: float, remarks: list[str], model: str = "") -> Critique:
    score = round(score, 1)
    return Critique(approves=score >= item.quality.critic_approves, score=score, remarks=remarks, by_model=model)


def _question(item: CreatorItem, context: CreatorContext, plan: WeekPlan, prices: Prices, strategy: Strategy) -> str:
    """Show the week in figures, Monday first; what rules have counted gives a model something to go by."""
    posts, profile = plan.main_posts, context.known
    kinds = Counter(post.content_type for post in posts)
    counted = ", ".join(f"{side.name} {side.score:.0f}" for side in strategy.sides)
    facts = [
        f"Creator: {quoted(profile.niche or 'no niche', 30)}, tone {quoted(profile.persona or 'none', 30)}.",
        f"Posts a day: {_a_day(posts)}; decided: {' '.join(str(day.posts) for day in plan.strategy) or 'nothing'}.",
        f"Offers a day: {_a_day([post for post in posts if post.content_type == 'offer'])}.",
        f"Content: {', '.join(f'{kind} {count}' for kind, count in sorted(kinds.items())) or 'none'}.",
        f"Without copy: {sum(not post.copy_id for post in posts)}.",
        f"Counted: {counted}.",
    ]
    if priced := sorted(price.price for price in prices.prices):
        facts.append(f"Prices: {priced[0]:.0f} to {priced[-1]:.0f} USD.")
    if item.rejected_for:
        facts.append(f"A person rejected an earlier version of it: {quoted(item.rejected_for)}.")
    return lines("CRITIQUE", facts)


def _a_day(posts: Sequence[PlannedPost]) -> str:
    counts = Counter(post.day for post in posts)
    return " ".join(str(counts[day]) for day in range(7))
