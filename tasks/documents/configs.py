"""Finding and loading configs: of contents, and of artifacts that are put together from them.

A batch of ten thousand documents asks for a few configs many times, so a library remembers where each one
lies and reads it again only when its file has changed. Ids are checked before any path is made of them.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parsing import parse_config
from tasks.errors import InputError, PressroomError, fault
from tasks.files import decode, parse_data, read_bytes, read_data, resolve_inside

__all__ = ["ArtifactConfig", "ConfigLibrary", "ContentConfig", "LoadedConfig"]

_SAFE_ID = re.compile(r"[a-z][a-z0-9-]{0,199}")
_SUFFIXES = (".json", ".yaml", ".yml")
_CONTENT = Path("configs/content")
_ARTIFACTS = (Path("configs/artifacts"), Path("configs/artifact"))
_MOST_SUGGESTIONS = 50


@dataclass(frozen=True)
class LoadedConfig:
    """A config, the file it came from and the sha256 of that file's bytes."""

    config: ContentConfig | ArtifactConfig
    path: Path
    sha256: str


@dataclass(frozen=True)
class _Entry:
    loaded: LoadedConfig
    stamp: tuple[int, int]


class ConfigLibrary:
    """The configs below one folder, by id."""

    def __init__(self, base_dir: Path) -> None:
        """Look below `base_dir`; nothing is read yet."""
        self.base_dir = base_dir
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()
        self._names: list[tuple[str, Path]] | None = None
        self._index: dict[str, Path] | None = None
        self._rebuilt = False
        self._suggestions = 0

    def load(self, config_id: str) -> LoadedConfig:
        """Return the config of that id, read again only if its file has changed."""
        entry = self._entries.get(config_id)
        if entry is not None:
            try:
                if _stamp(entry.loaded.path) == entry.stamp:
                    return entry.loaded
                return self._read(config_id, entry.loaded.path)
            except FileNotFoundError:
                self._entries.pop(config_id, None)
        if not isinstance(config_id, str) or not _SAFE_ID.fullmatch(config_id):
            raise self._unknown(config_id, "Ids are small letters, digits and '-', and begin with a letter.")
        return self._find(config_id)

    def load_child(self, path: str, config_id: str) -> LoadedConfig:
        """Return the config that another one names: at `path`, at `configs/<path>`, or the one of that id.

        One that is found by its path may have any id: the other config's name for it need not be its own.
        """
        name = f"{path}\0{config_id}"
        entry = self._entries.get(name)
        if entry is not None and _stamp_or_none(entry.loaded.path) == entry.stamp:
            return entry.loaded
        for place in (path, f"configs/{path}") if path else ():
            found = resolve_inside(self.base_dir, place)
            if found.is_file():
                return self._read(None, found, name)
        return self.load(config_id)

    def _find(self, config_id: str) -> LoadedConfig:
        for path in self._named(config_id, _CONTENT):
            return self._read(config_id, path)
        for path in self._in_groups(config_id):
            if _id_in(path) == config_id:
                return self._read(config_id, path)
        for folder in (*_ARTIFACTS, Path()):
            for path in self._named(config_id, folder):
                return self._read(config_id, path)
        found = self._indexed(config_id)
        if found is None:
            raise self._unknown(config_id)
        return self._read(config_id, found)

    def _named(self, config_id: str, folder: Path) -> Iterator[Path]:
        """Yield the files whose very name says they hold that id."""
        names = [config_id + suffix for suffix in _SUFFIXES]
        if folder == _CONTENT:
            names.append(f"{config_id}/{config_id}-content.json")
        elif folder in _ARTIFACTS:
            names.insert(0, f"{config_id}-artifact.json")
        for name in names:
            if (self.base_dir / folder / name).is_file():
                yield resolve_inside(self.base_dir, folder / name)

    def _in_groups(self, config_id: str) -> Iterator[Path]:
        """Yield the JSON files one folder down whose name begins with that id."""
        with self._lock:
            if self._names is None:
                self._names = sorted((path.name, path) for path in (self.base_dir / _CONTENT).glob("*/*.json"))
            names = self._names
        for name, path in islice(names, bisect_left(names, (config_id, Path())), None):
            if not name.startswith(config_id):
                return
            if _lies_inside(self.base_dir, path):
                yield path

    def _indexed(self, config_id: str) -> Path | None:
        with self._lock:
            if self._index is None:
                self._index = self._scan()
            elif config_id not in self._index and not self._rebuilt:
                # Once: files may have come since, but ten thousand unknown ids must not scan ten thousand times.
                self._rebuilt, self._index = True, self._scan()
            return self._index.get(config_id)

    def _scan(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        folders = [self.base_dir / folder for folder in (_CONTENT, *_ARTIFACTS)]
        for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
            if path.suffix in _SUFFIXES and _lies_inside(self.base_dir, path) and (name := _id_in(path)):
                found.setdefault(name, path)
        return found

    def _read(self, config_id: str | None, path: Path, name: str = "") -> LoadedConfig:
        stamp = _stamp(path)  # Before reading: a change in between is then seen by the next load.
        data = read_bytes(path)
        config = parse_config(parse_data(decode(data, path), path), config_id, path)
        loaded = LoadedConfig(config, path, hashlib.sha256(data).hexdigest())
        self._entries[config_id or name] = _Entry(loaded, stamp)
        return loaded

    def _unknown(self, config_id: str, hint: str = "") -> PressroomError:
        folder = str(self.base_dir)
        return fault("CONFIG_NOT_FOUND", config_id=config_id, folder=folder, hint=hint or self._hint(config_id))

    def _hint(self, config_id: str) -> str:
        self._suggestions += 1
        if self._suggestions <= _MOST_SUGGESTIONS:  # Comparing is slow, and so many unknown ids have one cause.
            known = {*(self._index or ()), *(path.stem for path in _files(self.base_dir))}
            near = difflib.get_close_matches(config_id, sorted(known), n=2)
            if near:
                return f"Did you mean {' or '.join(map(repr, near))}?"
        return f"Searched {str(self.base_dir / _CONTENT)!r}, where {len(self._index or ())} configs are known."


def _files(folder: Path) -> list[Path]:
    return [path for suffix in _SUFFIXES for path in folder.glob(f"*{suffix}") if _SAFE_ID.fullmatch(path.stem)]


def _stamp(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size


def _stamp_or_none(path: Path) -> tuple[int, int] | None:
    try:
        return _stamp(path)
    except OSError:
        return None


def _lies_inside(root: Path, path: Path) -> bool:
    try:
        return resolve_inside(root, path.absolute()).is_file()
    except InputError:
        return False


def _id_in(path: Path) -> str | None:
    """Return the id a file gives itself; a broken file has none, and is reported when it is asked for by name."""
    try:
        value = read_data(path)
    except PressroomError:
        return None
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None
