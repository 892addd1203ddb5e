"""What people are told to do next with a batch that has ended: only what truly goes on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from governor_client import CALL, CALLER
from governors import open_governor, run
from kinds import FakeItem, items, run_batch
from sites import press

from flows.assistant.desk import Desk
from tasks.bounds import emptied_budget
from tasks.errors import BatchFailed, PressroomError
from tasks.governor.charges import Purse

RESUME = "To go on where it ended:      pressroom resume b"
MORE = "With more for it in the spec: pressroom run SPEC --batch-id b"
ROOM = "Once its budget has room:     pressroom resume b"
PART = "--batch-id whole --chunks 4"
SPLIT = f"With more for it in the spec: pressroom submit SPEC {PART}"
RETRY = "To try the failed ones again: pressroom retry b"

Capture = pytest.CaptureFixture[str]


def ended(tmp_path: Path, end: str) -> None:
    """Run a batch in which one item ends so, and the other one is stopped or made."""
    given = [FakeItem(item_id="i0", ends={"polish": [end]}), *items(2)[1:]]
    with suppress(BatchFailed):
        run_batch("b", given, tmp_path, limit=1)


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    ("end", "code", "told"),
    [
        ("budget", 3, MORE),
        ("kind budget", 3, ROOM),
        ("item budget", 1, MORE),
        ("permanent", 1, RETRY),
    ],
)
def test_status_and_watch_name_what_goes_on(tmp_path: Path, capsys: Capture, end: str, code: int, told: str) -> None:
    ended(tmp_path, end)
    status, watch = press(capsys, "status", "b"), press(capsys, "watch", "b")
    assert watch.code == code
    for said in (status.out, watch.out):
        assert [line for line in said.splitlines() if line in (RESUME, MORE, ROOM, RETRY)] == [told]
    reason = "BUDGET_EXCEEDED: The budget of "
    assert (reason in watch.out.split("- Successful")[0]) == (code == 3), "a batch that was stopped says why"
    document = press(capsys, "watch", "b", "--json").document
    assert str(document["reason"]).startswith(reason) == (code == 3)


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("end", ["budget", "item budget"])
def test_a_part_goes_on_with_all_parts_so_that_its_budget_stays_a_share(
    tmp_path: Path, capsys: Capture, end: str
) -> None:
    given = [FakeItem(item_id="i0", ends={"polish": [end]}), *items(2)[1:]]
    with suppress(BatchFailed):
        run_batch("b", given, tmp_path, limit=1, part_of=PART)
    for said in (press(capsys, "status", "b"), press(capsys, "watch", "b")):
        assert [line for line in said.out.splitlines() if line in (MORE, SPLIT)] == [SPLIT]
    assert f"`pressroom submit SPEC {PART}` goes on" in (tmp_path / "output/b/report.md").read_text()
    note = str(Desk(tmp_path).standing("b", 50)["note"])
    assert f"a person, with `pressroom submit SPEC {PART}`; there is no tool for it." in note


@pytest.mark.parametrize("scope", ["batch", "item"])
def test_a_part_whose_budget_is_used_up_says_how_all_parts_get_more(scope: Literal["batch", "item"]) -> None:
    caller = replace(CALLER, part_of=PART)
    with open_governor() as our, pytest.raises(PressroomError) as caught:
        run(our.try_reserve(caller, CALL, [], [Purse(scope, 0.01)], ticket=None))
    raised = f"Raise `budget.{scope}_usd` in the spec and send that again with `pressroom submit SPEC {PART}`"
    assert raised in caught.value.remedy


@pytest.mark.parametrize(
    ("purse", "whose", "remedy"),
    [
        (Purse("batch", 0.01), "batch", "Raise `budget.batch_usd` in the spec and run that again"),
        (Purse("item", 0.01), None, "Raise `budget.item_usd` in the spec and run that again"),
        (Purse("kind", 0.01), "kind", "Raise it under `budgets` in models.yaml; then `pressroom resume` goes on"),
        (Purse("kind", 0.01, days=7), "kind", "in models.yaml, or wait until less is spent in 7 days; then"),
    ],
)
def test_a_budget_that_is_used_up_is_raised_where_it_was_set(purse: Purse, whose: str | None, remedy: str) -> None:
    with open_governor() as our, pytest.raises(PressroomError) as caught:
        run(our.try_reserve(CALLER, CALL, [], [purse], ticket=None))
    assert remedy in caught.value.remedy
    assert emptied_budget(str(caught.value)) == whose
