"""Fiction projects for tests: written into a folder, and batches of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from kinds import quick

from flows.fiction import fiction
from tasks.fiction.models import FictionBatch
from tasks.results import BatchResult


def project(folder: Path, project_id: str = "harbour", **fields: Any) -> Path:
    """Write a project of two short chapters below a spec's folder."""
    said: dict[str, Any] = {
        "title": f"The Story of {project_id.title()}",
        "genre": "mystery",
        "premise": "A letter turns up in a cellar, thirty years too late.",
        "chapters": 2,
        "cast": 3,
        "words": {"least": 150, "most": 900},
    }
    path = folder / "projects" / f"{project_id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(said | fields, allow_unicode=True))
    return path


def batch_of(folder: Path, *projects: str, **options: Any) -> FictionBatch:
    """A batch of projects that `quill:large` writes."""
    given: dict[str, Any] = {"batch_id": "b", "projects": list(projects), "base_dir": folder, "model": "quill:large"}
    if "items" in options:
        del given["projects"]
    return FictionBatch(**{**given, **options})


def make(folder: Path, *projects: str, **options: Any) -> BatchResult:
    """Run a batch and return what its flow returns."""
    with quick():
        result = fiction(batch_of(folder, *projects, **options))
    assert isinstance(result, BatchResult)
    return result
