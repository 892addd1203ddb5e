"""What a plan and a preview of episodes say before anything is asked or spoken, and that a run does just that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kinds
import pytest
from episodes import TOPICS, batch_of, make, notes, show
from presenter import GOOD, Presenter

from tasks.ledger.decisions import decide
from tasks.ledger.looking import looking
from tasks.planner import plan_batch
from tasks.plans import Plan, StagePlan
from tasks.podcast.foreseeing import foresee_podcast
from tasks.podcast.previewing import preview_podcast
from tasks.podcast.spec import review
from tasks.previews import Preview
from tasks.reviews import Case, Decision
from tasks.settings import settings
from tasks.specs import name_batch
from tasks.words import money

PRICES = {"quay:writer": {"input": 2, "output": 8}, "quay:tts-1": {"characters": 15}}
WRITTEN: dict[str, Any] = {"model": "quay:writer", "minutes": 2.0, "gates": "standard", "topics": TOPICS[:1]}
VENDORS = show(hosts=[{"name": "Ada", "voice": "quay:alloy"}, {"name": "Ben", "voice": "quay:echo"}])
BAD = {**GOOD, "unsupported": [{"line": 2, "why": "No source says so."}]}


@pytest.fixture
def quay(home: Path) -> Iterator[Presenter]:
    """A vendor that writes and judges episodes, whose prices are known."""
    with Presenter() as server:
        server.set_up(home, prices=PRICES)
        yield server


def planned(folder: Path, **options: Any) -> Plan:
    notes(folder)
    with looking() as glance:
        execute = glance.execute if glance is not None else None
        return plan_batch("podcast", batch_of(folder, **options), foresee_podcast, execute, settings().home)


def stages(plan: Plan, number: int = 0) -> dict[str, StagePlan]:
    return {stage.stage: stage for stage in plan.items[number].stages}


def verdicts(plan: Plan, number: int = 0) -> dict[str, str]:
    return {name: stage.verdict.value for name, stage in stages(plan, number).items()}


def previewed(folder: Path, item_id: str | None = None, **options: Any) -> list[Preview]:
    notes(folder)
    return list(preview_podcast(name_batch("podcast", batch_of(folder, **options)), item_id, 99)[1])


def files(folder: Path) -> list[tuple[Path, int]]:
    return [(path, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()]


def test_of_new_episodes_each_stage_has_what_it_may_take_at_most_and_nothing_is_asked(
    tmp_path: Path, quay: Presenter
) -> None:
    notes(tmp_path)
    before = files(tmp_path)
    plan = planned(tmp_path, **{**WRITTEN, "topics": TOPICS, "show": VENDORS})
    assert (quay.requests, files(tmp_path)) == (0, before)
    assert verdicts(plan, 1) == dict.fromkeys(
        ["research", "write_script", "pass_gates", "repair_script", "synthesize", "package_episode"], "new"
    )
    found = stages(plan)
    assert (found["research"].tokens, found["research"].cost) == (0, 0)
    assert all(found[name].tokens and found[name].cost for name in ("write_script", "pass_gates", "repair_script"))
    assert (found["synthesize"].tokens, bool(found["synthesize"].cost)) == (0, True)
    assert [found[name].why for name in ("pass_gates", "synthesize")] == [
        "follows write_script",
        "follows repair_script",
    ]
    assert plan.estimate.cost == pytest.approx(sum(one.cost or 0 for item in plan.items for one in item.stages))
    assert plan.notes[0] == (
        "Preset small (parallel_research): 2 episodes are expected to take 0.6 to 0.8 hours and 8.00 to 10.00 USD."
    )


@pytest.mark.parametrize("model", ["none", "local:any"])
def test_where_no_vendor_is_asked_no_money_is_expected_of_the_preset(tmp_path: Path, model: str) -> None:
    first = planned(tmp_path, model=model, topics=TOPICS).notes[0]
    assert first == "Preset small (parallel_research): 2 episodes are expected to take 0.6 to 0.8 hours."


def test_a_plan_says_which_caps_may_be_passed_by_whom_and_how_far(tmp_path: Path, quay: Presenter) -> None:
    options = {**WRITTEN, "topics": TOPICS, "show": VENDORS}
    assert not [note for note in planned(tmp_path, **options).notes if "cap" in note]
    plan = planned(tmp_path, **options, caps={"script": 0.01, "audio": 2.8, "total": 0.01})
    script, total = [note for note in plan.notes if note.startswith("The cap")]
    assert script.startswith("The cap 'script' of $0.010 may not be enough for 2 episodes: ep_00")
    costs = [
        sum(stage.cost or 0 for stage in item.stages if stage.stage in ("write_script", "pass_gates", "repair_script"))
        for item in plan.items
    ]
    assert f"comes to {money(max(costs))} at most" in script
    assert total.startswith("The cap 'total' of $0.010 may not be enough for 2 episodes")


@pytest.mark.usefixtures("prefect_server")
def test_a_plan_never_says_less_than_a_run_takes_and_what_is_made_serves(tmp_path: Path, quay: Presenter) -> None:
    foreseen = planned(tmp_path, **WRITTEN).estimate
    quay.judgements = [{**GOOD, "unsupported": [{"line": 3, "why": "No source knows of a keeper."}]}]
    result = make(tmp_path, **WRITTEN)
    assert result.input_tokens + result.output_tokens <= (foreseen.tokens or 0)
    assert 0 < result.cost <= (foreseen.cost or 0)
    again = planned(tmp_path, **WRITTEN, batch_id="again")
    assert set(verdicts(again).values()) == {"reuse"}
    assert list(verdicts(again)) == [
        *("research", "write_script", "pass_gates", "repair_script", "synthesize", "package_episode"),
    ]
    assert (again.estimate.tokens, again.items[0].verdict.value) == (0, "reuse")
    assert planned(tmp_path, **WRITTEN).items[0].verdict.value == "done"
    moved = planned(tmp_path, **{**WRITTEN, "minutes": 2.1}, batch_id="longer")
    assert verdicts(moved)["write_script"] == "rerun"
    assert stages(moved)["write_script"].why.startswith("item.minutes")


@pytest.mark.usefixtures("prefect_server")
def test_an_episode_that_does_not_pass_would_wait_and_one_that_is_approved_would_be_spoken(
    tmp_path: Path, quay: Presenter
) -> None:
    quay.judgements = [BAD]
    options = {**WRITTEN, "quality": {"repairs": 0}}
    make(tmp_path, **options)
    waiting = planned(tmp_path, **options, batch_id="later")
    assert "synthesize" not in verdicts(waiting)
    assert stages(waiting)["package_episode"].why.startswith("it would wait for review: technical has")
    with kinds.ledger() as ledger:
        case = Case("b", "podcast", "ep_001", Decision.APPROVE, outputs=())
        decide(ledger, case, by="somebody", review=review)
    plan = planned(tmp_path, **options)
    assert verdicts(plan)["synthesize"] == "new"
    assert (plan.estimate.tokens, plan.estimate.cost) == (0, 0)
    (shown,) = previewed(tmp_path, **options)
    assert shown.warnings == ["a person has approved its script: no model is asked"]


def test_what_a_search_of_the_web_will_find_is_not_known_and_what_it_costs_is(
    tmp_path: Path, quay: Presenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERPLEXITY_API_KEY", "k")
    options = {**WRITTEN, "search": "perplexity:sonar"}
    plan = planned(tmp_path, **options)
    found = stages(plan)
    assert list(found)[:3] == ["find_sources", "research", "write_script"]
    assert (bool(found["find_sources"].tokens), bool(found["find_sources"].cost)) == (True, True)
    assert (found["research"].why, found["write_script"].why) == ("follows find_sources", "follows research")
    assert found["write_script"].tokens
    (shown,) = previewed(tmp_path, **options)
    assert "what perplexity:sonar will find stands as (as it will be made)" in shown.warnings
    assert quay.requests == 0


def test_an_episode_without_a_model_costs_nothing(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert verdicts(plan) == dict.fromkeys(["research", "write_script", "synthesize", "package_episode"], "new")
    assert (plan.estimate.tokens, plan.estimate.cost) == (0, 0)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"model": "openai:gpt-4o"}, "MODEL_KEY_MISSING"),
        ({"topics": [{"episode": 1, "title": ""}]}, "TOPIC_EMPTY"),
        ({"topics": [{"episode": 1, "title": "Xylophone zebra quartz"}]}, "NOTHING_FOUND"),
        ({"notes": "nowhere"}, "NOTES_MISSING"),
        ({"show": show(hosts=[{"name": "Ada", "voice": "local:nowhere"}])}, "VOICE_UNKNOWN"),
    ],
)
def test_what_a_run_would_fail_with_is_known_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], code: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    plan = planned(tmp_path, **{"topics": TOPICS[:1], **options})
    assert (plan.items[0].verdict.value, plan.items[0].why) == ("refused", code)
    if code != "MODEL_KEY_MISSING":
        (shown,) = previewed(tmp_path, **{"topics": TOPICS[:1], **options})
        assert shown.error is not None
        assert shown.error.code == code


def test_a_preview_shows_what_was_found_and_writes_nothing(tmp_path: Path, quay: Presenter) -> None:
    notes(tmp_path)
    before = files(tmp_path)
    (shown,) = previewed(tmp_path, "ep_002", **{**WRITTEN, "topics": TOPICS})
    assert (quay.requests, files(tmp_path)) == (0, before)
    assert shown.content is not None
    assert "[find_sources: 2 passages of notes]" in shown.content
    assert "(notes/tides.md, lines " in shown.content
    assert "[write_script: quay:writer is asked 3 times]" in shown.content
    assert "[pass_gates: quay:writer is asked 1 time]" in shown.content
    assert shown.facts["voices"] == "Ada: local:en-gb, Ben: local:en-us+f3"
    assert shown.facts["length"] == "2 min"


@pytest.mark.usefixtures("prefect_server")
def test_a_preview_shows_the_very_words_that_are_asked(tmp_path: Path, quay: Presenter) -> None:
    options = {**WRITTEN, "quality": {"repairs": 0}}
    (shown,) = previewed(tmp_path, **options)
    quay.judgements = [BAD]  # so that nothing is spoken
    make(tmp_path, **options)
    asked = [str(part["content"]) for call in quay.calls[:1] for part in call.body["messages"]]
    assert shown.content is not None
    told = " ".join(shown.content.split())
    assert any("Write the opening" in part for part in asked)
    assert all(" ".join(text.split()) in told for part in asked for text in part.split("\n\n"))


def test_a_preview_of_an_episode_without_a_model_is_its_script(tmp_path: Path) -> None:
    shown, _ = previewed(tmp_path)
    assert shown.content is not None
    assert "## hook\n\n**Ada** [S1]: " in shown.content
    assert "no model is asked" in shown.warnings
