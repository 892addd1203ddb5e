"""What happens to a document as it enters: its config is found, its lane chosen, its output path claimed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from tasks.documents.configs import ConfigLibrary
from tasks.documents.generators import GENERATORS
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.errors import fault


@lru_cache(maxsize=8)
def library_of(base_dir: str) -> ConfigLibrary:
    """Return the configs below a folder, shared by planning and making so that each is read once."""
    return ConfigLibrary(Path(base_dir))


class DocumentPlan:
    """How the items of a batch of documents are prepared. (It holds none: they leave memory as they are made.)"""

    def __init__(self, batch: DocumentBatch, claim: Callable[[str, str], None]) -> None:
        # Looked through anew for each batch: configs come and go between the batches of a long-lived process.
        library_of.cache_clear()
        self._library = library_of(str(batch.base_dir))
        self._output = OutputFolder(_root(batch))
        self._claim = claim

    def prepare(self, item: DocumentItem) -> DocumentItem:
        """Choose the lane and claim the output path; what is wrong with this item is raised here."""
        loaded = self._library.load(item.content_config_id)
        name = loaded.config.generator
        generator = GENERATORS.get(name)
        if generator is None:
            known = ", ".join(GENERATORS)
            raise fault("GENERATOR_UNKNOWN", config_id=item.content_config_id, generator=name, known=known)
        file = f"{item.content_config_id}-{item.label}" if item.label else item.content_config_id
        path = item.output_path or f"{item.output_root}/{file}.{loaded.config.extension}"
        item.lane, item.output_path = generator.lane, self._output.resolve(path)
        if item.output_path == str(loaded.path):
            other = f"config {item.content_config_id}"
            raise fault("OUTPUT_CONFLICT", item_id=item.item_id, path=item.output_path, other=other)
        self._claim(item.output_path, item.item_id)
        return item


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
        folder, _, name = path.rpartition("/")
        if "\0" in path or name in ("", ".", ".."):
            raise fault("PATH_OUTSIDE", path=path, folder=self._root)
        real = self._folders.get(folder)
        if real is None:
            real = os.path.realpath(os.path.join(self._root, folder or ("/" if path.startswith("/") else "")))
            if not (real + os.sep).startswith(self._root.rstrip(os.sep) + os.sep):
                raise fault("PATH_OUTSIDE", path=path, folder=self._root)
            self._folders[folder] = real
        return f"{real}{os.sep}{name}"
