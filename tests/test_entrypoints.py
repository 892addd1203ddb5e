"""Every flow can be loaded by the entrypoint under which it is deployed, for real and not as a placeholder."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.flows import load_flow_from_entrypoint

from flows.runner import EventLoopTaskRunner
from tasks.specs import kinds

ROOT = Path(__file__).parent.parent


def flows_of(path: Path) -> list[str]:
    """Names of the functions in a file that `@flow` decorates."""
    return [
        node.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any("flow" in ast.unparse(decorator).split("(")[0].split(".") for decorator in node.decorator_list)
    ]


FLOWS = [(path, name) for path in sorted((ROOT / "flows").glob("*.py")) for name in flows_of(path)]


def test_there_are_flows_to_load() -> None:
    assert ("documents.py", "documents") in {(path.name, name) for path, name in FLOWS}


@pytest.mark.parametrize(("path", "name"), FLOWS, ids=[name for _, name in FLOWS])
def test_a_flow_loads_by_file_and_by_module(path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    by_file = f"flows/{path.name}:{name}"
    for entrypoint in (by_file, f"flows.{path.stem}.{name}"):
        loaded: Flow[..., Any] = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
        assert isinstance(loaded, Flow)
        assert loaded.name == name == path.stem, "file, flow and deployment have one name"
        assert loaded.description
        if name in kinds():
            assert isinstance(loaded.task_runner, EventLoopTaskRunner)
            assert list(loaded.parameters.properties) == ["batch"]
