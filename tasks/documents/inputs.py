"""The inputs of a content config that are at hand: files, stored outputs, data in the config, files at a commit.

What other configs make is an input too, but has to be made first, which is not done here. Everything read lies below
the batch's base folder, and counts by its content, so that an edited input makes the document again.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import JsonValue

from tasks.checkpoints import canonical
from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parts import InputSource
from tasks.documents.git_files import NotInGit, parse_locator, read_at
from tasks.documents.selectors import is_whole, select, select_value
from tasks.errors import PressroomError, fault
from tasks.files import decode, parse_data, read_bytes, resolve_inside
from tasks.fingerprint_parts import PART_LENGTH

MADE = ("content_config", "artifact_config")
"""Types of sources whose text a config makes."""
MISSING = ("INPUT_MISSING", "CONFIG_NOT_FOUND", "SELECTOR_EMPTY", "MODEL_NONE")
"""Codes by which an input is not there: one that is not required is then left out. Others say that it is faulty."""


@dataclass(frozen=True)
class Value:
    """The part of an input that a config asked for, and its hash."""

    value: JsonValue
    mark: str


def read_input(config: ContentConfig, source: InputSource, base_dir: Path) -> Value:
    """Return what a source that is at hand holds, as far as its `data_selector` asks for it.

    A JSON path reads JSON, or YAML where the file's name says so, and gives values; all else gives text. Data in the
    config is the object or list that it writes in JSON, else text.
    """
    locator, selector = source.source_locator, source.data_selector
    match source.source_type:
        case "inline_data":
            return _marked(_inline(locator, selector, source.id))
        case "git_reference":
            try:
                return _selected(read_at(base_dir.absolute(), locator), selector, Path(parse_locator(locator)[1]))
            except NotInGit as error:
                raise _missing(config, source, str(error), "Name a commit and a path below the base folder.") from None
        case "requirement_id":
            why = f"there is no store of requirements to look {locator!r} up in"
            raise _missing(config, source, why, "Give it as `inline_data` or `external_file`.")
        case "ephemeral_output":
            path = _newest(config, source, base_dir)
        case _:
            path = resolve_inside(base_dir, locator)
            if not os.path.isfile(path):  # Whatever the path is: one too long is no file either.
                raise _missing(config, source, f"there is no file {str(path)!r}", "Correct `source_locator`.")
    status = path.stat()
    return _read(path, selector, (status.st_mtime_ns, status.st_size))


def _inline(text: str, selector: str | None, name: str) -> JsonValue:
    if selector and selector.lstrip().startswith("$"):
        return select_value(parse_data(text, Path(name)), selector.strip(), name)
    if is_whole(selector) and text.lstrip()[:1] in ("{", "["):
        try:
            return parse_data(text, Path(name))
        except PressroomError:
            return text  # It only looks like JSON.
    return select(text, selector, name)


def _newest(config: ContentConfig, source: InputSource, base_dir: Path) -> Path:
    """Find the newest output stored for a config: `ephemeral/<id>/<timestamp>.<ext>`, whose names sort by time."""
    folder = resolve_inside(base_dir, Path("ephemeral", source.source_locator))
    names = os.listdir(folder) if os.path.isdir(folder) else ()
    stored = [name for name in names if "." in name[1:] and name[0] != "." and not name.endswith(".meta.json")]
    stored = [name for name in stored if os.path.isfile(folder / name)]
    if not stored:
        why = f"nothing is stored in {str(folder)!r}"
        raise _missing(config, source, why, "Store an output there, or correct `source_locator`.")
    return resolve_inside(base_dir, folder / max(stored))


@lru_cache(maxsize=32)
def _read(path: Path, selector: str | None, _stamp: tuple[int, int]) -> Value:
    """Read a file once for all documents that ask it for the same, until it changes."""
    return _selected(read_bytes(path), selector, path)


def _selected(data: bytes, selector: str | None, path: Path) -> Value:
    return _marked(select(decode(data, path), selector, str(path)))


def _marked(value: JsonValue) -> Value:
    return Value(value, hashlib.sha256(canonical(value).encode()).hexdigest()[:PART_LENGTH])


def _missing(config: ContentConfig, source: InputSource, why: str, hint: str) -> PressroomError:
    return fault("INPUT_MISSING", config_id=config.id, input_id=source.id, why=why, hint=hint)
