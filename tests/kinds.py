"""A fake kind for the engine's tests: real flow, real engine, and work that is a wait and a line in a log.

What an item does is written on it: how long each stage takes and how each attempt ends. The log is a
file in the test's own state folder, so a run in another process, killed or not, writes to the same one.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from prefect import Task, flow
from prefect.client.schemas.objects import State
from prefect.context import SettingsContext, get_settings_context
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, Settings
from pydantic import BaseModel

from flows.batch import open_batch
from flows.lanes import Lane
from flows.plan import Prepare
from flows.runner import EventLoopTaskRunner
from tasks.claims import Claims
from tasks.errors import fault
from tasks.files import write_atomically
from tasks.ledger.store import Ledger
from tasks.models import BatchOptions, Chunk, ChunkOutcome, Item, ItemStatus, Outcome, Output
from tasks.results import BatchResult
from tasks.settings import settings
from tasks.stage import stage
from tasks.work import current_work


def _tried_out() -> Exception:
    error = fault("TEMPORARY_ERROR", what="busy, however often it was tried.")
    error.tried_out = True
    return error


ENDS: dict[str, Callable[[], Exception]] = {
    "connection": lambda: ConnectionError("reset"),
    "transient": lambda: fault("TEMPORARY_ERROR", what="busy."),
    "timeout": lambda: TimeoutError("slow"),
    "permanent": lambda: fault("INVALID_INPUT", what="It is wrong."),
    "unknown": lambda: ZeroDivisionError("oops"),
    "tried_out": _tried_out,
    "disk": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out.txt"),
    "budget": lambda: fault(
        "BUDGET_EXCEEDED", scope="batch", name="b", spent="1.00", usd=1, worst="0.10", hint="Raise it."
    ),
    "item budget": lambda: fault(
        "BUDGET_EXCEEDED", scope="item", name="i", spent="1.00", usd=1, worst="0.10", hint="Raise it."
    ),
    "kind budget": lambda: fault(
        "BUDGET_EXCEEDED", scope="kind", name="k", spent="1.00", usd=1, worst="0.10", hint="Raise it."
    ),
}
"""How an attempt may fail, by the word that stands on the item."""


class FakeItem(Item):
    """An item that says what its stages do."""

    text: str = ""
    seconds: dict[str, float] = {}
    """How long a stage works; others take no time."""
    waits: dict[str, float] = {}
    """How long a stage waits for what is not its own work, before it begins; and, as `others`, for those it meets."""
    early: dict[str, str] = {}
    """The item that a stage waits for, before its own time begins: until that one has left the same stage."""
    force: bool = False
    ends: dict[str, list[str]] = {}
    """How a stage's first attempts end: a word of ENDS, `hang`, `stubborn`, `until:<stage>:<count>` (well, when so
    many have left that stage) or `well`; later ones end well."""
    review: list[str] = []
    """Why it waits for review once it is made; it does not where there is nothing."""
    output_root: Path = Path()


class FakeBatch(BatchOptions):
    """A batch of fake items and the bounds of its lanes."""

    items: list[FakeItem] = []
    limit: int = 10
    window: int = 0
    most: int = 0
    """How many may be inside the lane `main`, asked anew as items enter; 0: as many as its window holds."""
    chunk: int = 50
    drafts_again: int = 0
    """How many may be drafted at once when they are tried again at the end; 0: as many as before."""


class Draft(BaseModel):
    """What the first two stages hand on."""

    text: str


class Line(NamedTuple):
    """A line of the log."""

    event: str
    stage: str
    item_id: str


def log_file() -> Path:
    """Where this test's log lies."""
    return settings().home / "log.txt"


