"""Any kind's batch can be planned: stage by stage, by its checkpoints, with what the work comes to."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import kinds
import pytest
from calls import call, write
from kinds import FakeBatch, FakeItem, items, ledger, run_batch
from pydantic import TypeAdapter
from sites import put

from tasks.claims import Claims
from tasks.errors import PressroomError
from tasks.estimates import estimate
from tasks.foresight import Foresight
from tasks.ledger.glance import glancing
from tasks.ledger.looking import _full_glance, looking
from tasks.ledger.past import Past
from tasks.ledger.roster import enroll
from tasks.ledger.tables import BatchRow, StageRow
from tasks.models import ItemStatus, Outcome, Output, Select
from tasks.planner import plan_batch
from tasks.plans import ItemPlan, Plan, Planned, StagePlan, Verdict
from tasks.settings import settings

DRAFT: TypeAdapter[kinds.Draft] = TypeAdapter(kinds.Draft)


def plan_fake(batch: FakeBatch, claims: Claims) -> Planned:
    """Foresee the two stages of the fake kind that keep checkpoints."""

    def foresee(item: FakeItem, foresight: Foresight) -> list[StagePlan]:
        if item.text == "refuse":
            raise kinds.ENDS["permanent"]()
        ask = foresight.checkpoint
        drafted, made = ask(item.item_id, "draft", "main", inputs={"item": item}, returns=DRAFT, version=1)
        if made is None:
            return [drafted, foresight.follows(drafted, "polish", "main")]
        given = {"item": item, "made": made}
        return [drafted, ask(item.item_id, "polish", "main", inputs=given, returns=DRAFT, version=1)[0]]

    return Planned(batch.items, foresee)


def planned(batch_id: str, given: Sequence[FakeItem], folder: Path, **options: Any) -> Plan:
    batch = FakeBatch(batch_id=batch_id, items=list(given), base_dir=folder, **options)
    with looking() as glance:
        return plan_batch("fake", batch, plan_fake, glance.execute if glance else None, settings().home)


def said(plan: Plan) -> list[list[str]]:
    """Each stage's verdict and reason, item by item."""
    return [[f"{one.stage} {one.verdict}: {one.why}" for one in item.stages] for item in plan.items]


@pytest.mark.usefixtures("prefect_server")
def test_stages_are_foreseen_by_their_checkpoints(tmp_path: Path) -> None:
    assert said(planned("a", items(1), tmp_path)) == [["draft new: ", "polish new: follows draft"]]
    run_batch("a", items(1), tmp_path)
    assert [item.verdict for item in planned("a", items(1), tmp_path).items] == [Verdict.DONE]
    again = planned("b", items(1), tmp_path)
    assert said(again) == [["draft reuse: made by a", "polish reuse: made by a"]]
    assert again.items[0].verdict is Verdict.REUSE
    changed = planned("b", [FakeItem(item_id="i0", text="another")], tmp_path)
    assert said(changed) == [["draft rerun: text changed", "polish rerun: follows draft"]]
    assert changed.items[0].stages[0].changed == ["text"]


@pytest.mark.usefixtures("prefect_server")
def test_an_item_that_failed_half_way_takes_up_its_finished_stage(tmp_path: Path) -> None:
    given = items(2)
    given[1].ends["polish"] = ["permanent"]
    run_batch("a", given, tmp_path)
    plan = planned("a", given, tmp_path, select="failed")
    assert [item.verdict for item in plan.items] == [Verdict.DONE, Verdict.NEW]
    assert said(plan)[1] == ["draft reuse: made by this batch", "polish new: "]
    run_batch("a", given, tmp_path, select="failed")
    assert kinds.calls_of("draft") == {"i0": 1, "i1": 1}
    assert kinds.calls_of("polish") == {"i0": 1, "i1": 2}


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    ("reuse", "again", "other"),
    [
        ("never", "rerun: reuse is never", "rerun: reuse is never"),
        ("batch", "reuse: made by this batch", "rerun: reuse is batch"),
        ("always", "reuse: made by this batch", "reuse: made by a"),
    ],
)
def test_checkpoints_serve_as_far_as_reuse_allows(reuse: str, again: str, other: str, tmp_path: Path) -> None:
    run_batch("a", items(1), tmp_path, reuse=reuse)
    with ledger() as opened:
        opened.settle_items("a", [Outcome(item_id="i0", status=ItemStatus.CANCELLED)])
    assert said(planned("a", items(1), tmp_path, reuse=reuse))[0][0] == f"draft {again}"
    assert said(planned("b", items(1), tmp_path, reuse=reuse))[0][0] == f"draft {other}"
    before = kinds.calls()["draft"]
    run_batch("b", items(1), tmp_path, reuse=reuse)
    assert (kinds.calls()["draft"] > before) is other.startswith("rerun")


