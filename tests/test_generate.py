"""Batches from Python: progress, streams and retries."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from kinds import ledger, quick
from sites import config

from flows.generate import batch_generate, batch_generate_stream, retry_failed, run_batch
from tasks.documents.models import DocumentBatch
from tasks.errors import BatchFailed, PressroomError

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture(autouse=True)
def no_heartbeats() -> Iterator[None]:
    with quick():
        yield


SLOW = "{% for i in range(80) %}{% for j in range(99000) %}{% endfor %}{% endfor %}done"


def names(folder: Path, count: int) -> list[str]:
    """Write `count` configs and return their ids."""
    ids = [f"note-{number}" for number in range(count)]
    for config_id in ids:
        config(folder, config_id)
    return ids


def test_progress_is_called_once_for_each_item_that_is_done(tmp_path: Path) -> None:
    calls: list[tuple[int, int, str]] = []
    ids = [*names(tmp_path, 5), "absent"]
    result = batch_generate(ids, base_dir=tmp_path, on_progress=lambda *call: calls.append(call))
    assert result.successful == 5
    assert [call[0] for call in calls] == [1, 2, 3, 4, 5, 6]
    assert {call[1] for call in calls} == {6}
    assert sorted(call[2] for call in calls) == sorted(ids)


def test_what_progress_raises_is_logged_and_harms_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_completed: int, _total: int, _config_id: str) -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR, logger="pressroom"):
        result = batch_generate(names(tmp_path, 3), base_dir=tmp_path, on_progress=broken)
    assert result.successful == 3
    assert sum("on_progress" in record.message for record in caplog.records) == 3


def test_outputs_go_where_they_are_wanted(tmp_path: Path) -> None:
    batch_generate(names(tmp_path, 1), base_dir=tmp_path, output_dir=tmp_path / "made")
    assert (tmp_path / "made/note-0.md").read_text() == "Hello you"


def test_failures_are_listed_and_retried_once_mended(tmp_path: Path) -> None:
    result = batch_generate([*names(tmp_path, 2), "late"], base_dir=tmp_path)
    assert [(one.item_id, one.error_code) for one in result.failures] == [("late", "CONFIG_NOT_FOUND")]
    config(tmp_path, "late")
    again = retry_failed(result)
    assert (again.batch_id, again.successful, again.failures) == (result.batch_id, 3, [])


def test_retrying_a_batch_without_failures_does_nothing(tmp_path: Path) -> None:
    result = batch_generate(names(tmp_path, 1), base_dir=tmp_path)
    assert retry_failed(result) is result


def test_a_batch_of_which_nothing_succeeds_raises_and_carries_its_result(tmp_path: Path) -> None:
    with pytest.raises(BatchFailed) as caught:
        batch_generate(["absent"], base_dir=tmp_path)
    assert caught.value.result is not None
    assert caught.value.result.failed == 1


def test_a_large_batch_goes_through_a_file(tmp_path: Path, home: Path) -> None:
    ids = [f"{'long-' * 30}{number}" for number in range(2000)]
    config(tmp_path, ids[-1])
    result = batch_generate(ids, base_dir=tmp_path, batch_id="b1")
    assert (result.total, result.successful) == (2000, 1)
    assert list((home / "items").glob("b1-*.jsonl"))


def test_a_stream_yields_every_item_once(tmp_path: Path) -> None:
    ids = [*names(tmp_path, 4), "absent"]
    found = {one.item_id: one.error_code or one.status.value for one in batch_generate_stream(ids, base_dir=tmp_path)}
    assert found == dict.fromkeys(ids[:4], "succeeded") | {"absent": "CONFIG_NOT_FOUND"}


def test_a_stream_of_a_finished_batch_yields_what_was_made(tmp_path: Path) -> None:
    ids = names(tmp_path, 2)
    batch_generate(ids, base_dir=tmp_path, batch_id="b1")
    assert [one.item_id for one in batch_generate_stream(ids, base_dir=tmp_path, batch_id="b1")] == ids


def test_closing_a_stream_early_cancels_the_batch(tmp_path: Path) -> None:
    (tmp_path / "slow.jinja").write_text(SLOW)
    config(tmp_path, "quick")
    ids = ["quick"]
    for number in range(30):
        ids.append(f"slow-{number}")
        config(tmp_path, ids[-1], "slow.jinja", "jinja2", elements=[{"name": f"e{number}", "format": "text"}])
    stream = batch_generate_stream(ids, base_dir=tmp_path, batch_id="b1")
    assert next(iter(stream)).item_id == "quick"
    stream.close()  # type: ignore[attr-defined]  # an iterator by its type, a generator in truth
    with ledger() as opened:
        row = opened.batch("b1")
    assert row is not None
    assert row.status == "stopped"


def test_what_keeps_a_batch_from_running_is_raised_by_the_stream(tmp_path: Path) -> None:
    with pytest.raises(PressroomError) as caught:
        list(batch_generate_stream([], base_dir=tmp_path))
    assert caught.value.code == "EMPTY_BATCH"


@pytest.mark.parametrize("kind", ["documnets", "../documents", "batch"])
def test_a_kind_that_there_is_not_is_refused_as_everywhere(kind: str) -> None:
    with pytest.raises(PressroomError, match=r"There is no kind .*Known kinds: .*documents") as caught:
        run_batch(kind, DocumentBatch(content_config_ids=["note"]))
    assert caught.value.code == "UNKNOWN_KIND"
