"""For whom a batch asks, and where that is written: in the spec, or in a file with one creator a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pydantic import JsonValue, ValidationError

from tasks.complaints import Place, quoting, why_of
from tasks.creators.models import CreatorBatch
from tasks.creators.weeks import Weeks
from tasks.errors import fault
from tasks.files import expect_content, parse_data, read_text, write_atomically
from tasks.shape import Shape
from tasks.yaml_lines import Lines

_LINE = Path("line.json")
_LISTS = (".yaml", ".yml", ".json")
"""Endings of files that hold a list."""


class Asked(NamedTuple):
    """A creator as he is asked for."""

    name: str
    """An id or a page name."""
    weeks: Weeks
    """His own, where his line gives some; else the batch's hold."""
    place: Place
    """Where the spec says so; of a file, the number of its line."""


class _Line(Shape):
    creator: str
    week_start: Weeks = None


def asked(batch: CreatorBatch) -> list[Asked]:
    """Return whom a batch asks for, in order; several without batch mode are refused, wherever they stand."""
    if batch.items_file is None:
        if batch.creator is not None:
            return [Asked(batch.creator, None, ("creator",))]
        return [Asked(name, None, ("creators", number)) for number, name in enumerate(batch.creators)]
    path = batch.base_dir / batch.items_file
    found = list(_lines(path, batch.items_sha256))
    if len(found) > 1 and not batch.batch_mode:
        what = f"{str(path)!r} names {len(found)} creators, and without batch mode a batch is for one."
        raise fault("INVALID_INPUT", what=f"{what} Add `batch_mode: true`.")
    return found


def write_asked(batch: CreatorBatch, folder: Path, stem: str) -> tuple[Path, str]:
    """Write whom a batch asks for to a file that is named by its content; return where it is and its sha256."""
    weeks = batch.week_start
    lines = [_written(one, weeks.get(one.name) if isinstance(weeks, dict) else None) for one in asked(batch)]
    content = "".join(f"{line}\n" for line in lines).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / f"{stem}-{sha256[:12]}.jsonl"
    write_atomically(path, content)
    return path, sha256


def weeks_left(batch: CreatorBatch) -> Weeks:
    """Return the weeks that lines cannot say: of all, and of names that stand for somebody who has another one there.

    Whose these are is known only where the roster is; they are refused there if they are nobody's.
    """
    weeks = batch.week_start
    if not isinstance(weeks, dict):
        return weeks
    said = {one.name for one in asked(batch)}
    return {name: given for name, given in weeks.items() if name not in said} or None


def _written(one: Asked, given: date | list[date] | None) -> str:
    own = one.weeks if one.weeks is not None else given
    return _Line(creator=one.name, week_start=own).model_dump_json(exclude_none=True)


def _lines(path: Path, sha256: str | None) -> Iterator[Asked]:
    """Read a YAML or JSON list, or else a file with one creator a line."""
    text = read_text(path)
    expect_content(path, sha256)
    if path.suffix.lower() in _LISTS:
        yield from _members(text, path)
        return
    for number, line in enumerate(text.splitlines(), 1):
        if said := line.strip():
            yield _read(said, number, path)


def _members(text: str, path: Path) -> Iterator[Asked]:
    found, lines = parse_data(text, path), Lines(text)
    if not isinstance(found, list):
        why, hint = "it holds no list", "Write a list of names, or one name a line in a `.txt` or `.jsonl` file."
        raise fault("SPEC_INVALID", path=str(path), line=1, field="the whole", why=why, hint=hint)
    for index, value in enumerate(found):
        yield _asked(value, lines.of((index,)), path)


def _read(line: str, number: int, path: Path) -> Asked:
    """Read a line: a name as it is, or an object of a creator and his weeks."""
    if not line.startswith(("{", '"')):
        return Asked(line, None, (number,))
    return _asked(parse_data(line, _LINE), number, path)


def _asked(value: JsonValue, number: int, path: Path) -> Asked:
    try:
        read = _Line.model_validate(value if isinstance(value, dict) else {"creator": value})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        why = why_of(first)
        hint = (
            quoting(first) or f"Write a name, or such as {json.dumps({'creator': 'alma', 'week_start': '2030-03-04'})}."
        )
        raise fault("SPEC_INVALID", path=str(path), line=number, field="creator", why=why, hint=hint) from None
    return Asked(read.creator.strip(), read.week_start, (number,))
