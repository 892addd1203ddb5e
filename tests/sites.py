"""Small folders of configs and specs for tests of the command, and a way to call it in this process."""

from __future__ import annotations

import ast
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from kinds import quick

from flows.cli import main

HEAVY = {
    *("prefect", "fastapi", "sqlalchemy", "sqlmodel", "alembic", "rich"),
    *("pydantic_ai", "openai", "anthropic", "google", "genai_prices"),
}
"""Libraries that no command may load that says something and makes nothing."""

_LOADING = """
import sys
from flows.cli import command
code = command()
print(code, sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


class Said(NamedTuple):
    """What a command returned and wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def items(self) -> dict[str, str]:
        """Items by status, or by error code where they failed."""
        return {one["item_id"]: one["error_code"] or one["status"] for one in self.document["results"]}


def press(capsys: pytest.CaptureFixture[str], *arguments: object) -> Said:
    """Call the command in this process."""
    capsys.readouterr()
    with quick():
        code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return Said(code, out, err)


def loaded_by(folder: Path, *arguments: str, **environment: str) -> set[str]:
    """Run the command as a process of its own and return the libraries that it has loaded; it must succeed."""
    ran = subprocess.run(
        [sys.executable, "-c", _LOADING, *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    code, _, names = ran.stderr.splitlines()[-1].partition(" ")
    assert code == "0", ran.stderr
    return set(ast.literal_eval(names))


def config(
    folder: Path, config_id: str, template: str = "Hello {{name}}", kind: str = "template_fill", **more: Any
) -> Path:
    """Write a content config whose one pattern fills a template with `name: you`."""
    pattern = {"id": "only", "type": kind, "template": template, "generation_config": {"context": {"name": "you"}}}
    whole = {
        "type": "content",
        "id": config_id,
        "schemaRef": {"id": "content-schema", "version": "3.1"},
        "metadata": {"description": "A note", "version": "1.0.0"},
        "elements": [{"name": "body", "format": "markdown"}],
        "generation": {"patterns": [pattern]},
    }
    return put(folder / "configs/content" / f"{config_id}.json", json.dumps(whole | more, indent=1))


def artifact(folder: Path, artifact_id: str, *children: str | dict[str, Any], **more: Any) -> Path:
    """Write an artifact config of children, given by id or whole; `strategy`, `outputs` and `template` are its own."""
    metadata = {
        "title": "A guide",
        "purpose": "To be read",
        "outputs": more.pop("outputs", [{"file": f"{artifact_id}.md", "format": "markdown"}]),
        "compositionStrategy": more.pop("strategy", "concat"),
    }
    content: dict[str, Any] = {
        "children": [
            {"id": child, "path": ""} if isinstance(child, str) else {"path": "", **child} for child in children
        ]
    }
    if "template" in more:
        content["template"] = more.pop("template")
    whole = {
        "type": "artifact",
        "id": artifact_id,
        "schemaRef": {"id": "artifact-schema", "version": "1.0"},
        "metadata": metadata,
        "content": content,
    }
    return put(folder / "configs/artifacts" / f"{artifact_id}.json", json.dumps(whole | more, indent=1))


def put(path: Path, content: str | bytes) -> Path:
    """Write a file and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def spec(folder: Path, **fields: Any) -> Path:
    """Write a spec of documents as YAML, which JSON is."""
    return put(folder / "spec.yaml", json.dumps({"kind": "documents", **fields}, indent=1))


def notes(folder: Path, *ids: str, **fields: Any) -> Path:
    """Write configs of these ids and a spec that asks for them."""
    for config_id in ids:
        config(folder, config_id)
    return spec(folder, content_config_ids=list(ids), **fields)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let this process write no larger file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
