"""How far a spec in a file reaches: its own folder, or its project's, and no further.

A spec may come from anybody. It, its configs and its templates read and write below the folder that it lies in; where
that folder belongs to a project, which a `prefect.yaml` at its top makes it, anywhere in the project. A person's own
word goes further: `--output`, the folders that PRESSROOM_FOLDERS names, and batches made in Python. What a batch has
left among its outputs (`job.json` and the like) may be run again, and reaches as far as that batch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.errors import PressroomError, fault
from tasks.obeyed import why_folder
from tasks.settings import settings

if TYPE_CHECKING:
    from tasks.models import BatchOptions

PROJECT = "prefect.yaml"
"""What lies at the top of a project."""


def refuse_outside(batch: BatchOptions, folder: Path, given: Collection[str] = ()) -> None:
    """Raise FOLDER_OUTSIDE where a spec of a folder names another place than it may, links followed.

    And OUTPUT_OBEYED where its outputs would lie among what programs obey.

    `batch` has its folders in absolute form; `given` are the fields that somebody has named by himself.
    """
    places = _tops(folder)
    for name, path in _places(batch):
        if name in given:
            continue
        if not _is_below(path, places) and not _is_of_a_batch(folder, batch):
            raise fault("FOLDER_OUTSIDE", field=name, path=str(path), folder=places[0])
        if name == "output_dir" and (why := _why_obeyed(path, (os.path.realpath(folder), places[0]))):
            raise fault("OUTPUT_OBEYED", field=name, path=str(path), why=why)


def refuse_items_file(spec: Mapping[str, Any], folder: Path, given: Collection[str] = ()) -> None:
    """Raise FOLDER_OUTSIDE where a spec of a folder names an `items_file` elsewhere, which is read as soon as it is.

    Where its `base_dir` lies elsewhere already, `refuse_outside` says so.
    """
    base = folder / Path(str(spec.get("base_dir") or ".")).expanduser()
    named = spec.get("items_file")
    if isinstance(named, str) and "items_file" not in given and _is_below(base, _tops(folder)):
        refuse_place("items_file", base / named, folder)


def refuse_place(field: str, path: Path, folder: Path) -> None:
    """Raise FOLDER_OUTSIDE where one place that a spec of a folder names is not its to name."""
    if not _is_below(path, tops := _tops(folder)):
        raise fault("FOLDER_OUTSIDE", field=field, path=str(path), folder=tops[0])


def _tops(folder: Path) -> list[str]:
    folder = Path(os.path.realpath(folder))
    project = next((one for one in (folder, *folder.parents) if (one / PROJECT).is_file()), folder)
    # Large batches have their items in a file of the state folder, which we have written ourselves.
    return [os.path.realpath(one) for one in (project, *settings().folders, settings().home / "items")]


def _places(batch: BatchOptions) -> Iterator[tuple[str, Path]]:
    """Yield each path that a batch names, in absolute form."""
    yield "base_dir", batch.base_dir
    yield "output_dir", batch.base_dir / (batch.output_dir or Path("output"))
    for name in type(batch).model_fields:
        value = getattr(batch, name)
        if isinstance(value, Path) and name not in ("base_dir", "output_dir"):
            yield name, batch.base_dir / value


def _is_below(path: Path, tops: list[str]) -> bool:
    try:
        real = os.path.realpath(path)
    except ValueError:  # a NUL in it
        return False
    return any(real == top or real.startswith(top.rstrip(os.sep) + os.sep) for top in tops)


def _why_obeyed(path: Path, tops: tuple[str, str]) -> str:
    """Say why outputs may not lie in a folder of a spec, or of its project; one that a person has named may be any."""
    real = os.path.realpath(path)
    return next((why_folder(top, real) for top in tops if _is_below(path, [top])), "")


def _is_of_a_batch(folder: Path, batch: BatchOptions) -> bool:
    """Say whether a file lies among the outputs of a batch that has been run from and to the same folders."""
    from tasks.ledger.looking import looking

    if batch.output_dir is None or not _is_below(folder, [os.path.realpath(batch.output_dir)]):
        return False
    try:
        with looking() as glance:
            query = "SELECT spec FROM batch WHERE output_dir = ?"
            rows = glance.execute(query, (str(batch.output_dir),)) if glance is not None else []
            return any(json.loads(row["spec"]).get("base_dir") == str(batch.base_dir) for row in rows)
    except PressroomError:
        return False
