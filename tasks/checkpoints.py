"""Checkpoints: what a stage made, kept under a fingerprint of everything that went into it.

A checkpoint is read by this file alone. It is a JSON document bound to the type its stage
returns, behind a header line with its key and hash; nothing in it names code. Prefect's own
record format names the deserialiser to use, and one rewritten to name pickle runs what it holds.

    {"key": "write_script-3f…", "sha256": "9c…", "parts": {"dossier": "5d…", …}}
    {"item_id": "ep_007", …}

The parts say what the key was made of. They explain what has changed, and nothing is trusted for them.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from tasks.errors import fault
from tasks.files import write_atomically
from tasks.shape import Sealed

_MARK = re.compile(r"[0-9a-f]{64}")

LEFT_OUT: dict[str, str] = {
    "item_id": "the same work for another item is the same work, and no kept result names its item",
    "batch_id": "the same work in another batch is the same work",
    "deadline_seconds": "how long work may take does not change what it makes",
    "priority": "when an item is made does not change what is made",
    "needs": "what is made of those that it waits for is in the key",
    "continues": "what it takes up is in the key",
    "gathering": "what is made together is kept under all that went into it",
    "lane": "the lane follows from the config, which is in the key",
    "output_root": "where a text is written does not change the text",
    "output_path": "where a text is written does not change the text",
    "further_paths": "where a text is written does not change the text",
    "force": "whether finished work counts does not change what is made",
    "label": "what a text is called does not change the text",
    "model_reason": "why a model was chosen does not change what it makes",
    "of": "a book that gets more chapters keeps those that it has",
    "unread": "what could not be read says nothing",
    "project": "what a stage needs of it is in what it is given beside, which is in the key",
    "bar": "what a text is held to does not change the text; how it was decided is in the key",
    "retries": "how often something is tried does not change what it makes",
    "retry_delay": "nor does how long it waits before",
    "base_dir": "what is read from there is in the key by its content",
}
"""Fields of stage inputs that are not part of a fingerprint, each with its reason."""


canonical = json.JSONEncoder(separators=(",", ":")).encode
"""Write a JSON value for hashing. Keys keep their order, because a template shows an object in it."""


def digest(parts: Iterable[bytes | str]) -> str:
    """Hash parts so that moving a byte from one to the next changes the result."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(b"%d:" % len(data))
        whole.update(data)
    return whole.hexdigest()


def fingerprint(stage: str, version: int, inputs: Mapping[str, Any]) -> str:
    """Name a stage's result by its code version and all its inputs, less what `LEFT_OUT` gives a reason for."""
    return digest((stage, str(version), canonical(plain(inputs))))


def plain(value: Any) -> Any:
    """Write a stage's input as a JSON value, less the fields that are not part of a fingerprint."""
    if isinstance(value, Sealed):
        return value.marks
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields if name not in LEFT_OUT}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


class Checkpoints:
    """A folder of checkpoints, spread over 256 subfolders by the start of the fingerprint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where the checkpoint of a key lies."""
        stage, _, mark = key.rpartition("-")
        return self.folder / stage / mark[:2] / f"{mark}.json"

    @staticmethod
    def key(path: Path) -> str | None:
        """The key whose checkpoint lies at a path, or None for a file that is no checkpoint."""
        mark, group, stage = path.stem, path.parent.name, path.parent.parent.name
        is_one = _MARK.fullmatch(mark) and path.suffix == ".json" and group == mark[:2]
        return f"{stage}-{mark}" if is_one else None

    def read(self, key: str, adapter: TypeAdapter[Any], *, known_hashes: Collection[str] = ()) -> Any | None:
        """Return what the stage made, or None when there is no checkpoint that can be trusted.

        `known_hashes` are the ledger's: a file with none of them was altered. Without any the file's own
        hash stands, so that a checkpoint written just before a crash is adopted.
        """
        try:
            header, _, payload = self.path(key).read_bytes().partition(b"\n")
            head = _head(header)
            found = hashlib.sha256(payload).hexdigest()
            if (head.get("key"), head.get("sha256")) != (key, found) or (known_hashes and found not in known_hashes):
                return None
            made = adapter.validate_json(payload)
            # A result may tell of a file that was made along with it.
            return made if getattr(made, "is_intact", True) else None
        except (OSError, ValueError, RecursionError):
            return None

    def parts(self, key: str) -> dict[str, str]:
        """Return what a key was made of, as its checkpoint says; empty when there is none or it is an older one."""
        try:
            with self.path(key).open("rb") as file:
                head = _head(file.readline())
        except (OSError, ValueError, RecursionError):
            return {}
        parts = head.get("parts")
        return {str(name): str(part) for name, part in parts.items()} if isinstance(parts, dict) else {}

    def write(self, key: str, adapter: TypeAdapter[Any], value: Any, *, parts: Mapping[str, str] | None = None) -> str:
        """Keep what the stage made and return its hash; CHECKPOINT_UNWRITABLE or DISK_FULL when that fails."""
        payload = adapter.dump_json(value)
        found = hashlib.sha256(payload).hexdigest()
        header = json.dumps({"key": key, "sha256": found} | ({"parts": dict(parts)} if parts else {})).encode()
        try:
            write_atomically(self.path(key), header + b"\n" + payload)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise fault("DISK_FULL", path=str(self.path(key))) from error
            stage = key.rpartition("-")[0]
            raise fault("CHECKPOINT_UNWRITABLE", stage=stage, why=error.strerror or repr(error)) from error
        return found


def _head(line: bytes) -> dict[str, Any]:
    head = json.loads(line)
    if not isinstance(head, dict):
        raise ValueError("a checkpoint begins with an object")
    return head
