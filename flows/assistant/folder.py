"""The one folder that an assistant's requests may read from and write to, and the specs in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tasks.asked_at import dated
from tasks.complaints import Problem
from tasks.errors import PressroomError, fault
from tasks.files import parse_data, read_text, resolve_inside
from tasks.models import BatchOptions, JsonObject
from tasks.obeyed import why_folder
from tasks.settings import settings
from tasks.specs import Spec, kept_items, output_folder, read_spec, spec_in, whole_spec

REQUEST = Path("the request")
"""Stands for the file where a spec is written out in the call: the server works in its folder."""

_NO_FILE = "Check the path; it is read from the server's folder."


class Folder:
    """A folder that no request leaves, neither by its path nor by a link."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def read(self, spec: str | JsonObject, given: JsonObject | None = None) -> tuple[Spec | None, list[Problem]]:
        """Read a spec from its file, its JSON text or as it is; return it, or None with all that is wrong.

        PATH_OUTSIDE where it lies elsewhere, or leads there.
        """
        if isinstance(spec, str) and not spec.lstrip().startswith("{"):
            path = resolve_inside(self.root, spec)
            try:
                self._refuse_followed(parse_data(dated(read_text(path)), path))
            except PressroomError as error:
                if error.code == "PATH_OUTSIDE":
                    raise
            found, problems = read_spec(path, given)
            if not path.is_file():
                problems = [one._replace(remedy=_NO_FILE) for one in problems]
        else:
            text = spec if isinstance(spec, str) else json.dumps(spec, ensure_ascii=False)
            path = REQUEST
            self._refuse_followed(parse_data(text, path))
            found, problems = spec_in(text, path, given)
        if found is not None:
            self.refuse_leaving(found.batch)
        return found, problems

    def load(self, spec: str | JsonObject, given: JsonObject | None = None) -> Spec:
        """Read the same; the first thing that is wrong with it is raised."""
        return whole_spec(*self.read(spec, given))

    def refuse_leaving(self, batch: BatchOptions) -> None:
        """Raise PATH_OUTSIDE when a batch has a path that lies elsewhere.

        And OUTPUT_UNWRITABLE where it writes into the state folder, OUTPUT_OBEYED where among what programs obey.
        """
        base = resolve_inside(self.root, batch.base_dir.expanduser())
        state = settings().home
        for path in _paths_in(batch):
            if not (base / path).is_relative_to(kept_items(state)):
                resolve_inside(self.root, base / path.expanduser())
        if (output := output_folder(batch).expanduser().resolve()).is_relative_to(state):
            why = "Pressroom keeps its own state in that folder"
            raise fault("OUTPUT_UNWRITABLE", path=str(output), why=why, hint="Name another folder.")
        if output.is_relative_to(self.root) and (why := why_folder(str(self.root), str(output))):
            raise fault("OUTPUT_OBEYED", path=str(output), why=why)

    def _refuse_followed(self, data: Any) -> None:
        """Refuse an `items_file` that is read while the spec is: what is wrong in it would show some of it."""
        if isinstance(data, dict) and isinstance(named := data.get("items_file"), str):
            base = data.get("base_dir")
            path = self.root / Path(base if isinstance(base, str) else ".").expanduser() / Path(named).expanduser()
            if path.exists():
                resolve_inside(self.root, path)


def _paths_in(value: object) -> Iterable[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, BaseModel):
        for _, part in value:
            yield from _paths_in(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _paths_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _paths_in(part)
