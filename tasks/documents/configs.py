"""Loading content and artifact configs.

A batch of ten thousand documents asks for a few configs many times, so a library remembers where each one lies and
reads it again only when its file, or a file it was read with, has changed. Ids are checked before any path is made
of them.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from tasks import words
from tasks.documents.config_files import CONFIGS, ConfigFiles
from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parsing import parse_config
from tasks.documents.dialects.reading import Source, Stamp, stamp_of
from tasks.documents.dialects.recogniser import Dialect
from tasks.errors import PressroomError, fault
from tasks.files import decode, parse_data, read_bytes

if TYPE_CHECKING:
    from tasks.documents.config_parsing import Config

__all__ = ["ConfigLibrary", "ContentConfig", "FoundConfig", "LoadedConfig"]

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_ENDINGS = ("", "-content", "-artifact")
_MOST_SUGGESTIONS = 50


class LoadedConfig(NamedTuple):
    """A config, the file it came from, and how it was read."""

    config: Config
    path: Path
    sha256: str
    """Of the file's bytes, and of those it was read with."""
    dialect: Dialect = "A"
    notes: tuple[str, ...] = ()
    """What was read how, a sentence each; empty for dialect A."""
    files: tuple[Path, ...] = ()
    """Other files whose text became part of the config, such as a template's."""

    @property
    def content(self) -> ContentConfig:
        """The content config it is; an artifact config is not made by itself here."""
        if isinstance(self.config, ContentConfig):
            return self.config
        why = "it is an artifact, put together from other configs"
        raise fault("CONFIG_UNSUPPORTED", config_id=self.config.id, path=str(self.path), why=why)


class FoundConfig(NamedTuple):
    """A file below `configs/`: its config, or why it has none."""

    path: Path
    loaded: LoadedConfig | None
    error: PressroomError | None = None


class _Entry(NamedTuple):
    loaded: LoadedConfig
    stamps: tuple[tuple[Path, Stamp | None], ...]

    def is_current(self) -> bool:
        return all(stamp_of(path) == stamp for path, stamp in self.stamps)


class ConfigLibrary:
    """The configs below one folder."""

    def __init__(self, base_dir: Path) -> None:
        """Look below `base_dir`; nothing is read yet."""
        self.base_dir = base_dir
        self._files = ConfigFiles(base_dir)
        self._entries: dict[Path, _Entry] = {}
        self._places: dict[str, Path] = {}
        self._seen: dict[str, tuple[float, LoadedConfig]] = {}
        self._suggestions = 0

    def load(self, config_id: str, *, seen_within: float = 0.0) -> LoadedConfig:
        """Return the config of that id, read again only if its file has changed.

        Within so many seconds after a look its file is not looked at again. For thousands of items of one config:
        each look lets go of the interpreter's lock, and getting it back takes longer than all else of an item.
        """
        if not isinstance(config_id, str) or not _SAFE_ID.fullmatch(config_id):
            hint = "Ids are letters, digits, '-', '_' and '.', and begin with a letter or digit."
            raise self._unknown(config_id, hint)
        now = time.monotonic()
        if seen_within and (seen := self._seen.get(config_id)) is not None and now - seen[0] < seen_within:
            return seen[1]
        place = self._place_of(config_id)
        if place is None:
            raise self._unknown(config_id)
        loaded = self._read(place)
        if loaded.config.id not in {config_id + ending for ending in _ENDINGS}:
            field, why = loaded.config.written("id"), f"the file holds the config {loaded.config.id!r}"
            raise fault("CONFIG_INVALID", config_id=config_id, path=str(place), field=field, why=why)
        self._places[config_id] = place
        self._seen[config_id] = now, loaded
        return loaded

    def load_child(self, path: str, config_id: str) -> LoadedConfig:
        """Return a config that an artifact names: by its path as given, then below `configs/`, then by its id.

        An id may also be a file's name, as members of a collection are; and where the path is an id, that is the
        config for all that have none of their own.
        """
        for name in (path, f"{CONFIGS}/{path}"):
            place = self._files.inside(name) if path else None
            if place is not None:
                return self._read(place)
        for name in (config_id, PurePosixPath(config_id).stem, path):
            if _SAFE_ID.fullmatch(name) and self._place_of(name) is not None:
                return self.load(name)
        raise self._unknown(config_id, f"It is not at {path!r} either." if path else "")

    def all(self) -> Iterator[FoundConfig]:
        """Yield every file below `configs/` with the config in it, or with what keeps it from being one."""
        for path in self._files.all():
            try:
                yield FoundConfig(path, self._read(path))
            except PressroomError as error:
                yield FoundConfig(path, None, error)

    def _read(self, path: Path) -> LoadedConfig:
        entry = self._entries.get(path)
        if entry is not None and entry.is_current():
            return entry.loaded
        stamp = stamp_of(path)  # Before reading: a change in between is then seen by the next load.
        data = read_bytes(path)
        source = Source(path, self.base_dir)
        parsed = parse_config(parse_data(decode(data, path), path), path, source)
        sha256, stamps = hashlib.sha256(data), [(path, stamp)]
        for other, (content, other_stamp) in source.read_along.items():
            sha256.update(hashlib.sha256(content).digest())
            stamps.append((other, other_stamp))
        files = tuple(source.read_along)
        loaded = LoadedConfig(parsed.config, path, sha256.hexdigest(), parsed.dialect, parsed.notes, files)
        self._entries[path] = _Entry(loaded, tuple(stamps))
        return loaded

    def loaded(self) -> list[LoadedConfig]:
        """All configs that have been loaded so far, by their files' names."""
        return [self._entries[path].loaded for path in sorted(self._entries)]

    def _place_of(self, config_id: str) -> Path | None:
        """Return the file that an id stands for: the one it was found in before, as long as that is there."""
        known = self._places.get(config_id)
        return known if known is not None and known.is_file() else self._files.find(config_id)

    def _unknown(self, config_id: str, hint: str = "") -> PressroomError:
        folder = str(self.base_dir)
        return fault("CONFIG_NOT_FOUND", config_id=config_id, folder=folder, hint=hint or self._hint(config_id))

    def _hint(self, config_id: str) -> str:
        self._suggestions += 1
        known = self._files.known()
        if self._suggestions <= _MOST_SUGGESTIONS:  # Comparing is slow, and so many unknown ids have one cause.
            import difflib

            near = difflib.get_close_matches(config_id, sorted(known), n=2)
            if near:
                return f"Did you mean {' or '.join(map(repr, near))}?"
        return f"Searched {str(self.base_dir / CONFIGS)!r}, which holds {words.count(self._files.count(), 'config')}."
