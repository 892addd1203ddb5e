"""The stages whose finished work can be told from what goes into them, as the flow links them.

The stages themselves cannot be asked: they are tasks of Prefect's, and a plan does without it. A test holds that names,
inputs and versions are theirs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tasks.creators.findings import Attention, AudienceRisk, Draft, Forecast, Performance, Preflight
from tasks.creators.week_plan import WeekPlan


class Step(NamedTuple):
    """A stage: what goes in by parameter, each named by the step that makes it, and what comes out."""

    stage: str
    inputs: dict[str, str]
    returns: type[Any]
    makes: str


def _step(stage: str, returns: type[Any], makes: str, **inputs: str) -> Step:
    return Step(stage, {"item": "item"} | inputs, returns, makes)


STEPS = (
    _step("check_preflight", Preflight, "ready", context="context"),
    _step("assess_audience", AudienceRisk, "risk", context="context"),
    _step("analyse_performance", Performance, "recent", context="context", ready="ready"),
    _step("allocate_slots", WeekPlan, "slots", context="context", performance="recent", risk="risk"),
    _step("enforce_variety", WeekPlan, "varied", context="context", plan="slots"),
    _step("predict_performance", Forecast, "forecast", context="context", plan="varied"),
    _step("select_copy", WeekPlan, "chosen", context="context", plan="varied", forecast="forecast"),
    _step("score_attention", Attention, "scores", context="context", plan="varied"),
    _step("time_posts", WeekPlan, "timed", context="context", plan="chosen", forecast="forecast"),
    _step("add_followups", WeekPlan, "followed", context="context", plan="timed"),
    _step("vary_structure", WeekPlan, "formed", context="context", plan="followed"),
    _step(
        "assemble_week",
        Draft,
        "draft",
        context="context",
        plan="formed",
        forecast="forecast",
        scores="scores",
        ready="ready",
        risk="risk",
        performance="recent",
    ),
)
"""In the order of the phases."""

AFTER = (
    "optimise_placement",
    "set_prices",
    "critique_strategy",
    "judge_quality",
    "check_anomalies",
    "save_schedule",
)
"""What comes after a whole draft: it follows from it, and from what a group is given together."""
