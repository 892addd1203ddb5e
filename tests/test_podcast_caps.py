"""Money: what an episode may cost in each phase, what does not fit together, and what costs more than usual."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import kinds
import pytest
from episodes import TOPICS, batch_of, episode, make, notes
from governor_client import CALL, CALLER
from governors import open_governor, refused, reserved, run
from presenter import GOOD, Presenter
from sites import press, put
from sqlmodel import Session

from tasks.governor.charges import Purse
from tasks.ledger.tables import BatchRow, CallRow, ItemRow
from tasks.model_options import Budget, Cap
from tasks.models import Output
from tasks.notices import heard
from tasks.podcast.caps import Caps, capped, remarks_on
from tasks.podcast.cost_regression import LEAST, Regression, regression_of
from tasks.podcast.sessions import session_state
from tasks.podcast.told import phase_costs, told_of
from tasks.specs import name_batch

CALLED = 0.03
"""What each call of the vendor costs, whatever it is asked."""
BY_MODEL: dict[str, Any] = {"model": "quay:writer", "gates": "standard", "minutes": 2.0, "at_once": {"in_memory": 1}}
"""Four calls an episode, where nothing is written again."""
BAD = {**GOOD, "unsupported": [{"line": 2, "why": "No source says so."}]}


@pytest.fixture
def quay(home: Path) -> Iterator[Presenter]:
    """A vendor that writes and judges episodes, whose calls have a price."""
    with Presenter(input_tokens=3000) as server:
        server.set_up(home, prices={"quay:writer": {"input": 10, "output": 0}})
        yield server


def past(folder: Path, costs: list[float], *, status: str = "succeeded", reused: bool = False, name: str = "p") -> None:
    """Write episodes of a batch into the ledger that have cost so much."""
    now = time.time()
    rows: list[Any] = [
        BatchRow(
            batch_id=name,
            kind="podcast",
            status="succeeded",
            spec="{}",
            output_dir=str(folder),
            total=len(costs),
            created_at=now,
            started_at=now,
        )
    ]
    for number, cost in enumerate(costs, 101):
        item_id = f"ep_{number}"
        made = Output(path=str(folder / item_id / f"{item_id}.mp3"), size=1, sha256="").model_dump_json()
        rows.append(
            ItemRow(
                batch_id=name,
                item_id=item_id,
                position=number,
                payload="",
                status=status,
                outputs=f"[{made}]",
                reused=reused,
                finished_at=now + number,
            )
        )
        rows.append(
            CallRow(
                id=f"{name}-{number}",
                batch_id=name,
                kind="podcast",
                item_id=item_id,
                stage="write_script",
                vendor="quay",
                model="quay:writer",
                status="settled",
                owner="",
                reserved_at=now,
                cost_usd=cost,
            )
        )
    with kinds.ledger() as ledger, Session(ledger.engine) as session:
        session.add_all(rows)
        session.commit()


@pytest.mark.usefixtures("database")
def test_each_cap_is_shown_in_a_form_with_its_unit() -> None:
    texts = [field["description"] for field in Caps.model_json_schema()["properties"].values()]
    assert all(text.startswith("US dollars for ") for text in texts)


def test_a_cap_bounds_the_stages_it_is_for_and_no_others() -> None:
    purse = [Purse("item", 0.1, cap="script", stages=("write", "judge"))]

    async def work() -> None:
        await our.settle(await reserved(our, CALL, (), purse, stage="write"), CALL, run_seconds=0)
        ours = replace(CALLER, stage="judge")
        assert await refused(our.try_reserve(ours, CALL, [], purse, ticket=None)) == "CAP_EXCEEDED"
        others = [Purse("item", 0.1, cap="audio", stages=("speak",))]
        await our.settle(await reserved(our, CALL, (), others, stage="speak"), CALL, run_seconds=0)
        total = [Purse("item", 0.2, cap="total")]
        assert await refused(our.try_reserve(ours, CALL, [], total, ticket=None)) == "CAP_EXCEEDED"
        await reserved(our, replace(CALL, cost_usd=None), (), total)

    with open_governor() as our:
        run(work())


@pytest.mark.usefixtures("prefect_server")
def test_an_episode_that_would_pass_a_cap_ends_before_that_call_and_a_raised_cap_goes_on(
    tmp_path: Path, quay: Presenter
) -> None:
    quay.judgements, told = [BAD] * 2, list[str]()
    with heard(told.append):
        ended = make(tmp_path, **BY_MODEL, topics=TOPICS, caps={"script": 0.22})
    assert [one.error_code for one in ended.results] == ["CAP_EXCEEDED", None]
    assert 0.8 * 0.22 < ended.results[0].cost <= 0.22
    (warned,) = [text for text in told if "80 %" in text]
    assert "cap 'script' of item ep_001" in warned
    assert "USD of item 'ep_001' are spent" in warned
    before = quay.asked["write"]
    again = make(tmp_path, **BY_MODEL, topics=TOPICS, caps={"script": 2.2})
    assert [one.status.value for one in again.results] == ["succeeded", "succeeded"]
    assert quay.asked["write"] == before, "what was paid for is not asked for again"


@pytest.mark.usefixtures("prefect_server")
def test_calls_without_a_known_price_pass_every_cap(tmp_path: Path, quay: Presenter, home: Path) -> None:
    quay.set_up(home)
    caps = {"research": 0.001, "script": 0.001, "audio": 0.001, "total": 0.001}
    assert make(tmp_path, **BY_MODEL, topics=TOPICS[:1], caps=caps).successful == 1


def test_the_caps_of_a_named_batch_are_held_and_naming_it_again_changes_nothing(tmp_path: Path) -> None:
    named = name_batch("podcast", batch_of(tmp_path, caps={"audio": 3}, budget={"caps": [{"name": "mine", "usd": 9}]}))
    caps = {cap.name: (cap.usd, cap.stages) for cap in named.budget.caps}
    assert caps["script"] == (2.3, ["write_script", "pass_gates", "repair_script"])
    assert caps["audio"] == (3, ["synthesize", "package_episode"])
    assert caps["total"] == (5, [])
    assert caps["mine"] == (9, [])
    assert name_batch("podcast", named) == named
    assert capped(Budget(caps=[Cap(name="total", usd=1)]), Caps(total=4)).caps[-1].usd == 4


@pytest.mark.parametrize(
    ("caps", "at_once", "about"),
    [
        (Caps(), (3, 2), ["caps", "at_once"]),
        (Caps(total=6.6), (2, 2), []),
        (Caps(total=6.5), (1, 2), ["caps"]),
    ],
)
def test_caps_that_add_up_to_more_than_the_total_and_an_unequal_pace_are_said(
    caps: Caps, at_once: tuple[int, int], about: list[str]
) -> None:
    assert [remark.form for remark in remarks_on(caps, *at_once)] == about


def test_validate_says_so_and_finds_nothing_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes(tmp_path)
    text = "kind: podcast\nmodel: none\nshow: {title: Coast}\ntopics: [{episode: 1, title: Why bread rises}]\n"
    said = press(capsys, "validate", put(tmp_path / "spec.yaml", text))
    assert said.code == 0
    told = said.out.partition("Good to know:")[2]
    assert "1.50 + 2.30 + 2.80 = 6.60 USD is more than the total of 5.00" in told
    assert "3 scripts at once and 2 episodes spoken at once: the smaller number sets the pace" in told
    assert "another form" not in said.out


@pytest.mark.parametrize(
    ("times", "warns", "blocks"), [(1.0, False, False), (1.2, False, False), (1.3, True, False), (1.6, False, True)]
)
def test_a_cost_is_held_against_the_median_of_the_past(times: float, warns: bool, blocks: bool) -> None:
    found = Regression(times, usual=1.0, episodes=7)
    assert (bool(found.warnings), bool(found.blocking)) == (warns, blocks)
    assert "the median of 7 past episodes" in found.text


def test_only_whole_episodes_of_the_same_show_that_came_out_are_its_past(tmp_path: Path) -> None:
    ours, other = tmp_path / "coast", tmp_path / "inland"
    past(ours, [0.1, 0.2, 0.3, 0.4, 9.0], name="a")
    past(ours, [5.0] * 9, name="b", reused=True)
    past(ours, [5.0] * 9, name="c", status="needs_review")
    past(other, [5.0] * 9, name="d")
    past(ours, [0.0] * 9, name="free")
    past(ours, [0.6], name="now", status="running")
    found = regression_of("now", "ep_101", ours)
    assert (found.cost, found.usual, found.episodes) == (0.6, 0.3, 5)
    assert regression_of("a", "ep_105", ours).usual is None, f"beside itself there are fewer than {LEAST}"
    assert regression_of("free", "ep_101", ours).usual is None, "what costs nothing is compared with nothing"


def test_what_a_killed_call_may_have_cost_counts_in_whatever_tells_of_its_episode(tmp_path: Path) -> None:
    past(tmp_path, [0.3], name="killed")
    call: dict[str, Any] = {
        "batch_id": "killed",
        "kind": "podcast",
        "item_id": "ep_101",
        "vendor": "quay",
        "model": "quay:writer",
    }
    held: dict[str, Any] = {"status": "held", "owner": "gone", "lease_until": 1.0, "reserved_at": 1.0}
    with kinds.ledger() as ledger, Session(ledger.engine) as session:
        session.add(CallRow(id="held", stage="synthesize", cost_usd=0.2, **call, **held))
        session.add(CallRow(id="unpriced", stage="write_script", cost_usd=None, **call, **held | {"status": "settled"}))
        session.commit()
    with kinds.ledger() as ledger:
        told = told_of(ledger.execute, "killed")
        costs = phase_costs(ledger.execute, "killed", "ep_101")["ep_101"]
        (one,) = session_state(ledger.execute, "killed", told, []).episodes.values()
    assert costs == {
        "production": {"cost": 0.3, "cost_is_complete": False},
        "audio": {"cost": 0.2, "cost_is_complete": True},
    }
    assert one.costs == {"production": 0.3, "audio": 0.2, "total": 0.5}
    assert regression_of("killed", "ep_101", tmp_path).cost == 0.5


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(("times", "status"), [(1.3, "succeeded"), (1.7, "needs_review")])
def test_an_episode_that_is_dearer_than_usual_is_told_of_or_waits(
    tmp_path: Path, quay: Presenter, times: float, status: str
) -> None:
    past(tmp_path / "output" / "coast-lights", [4 * CALLED / times] * LEAST)
    (one,) = make(tmp_path, **BY_MODEL, topics=TOPICS[:1]).results
    assert one.status.value == status
    (told,) = [text for text in one.warnings if "it has cost" in text]
    assert f"it has cost 0.1200 USD, {times} times the usual" in told
    assert told.startswith("waits for review") == (status == "needs_review")
    assert (episode(tmp_path).parent / "feed.xml").exists() == (status == "succeeded")
