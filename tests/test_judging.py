"""Two judges: what each dimension measures, what follows from the scores, and the one way back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import creating
import pytest
import weeks

from tasks.creators.context import CreatorContext
from tasks.creators.critic import critique
from tasks.creators.dimensions import Subject, measure
from tasks.creators.findings import Attention, AudienceRisk, Dimensions, Draft, Judged, Performance, Risk, Verdict
from tasks.creators.gates import Gates
from tasks.creators.judging import judge
from tasks.creators.models import CreatorItem
from tasks.creators.rules import GateProfile
from tasks.creators.week_plan import Relaxation, WeekPlan

NEVER_BACK = Gates(returns=0)
FINE = '{"compliance": 90, "value": 90, "authenticity": 90, "engagement": 90, "retention": 90, "remark": ""}'
POOR = FINE.replace("90", "20")


def subject(week: WeekPlan | None = None, violations: tuple[str, ...] = (), **fields: Any) -> Subject:
    context = weeks.known()
    week = week or weeks.plan(context)
    return Subject(creating.item(), context, weeks.draft(context, week, **fields), week, violations)


def judged(
    week: WeekPlan | None = None,
    *,
    item: CreatorItem | None = None,
    optimise: Any = None,
    context: CreatorContext | None = None,
    **fields: Any,
) -> Judged:
    """Have a week judged; unless told otherwise it does not go back."""
    context = context or weeks.known()
    week = week or weeks.plan(context)
    draft = weeks.draft(context, week, **fields)
    item = item or creating.item(quality=Gates() if optimise else NEVER_BACK)
    said = asyncio.run(critique(creating.item(), context, draft, week, weeks.NO_PRICES))
    more = {"optimise": optimise} if optimise else {}
    return weeks.asked(judge(item, context, draft, week, weeks.NO_PRICES, said, **more))


def with_answer(answer: str, **fields: Any) -> Judged:
    with weeks.vendor(answer):
        return judged(item=weeks.with_model(quality=NEVER_BACK, **fields))


def manual(week: WeekPlan) -> Subject:
    return subject(weeks.changed(week, copy_id=None, needs_manual_copy=True))


def relaxed(week: WeekPlan) -> Subject:
    rule = Relaxation(phase="timing", rule="spacing_minutes", wanted="45", held="30", applies_to="2", bound=30)
    return subject(week.model_copy(update={"relaxed": [rule]}))


def at_night(week: WeekPlan) -> Subject:
    return subject(weeks.changed(week, hour=1))


def dull(week: WeekPlan) -> Subject:
    return subject(weeks.changed(week, minute_of_day=603, slot_type="tip", label="plain"))


def silent(week: WeekPlan) -> Subject:
    return subject(week, attention=Attention(scores=dict.fromkeys([post.copy_id or "" for post in week.posts], 20.0)))


def tired(week: WeekPlan) -> Subject:
    return subject(week, risk=AudienceRisk(score=90, risk=Risk.CRITICAL))


def pushing(week: WeekPlan) -> Subject:
    return subject(weeks.changed(week, content_type="offer"))


SPOILT: dict[str, tuple[str, Callable[[WeekPlan], Subject]]] = {
    "posts without copy": ("compliance", manual),
    "relaxed rules": ("compliance", relaxed),
    "hours that bring little": ("value", at_night),
    "posts all alike": ("authenticity", dull),
    "copy that asks nothing": ("engagement", silent),
    "a tired audience": ("retention", tired),
    "nothing but offers": ("retention", pushing),
}


@pytest.mark.parametrize(("dimension", "spoil"), SPOILT.values(), ids=SPOILT)
def test_each_dimension_falls_with_its_own_fault(dimension: str, spoil: Callable[[WeekPlan], Subject]) -> None:
    good = measure(subject())
    assert min(good.model_dump().values()) > 90
    bad = measure(spoil(weeks.plan(weeks.known())))
    lost = {name: getattr(good, name) - score for name, score in bad.model_dump().items()}
    assert lost[dimension] > 0
    assert lost[dimension] == max(lost.values())


def test_each_broken_rule_costs_compliance() -> None:
    scores = [measure(subject(violations=("quarter: x",) * count)).compliance for count in range(6)]
    assert scores == [100, 75, 50, 25, 0, 0]


def test_response_rates_of_the_past_count_for_engagement_the_more_there_are() -> None:
    def engaged(count: int) -> float:
        known = weeks.known()
        taken = weeks.plan(known)
        slow = [sample for sample in known.samples if sample.slot_type != "poll"]
        polls = [creating.samples()[0].model_copy(update={"slot_type": "poll", "responses": 0}) for _ in range(count)]
        given = known.model_copy(update={"samples": slow + polls})
        only = weeks.changed(taken, slot_type="poll")
        return measure(Subject(creating.item(), given, weeks.draft(given, only), only, ())).engagement

    assert engaged(0) > engaged(5) > engaged(50)


def test_a_week_without_posts_has_no_quality() -> None:
    assert set(measure(subject(WeekPlan())).model_dump().values()) == {0}


def test_a_good_week_is_approved_by_both() -> None:
    quality = judged().quality
    assert (quality.status, quality.consensus, quality.confidence) == ("APPROVED", "FULL_CONSENSUS", 0.95)
    assert quality.score == pytest.approx(0.6 * quality.primary + 0.4 * quality.expert, abs=0.1)
    assert (quality.thresholds, quality.violations, quality.remarks, quality.returned) == ((85, 70), [], [], 0)


def test_thresholds_follow_the_confidence_of_the_forecast() -> None:
    assert judged(forecast=weeks.forecast(confidence=0.3)).quality.thresholds == (75, 60)


def test_a_broken_rule_rejects_whatever_the_score() -> None:
    week = weeks.plan(weeks.known())
    week.posts[0].minute_of_day = 600
    quality = judged(week).quality
    assert quality.status is Verdict.REJECTED
    assert quality.score > 85
    assert quality.violations == ["quarter: 0-01 Monday 10:00 is a quarter"]


def test_a_week_with_posts_that_need_copy_is_never_approved_unseen() -> None:
    week = weeks.plan(weeks.known())
    week.posts[3] = week.posts[3].model_copy(update={"copy_id": None, "needs_manual_copy": True})
    quality = judged(week).quality
    assert (quality.status, quality.consensus) == ("NEEDS_REVIEW", "FULL_CONSENSUS")
    assert quality.remarks == ["1 post needs copy that a person writes."]


@pytest.mark.parametrize(
    ("rule", "bound", "status"),
    [
        ("spacing_minutes", 30, "APPROVED"),
        ("reuse_days", 20, "APPROVED"),
        ("reuse_days", 0, "NEEDS_REVIEW"),
        ("max_slot_type_share", 0.5, "NEEDS_REVIEW"),
        ("min_slot_types", 5, "NEEDS_REVIEW"),
    ],
)
def test_a_relaxed_rule_matters_unless_relaxing_it_is_part_of_planning(rule: str, bound: float, status: str) -> None:
    week = weeks.plan(weeks.known())
    week.relaxed = [Relaxation(phase="copy_selection", rule=rule, wanted="more", held=f"{bound:g}", bound=bound)]
    assert judged(week).quality.status == status


@pytest.mark.parametrize(("price", "is_known"), [(0.0, False), (12.0, True)])
def test_a_week_of_which_nothing_is_known_is_for_a_person_to_look_at(price: float, is_known: bool) -> None:
    profile = creating.profile("alma", base_price=price)
    quality = judged(context=weeks.known(profile=profile), forecast=weeks.forecast(confidence=0, samples=0)).quality
    assert any("not known at all" in remark for remark in quality.remarks) != is_known
    assert quality.status == ("APPROVED" if is_known else "NEEDS_REVIEW")


def test_a_tired_audience_is_for_a_person_to_look_at() -> None:
    quality = judged(risk=AudienceRisk(score=80, risk=Risk.CRITICAL)).quality
    assert (quality.status, quality.remarks) == ("NEEDS_REVIEW", ["The audience is tired of it (risk 80)."])


def test_the_less_is_known_the_less_a_week_is_worth_for_sure() -> None:
    values = [measure(subject(forecast=weeks.forecast(confidence=sure))).value for sure in (1.0, 0.5, 0.0)]
    assert values == [100, 87.5, 75]


def test_what_the_critic_does_not_approve_a_person_looks_at() -> None:
    week = weeks.plan(weeks.known())
    week.strategy = [day.model_copy(update={"focus": "none"}) for day in week.strategy]
    quality = judged(week, item=creating.item(quality=Gates(returns=0, critic_approves=80))).quality
    assert quality.status is Verdict.APPROVED, "the critic's own gate is what counts"
    context = weeks.known()
    draft = weeks.draft(context, week)
    said = asyncio.run(critique(creating.item(), context, draft, week, weeks.NO_PRICES))
    refused = said.model_copy(update={"approves": False})
    found = weeks.asked(judge(creating.item(), context, draft, week, weeks.NO_PRICES, refused)).quality
    assert found.status is Verdict.NEEDS_REVIEW
    assert found.remarks[0].startswith("The strategic critic does not approve")


def test_the_second_judge_looks_at_the_past_and_at_the_weakest_side() -> None:
    context = weeks.known()
    windows = weeks.draft(context, weeks.plan(context)).performance.windows
    better_past = [window.model_copy(update={"value_per_post": 80.0}) for window in windows]
    past = Performance(windows=better_past, saturation=0, opportunity=0, confidence=1)
    plain, poorer = judged().quality, judged(performance=past).quality
    assert (poorer.primary, poorer.dimensions) == (plain.primary, plain.dimensions)
    assert poorer.expert < plain.expert - 10
    assert any("of what those of the last month did" in remark for remark in poorer.remarks)


def test_a_model_is_the_second_judge_and_its_word_counts() -> None:
    quality = with_answer(POOR.replace('""', '"Friday is too full."')).quality
    assert (quality.status, quality.expert, quality.by_model, quality.shown) == ("REJECTED", 20, "fake:a", None)
    assert "fake:a: Friday is too full." in quality.remarks


def test_a_model_that_is_content_leaves_a_good_week_approved() -> None:
    assert with_answer(FINE).quality.status is Verdict.APPROVED


def test_under_the_profile_draft_a_models_word_is_shown_and_does_not_count() -> None:
    plain, quality = judged().quality, with_answer(POOR, gates=GateProfile.DRAFT).quality
    assert (quality.status, quality.expert, quality.score) == ("APPROVED", plain.expert, plain.score)
    assert (quality.by_model, quality.shown) == ("fake:a", 20)
    assert quality.remarks == ["fake:a gives 20, which is shown and does not count."]


@pytest.mark.parametrize("gates", GateProfile)
def test_a_model_that_cannot_be_heard_is_stood_in_for_and_a_person_looks_at_it(gates: GateProfile) -> None:
    quality = with_answer('{"compliance": 500}', gates=gates).quality
    assert quality.status == ("NEEDS_REVIEW" if gates is GateProfile.STANDARD else "APPROVED")
    assert (quality.by_model, quality.shown, quality.expert) == ("", None, judged().quality.expert)
    assert any("ANSWER_UNPARSABLE" in remark for remark in quality.remarks)


def test_judges_far_apart_are_noted_in_the_log_and_in_the_schedule(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "pressroom"):
        quality = with_answer(FINE.replace("90", "72")).quality
    (record,) = [record for record in caplog.records if record.msg.startswith("SCORE_DIVERGENCE")]
    assert vars(record)["event"] == "SCORE_DIVERGENCE"
    assert vars(record)["delta"] == pytest.approx(quality.primary - 72, abs=0.1)
    assert (vars(record)["item_id"], vars(record)["expert"]) == (creating.item().item_id, 72)
    assert any(remark.startswith("SCORE_DIVERGENCE") for remark in quality.remarks)


class PhaseTwelve:
    """What a rejected week goes back to: gives the week it was made with, and remembers what it was told."""

    def __init__(self, week: WeekPlan) -> None:
        self.week = week
        self.told: list[str] = []

    async def make(self, _item: CreatorItem, _context: CreatorContext, _draft: Draft, emphasis: str) -> WeekPlan:
        """Make no new week."""
        self.told.append(emphasis)
        return self.week


def spoilt() -> WeekPlan:
    week = weeks.plan(weeks.known())
    week.posts[0].minute_of_day = 600
    return week


def test_a_rejected_week_goes_back_once_and_the_better_one_is_kept() -> None:
    good = PhaseTwelve(weeks.plan(weeks.known()))
    found = judged(spoilt(), optimise=good.make)
    assert good.told == ["compliance"]
    assert (found.plan, found.quality.status, found.quality.returned) == (good.week, "APPROVED", 1)
    assert "sent back to phase 12 for its compliance" in found.quality.remarks[-1]


@pytest.mark.parametrize("how", ["worse", "equal"])
def test_one_that_comes_back_no_better_is_judged_no_further(how: str) -> None:
    first = spoilt()
    worse = spoilt()
    worse.posts[1].minute_of_day = 720
    back = PhaseTwelve(worse if how == "worse" else first)
    found = judged(first, optimise=back.make)
    assert (found.plan, found.quality.status, found.quality.returned) == (first, "REJECTED", 1)
    assert back.told == ["compliance"]


def test_what_is_weakest_is_what_phase_12_is_told_to_look_to() -> None:
    back = PhaseTwelve(weeks.plan(weeks.known()))
    picky = Gates.model_validate({"bands": [{"confidence_from": 0, "approved": 100, "review": 96}], "abort_below": 20})
    judged(optimise=back.make, item=creating.item(quality=picky), risk=AudienceRisk(score=100, risk=Risk.CRITICAL))
    assert back.told == ["retention"]
    assert judged(optimise=back.make).quality.returned == 0


def test_a_hopeless_week_is_not_sent_back() -> None:
    hopeless = weeks.changed(weeks.plan(weeks.known()), minute_of_day=600, hour=1, copy_id="alma-00")
    back = PhaseTwelve(weeks.plan(weeks.known()))
    silence = Attention(scores={"alma-00": 0.0})
    found = judged(hopeless, optimise=back.make, attention=silence, risk=AudienceRisk(score=100, risk=Risk.CRITICAL))
    assert found.quality.score < 50
    assert (back.told, found.quality.status, found.quality.returned) == ([], "REJECTED", 0)


def test_the_same_week_has_the_same_verdict_every_time() -> None:
    assert judged().quality == judged().quality
    assert Dimensions.model_validate(measure(subject()).model_dump()) == measure(subject())