@pytest.mark.usefixtures("prefect_server")
def test_a_checkpoint_that_is_gone_is_made_again(tmp_path: Path) -> None:
    run_batch("a", items(1), tmp_path)
    shutil.rmtree(settings().home / "checkpoints/shared/draft")
    assert said(planned("b", items(1), tmp_path))[0][0] == "draft rerun: checkpoint gone"
    other = planned("b", [FakeItem(item_id="i0", text="another")], tmp_path)
    assert said(other)[0][0] == "draft rerun: changed, in what is no longer known"


@pytest.mark.usefixtures("prefect_server")
def test_equal_items_of_a_batch_go_through_a_stage_once(tmp_path: Path) -> None:
    twins = [FakeItem(item_id=name, text="equal") for name in ("one", "two")]
    plan = planned("a", twins, tmp_path)
    assert [item.verdict for item in plan.items] == [Verdict.NEW, Verdict.REUSE]
    assert said(plan)[1] == ["draft reuse: equal to one of this batch", "polish reuse: follows draft"]
    assert [one.reused for one in run_batch("a", twins, tmp_path).results].count(True) == 1
    assert kinds.calls() == {"draft": 1, "polish": 1, "publish": 2}
    assert [item.verdict for item in planned("b", twins, tmp_path, reuse="never").items] == [Verdict.RERUN] * 2


def test_an_item_that_is_refused_keeps_no_other_from_being_planned(tmp_path: Path) -> None:
    plan = planned("a", [FakeItem(item_id="no", text="refuse"), *items(1)], tmp_path)
    assert [item.verdict for item in plan.items] == [Verdict.REFUSED, Verdict.NEW]
    assert plan.items[0].error is not None
    assert plan.items[0].error.code == "INVALID_INPUT"
    failing = planned("a", [FakeItem(item_id="no", text="refuse"), *items(1)], tmp_path, mode="fail_fast")
    assert "fail_fast" in failing.notes[0]


def test_a_plan_without_a_ledger_makes_none(tmp_path: Path, home: Path) -> None:
    planned("a", items(3), tmp_path)
    assert [*tmp_path.iterdir()] == []
    assert not home.exists()


def test_a_batch_of_another_kind_or_at_work_is_refused_as_a_run_of_it_would_be(tmp_path: Path) -> None:
    row = BatchRow(
        batch_id="b", kind="other", status="x", spec="{}", output_dir="", total=1, created_at=0, started_at=0
    )
    held = row.model_copy(update={"batch_id": "c", "kind": "fake", "owner": "elsewhere:1:1:x", "lease_until": 1e12})
    with ledger() as opened:
        opened.record_batch(row)
        opened.record_batch(held)
    with pytest.raises(PressroomError, match="is of kind 'other'"):
        planned("b", items(1), tmp_path)
    with pytest.raises(PressroomError, match="BATCH_BUSY"):
        planned("c", items(1), tmp_path)
    with pytest.raises(PressroomError, match="EMPTY_BATCH"):
        planned("d", [], tmp_path)


def remember(*attempts: tuple[str, str, float], parallelism: str = "[]") -> None:
    """Write down attempts at stages as (stage, item or chunk, seconds), and how many were at work at once."""
    row = BatchRow(batch_id="b", kind="fake", status="x", spec="{}", output_dir="", total=1, created_at=0, started_at=0)
    row.parallelism = parallelism
    with ledger() as opened:
        opened.record_batch(row)
        for number, (stage, item_id, seconds) in enumerate(attempts):
            attempt = StageRow(
                id=str(number), batch_id="b", item_id=item_id, stage=stage, attempt=1, status="succeeded", started_at=0
            )
            attempt.run_seconds = seconds
            opened.record_stage(attempt)


