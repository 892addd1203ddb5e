"""The documents that each kind's source expects beside `batch_summary.json`, under its own names.

A kind lists them in its `spec.py`, as `REPLIES`: file name (in which `{batch_id}` is filled in) and the
function that makes the document of a batch's result and of what was asked for. Here they are only found
and written, so that a new kind edits no shared file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tasks.files import write_atomically
from tasks.models import BatchOptions
from tasks.reports.files import report_paths
from tasks.results import BatchResult
from tasks.specs import has_spec, kind_spec

Reply = Callable[[BatchResult, Any], BaseModel]


def reply_paths(kind: str, output_dir: Path, batch_id: str) -> Iterator[tuple[Path, Reply]]:
    """Yield where each of a kind's replies lies, so that no item is written there, and what makes it."""
    return replies_in(report_paths(output_dir, batch_id).summary.parent, kind, batch_id)


def replies_in(folder: Path, kind: str, batch_id: str) -> Iterator[tuple[Path, Reply]]:
    """Yield the same for another folder."""
    replies: Mapping[str, Reply] = getattr(kind_spec(kind), "REPLIES", {}) if has_spec(kind) else {}
    for name, reply in replies.items():
        yield folder / name.format(batch_id=batch_id), reply


def write_reply(reply: Reply, result: BatchResult, batch: BatchOptions, path: Path) -> None:
    """Write one reply; `batch` is what was asked for, named and with absolute folders."""
    write_atomically(path, reply(result, batch).model_dump_json(indent=2).encode())
