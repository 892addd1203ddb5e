"""Documents to make again because a template has changed: those that were made before, as they were made the last time.

What was made stands in the ledger with the values and paths it was made with. A config that was never made has
only its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tasks.documents.models import DocumentBatch, Operation
from tasks.documents.request import named_operations
from tasks.documents.template_users import Users, users_of
from tasks.errors import PressroomError
from tasks.ledger.past import Past, place
from tasks.models import JsonObject, Select
from tasks.parameters import BOUNDLESS
from tasks.specs import read_stored

KIND = "documents"


@dataclass(frozen=True)
class Again:
    """A document to make again."""

    operation: Operation
    """What to make, with the values and the path of the last time."""
    batch_id: str | None = None
    """The batch that made it last; None when none has."""
    item_id: str | None = None
    output_dir: str = ""
    """Where that batch wrote to."""


@dataclass
class Regeneration:
    """What a changed template asks for."""

    template: str
    base_dir: Path
    users: Users
    documents: list[Again] = field(default_factory=list)
    outside: list[Again] = field(default_factory=list)
    """Documents that were made outside the folder of the configs, where this batch may not write."""
    forgotten: list[tuple[str, PressroomError]] = field(default_factory=list)
    """Batches whose items cannot be read any more."""

    def batch(self, options: JsonObject) -> DocumentBatch:
        """Build the batch that makes them all, whatever was made before; `options` are further fields of a spec."""
        operations = [again.operation for again in self.documents]
        given = {"base_dir": self.base_dir, "operations": operations, "reuse": "never", **options}
        return DocumentBatch.model_validate(given, context=BOUNDLESS)


def regenerate_documents(template: str, base_dir: Path, past: Past, output_dir: Path | None) -> Regeneration:
    """Find the configs that use a template, and the documents to make again; with `output_dir` they go there."""
    base = base_dir.resolve()
    users = users_of(template, base)
    found = Regeneration(template, base, users)
    used = {user.config_id for user in users.found}
    last, ever = _made_last(found, past)
    for again in last.values():
        if again.operation.content_config_id not in used:
            continue
        if output_dir is not None:
            again = _moved(again, base, output_dir)
        elif not _is_inside(again.operation.output_path or "", base):
            found.outside.append(again)
            continue
        found.documents.append(again)
    never = [user.config_id for user in users.found if user.config_id not in ever]
    found.documents += [Again(Operation(content_config_id=name)) for name in never]
    return found


def _made_last(found: Regeneration, past: Past) -> tuple[dict[str, Again], set[str]]:
    """Say what was made last at each place, and which configs have ever been made."""
    last: dict[str, Again] = {}
    ever: set[str] = set()
    for batch_id, output_dir, spec in past.batches(KIND):
        # Told by its text first: a spec may be long, and most are of other folders.
        if json.dumps(str(found.base_dir), ensure_ascii=False) not in spec:
            continue
        try:
            batch = read_stored(KIND, spec, Select.UNFINISHED)
            assert isinstance(batch, DocumentBatch), "it was stored under this kind"
            for where, again in _made(batch, batch_id, output_dir, past):
                last[where] = again
                ever.add(again.operation.content_config_id)
        except PressroomError as error:
            found.forgotten.append((batch_id, error))
    return last, ever


def _made(batch: DocumentBatch, batch_id: str, output_dir: str, past: Past) -> Iterator[tuple[str, Again]]:
    paths = past.paths(batch_id)
    for item_id, operation in named_operations(batch):
        if (path := paths.get(item_id)) is not None:
            made = operation.model_copy(update={"output_path": path})
            yield place(path, output_dir, batch_id), Again(made, batch_id, item_id, output_dir)


def _moved(again: Again, base: Path, output_dir: Path) -> Again:
    """Place a document below another output folder as it lay below its own."""
    path = again.operation.output_path or ""
    roots = [root for root in (again.output_dir, str(base)) if _is_inside(path, Path(root))]
    near = os.path.relpath(path, roots[0]) if roots else os.path.basename(path)
    moved = again.operation.model_copy(update={"output_path": str(output_dir / near)})
    return Again(moved, again.batch_id, again.item_id, again.output_dir)


def _is_inside(path: str, folder: Path) -> bool:
    return path.startswith(f"{str(folder).rstrip(os.sep)}{os.sep}")
