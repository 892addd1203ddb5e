"""What the questions to a model may come to at most, before they are asked."""

from __future__ import annotations

from tasks.creators.models import CreatorItem
from tasks.creators.prompts import foreseen
from tasks.plans import MADE, StagePlan

QUESTIONS = {"score_attention": 1, "critique_strategy": 1, "judge_quality": 3}
"""Most questions of each stage: a week that goes back is criticised and judged once more."""


def estimate_model(plan: StagePlan, item: CreatorItem) -> StagePlan:
    """Fill in tokens and money of a stage that has to be done; those that ask no model take none."""
    if plan.verdict not in MADE:
        return plan
    plan.tokens, plan.cost = 0, 0.0
    if charge := foreseen(item, plan.stage):
        questions = QUESTIONS[plan.stage]
        plan.tokens = questions * (charge.input_tokens + charge.output_tokens)
        plan.cost = questions * charge.cost_usd if charge.cost_usd is not None else None
        plan.is_sure = False
    return plan
