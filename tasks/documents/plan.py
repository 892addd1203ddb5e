"""What happens to a document as it enters: its config is found, its lane chosen, its output path claimed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from tasks.documents.configs import ConfigLibrary
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.documents.request import items_of
from tasks.errors import fault

LANES = {
    "demonstration": "fill",
    "template_fill": "fill",
    "bdd_scenario_assembly": "fill",
    "jinja2": "render",
    "code_generation": "write",
}
"""Generator by generator, the lane its documents take: by how long one takes and whether it could hang."""


@lru_cache(maxsize=8)
def library_of(base_dir: Path) -> ConfigLibrary:
    """Return the configs below a folder, shared by planning and making so that each is read once."""
    return ConfigLibrary(base_dir)


class DocumentPlan:
    """The items of a batch of documents, and how each is prepared."""

    def __init__(self, batch: DocumentBatch, claim: Callable[[str, str], None]) -> None:
        self.items = items_of(batch)
        self._library = library_of(batch.base_dir)
        self._output = OutputFolder(_root(batch))
        self._claim = claim

    def prepare(self, item: DocumentItem) -> DocumentItem:
        """Choose the lane and claim the output path; what is wrong with this item is raised here."""
        loaded = self._library.load(item.content_config_id)
        generator = loaded.config.generator
        lane = LANES.get(generator)
        if lane is None:
            known = ", ".join(LANES)
            raise fault("GENERATOR_UNKNOWN", config_id=item.content_config_id, generator=generator, known=known)
        name = item.output_path or str(item.output_root / f"{item.content_config_id}.{loaded.config.extension}")
        path = self._output.resolve(name)
        self._claim(path, item.item_id)
        return item.model_copy(update={"lane": lane, "output_path": path})


def _root(batch: DocumentBatch) -> Path:
    """Say below which folder everything is written: the named output folder, else the spec's own."""
    root = batch.output_dir or batch.base_dir
    return batch.base_dir if root.name == batch.batch_id and root.parent == batch.base_dir / "output" else root


class OutputFolder:
    """The folder below which outputs are written, and the check that a path stays below it."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._folders: dict[str, str] = {}

    def resolve(self, path: str) -> str:
        """Return the absolute path of an output, or refuse with PATH_OUTSIDE.

        Links are followed for folders, once each; a link in the last place is replaced, not followed.
        """
        whole = os.path.normpath(os.path.join(self._root, path))
        folder, name = os.path.split(whole)
        real = self._folders.get(folder) or self._folders.setdefault(folder, os.path.realpath(folder))
        if "\0" in path or not name or not (real == self._root or real.startswith(self._root + os.sep)):
            raise fault("PATH_OUTSIDE", path=path, folder=self._root)
        return os.path.join(real, name)
