"""What happens to a document as it enters: its config is found, its lane chosen, its output path claimed."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path

from tasks.documents.config_models import ContentConfig
from tasks.documents.configs import ConfigLibrary, LoadedConfig
from tasks.documents.generators import generator_of
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.errors import fault
from tasks.files import refuse_long_names
from tasks.obeyed import why_folder, why_module, why_name
from tasks.settings import settings

SEEN_WITHIN = 1.0
"""Seconds for which planning trusts a config that it has just seen; making looks again, and notices a change."""


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
        loaded = self._library.load(item.content_config_id, seen_within=SEEN_WITHIN)
        config = loaded.config
        if not isinstance(config, ContentConfig) or config.inputs is not None:
            from tasks.documents.survey import survey  # Most documents are made of nothing else.

            found = survey(self._library, loaded, item.context, has_model=bool(item.models))
            item.lane, read = found.lane, found.paths
        else:
            item.lane, read = generator_of(config).lane, {str(loaded.path)}
        if item.lane != "write":
            item.models = []
        return self.claim(item, loaded, read)

    def claim(self, item: DocumentItem, loaded: LoadedConfig, read: Collection[str]) -> DocumentItem:
        """Claim the paths of all the item's outputs; none may be another item's, nor a config that it is made from."""
        paths = [self._output.resolve(path) for path in _paths(item, loaded)]
        for number, path in enumerate(paths):
            if path in read:
                raise fault("OUTPUT_CONFLICT", item_id=item.item_id, path=path, other=f"config {Path(path).stem}")
            if path in paths[:number]:
                raise fault("OUTPUT_CONFLICT", item_id=item.item_id, path=path, other=item.item_id)
            self._claim(path, item.item_id)
        item.output_path, *item.further_paths = paths
        return item


def _paths(item: DocumentItem, loaded: LoadedConfig) -> list[str]:
    """Say where an item's outputs go: a path given by the spec is the first one's, and the others lie beside it."""
    if item.further_paths:
        return item.paths  # It enters again, and where its outputs go has been worked out.
    config, root = loaded.config, item.output_root
    if isinstance(config, ContentConfig):
        return [item.output_path or f"{root}/{_labelled(f'{item.content_config_id}.{config.extension}', item.label)}"]
    first, *others = (_labelled(output.file, item.label) for output in config.metadata.outputs)
    folder = os.path.dirname(item.output_path) if item.output_path else root
    return [item.output_path or os.path.join(root, first), *(os.path.join(folder, file) for file in others)]


def _labelled(file: str, label: str | None) -> str:
    if not label:
        return file
    stem, ending = os.path.splitext(file)
    return f"{stem}-{label}{ending}"


def _root(batch: DocumentBatch) -> Path:
    """Say below which folder everything is written: the output folder that was given, else the spec's own."""
    output, base = batch.output_dir, batch.base_dir
    # Nothing is gained by saying falsely that none was given: what is refused for outputs is refused inside `base` too.
    is_filled_in = output is not None and not batch.output_dir_given and output.parent == base / "output"
    return base if output is None or is_filled_in else output


def _is_inside(path: str, folder: str) -> bool:
    return (path + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


class OutputFolder:
    """The folder below which outputs are written, and the check that a path stays below it."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._state = str(settings().home)
        self._folders: dict[str, str] = {}

    def resolve(self, path: str) -> str:
        """Return the absolute path of an output; PATH_OUTSIDE, OUTPUT_OBEYED, or OUTPUT_UNWRITABLE.

        The last of these is for what lies in the state folder, and for names that are too long.
        Links are followed for folders, once each; a link in the last place is replaced, not followed.
        """
        folder, _, name = path.rpartition("/")
        if "\0" in path or name in ("", ".", ".."):
            raise fault("PATH_OUTSIDE", path=path, folder=self._root)
        refuse_long_names(path)
        if why := why_name(name):
            raise fault("OUTPUT_OBEYED", path=path, why=why)
        real = self._folders.get(folder)
        if real is None:
            real = os.path.realpath(os.path.join(self._root, folder or ("/" if path.startswith("/") else "")))
            if not _is_inside(real, self._root):
                raise fault("PATH_OUTSIDE", path=path, folder=self._root)
            if _is_inside(real, self._state) and not _is_inside(self._root, self._state):
                why = "Pressroom keeps its own state in that folder"
                raise fault("OUTPUT_UNWRITABLE", path=path, why=why, hint="Give another path.")
            if why := why_folder(self._root, real):
                raise fault("OUTPUT_OBEYED", path=path, why=why)
            self._folders[folder] = real
        if why := why_module(real, name):
            raise fault("OUTPUT_OBEYED", path=path, why=why)
        return f"{real}{os.sep}{name}"
