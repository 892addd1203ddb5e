"""What the questions to a model may come to at most, before they are asked.

The house's text in front of each is known, and of what is said of one creator how long it can be.
"""

from __future__ import annotations

from tasks.creators.house_text import SHARED, SYSTEM
from tasks.creators.models import CreatorItem
from tasks.plans import MADE, StagePlan
from tasks.shape import Shape

QUESTIONS = {"score_attention": 1, "critique_strategy": 1, "judge_quality": 3}
"""Most questions of each stage: a week that goes back is criticised and judged once more."""
OWN_LETTERS = 4_000
"""How long the part of a question is at most that speaks of one creator."""
ANSWER_TOKENS = 150
"""How long an answer is at most."""


class _Answer(Shape):
    scores: list[int]


def estimate_model(plan: StagePlan, item: CreatorItem) -> StagePlan:
    """Fill in tokens and money of a stage that has to be done; those that ask no model take none."""
    if plan.verdict not in MADE:
        return plan
    questions = QUESTIONS.get(plan.stage, 0)
    plan.tokens, plan.cost = 0, 0.0
    if questions and item.models:
        from tasks.llm.prompts import Prompt, Tuning
        from tasks.llm.worst_case import worst_case

        prompt = Prompt(system=SYSTEM, shared=SHARED, own="word " * (OWN_LETTERS // 5))
        charge = worst_case(item.models[0], prompt, Tuning(max_tokens=ANSWER_TOKENS), _Answer)
        plan.tokens = questions * (charge.input_tokens + charge.output_tokens)
        plan.cost = questions * charge.cost_usd if charge.cost_usd is not None else None
        plan.is_sure = False
    return plan
