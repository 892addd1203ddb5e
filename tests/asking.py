"""A fake kind that asks models: real flow, real engine, real ledger, and a vendor on loopback.

Each item goes through two stages that ask, so that a resume can show that the first is not asked again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kinds import quick
from prefect import flow
from prefect.client.schemas.objects import State

from flows.batch import open_batch
from flows.lanes import Lane
from flows.plan import Prepare
from flows.runner import EventLoopTaskRunner
from tasks.claims import Claims
from tasks.files import write_atomically
from tasks.llm.ask import ask
from tasks.llm.prompts import Prompt, Tuning
from tasks.llm.routing import assign_models
from tasks.models import BatchOptions, Item, Outcome, Output
from tasks.results import BatchResult
from tasks.settings import settings
from tasks.shape import Shape
from tasks.stage import stage

SHARED = "The harbour of Wellmouth has nine berths, a tide bell and a library on the quay. "


class AskItem(Item):
    """An item that asks twice."""

    text: str = ""
    shared: str = SHARED
    max_tokens: int = 64
    timeout_seconds: float = 5.0
    output_root: Path = Path()

    @property
    def tuning(self) -> Tuning:
        """How a model is to answer."""
        return Tuning(max_tokens=self.max_tokens, timeout_seconds=self.timeout_seconds)


class AskBatch(BatchOptions):
    """A batch of such items."""

    items: list[AskItem] = []
    limit: int = 10


class Piece(Shape):
    """What a stage hands on."""

    text: str


@stage(timeout_seconds=30, retries=5, retry_delays=[0.05])
async def outline_piece(item: AskItem) -> Piece:
    """Ask for an outline."""
    answer = await ask(item, Prompt(shared=item.shared, own=f"Outline {item.text}."), str, item.tuning)
    return Piece(text=answer.value)


@stage(timeout_seconds=30, retries=5, retry_delays=[0.05])
async def write_piece(item: AskItem, outline: Piece) -> Piece:
    """Ask for the text."""
    own = f"Write {item.text} from this outline: {outline.text}"
    answer = await ask(item, Prompt(shared=item.shared, own=own), str, item.tuning)
    return Piece(text=answer.value)


@stage(timeout_seconds=30, checkpoint=False)
async def keep_piece(item: AskItem, piece: Piece) -> Outcome:
    """Write the item's file."""
    path, content = item.output_root / f"{item.item_id}.txt", piece.text.encode()
    write_atomically(path, content)
    return Outcome(item_id=item.item_id, outputs=[Output.of(str(path), content)])


def _plan(batch: AskBatch, _claims: Claims) -> tuple[list[AskItem], Prepare[AskItem]]:
    assign_models(batch, batch.items)
    return batch.items, lambda item: item.model_copy(update={"output_root": batch.output_dir})


@flow(name="asking", task_runner=EventLoopTaskRunner())
def asking(batch: AskBatch) -> BatchResult | State[BatchResult]:
    """Make a batch of items that ask."""
    lanes = (Lane("main", limit=batch.limit, stages=("outline_piece", "write_piece"), window=2 * batch.limit),)
    with open_batch("asking", batch, _plan, lanes=lanes) as run:
        for (main,) in run.window():
            pieces = write_piece.map(main.items, outline_piece.map(main.items))
            run.collect(main, keep_piece.map(main.items, pieces))
    return run.settle()


def askers(count: int, **fields: Any) -> list[AskItem]:
    """Make items `i0`, `i1`, ... that differ in what they ask for."""
    return [AskItem(item_id=f"i{number}", text=f"piece {number}", **fields) for number in range(count)]


def ask_batch(batch_id: str, given: Sequence[AskItem], base_dir: Path, **options: Any) -> BatchResult:
    """Run a batch and return what its flow returns."""
    with quick():
        result = asking(AskBatch(batch_id=batch_id, items=list(given), base_dir=base_dir, **options))
    assert isinstance(result, BatchResult)
    return result


def settle_models(**document: Any) -> None:
    """Write the settings of models for this test's own home."""
    path = settings().home / "models.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
