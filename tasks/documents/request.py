"""From a batch of documents to its operations: the ids, the operations, and the file with more of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tasks.documents.models import DocumentBatch, DocumentItem, Operation
from tasks.errors import PressroomError, fault
from tasks.files import read_data, read_text, write_atomically

MAX_ITEMS_FILE = 1_000_000_000
_Operations = TypeAdapter(list[Operation])


def read_operations(batch: DocumentBatch) -> list[Operation]:
    """Return everything a batch asks for, in order: ids, operations, then the file's."""
    operations = [Operation(content_config_id=config_id) for config_id in batch.content_config_ids]
    operations += batch.operations
    if batch.items_file is not None:
        operations += read_items_file(batch.base_dir / batch.items_file, batch.items_sha256)
    return operations


def read_items_file(path: Path, sha256: str | None = None) -> list[Operation]:
    """Read operations from JSONL, YAML or JSON; ITEMS_FILE_CHANGED when the content is not the one expected."""
    if path.suffix != ".jsonl":
        data: object = read_data(path)
        _expect(path, sha256)
        return _validated([*data] if isinstance(data, list) else [data], path)
    text = read_text(path, limit=MAX_ITEMS_FILE)
    _expect(path, sha256)
    return [_line(line, number, path) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def write_items_file(path: Path, operations: list[Operation]) -> str:
    """Write operations as JSONL and return the file's sha256."""
    lines = "".join(operation.model_dump_json(exclude_defaults=True) + "\n" for operation in operations)
    content = lines.encode()
    write_atomically(path, content)
    return hashlib.sha256(content).hexdigest()


def items_of(batch: DocumentBatch) -> list[DocumentItem]:
    """Place each operation in the batch."""
    return [_item(batch, operation, name) for name, operation in named_operations(batch)]


def named_operations(batch: DocumentBatch) -> Iterator[tuple[str, Operation]]:
    """Yield each operation with its item's name.

    An item is named by its config; where one config is used several times, by config and output name,
    and by its number where even these agree. The same spec always gives the same names, so that a resumed
    batch finds its items again.
    """
    operations = read_operations(batch)
    uses = Counter(operation.content_config_id for operation in operations)
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    for operation in operations:
        name = operation.content_config_id
        if uses[name] > 1 and operation.output_path:
            name = f"{name}:{os.path.splitext(os.path.basename(operation.output_path))[0]}"
        unique = name
        while unique in taken:
            seen[name] += 1
            unique = f"{name}#{seen[name] + 1}"
        taken.add(unique)
        yield unique, operation


def _item(batch: DocumentBatch, operation: Operation, name: str) -> DocumentItem:
    return DocumentItem(
        item_id=name,
        batch_id=batch.batch_id or "",
        priority=operation.priority,
        lane="",
        content_config_id=operation.content_config_id,
        context=operation.context,
        base_dir=str(batch.base_dir),
        output_root=str(batch.output_dir or batch.base_dir),
        output_path=operation.output_path,
    )


def _expect(path: Path, sha256: str | None) -> None:
    if sha256 is None:
        return
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise fault("ITEMS_FILE_CHANGED", path=str(path), found=found[:12], expected=sha256[:12])


def _line(line: str, number: int, path: Path) -> Operation:
    try:
        if line.lstrip().startswith('"'):
            return Operation(content_config_id=json.loads(line))
        return Operation.model_validate_json(line)
    except ValidationError as error:
        raise invalid(error, path, number) from error
    except (ValueError, RecursionError) as error:
        raise fault("SPEC_MALFORMED", path=str(path), format="JSON", why=f"line {number}: {error}") from error


def _validated(data: list[object], path: Path) -> list[Operation]:
    try:
        whole: list[object] = [{"content_config_id": part} if isinstance(part, str) else part for part in data]
        return _Operations.validate_python(whole)
    except ValidationError as error:
        raise invalid(error, path, 1) from error


def invalid(error: ValidationError, path: Path, line: int) -> PressroomError:
    """Say the first thing pydantic found wrong, in words."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "the whole"
    return fault("SPEC_INVALID", path=str(path), line=line, field=field, why=first["msg"], hint="Correct that field.")
