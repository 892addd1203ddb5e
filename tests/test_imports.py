"""Imports go one way: flows to tasks; inside tasks, kinds to shared; no kind knows another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
KINDS = {"creators", "documents", "fiction", "podcast"}
FILES = sorted([*(ROOT / "flows").rglob("*.py"), *(ROOT / "tasks").rglob("*.py")])


def module_of(path: Path) -> list[str]:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts


def imports_in(text: str, place: tuple[str, ...]) -> set[str]:
    """Every module that a file at this place names in an import, wherever it stands, as `a.b.c`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = place[: -node.level] if node.level else ()
            base = ".".join([*package, *([node.module] if node.module else [])])
            found |= {base} | {f"{base}.{name.name}" for name in node.names}
    return found


def kind_of(module: str) -> str | None:
    """The kind whose flow or folder a module is, if any."""
    match module.split("."):
        case ["flows" | "tasks", kind, *_] if kind in KINDS:
            return kind
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    module = module_of(path)
    own = kind_of(".".join(module))
    for name in imports_in(path.read_text(encoding="utf-8"), path.relative_to(ROOT).parts):
        if module[0] == "tasks":
            assert name.split(".")[0] != "flows", f"work imports order: {name}"
            assert kind_of(name) in (None, own), f"shared work, or another kind's, imports a kind: {name}"
        elif own is not None:
            assert kind_of(name) in (None, own), f"a kind's flow imports another kind: {name}"


def test_every_folder_of_tasks_is_a_kind_or_known_as_shared() -> None:
    folders = {path.name for path in (ROOT / "tasks").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= KINDS | {"checkup", "governor", "ledger", "llm", "prose", "reports", "speech"}, (
        "a new kind belongs into KINDS above"
    )


def test_this_test_sees_imports_in_every_form() -> None:
    text = "import flows.a\nfrom flows import b\ndef f():\n    from tasks.podcast.c import d\nfrom .. import e\n"
    found = imports_in(text, ("tasks", "creators", "x.py"))
    assert {"flows.a", "flows.b", "tasks.podcast.c", "tasks.e"} <= found
