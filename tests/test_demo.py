"""`pressroom demo` makes a batch of every kind from material that ships with the package."""

from __future__ import annotations

from pathlib import Path

import pytest
from sites import press

from flows.command.demo import demo_spec
from tasks.specs import kinds

Capture = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("prefect_server")
def test_the_demo_makes_documents_of_every_generator_into_output(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = press(capsys, "demo", "documents")
    assert said.code == 0
    (folder,) = (tmp_path / "output").iterdir()
    made = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert made >= {"house-style.md", "notes/harbour.md", "api/list-trees.md", "features/loan-renewal.feature"}
    assert len(made - {"batch_summary.json", "batch_reply.json", "report.md", "report.html"}) == 11
    board = (folder / "notice-board.md").read_text()
    assert [line for line in board.splitlines() if line.startswith("#")] == [
        "# Reading list for May",
        "## Tides at North Quay",
        "## Closed",
    ]
    assert not any("{{" in (folder / name).read_text() for name in made)
    assert f"Look at output/{folder.name}/" in said.out


def test_an_unknown_kind_fails_visibly(capsys: Capture) -> None:
    said = press(capsys, "demo", "documnets", "--json")
    assert said.code == 2
    assert said.document["kinds"]["documnets"]["error"]["code"] == "UNKNOWN_KIND"


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_a_sound_demo(kind: str, capsys: Capture) -> None:
    assert press(capsys, "validate", demo_spec(kind)).code == 0
