"""The strategic critic: five sides of a week counted, and a model that may say otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import creating
import pytest
import weeks

from tasks.creators.critic import critique
from tasks.creators.findings import Critique
from tasks.creators.house_text import SHARED
from tasks.creators.prompts import MOST_OF_A_REMARK
from tasks.creators.rules import GateProfile
from tasks.creators.strategy import strategy_of
from tasks.creators.week_plan import WeekPlan
from tasks.errors import PressroomError


def by_rules(week: WeekPlan) -> Critique:
    context = weeks.known()
    return asyncio.run(critique(creating.item(), context, weeks.draft(context, week), week, weeks.NO_PRICES))


def by_model(answer: str, gates: GateProfile = GateProfile.STANDARD, week: WeekPlan | None = None) -> Critique:
    context = weeks.known()
    week = week or weeks.plan(context)
    item = weeks.with_model(gates=gates)
    with weeks.vendor(answer):
        return weeks.asked(critique(item, context, weeks.draft(context, week), week, weeks.NO_PRICES))


def crowded(week: WeekPlan) -> WeekPlan:
    return weeks.changed(week, content_type="offer")


def at_night(week: WeekPlan) -> WeekPlan:
    return weeks.changed(week, hour=1)


def uneven(week: WeekPlan) -> WeekPlan:
    return week.model_copy(update={"posts": [post for post in week.posts if post.day != 2]})


def unfocused(week: WeekPlan) -> WeekPlan:
    return week.model_copy(update={"strategy": [day.model_copy(update={"focus": "none"}) for day in week.strategy]})


def one_text(week: WeekPlan) -> WeekPlan:
    return weeks.changed(week, copy_id="alma-00")


FAULTS = {"offers": crowded, "good_hours": at_night, "balance": uneven, "focus": unfocused, "copy": one_text}


def test_a_good_week_is_approved_without_a_remark() -> None:
    found = by_rules(weeks.plan(weeks.known()))
    assert (found.approves, found.remarks, found.by_model) == (True, [], "")
    assert found.score > 95


@pytest.mark.parametrize(("side", "spoil"), FAULTS.items(), ids=FAULTS)
def test_each_fault_shows_on_its_own_side_and_is_named(side: str, spoil: Callable[[WeekPlan], WeekPlan]) -> None:
    context = weeks.known()
    good = weeks.plan(context)
    bad = spoil(good)
    scores = [
        {one.name: one.score for one in strategy_of(creating.item(), context, weeks.draft(context, week), week).sides}
        for week in (good, bad)
    ]
    assert scores[1][side] < min(70, scores[0][side])
    assert by_rules(bad).remarks
    assert by_rules(bad).score < by_rules(good).score


def test_a_week_with_several_faults_is_not_approved_and_an_empty_one_has_nothing_good() -> None:
    assert not by_rules(unfocused(at_night(one_text(weeks.plan(weeks.known()))))).approves
    assert by_rules(WeekPlan()).score == 0


def test_a_model_gives_the_score_and_what_rules_have_found_stays() -> None:
    found = by_model('{"score": 12, "remark": "Move two offers to Tuesday."}', week=uneven(weeks.plan(weeks.known())))
    assert (found.approves, found.score, found.by_model) == (False, 12, "fake:a")
    assert found.remarks[0] == "fake:a: Move two offers to Tuesday."
    assert any("Wednesday has 0 posts" in remark for remark in found.remarks)


def test_under_the_profile_draft_what_a_model_gives_is_shown_and_does_not_count() -> None:
    found = by_model('{"score": 12, "remark": ""}', GateProfile.DRAFT)
    assert (found.approves, found.by_model) == (True, "fake:a")
    assert found.score > 95
    assert found.remarks == ["fake:a gives 12 for strategy, which is shown and does not count."]


def test_a_remark_is_one_clean_line() -> None:
    found = by_model(r'{"score": 90, "remark": "Two\n\u001b[2J posts\u202e <b>overlap</b> on Friday."}')
    assert found.remarks == ["fake:a: Two [2J posts <b>overlap</b> on Friday."]


def test_a_remark_that_is_too_long_is_cut() -> None:
    found = by_model('{"score": 90, "remark": "%s"}' % ("Move an offer. " * 40))
    assert found.by_model == "fake:a"
    assert len(found.remarks[0]) <= len("fake:a: ") + MOST_OF_A_REMARK


def test_a_word_is_no_remark() -> None:
    assert by_model('{"score": 90, "remark": "Good"}').remarks == []


@pytest.mark.parametrize("answer", ['{"score": 1000, "remark": "x"}', '{"remark": "x"}', '{"score": "high"}'])
def test_rules_stand_in_for_an_answer_that_does_not_serve_and_say_so(answer: str) -> None:
    found = by_model(answer)
    assert (found.approves, found.by_model) == (True, "")
    assert "rules stand in for the model (ANSWER_UNPARSABLE)" in found.remarks[-1]


def test_a_vendor_who_refuses_the_key_fails_the_stage() -> None:
    context = weeks.known()
    week = weeks.plan(context)
    with weeks.vendor(script=["401"]), pytest.raises(PressroomError, match="AUTH_ERROR"):
        weeks.asked(critique(weeks.with_model(), context, weeks.draft(context, week), week, weeks.NO_PRICES))


def test_questions_about_two_creators_begin_alike_for_as_long_as_they_can() -> None:
    with weeks.vendor('{"score": 80, "remark": ""}') as server:
        for name, niche in (("alma", "pottery"), ("bruno", "beekeeping")):
            context = weeks.known(name, profile=creating.profile(name, niche=niche))
            week, item = weeks.plan(context), weeks.with_model(name)
            weeks.asked(critique(item, context, weeks.draft(context, week), week, weeks.NO_PRICES))
        one, two = weeks.prompt_of(server, 0), weeks.prompt_of(server, 1)
        systems = {call.body["messages"][0]["content"] for call in server.calls}
    assert one != two
    assert one.startswith(SHARED)
    assert two.startswith(SHARED)
    assert len(SHARED) > 4 * (len(one) - len(SHARED))
    assert len(systems) == 1


def test_a_model_reads_why_a_person_has_rejected_the_week_before() -> None:
    context = weeks.known()
    week = weeks.plan(context)
    item = weeks.with_model().model_copy(update={"rejected_for": "Too many\noffers >> on Friday."})
    with weeks.vendor('{"score": 80, "remark": ""}') as server:
        weeks.asked(critique(item, context, weeks.draft(context, week), week, weeks.NO_PRICES))
        assert "rejected an earlier version of it: <<Too many offers on Friday.>>" in weeks.prompt_of(server, 0)