def work(*stages: StagePlan, most: int | None = None, items: int = 1) -> Plan:
    """A plan of items with these stages whose work is estimated from the ledger."""
    of_items = [ItemPlan(f"i{number}", Verdict.NEW, [replace(one) for one in stages]) for number in range(items)]
    plan = Plan("fake", "a", "", is_known=False, items=of_items)
    with looking() as glance:
        estimate(plan, Past(glance.execute if glance else None), most=most)
    return plan


def test_time_is_told_by_the_median_of_what_past_items_took() -> None:
    remember(("draft", "a", 1.0), ("draft", "b", 2.0), ("draft", "c", 90.0), ("fill", "a+9", 5.0), ("fill", "b+0", 9.0))
    plan = work(StagePlan("draft", "main", Verdict.NEW), StagePlan("fill", "main", Verdict.RERUN))
    assert [stage.seconds for stage in plan.items[0].stages] == [2.0, 0.5]
    assert plan.estimate.seconds == 2.5


def test_lanes_run_beside_each_other_with_as_many_at_once_as_past_batches_had() -> None:
    bounds = '[{"lane": "main", "value": 4, "bound": "limit"}, {"lane": "side", "value": 1, "bound": "cores"}]'
    remember(("draft", "a", 8.0), ("rush", "a", 3.0), parallelism=bounds)
    stages = (StagePlan("draft", "main", Verdict.NEW), StagePlan("rush", "side", Verdict.NEW))
    assert work(*stages, items=4).estimate.wall_clock_seconds == 12.0
    assert work(*stages, items=4, most=2).estimate.wall_clock_seconds == 16.0
    assert work(*stages).estimate.wall_clock_seconds == 8.0, "the stages of one item follow each other"


def test_what_nobody_knows_is_none_and_never_nothing() -> None:
    remember(("draft", "a", 8.0))
    unknown = StagePlan("elsewhere", "main", Verdict.NEW)
    known = StagePlan("draft", "main", Verdict.NEW, tokens=5, cost=0.25)
    assert work(unknown).estimate.seconds is None
    found = work(unknown, known).estimate
    assert (found.seconds, found.tokens, found.cost, found.unknown) == (8.0, None, None, 1)
    found = work(known, known).estimate
    assert (found.tokens, found.cost) == (10, 0.5)


def test_what_is_reused_costs_nothing() -> None:
    found = work(StagePlan("elsewhere", "main", Verdict.REUSE)).estimate
    assert (found.seconds, found.wall_clock_seconds, found.tokens, found.cost) == (0.0, 0.0, 0, 0)


@pytest.mark.usefixtures("prefect_server")
def test_a_ledger_elsewhere_gives_the_same_answers(tmp_path: Path) -> None:
    run_batch("a", items(2), tmp_path)
    path = settings().ledger_path
    with glancing(path, patience=1.0) as light, _full_glance() as full:
        assert light is not None
        near, far = Past(light.execute), Past(full.execute)
        assert near.items("a") == far.items("a")
        assert near.paths("a") == far.paths("a")
        assert near.seconds("draft") == far.seconds("draft") is not None
        assert near.parallelism("fake") == far.parallelism("fake") != {}
        keys = [*near.stage_keys("draft", "i0", "b")]
        assert [*far.stage_keys("draft", "i0", "b")] == keys != []
        assert near.checkpoint_hashes(keys[0][1]) == far.checkpoint_hashes(keys[0][1])
        assert [*near.batches("fake")] == [*far.batches("fake")]


def made_before(folder: Path, *names: str, mark: str = "code=1.config=aa") -> list[str]:
    """Write files, and write down that batch `b` made them as one item."""
    outputs = [Output.of(str(put(folder / name, name)), name.encode()) for name in names]
    row = BatchRow(
        batch_id="b", kind="fake", status="x", spec="{}", output_dir=str(folder), total=1, created_at=0, started_at=0
    )
    with ledger() as opened:
        opened.record_batch(row)
        enroll(opened, "b", [("i", "x")], Select.UNFINISHED)
        opened.settle_items("b", [Outcome(item_id="i", outputs=outputs, fingerprint=mark)])
    return [output.path for output in outputs]


def asked(folder: Path, paths: list[str], mark: str = "code=1.config=aa", **options: Any) -> str:
    """What is foreseen of an item that makes these files."""
    batch = FakeBatch(batch_id="c", base_dir=folder, output_dir=folder)
    with looking() as glance:
        past = Past(glance.execute if glance else None)
        foresight = Foresight("fake", batch, past, known={}, kept=set(), home=folder)
        plan = foresight.document("i", "rush", "rush", mark=mark, paths=paths, try_out=lambda: None, **options)
    return f"{plan.verdict}: {plan.why}"


