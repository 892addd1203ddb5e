"""`pressroom report` makes a batch's reports again, from the ledger alone."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import kinds
import pytest
from sites import HEAVY, config, loaded_by, notes, press, spec
from test_cli_status import batch_at_work

from flows.command.summary import summary
from tasks.ledger.glance import glancing
from tasks.ledger.owner import new_owner
from tasks.settings import settings

Capture = pytest.CaptureFixture[str]
NAMES = ("report.html", "report.md", "batch_summary.json", "batch_reply.json")


def made(folder: Path, capsys: Capture) -> Path:
    """Run a batch of three, of which one fails, and return where its reports lie."""
    config(folder, "open", "{{nobody}}")
    notes(folder, "one", "two")
    press(capsys, "run", spec(folder, content_config_ids=["one", "open", "two"], batch_id="b1"))
    return folder / "output/b1"


@pytest.mark.usefixtures("prefect_server")
def test_it_makes_what_the_end_of_the_run_has_made(tmp_path: Path, capsys: Capture) -> None:
    folder = made(tmp_path, capsys)
    before = {name: (folder / name).read_bytes() for name in NAMES}
    for name in NAMES:
        (folder / name).unlink()
    said = press(capsys, "report", "b1", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.document == {"batch_id": "b1", "written": [str(folder / name) for name in NAMES]}
    assert {name: (folder / name).read_bytes() for name in NAMES} == before


@pytest.mark.usefixtures("prefect_server")
def test_the_report_tells_what_happened(tmp_path: Path, capsys: Capture) -> None:
    folder = made(tmp_path, capsys)
    for name in ("report.html", "report.md"):
        text = (folder / name).read_text()
        for words in ("3 items: 2 succeeded, 1 failed.", "UNDEFINED_VARIABLE", "one.md", "fill_documents"):
            assert words in text


@pytest.mark.usefixtures("prefect_server")
def test_one_form_is_made_where_it_is_wanted(tmp_path: Path, capsys: Capture) -> None:
    made(tmp_path, capsys)
    for form, name in (("html", "report.html"), ("md", "report.md")):
        said = press(capsys, "report", "b1", "--format", form, "--output", tmp_path / form)
        assert said.out.startswith(str(tmp_path / form / name)) or name in said.out
        assert [path.name for path in (tmp_path / form).iterdir()] == [name]
    press(capsys, "report", "b1", "--format", "json", "--output", tmp_path / "json")
    assert {path.name for path in (tmp_path / "json").iterdir()} == {"batch_summary.json", "batch_reply.json"}


@pytest.mark.usefixtures("prefect_server")
def test_the_links_of_a_report_that_lies_elsewhere_lead_to_the_outputs_all_the_same(
    tmp_path: Path, capsys: Capture
) -> None:
    made(tmp_path, capsys)
    press(capsys, "report", "b1", "--format", "html", "--output", tmp_path / "a/b")
    assert 'href="./../../output/b1/one.md"' in (tmp_path / "a/b/report.html").read_text()


@pytest.mark.usefixtures("prefect_server")
def test_pictures_need_templates_and_nothing_else_that_is_heavy(tmp_path: Path, capsys: Capture) -> None:
    made(tmp_path, capsys)
    assert loaded_by(tmp_path, "report", "b1") & {*HEAVY, "psutil", "jinja2", "yaml"} == {"jinja2"}


def test_an_unknown_batch_is_refused(capsys: Capture) -> None:
    said = press(capsys, "report", "nope", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "UNKNOWN_BATCH")


def test_an_unknown_form_is_refused(capsys: Capture) -> None:
    said = press(capsys, "report", "b1", "--format", "pdf", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "USAGE")


@pytest.mark.usefixtures("prefect_server")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: Capture) -> None:
    made(tmp_path, capsys)
    (tmp_path / "file").write_text("in the way")
    said = press(capsys, "report", "b1", "--output", tmp_path / "file", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "OUTPUT_UNWRITABLE")


@pytest.mark.usefixtures("prefect_server")
def test_a_report_never_takes_the_place_of_an_output(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "report")
    press(capsys, "run", spec(tmp_path, content_config_ids=["report"], output_dir="out", batch_id="b1"))
    before = (tmp_path / "out/report.md").read_bytes()
    said = press(capsys, "report", "b1", "--output", tmp_path / "out", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "OUTPUT_CONFLICT")
    assert (tmp_path / "out/report.md").read_bytes() == before
    assert not (tmp_path / "out/report.html").exists()


def test_a_batch_at_work_is_reported_as_far_as_it_has_come(tmp_path: Path, capsys: Capture) -> None:
    with batch_at_work(new_owner()):
        said = press(capsys, "report", "b1", "--output", tmp_path)
    assert said.code == 0
    assert "at work" in said.err
    assert "As of" in (tmp_path / "report.html").read_text()
    assert json.loads((tmp_path / "batch_summary.json").read_text())["status"] == "running"
    assert not (tmp_path / "batch_reply.json").exists()


@pytest.mark.usefixtures("prefect_server")
def test_a_report_changes_nothing_in_the_ledger(home: Path, tmp_path: Path, capsys: Capture) -> None:
    made(tmp_path, capsys)
    with closing(sqlite3.connect(home / "ledger.db")) as connection:
        before = list(connection.iterdump())
        press(capsys, "report", "b1")
        assert list(connection.iterdump()) == before


@pytest.mark.usefixtures("prefect_server")
def test_a_report_that_cannot_be_written_takes_nothing_from_the_batch(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "output/b1/report.html").mkdir(parents=True)
    folder = made(tmp_path, capsys)
    assert (folder / "one.md").exists()
    assert (folder / "report.md").exists()
    assert press(capsys, "status", "b1", "--json").document["status"] == "partial"


@pytest.mark.usefixtures("prefect_server")
def test_reports_that_cannot_be_written_are_named_on_the_terminal_with_why(tmp_path: Path, capsys: Capture) -> None:
    path = notes(tmp_path, "one", batch_id="b1", output_dir="out")
    assert press(capsys, "run", path).code == 0
    for name in ("batch_summary.json", "batch_reply.json", "report.md", "report.html"):
        (tmp_path / "out/b1" / name).unlink()
        (tmp_path / "out/b1" / name).mkdir()
    said = press(capsys, "run", path)
    assert said.code == 0
    [line] = [line for line in said.err.splitlines() if "could not be written" in line]
    named = "batch_summary.json, batch_reply.json, report.md, report.html (Is a directory)"
    assert line.startswith(f"⚠️  Reports could not be written: {named}.")
    assert "`pressroom report b1` makes them" in line


@pytest.mark.usefixtures("prefect_server")
def test_the_end_of_a_run_names_the_report_with_pictures(tmp_path: Path, capsys: Capture) -> None:
    said = press(capsys, "run", notes(tmp_path, "one", batch_id="b1"))
    assert next(line for line in said.out.splitlines() if line.startswith("Report:")).endswith("/report.html")
    (tmp_path / "output/b1/report.html").unlink()
    with glancing(settings().ledger_path, patience=1.0) as glance:
        assert glance is not None
        assert any(line.endswith("/report.md") for line in summary(glance.result("b1")))


@pytest.mark.usefixtures("prefect_server")
def test_a_real_batch_with_retries_and_failures_is_drawn_with_its_bounds(tmp_path: Path) -> None:
    items = kinds.items(6, seconds={"draft": 0.05})
    items[1].ends = {"draft": ["transient"]}
    items[2].ends = {"polish": ["permanent"]}
    with kinds.quick():
        kinds.fake(kinds.FakeBatch(batch_id="b1", items=items, base_dir=tmp_path, limit=2))
    text = (tmp_path / "output/b1/report.md").read_text()
    assert "2 attempts failed, 1 of them tried again" in text
    assert "| `draft` | 7 | 1 |" in text
    assert "at most 2 of 2 (limit)" in (tmp_path / "output/b1/report.html").read_text()
