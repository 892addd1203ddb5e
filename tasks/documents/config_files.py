"""Where below a folder the file of a config may lie (documents-format.md, section 5).

First the places that an id names, then a search of everything below `configs/` by the id that each file gives
itself. The search reads every file once, so it is made once, and once more for the first id it does not know.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path

from tasks.documents.config_parsing import own_id
from tasks.documents.dialects.recogniser import recognise
from tasks.errors import InputError, PressroomError
from tasks.files import read_data, resolve_inside

CONFIGS = "configs"
SUFFIXES = (".json", ".yaml", ".yml")

_NAMED = ("configs/content/{id}", "configs/content/{id}/{id}-content")
_NAMED_LATER = ("configs/artifacts/{id}-artifact", "configs/artifacts/{id}", "configs/artifact/{id}", "{id}")


class ConfigFiles:
    """The files below one folder that may hold configs."""

    def __init__(self, base_dir: Path) -> None:
        """Look below `base_dir`; nothing is read yet."""
        self.base_dir = base_dir
        self._lock = threading.Lock()
        self._grouped: list[tuple[str, Path]] | None = None
        self._index: dict[str, Path] | None = None
        self._count = 0
        self._searched_again = False

    def find(self, config_id: str) -> Path | None:
        """Return the file that holds, or is named as if it held, the config of that id."""
        for path in self._named(config_id, _NAMED):
            return path
        for path in self._in_groups(config_id):
            if _id_in(path)[0] == config_id:
                return path
        for path in self._named(config_id, _NAMED_LATER):
            return path
        return self._indexed(config_id)

    def inside(self, name: str) -> Path | None:
        """Return the file at a path read from the folder, or None when there is none; PATH_OUTSIDE when it leaves."""
        path = resolve_inside(self.base_dir, name)
        return path if os.path.isfile(path) else None  # Whatever the path is: one too long is no file either.

    def all(self) -> list[Path]:
        """Every file below `configs/` that may be a config, in order."""
        found = sorted((self.base_dir / CONFIGS).rglob("*"))
        return [path for path in found if path.suffix in SUFFIXES and self._is_inside(path)]

    def known(self) -> set[str]:
        """Ids that have been found so far, and names of files beside `configs/`, to suggest one of them."""
        here = {path.stem for suffix in SUFFIXES for path in self.base_dir.glob(f"*{suffix}")}
        return {*(self._index or ()), *here}

    def count(self) -> int:
        """Return how many configs a search below `configs/` finds; data and what is broken do not count."""
        with self._lock:
            if self._index is None:
                self._index = self._search()
            return self._count

    def _named(self, config_id: str, places: tuple[str, ...]) -> Iterator[Path]:
        for place in places:
            for suffix in SUFFIXES:
                name = place.format(id=config_id) + suffix
                if (self.base_dir / name).is_file():
                    yield resolve_inside(self.base_dir, name)

    def _in_groups(self, config_id: str) -> Iterator[Path]:
        """Yield the files one folder down whose name begins with that id, first those that are called just so."""
        with self._lock:
            if self._grouped is None:
                files = (self.base_dir / CONFIGS / "content").glob("*/*")
                self._grouped = sorted((path.name, path) for path in files if path.suffix in SUFFIXES)
            grouped = self._grouped
        begin = islice(grouped, bisect_left(grouped, (config_id, Path())), None)
        found = [path for _, path in takewhile(lambda one: one[0].startswith(config_id), begin)]
        for path in sorted(found, key=lambda path: path.stem != config_id):
            if self._is_inside(path):
                yield path

    def _indexed(self, config_id: str) -> Path | None:
        with self._lock:
            if self._index is None:
                self._index = self._search()
            elif config_id not in self._index and not self._searched_again:
                # Once: files may have come since, but ten thousand unknown ids must not search ten thousand times.
                self._searched_again, self._index = True, self._search()
            return self._index.get(config_id)

    def _search(self) -> dict[str, Path]:
        configs: dict[str, Path] = {}
        others: dict[str, Path] = {}
        for path in self.all():
            name, is_config = _id_in(path)
            if name is not None:
                (configs if is_config else others).setdefault(name, path)
        self._count = len(configs)
        return {**others, **configs}  # Data may have names too; of a config in a wrong format its fault is told.

    def _is_inside(self, path: Path) -> bool:
        try:
            return resolve_inside(self.base_dir, path.absolute()).is_file()
        except InputError:
            return False


def _id_in(path: Path) -> tuple[str | None, bool]:
    """Return the id that a file's content has, and whether it is a config.

    A broken file has no id, and is reported when it is asked for by name.
    """
    try:
        value = read_data(path)
    except PressroomError:
        return None, False
    return own_id(value) or (path.stem if isinstance(value, dict) else None), recognise(value) is not None