def test_an_item_of_several_files_is_reused_only_when_all_are_as_they_were_written(tmp_path: Path) -> None:
    paths = made_before(tmp_path, "a.md", "b.md")
    assert asked(tmp_path, paths) == "reuse: made by b"
    assert asked(tmp_path, [paths[0], str(tmp_path / "other.md")]) == "reuse: made by b, copied"
    assert asked(tmp_path, paths[:1]) == "rerun: not finished"
    put(tmp_path / "b.md", "edited")
    assert asked(tmp_path, paths) == "rerun: output edited"
    (tmp_path / "a.md").unlink()
    assert asked(tmp_path, paths) == "rerun: output gone"


def test_an_item_that_is_forced_is_made_whatever_there_is(tmp_path: Path) -> None:
    paths = made_before(tmp_path, "a.md")
    assert asked(tmp_path, paths, force=True) == "rerun: it is forced"
    assert asked(tmp_path, paths, "code=1.config=bb", force=True) == "rerun: config changed"
    assert asked(tmp_path, [str(tmp_path / "else.md")], "code=1.config=cc", force=True) == "new: "


def test_a_fingerprint_of_an_earlier_version_does_not_say_what_has_changed(tmp_path: Path) -> None:
    paths = made_before(tmp_path, "a.md", mark="9c" * 32)
    assert asked(tmp_path, paths) == "rerun: changed, in what is no longer known"


def test_the_ledger_is_asked_once_for_all_equal_items(tmp_path: Path) -> None:
    paths = made_before(tmp_path, "a.txt")
    given = FakeBatch(batch_id="c", base_dir=tmp_path, output_dir=tmp_path)
    queries: list[str] = []
    with ledger() as opened:

        def execute(query: str, values: Sequence[object]) -> Sequence[Any]:
            queries.append(query)
            return opened.execute(query, values)

        foresight = Foresight("fake", given, Past(execute), known={}, kept=set(), home=settings().home)
        for number in range(3):
            mark = "code=1.config=aa"
            found = foresight.document(f"i{number}", "draft", "slow", mark=mark, paths=paths, try_out=list)
            assert found.verdict == "reuse"
    assert len(queries) == 1


def notes_of(cost: float | None, folder: Path, **options: Any) -> list[str]:
    """The notes of a plan of one item that may cost so much."""

    def plan_priced(batch: FakeBatch, claims: Claims) -> Planned:
        return Planned(batch.items, lambda item, _: [StagePlan("draft", "main", Verdict.NEW, cost=cost)])

    batch = FakeBatch(batch_id="b", items=items(1), base_dir=folder, **options)
    with looking() as glance:
        return plan_batch("fake", batch, plan_priced, glance.execute if glance else None, settings().home).notes


def test_a_plan_says_which_budgets_have_less_left_than_it_may_cost(tmp_path: Path, home: Path) -> None:
    put(home / "models.yaml", "budgets: {fake: {usd: 2, days: 7}, documents: {usd: 0.01}}")
    assert notes_of(2.0, tmp_path, budget={"batch_usd": 2.0}) == []
    own, kinds_own = notes_of(2.5, tmp_path, budget={"batch_usd": 2.4})
    assert own == "The budget of $2.40 may not be enough: it comes to $2.50 at most."
    assert (
        kinds_own == "The budget of $2.00 for the kind 'fake' in 7 days may not be enough: it comes to $2.50 at most."
    )
    with ledger() as opened:
        lately, long_ago = time.time() - 60, time.time() - 8 * 86_400
        of_others = [call(batch_id="b", kind="documents"), call(reserved_at=long_ago)]
        write(opened, *of_others, call(reserved_at=lately, cost_usd=1.9), call(reserved_at=lately, cost_usd=None))
    assert notes_of(1.0, tmp_path, budget={"batch_usd": 1.2}) == [
        "The budget of $1.20, of which $0.70 is left, may not be enough: it comes to $1.00 at most.",
        "The budget of $2.00 for the kind 'fake' in 7 days, of which $0.10 is left, may not be enough: "
        "it comes to $1.00 at most.",
    ]
    assert notes_of(None, tmp_path) == notes_of(0.0, tmp_path) == []