def note(event: str, stage_name: str, item_id: str) -> None:
    """Append a line, whole even when the process is killed."""
    log_file().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(log_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{event} {stage_name} {item_id}\n".encode())
    os.close(descriptor)


def log(*events: str) -> list[Line]:
    """Read the log, or only some events of it."""
    if not log_file().exists():
        return []
    lines = [Line(*line.split()) for line in log_file().read_text().splitlines()]
    return [line for line in lines if not events or line.event in events]


def calls() -> Counter[str]:
    """How often each stage was called, by its name."""
    return Counter(line.stage for line in log("start"))


def calls_of(stage_name: str) -> Counter[str]:
    """How often a stage was called, by item."""
    return Counter(line.item_id for line in log("start") if line.stage == stage_name)


def ended(stage_name: str) -> list[str]:
    """Items in the order in which they left a stage."""
    return [line.item_id for line in log("end", "broke") if line.stage == stage_name]


def peak(*stage_names: str) -> int:
    """How many items were at work in these stages at once, at most."""
    now = most = 0
    for line in log():
        if line.stage in stage_names:
            now += 1 if line.event == "start" else -1
            most = max(most, now)
    return most


async def work(stage_name: str, item: FakeItem) -> None:
    """Do what stands on the item."""
    plan = item.ends.get(stage_name, [])
    attempt = calls_of(stage_name)[item.item_id] if plan else 0
    end = plan[attempt] if attempt < len(plan) else "well"
    note("start", stage_name, item.item_id)
    event = "broke"
    try:
        if stage_name in item.early:
            with current_work().outside_its_time():
                while item.early[stage_name] not in ended(stage_name):
                    await current_work().sleep(0.02)
        if item.waits.get(stage_name):
            await current_work().sleep(item.waits[stage_name])
        await _wait(end, item.seconds.get(stage_name, 0.0))
        if end in ENDS:
            raise ENDS[end]()
        event = "end"
    finally:
        note(event, stage_name, item.item_id)


async def _wait(end: str, seconds: float) -> None:
    while end == "stubborn":
        try:
            await asyncio.sleep(seconds)
            return
        except asyncio.CancelledError:
            continue
    if end.startswith("until:"):
        _, stage_name, count = end.split(":")
        while len(ended(stage_name)) < int(count):
            await asyncio.sleep(0.02)
    await asyncio.sleep(3600 if end == "hang" else seconds)


@stage(timeout_seconds=60, retries=2, retry_delays=[0.01])
async def draft(item: FakeItem) -> Draft:
    """Begin an item."""
    whose = current_work()
    told = [whose.batch_id, whose.kind, whose.item_id, whose.stage, *whose.models.use, str(whose.budget.item_usd)]
    note("told", "whose", "/".join(told))
    whose.use(item.models[0] if item.models else "")
    await work("draft", item)
    return Draft(text=f"{item.text} drafted")


@stage(timeout_seconds=60, retries=2, retry_delays=[0.01])
async def polish(item: FakeItem, made: Draft) -> Draft:
    """Go on with an item."""
    await work("polish", item)
    return Draft(text=f"{made.text}, polished")


async def _met(item: FakeItem, made: Draft) -> str:
    """Write down, with all who are there, who is there and what was made before."""

    async def make(given: Mapping[str, Draft], before: Sequence[str]) -> str:
        note("start", "meet", item.item_id)
        return " + ".join([*before, ",".join(sorted(given))])

    return await current_work().make_together(item.gathering, made, make, patience=item.waits.get("others", 60))


@stage(timeout_seconds=60, retries=2, retry_delays=[0.01], checkpoint=False)
async def publish(item: FakeItem, made: Draft) -> Outcome:
    """Write an item's file."""
    text = await _met(item, made) if item.gathering else made.text
    await work("publish", item)
    path, content = item.output_root / f"{item.item_id}.txt", f"{text}\n".encode()
    write_atomically(path, content)
    status = ItemStatus.NEEDS_REVIEW if item.review else ItemStatus.SUCCEEDED
    outputs = [Output.of(str(path), content)]
    return Outcome(item_id=item.item_id, status=status, outputs=outputs, warnings=tuple(item.review))


@stage(timeout_seconds=60, checkpoint=False)
async def rush(chunk: Chunk[FakeItem]) -> ChunkOutcome:
    """Make many items that take no time."""
    note("start", "rush", chunk.item_id)
    await asyncio.sleep(max(item.seconds.get("rush", 0.0) for item in chunk.items))
    note("end", "rush", chunk.item_id)
    return ChunkOutcome(outcomes=[Outcome(item_id=item.item_id) for item in chunk.items])


STAGES: tuple[Task[Any, Any], ...] = (draft, polish, publish)
NAMES = tuple(task.name for task in STAGES)


def _plan(batch: FakeBatch, _claims: Claims) -> tuple[list[FakeItem], Prepare[FakeItem]]:
    def prepare(item: FakeItem) -> FakeItem:
        if item.text == "refuse":
            raise ENDS["permanent"]()
        return item.model_copy(update={"output_root": batch.output_dir})

    return batch.items, prepare


def _lanes(batch: FakeBatch) -> Sequence[Lane]:
    return (
        Lane(
            "main",
            limit=batch.limit,
            stages=NAMES,
            window=batch.window,
            most=(lambda: batch.most) if batch.most else None,
            limits_again={"draft": batch.drafts_again} if batch.drafts_again else {},
        ),
        Lane("rush", limit=2, stages=("rush",), chunk=batch.chunk),
    )


@flow(name="fake", task_runner=EventLoopTaskRunner())
def fake(batch: FakeBatch) -> BatchResult | State[BatchResult]:
    """Make a batch of fake items: three stages in the lane `main`, one chunked stage in the lane `rush`."""
    with open_batch("fake", batch, _plan, lanes=_lanes(batch)) as run:
        for main, rushed in run.window():
            polished = polish.map(main.items, draft.map(main.items))
            run.hand_on(main, polished)
            run.collect(main, publish.map(main.items, polished))
            run.collect(rushed, rush.map(rushed.chunks))
            note("inside", "window", str(len(run._inside)))
    return run.settle()


def items(count: int, **fields: Any) -> list[FakeItem]:
    """Make items `i0`, `i1`, ... that are alike but for their text."""
    return [FakeItem(item_id=f"i{number}", text=f"text {number}", **fields) for number in range(count)]


@contextmanager
def quick() -> Iterator[None]:
    """Run flows without Prefect's heartbeat, whose thread keeps each of them a second longer."""
    context = get_settings_context()
    with SettingsContext(profile=context.profile, settings=_without_heartbeat(context.settings.api.url)):
        yield


@cache
def _without_heartbeat(_url: str | None) -> Settings:
    """Prefect's settings but for that; copied once for each server, since every copy reads all their sources again."""
    return get_settings_context().settings.copy_with_update(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})


def run_batch(batch_id: str, given: Sequence[FakeItem], base_dir: Path, **options: Any) -> BatchResult:
    """Run a batch and return what its flow returns."""
    with quick():
        result = fake(FakeBatch(batch_id=batch_id, items=list(given), base_dir=base_dir, **options))
    assert isinstance(result, BatchResult)
    return result


def statuses(result: BatchResult | None) -> dict[str, str]:
    """What became of each item."""
    assert result is not None
    return {one.item_id: str(one.status) for one in result.results}


def codes(result: BatchResult | None) -> dict[str, str | None]:
    """Why each item did not come out."""
    assert result is not None
    return {one.item_id: one.error_code for one in result.results}


@contextmanager
def ledger() -> Iterator[Ledger]:
    """Open this test's ledger."""
    opened = Ledger(settings())
    try:
        yield opened
    finally:
        opened.close()
