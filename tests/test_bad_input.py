"""Bad input gets an error of its own, and the other items of the batch still come out."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sites import Said, config, largest_file, notes, press, put, spec

from tasks.documents.models import DocumentBatch
from tasks.errors import PressroomError
from tasks.files import MAX_BYTES

pytestmark = pytest.mark.usefixtures("prefect_server")
Capture = pytest.CaptureFixture[str]
Bad = Callable[[Path], dict[str, Any]]


def uses(config_id: str, **more: Any) -> dict[str, Any]:
    """An operation."""
    return {"content_config_id": config_id, **more}


def missing_template(folder: Path) -> dict[str, Any]:
    config(folder, "bad", "absent.jinja", "jinja2")
    return uses("bad")


def undefined_variable(folder: Path) -> dict[str, Any]:
    config(folder, "bad", "Hello {{nobody}}")
    return uses("bad")


def wrong_type(folder: Path) -> dict[str, Any]:
    config(folder, "bad", elements="none")
    return uses("bad")


def too_large(folder: Path) -> dict[str, Any]:
    config(folder, "bad", "x" * MAX_BYTES)
    return uses("bad")


def yaml_bomb(folder: Path) -> dict[str, Any]:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    put(folder / "configs/content/bad.yaml", "\n".join(lines))
    return uses("bad")


def not_utf8(folder: Path) -> dict[str, Any]:
    put(folder / "configs/content/bad.json", b'{"type": "content", "id": "b\xe4d"}')
    return uses("bad")


def endless_template(folder: Path) -> dict[str, Any]:
    config(folder, "bad", "endless.jinja", "jinja2")
    loop = "{% for i in range(90000) %}"
    put(folder / "endless.jinja", loop * 3 + "{% endfor %}" * 3)
    return uses("bad")


def huge_template(folder: Path) -> dict[str, Any]:
    config(folder, "bad", "huge.jinja", "jinja2")
    put(folder / "huge.jinja", "{{ 'x' * 1000000000 }}")
    return uses("bad")


ITEMS: dict[str, tuple[Bad, str]] = {
    "unknown config id": (lambda _: uses("absent"), "CONFIG_NOT_FOUND"),
    "missing template": (missing_template, "TEMPLATE_MISSING"),
    "undefined variable": (undefined_variable, "UNDEFINED_VARIABLE"),
    "wrong type": (wrong_type, "CONFIG_INVALID"),
    "path outside": (lambda _: uses("good", output_path="../../outside.md"), "PATH_OUTSIDE"),
    "two items with one output path": (lambda _: uses("good", output_path="good.md"), "OUTPUT_CONFLICT"),
    "a 10 MB config": (too_large, "FILE_TOO_LARGE"),
    "a YAML bomb": (yaml_bomb, "YAML_BOMB"),
    "not UTF-8": (not_utf8, "NOT_UTF8"),
    "a template that loops for ever": (endless_template, "TEMPLATE_RUNAWAY"),
    "a template that makes 1 GB": (huge_template, "TEMPLATE_RUNAWAY"),
}


@pytest.mark.parametrize(("bad", "code"), ITEMS.values(), ids=list(ITEMS))
def test_a_bad_item_has_its_own_code_and_the_others_come_out(
    bad: Bad, code: str, tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "good")
    operations = [uses("good", output_path="good.md"), bad(tmp_path), uses("good", output_path="also-good.md")]
    path = spec(tmp_path, operations=operations, output_dir="made", batch_id="b1")
    said = press(capsys, "run", path, "--json")
    assert said.code == 1
    assert sorted(said.items.values()) == sorted(["succeeded", "succeeded", code])
    assert (tmp_path / "made/good.md").read_text() == "Hello you"
    assert (tmp_path / "made/also-good.md").read_text() == "Hello you"
    assert not list(tmp_path.parent.glob("outside.md"))
    failed = next(one for one in said.document["results"] if one["error_code"])
    assert failed["error_message"]
    assert failed["remedy"]


def test_an_empty_batch_is_refused(tmp_path: Path, capsys: Capture) -> None:
    said = press(capsys, "run", spec(tmp_path), "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "EMPTY_BATCH")


def test_ten_thousand_and_one_items_are_allowed(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    many = [uses("one", output_path=f"{number % 100}/{number}.md") for number in range(10_001)]
    said = press(capsys, "run", spec(tmp_path, operations=many, output_dir="made"), "--json")
    assert (said.code, said.document["successful"]) == (0, 10_001)
    assert sum(len(files) for _, _, files in os.walk(tmp_path / "made")) == 10_001 + 4


def test_parameters_that_prefect_would_refuse_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PressroomError) as caught:
        DocumentBatch(base_dir=tmp_path, content_config_ids=["a-config-of-some-length"] * 30_000)
    assert caught.value.code == "PARAMETERS_TOO_LARGE"


def test_a_full_disk_ends_the_batch_with_what_was_begun_and_resume_makes_the_rest(
    tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "small")
    config(tmp_path, "large", "x" * 5_000_000)
    path = spec(tmp_path, content_config_ids=["large", "small"], output_dir="made", batch_id="b")
    with largest_file(4_000_000):
        said = press(capsys, "run", path, "--json")
    assert said.code == 3
    assert said.items == {"large": "DISK_FULL", "small": "succeeded"}
    assert (tmp_path / "made/small.md").read_text() == "Hello you"
    assert not (tmp_path / "made/large.md").exists()
    said = press(capsys, "resume", "b", "--json")
    assert (said.code, said.items) == (0, {"large": "succeeded", "small": "succeeded"})


def refused(capsys: Capture, path: Path) -> tuple[int, str]:
    said: Said = press(capsys, "run", path, "--json")
    return said.code, said.document["error"]["code"]


def test_a_locked_ledger_is_waited_for_and_then_told(
    tmp_path: Path, capsys: Capture, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSROOM_LEDGER_PATIENCE", "0.2")
    path = notes(tmp_path, "one")
    assert press(capsys, "run", path).code == 0
    with closing(sqlite3.connect(home / "ledger.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert refused(capsys, path) == (2, "LEDGER_LOCKED")
    assert press(capsys, "run", path).code == 0


def test_a_ledger_of_another_version_is_refused_and_left_as_it_is(tmp_path: Path, capsys: Capture, home: Path) -> None:
    path = notes(tmp_path, "one")
    press(capsys, "run", path)
    with closing(sqlite3.connect(home / "ledger.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert refused(capsys, path) == (2, "LEDGER_VERSION")
    assert press(capsys, "status", "--json").document["error"]["code"] == "LEDGER_VERSION"
