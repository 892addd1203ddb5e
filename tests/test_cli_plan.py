"""What `pressroom plan` says on a terminal and to programs, and that it is quick, light and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sites import HEAVY, config, loaded_by, notes, press, put, spec

Capture = pytest.CaptureFixture[str]


def everything(folder: Path) -> list[tuple[str, int, bytes]]:
    """Every file below a folder, with its time and content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path), path.stat().st_mtime_ns, path.read_bytes()) for path in files]


def test_a_plan_begins_with_counts_and_costs(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "open", "{{nobody}}")
    path = notes(tmp_path, "one", "two", operations=[{"content_config_id": "open"}])
    said = press(capsys, "plan", path, "--batch-id", "b")
    assert said.out.splitlines()[:9] == [
        f"documents: 3 items from {path}",
        "batch b (a new one)",
        "",
        "  1  refused  would fail",
        "  2  new      would be made",
        "",
        "Time:   not known, since no batch has run these stages yet",
        "Tokens: none",
        "Money:  none",
    ]
    assert said.err == ""


def test_what_would_fail_is_listed_first_and_gives_exit_code_1(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "open", "{{nobody}}")
    said = press(capsys, "plan", notes(tmp_path, "one", operations=[{"content_config_id": "open"}]))
    refused = said.out.partition("\nrefused:\n")[2].splitlines()
    assert refused[0] == "  open  UNDEFINED_VARIABLE: Undefined variable: 'nobody'. Available variables: name."
    assert refused[1:] == ["", "new:", "  one"]
    assert said.code == 1
    assert press(capsys, "plan", notes(tmp_path, "one")).code == 0


def test_of_many_items_some_are_listed_and_all_counted_with_their_reasons(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "note", "{{n}}")
    config(tmp_path, "open", "{{nobody}}")
    asked: list[dict[str, Any]] = [{"content_config_id": "open", "output_path": f"{n}.md"} for n in range(30)]
    asked += [{"content_config_id": "absent", "output_path": f"a{n}.md"} for n in range(3)]
    asked += [{"content_config_id": "note", "output_path": f"n{n}.md", "context": {"n": n}} for n in range(1200)]
    lines = press(capsys, "plan", spec(tmp_path, operations=asked)).out.splitlines()
    assert "refused: 30 UNDEFINED_VARIABLE, 3 CONFIG_NOT_FOUND" in lines
    assert "  and 23 more (--json lists all)" in lines
    assert "  and 1,190 more (--json lists all)" in lines
    assert len(lines) < 40


@pytest.mark.usefixtures("prefect_server")
def test_json_lists_every_item_with_its_stages(tmp_path: Path, capsys: Capture) -> None:
    path = notes(tmp_path, "one")
    press(capsys, "run", path, "--batch-id", "a")
    config(tmp_path, "one", "Hallo {{name}}")
    document = press(capsys, "plan", path, "--batch-id", "b", "--json").document
    (item,) = document["items"]
    (stage,) = item["stages"]
    assert document["counts"] == {"new": 0, "rerun": 1, "reuse": 0, "done": 0, "left": 0, "refused": 0}
    assert (document["kind"], document["batch_id"], document["known"], document["total"]) == (
        "documents",
        "b",
        False,
        1,
    )
    assert (item["verdict"], item["why"]) == ("rerun", "config changed")
    assert item["output_path"] == str(tmp_path / "output/b/one.md")
    made = str(tmp_path / "output/a/one.md")
    assert stage["made_by"] == {"batch_id": "a", "item_id": "one", "path": made}
    assert (stage["stage"], stage["changed"], stage["tokens"], stage["cost"]) == ("fill_documents", ["config"], 0, 0.0)
    assert stage["seconds"] > 0
    assert document["estimate"]["seconds"] == document["estimate"]["wall_clock_seconds"] == stage["seconds"]


@pytest.mark.usefixtures("prefect_server")
def test_what_another_batch_has_made_before_is_listed_with_its_name(tmp_path: Path, capsys: Capture) -> None:
    path = notes(tmp_path, "one")
    press(capsys, "run", path, "--batch-id", "a")
    config(tmp_path, "one", "Hallo {{name}}")
    assert press(capsys, "plan", path, "--batch-id", "b").out.endswith(
        "\nrerun:\n  one  config changed; made before by a\n"
    )
    (tmp_path / "output/a/one.md").unlink()
    assert press(capsys, "plan", path, "--batch-id", "a").out.endswith("\nrerun:\n  one  config changed\n")


def test_time_is_null_where_nothing_is_known_of_it(tmp_path: Path, capsys: Capture) -> None:
    document = press(capsys, "plan", notes(tmp_path, "one"), "--json").document
    assert document["estimate"]["seconds"] is None
    assert document["items"][0]["stages"][0]["seconds"] is None


@pytest.mark.usefixtures("prefect_server")
def test_a_finished_batch_has_nothing_to_make(tmp_path: Path, capsys: Capture) -> None:
    path = notes(tmp_path, "one")
    press(capsys, "run", path, "--batch-id", "a")
    said = press(capsys, "plan", path, "--batch-id", "a")
    assert "batch a (known already)" in said.out
    assert "Nothing to make." in said.out


@pytest.mark.parametrize(
    ("fields", "code"), [({}, "EMPTY_BATCH"), ({"modus": 1}, "SPEC_INVALID"), ({"items_file": "no"}, "SPEC_NOT_FOUND")]
)
def test_a_spec_that_a_run_would_refuse_is_refused(
    fields: dict[str, Any], code: str, tmp_path: Path, capsys: Capture
) -> None:
    said = press(capsys, "plan", spec(tmp_path, **fields), "--json")
    assert (said.code, said.document["error"]["code"]) == (2, code)


ARGUMENTS = {
    "plan": ["plan", "spec.yaml"],
    "preview": ["preview", "spec.yaml"],
    "regenerate": ["regenerate", "--template", "page.jinja", "--dry-run"],
}


def site(folder: Path) -> Path:
    """A text and a template, and a spec that asks for both."""
    config(folder, "page", "page.jinja", "jinja2")
    put(folder / "page.jinja", "Hello {{ name }}")
    config(folder, "one")
    return spec(folder, content_config_ids=["one", "page"])


@pytest.mark.parametrize("name", ARGUMENTS)
@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.usefixtures("prefect_server")
def test_saying_what_would_happen_starts_no_server_and_leaves_no_trace(
    name: str, is_known: bool, tmp_path: Path, home: Path, capsys: Capture
) -> None:
    path = site(tmp_path)
    if is_known:
        press(capsys, "run", path, "--batch-id", "b1")
    before = everything(tmp_path)
    loaded = loaded_by(tmp_path, *ARGUMENTS[name], PRESSROOM_HOME=str(home), TMPDIR=str(tmp_path))
    assert not loaded & HEAVY
    assert everything(tmp_path) == before
    assert home.exists() is is_known
