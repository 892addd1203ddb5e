"""The ledger does the same in Postgres as in SQLite: batches run, are resumed and retried, and are told of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import kinds
import pytest
from kinds import codes, items, run_batch, statuses
from sites import notes, press

from tasks.errors import PressroomError
from tasks.ledger.results import read_result
from tasks.ledger.store import Ledger
from tasks.models import Outcome, Output
from tasks.settings import settings

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.usefixtures("prefect_server")
def test_a_batch_runs_is_resumed_and_retried(tmp_path: Path) -> None:
    given = items(5)
    given[1].ends["polish"] = ["permanent"]
    first = run_batch("b", given, tmp_path)
    assert codes(first) == {"i0": None, "i1": "INVALID_INPUT", "i2": None, "i3": None, "i4": None}
    given[2].text = "changed"
    assert statuses(run_batch("b", given, tmp_path))["i1"] == "failed"
    assert set(statuses(run_batch("b", given, tmp_path, select="failed")).values()) == {"succeeded"}
    assert kinds.calls() == {"draft": 6, "polish": 7, "publish": 6}
    again = run_batch("c", given, tmp_path)
    assert kinds.calls()["draft"] == 6
    assert again.successful == 5


def test_items_of_all_ends_are_settled_in_one_statement_and_read_back() -> None:
    output = Output(path="a.md", size=3, sha256="0")
    good = Outcome(item_id="good", outputs=[output], seconds=1.5, fingerprint="f", warnings=("look",))
    bad = Outcome.failed("bad", PressroomError("TIMEOUT", "late", "wait"))
    with kinds.ledger() as opened:
        kinds_of = {"good": "succeeded", "bad": "failed"}
        _enroll(opened, *kinds_of)
        opened.settle_items("b", [good, bad])
        found = read_result(opened, "b")
        assert {one.item_id: str(one.status) for one in found.results} == kinds_of
        assert found.results[0].outputs == [output]
        assert found.results[0].warnings == ["look"]
        assert found.results[1].error_code == "TIMEOUT"
        assert list(opened.outputs_of(["f"], batch_id=None)) == ["f"]


def _enroll(opened: Ledger, *names: str) -> None:
    from test_ledger import batch

    from tasks.ledger.roster import enroll
    from tasks.models import Select

    opened.record_batch(batch("b"))
    enroll(opened, "b", [(name, "payload") for name in names], Select.UNFINISHED)


def test_many_that_open_a_new_ledger_at_once_make_one() -> None:
    with ThreadPoolExecutor(6) as pool:
        for opened in pool.map(Ledger, [settings()] * 6):
            opened.close()


@pytest.mark.usefixtures("prefect_server")
def test_the_commands_read_and_run_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notes(tmp_path, "tide", "moor", output_dir="out")
    assert press(capsys, "run", path, "--batch-id", "b", "--json").code == 0
    assert press(capsys, "status", "b", "--json").document["status"] == "succeeded"
    assert press(capsys, "plan", path, "--batch-id", "b", "--json").code == 0
    assert press(capsys, "resume", "b", "--json").items == {"tide": "succeeded", "moor": "succeeded"}
    assert press(capsys, "report", "b", "--json").code == 0
    assert press(capsys, "clean", "--json").code == 0


@pytest.mark.parametrize(
    ("url", "code", "why"),
    [
        ("nonsense", "LEDGER_UNREADABLE", "no address of a database"),
        ("mongo://x/y", "LEDGER_UNREADABLE", "no address of a database"),
        ("mysql+mysqldb://someone:secret@127.0.0.1/x", "LEDGER_UNREADABLE", "a ledger lies in SQLite or Postgres"),
        ("postgresql+psycopg://someone:secret@127.0.0.1:1/x", "LEDGER_AWAY", "Connection refused. Check that it runs"),
        (
            "postgresql+psycopg://someone:secret@127.0.0.1:1/x?ssl=require",
            "LEDGER_UNREADABLE",
            "libpq's, such as `?s",
        ),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_telling_its_password(url: str, code: str, why: str) -> None:
    with pytest.raises(PressroomError) as caught:
        Ledger(replace(settings(), ledger_url=url))
    assert caught.value.code == code
    assert why in str(caught.value)
    assert "Restore" not in str(caught.value)
    assert "secret" not in str(caught.value)
