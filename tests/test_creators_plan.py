"""What a plan says of a creator's week, beside other weeks of the same creator."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kinds import ledger
from pydantic import TypeAdapter

from tasks.checkpoints import Checkpoints, fingerprint
from tasks.claims import Claims
from tasks.creators import preflight
from tasks.creators.findings import Preflight
from tasks.creators.foreseeing import context_of, foresee_creators
from tasks.creators.known import known_to
from tasks.creators.models import CreatorBatch
from tasks.creators.planning import lay, preparing
from tasks.creators.pool import pool
from tasks.creators.sampling import sample_roster
from tasks.creators.store_roster import save_sample
from tasks.fingerprint_parts import input_parts
from tasks.ledger.looking import looking
from tasks.ledger.tables import BatchRow, StageRow
from tasks.planner import plan_batch
from tasks.plans import Plan
from tasks.settings import settings
from tasks.specs import name_batch

MONDAY, NEXT = date(2030, 3, 4), date(2030, 3, 11)


def batch(batch_id: str, creator: str, week: date, folder: Path, seed: int = 0) -> CreatorBatch:
    given = {"batch_id": batch_id, "creator": creator, "week_start": week, "asked_on": date(2030, 2, 27), "seed": seed}
    return CreatorBatch.model_validate(given | {"model": "none", "base_dir": folder})


def planned(given: CreatorBatch) -> Plan:
    with looking() as glance:
        return plan_batch("creators", given, foresee_creators, glance.execute if glance else None, settings().home)


def finish_preflight(given: CreatorBatch) -> None:
    """Write down that a batch has been through its first phase, as a run does."""
    given = name_batch("creators", given)
    laid = lay(given, known_to(given, pool().execute).listing, pool().execute)
    item = preparing(given, laid.items, Claims(), pool().execute)(laid.items[0])
    inputs = {"item": item, "context": context_of(item, laid)}
    key = f"check_preflight-{fingerprint('check_preflight', 1, inputs)}"
    made = preflight.check(item, context_of(item, laid))
    kept = Checkpoints(settings().home / "checkpoints" / "shared")
    sha256 = kept.write(key, TypeAdapter(Preflight), made, parts=input_parts("1", inputs))
    whole = BatchRow(
        batch_id=item.batch_id,
        kind="creators",
        status="x",
        spec="{}",
        output_dir="",
        total=1,
        created_at=0,
        started_at=0,
    )
    attempt = StageRow(
        id=key,
        batch_id=item.batch_id,
        item_id=item.item_id,
        stage="check_preflight",
        attempt=1,
        status="succeeded",
        started_at=0,
    )
    attempt.fingerprint, attempt.checkpoint = key, sha256
    with ledger() as opened:
        opened.record_batch(whole)
        opened.record_stage(attempt)


def test_another_week_of_a_creator_is_new_and_one_that_was_made_before_is_not(tmp_path: Path) -> None:
    invented = sample_roster(creators=1, seed=7)
    save_sample(invented.rows, replace=True)
    (name,) = invented.creator_ids
    finish_preflight(batch("a", name, MONDAY, tmp_path))
    (other,) = planned(batch("b", name, NEXT, tmp_path)).items
    assert {(one.verdict.value, one.made_by) for one in other.stages} == {("new", None)}
    assert other.stages[0].why == ""
    finish_preflight(batch("b", name, NEXT, tmp_path))
    (again,) = planned(batch("c", name, MONDAY, tmp_path)).items
    assert (again.stages[0].verdict.value, again.stages[0].why) == ("reuse", "made by a")
    (changed,) = planned(batch("c", name, MONDAY, tmp_path, seed=1)).items
    assert changed.stages[0].verdict.value == "rerun"
    assert "item.seed" in changed.stages[0].changed
