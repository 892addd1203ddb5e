"""Opening and closing a batch: its name, its lease, its items in the ledger, its result and reports.

    with open_batch("documents", batch, plan, lanes=LANES) as run:
        for fast, slow in run.window():
            run.collect(fast, fill_documents.map(fast.chunks))
            run.collect(slow, write_document.map(generate_document.map(slow.items)))
    return run.settle()

It knows no content. Whatever happens inside the `with`, every item has a status afterwards, the
lease is given back and the reports say what happened; then the exception goes on its way.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from prefect.context import FlowRunContext
from prefect.logging import get_run_logger

from flows.asking import left_unanswered
from flows.cluster import runner_for
from flows.form import QuestionForm
from flows.lanes import Lane
from flows.page import ProgressPage
from flows.plan import Plan
from flows.pulse import Pulse
from flows.run_watch import RunWatch
from flows.runner import EventLoopTaskRunner
from flows.scheduled import named_by_schedule
from flows.settlement import close_batch
from flows.slots import go_on_without_slot
from flows.window import BatchRun
from tasks.bounds import raised_bounds
from tasks.errors import PermanentError, TransientError, fault
from tasks.events import emit
from tasks.ledger import lease
from tasks.ledger.looking import await_ledger
from tasks.ledger.owner import new_owner
from tasks.ledger.roster import Roster, enroll
from tasks.ledger.standing import payload_of
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow
from tasks.ledger.waits import waits_of
from tasks.models import BatchOptions, BatchStatus, BatchT, ItemStatus, ItemT, Select
from tasks.notices import noticing
from tasks.reports.claimed import claims_of
from tasks.reuse import reusing
from tasks.same_batch import refuse_another
from tasks.settings import settings
from tasks.specs import name_batch
from tasks.traces import tracing

logger = logging.getLogger("pressroom")
go_on_without_slot()


@contextmanager
def open_batch(
    kind: str, batch: BatchT, plan: Plan[BatchT, ItemT], *, lanes: Sequence[Lane]
) -> Iterator[BatchRun[ItemT]]:
    """Open a batch under its lease and close it whatever happens.

    `plan` is given the batch, named and with absolute folders, and returns its items and the function
    that prepares each as it enters. BATCH_BUSY when another run holds the batch, RUNNER_UNFIT when it cannot
    be made on the flow's task runner; what `plan` raises goes through, and then nothing has been written down.
    """
    flow_run = _flow_run()
    await_ledger()  # `plan` may look into it, and whoever looks does not wait
    scheduled = named_by_schedule(batch)
    named = name_batch(kind, scheduled)
    # Tried again, it reads the spec as that is by then, which may be that of a later run.
    keeps_made = batch.batch_id is None and scheduled.batch_id is not None
    with (
        runner_for(flow_run, kind, named, plan, lanes) as (runner, fitted),
        _opened(kind, named, plan, fitted, runner, keeps_made=keeps_made) as run,
    ):
        yield run


@contextmanager
def _opened(
    kind: str,
    named: BatchT,
    plan: Plan[BatchT, ItemT],
    lanes: Sequence[Lane],
    runner: EventLoopTaskRunner,
    *,
    keeps_made: bool,
) -> Iterator[BatchRun[ItemT]]:
    batch_id = named.batch_id or ""
    claims = claims_of(kind, named.output_dir or Path(), batch_id)
    items, prepare = plan(named, claims)
    if not items:
        raise fault("EMPTY_BATCH")
    ledger, owner = Ledger(settings(), patience=settings().ledger_patience_seconds), new_owner()
    try:
        held = _hold(ledger, kind, named, owner, [item.item_id for item in items])
        roster = _enrolled(ledger, named, items, lanes, held, keeps_made=keeps_made)
        claims.add(roster.made)
        wanted, failed = (
            [_as_asked(items[position], roster) for position in some] for some in (roster.wanted, roster.failed)
        )
        run = BatchRun(
            kind, named, wanted, lanes, prepare, ledger, runner, roster, failed=failed, unanswered=held.unanswered
        )
        run.before = held.before if not wanted else None
        _tell_start(run, len(wanted))
        del items, wanted, failed
        with (
            reusing(ledger, batch_id, named.reuse),
            noticing(batch_id, kind),
            tracing(batch_id, kind),
            Pulse(run, ledger, owner),
            QuestionForm(run, ledger) as form,
            RunWatch(run, form.state),
            ProgressPage(run),
            close_batch(run, ledger),
        ):
            yield run
    finally:
        _let_go(ledger, batch_id, owner)


def _enrolled(
    ledger: Ledger,
    batch: BatchOptions,
    items: Sequence[ItemT],
    lanes: Sequence[Lane],
    held: _Held,
    *,
    keeps_made: bool,
) -> Roster:
    """Write the items down, and say which are to be made."""
    payloads = [(item.item_id, payload_of(item)) for item in items]
    waits = waits_of(items, {one.name for one in lanes})
    asked = (batch.batch_id or "", payloads, batch.select)
    return enroll(ledger, *asked, waits=waits, mended=held.mended, keeps_made=keeps_made)


def _tell_start(run: BatchRun[ItemT], wanted: int) -> None:
    numbers: dict[str, object] = {"total": run.tally.total, "wanted": wanted}
    more = {"batch_id": run.batch_id, **numbers}
    get_run_logger().info("Batch %r: %s items, %s to do.", run.batch_id, run.tally.total, wanted, extra=more)
    emit("batch.started", run.batch_id, run.kind, numbers)


def _as_asked(item: ItemT, roster: Roster) -> ItemT:
    """Return an item as urgent as a person has made it."""
    asked = roster.asked.get(item.item_id)
    return item if asked is None else item.model_copy(update={"priority": asked})


def _let_go(ledger: Ledger, batch_id: str, owner: str) -> None:
    """Give lease and connections back; a ledger that is locked just then takes nothing from a batch that is done."""
    try:
        lease.release(ledger, batch_id, owner)
    except TransientError as error:
        logger.warning("The lease of batch %r is left to run out: %s", batch_id, error)
    finally:
        ledger.close()


def _flow_run() -> FlowRunContext:
    flow_run = FlowRunContext.get()
    if flow_run is None:
        raise PermanentError("INTERNAL", "open_batch was called outside a flow.")
    flow_run.run_results = _Unlinked()
    return flow_run


class _Unlinked(dict[int, Any]):
    """Where Prefect would note by which run each object was made, to know it when it is handed on.

    Stages hand on futures, which say that themselves; the notes would keep the states of all runs until the flow ends.
    """

    def __setitem__(self, made: int, by: Any) -> None:
        """Note nothing."""


class _Held(NamedTuple):
    """A batch of which the lease is taken."""

    mended: frozenset[str]
    """Codes of failures whose bound is higher than it was the last time."""
    unanswered: str
    """What was asked then, if nobody has answered."""
    before: BatchRow | None
    """Its row as the last run has left it."""


def _hold(ledger: Ledger, kind: str, batch: BatchOptions, owner: str, names: Sequence[str]) -> _Held:
    """Write the batch down if it is new, then take its lease, and only then renew what it was asked for.

    BATCH_TAKEN where another one has the name.
    """
    now = time.time()
    row = BatchRow(
        batch_id=batch.batch_id or "",
        kind=kind,
        status=BatchStatus.RUNNING.value,
        # What was asked for, and not which part of it this run takes up: a later resume reads it.
        spec=batch.model_copy(update={"select": Select.UNFINISHED}).model_dump_json(),
        output_dir=str(batch.output_dir),
        total=len(names),
        created_at=now,
        started_at=now,
    )
    known = ledger.batch(row.batch_id)
    if known is None:
        ledger.record_batch(row)
    elif known.kind != kind:
        raise fault("INVALID_INPUT", what=f"Batch {row.batch_id!r} is of kind {known.kind!r}, not {kind!r}.")
    else:
        standing = ((one.item_id, ItemStatus(one.status)) for one in ledger.items(row.batch_id))
        refuse_another(batch, (known.output_dir, known.spec), standing, names)
    lease.take(ledger, row.batch_id, owner, seconds=settings().lease_seconds)
    mended = raised_bounds(known.spec, batch) if known is not None else frozenset()
    ledger.record_batch(row)
    unanswered = left_unanswered(known, batch.on_failures)
    if unanswered and known is not None:
        # At once, lest this process end as well before its first beat.
        lease.ask(ledger, row.batch_id, reason=known.reason or "")
    return _Held(mended, unanswered, known)
