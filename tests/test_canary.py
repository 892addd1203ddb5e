"""Canaries: the first items of a large batch finish before the others enter, and stop it when all fail alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kinds
import pytest
from kinds import FakeItem, codes, items, run_batch
from kinds import log as log_of

from tasks.errors import BatchFailed

pytestmark = pytest.mark.usefixtures("prefect_server")


def begun_before_the_canaries_ended(count: int = 5) -> set[str]:
    """Items that had begun when so many had come to their end."""
    begun: set[str] = set()
    ended = 0
    for line in log_of():
        if line.event == "start" and line.stage == "draft":
            begun.add(line.item_id)
        ended += (line.event, line.stage) == ("end", "publish") or line.event == "broke"
        if ended == count:
            return begun
    return begun


def test_the_first_five_of_a_large_batch_finish_before_the_others_enter(tmp_path: Path) -> None:
    result = run_batch("b", items(21, seconds={"publish": 0.05}), tmp_path, limit=10)
    assert result.successful == 21
    assert begun_before_the_canaries_ended() == {f"i{number}" for number in range(5)}


@pytest.mark.parametrize(("count", "canary"), [(20, 5), (21, 0)])
def test_a_small_batch_has_none_and_they_can_be_turned_off(tmp_path: Path, count: int, canary: int) -> None:
    given = items(count)
    given[0].ends["publish"] = [f"until:publish:{count - 1}"]
    assert run_batch("b", given, tmp_path, limit=10, canary=canary, reuse="never").successful == count


def test_when_all_fail_with_one_code_the_batch_stops_and_can_be_resumed(tmp_path: Path) -> None:
    given: list[FakeItem] = items(30)
    for item in given[:5]:
        item.ends["draft"] = ["permanent"]
    with pytest.raises(BatchFailed) as caught:
        run_batch("b", given, tmp_path, limit=10)
    assert caught.value.code == "BATCH_STOPPED"
    assert list(codes(caught.value.result).values()) == ["INVALID_INPUT"] * 5 + ["CANARY_FAILED"] * 25
    assert len(log_of("start")) == 5
    result = run_batch("b", given, tmp_path, limit=10)
    assert (result.successful, result.failed) == (25, 5)


@pytest.mark.parametrize("last", ["well", "unknown"])
def test_when_they_fail_for_several_reasons_or_one_comes_out_the_batch_goes_on(tmp_path: Path, last: str) -> None:
    given = items(30)
    for item in given[:4]:
        item.ends["draft"] = ["permanent"]
    given[4].ends["draft"] = [last]
    result = run_batch("b", given, tmp_path)
    assert result.successful == 25 + (last == "well")


def test_a_batch_of_which_something_has_come_out_needs_none(tmp_path: Path) -> None:
    given = items(30)
    run_batch("b", given[:1], tmp_path)
    given[1].ends["publish"] = ["until:publish:29"]
    assert run_batch("b", given, tmp_path, limit=10).successful == 30


def test_fast_items_that_share_a_task_have_none(tmp_path: Path) -> None:
    given: list[Any] = items(30, lane="rush", seconds={"rush": 0.5})
    assert run_batch("b", given, tmp_path, chunk=10, window=3).successful == 30
    assert kinds.peak("rush") == 2


def test_a_deadline_reaches_the_canaries(tmp_path: Path) -> None:
    with pytest.raises(BatchFailed) as caught:
        run_batch("b", items(30, ends={"draft": ["hang"]}), tmp_path, deadline_seconds=2)
    assert set(codes(caught.value.result).values()) == {"BATCH_DEADLINE"}
