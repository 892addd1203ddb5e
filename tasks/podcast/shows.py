"""From what a batch says of its show to the show: written out, in a file of its own, or named as that file is.

A show that is named without an ending is `<show>.yaml` or `shows/<show>.yaml`; its topics lie beside it then, as
`<show>-topics.csv` or `topics.csv`, unless the batch says otherwise.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from tasks.complaints import complaints
from tasks.errors import fault
from tasks.files import read_data, read_text
from tasks.podcast.models import ENDINGS, PodcastBatch, is_named
from tasks.podcast.show import Show


def show_of(batch: PodcastBatch) -> Show:
    """Return a batch's show; SHOW_INVALID names the field that is at fault."""
    return batch.show if isinstance(batch.show, Show) else read_show(_file_of(batch.base_dir, batch.show))


def topics_file_of(batch: PodcastBatch) -> Path:
    """Return where a batch's list of topics lies, there or not: as it says, or beside the show that it names.

    SHOW_NOT_FOUND where that show is not there.
    """
    if batch.topics_file is not None or isinstance(batch.show, Show):
        return batch.base_dir / (batch.topics_file or Path())
    beside = _file_of(batch.base_dir, batch.show)
    if not beside.is_file():
        raise fault("SHOW_NOT_FOUND", path=str(beside))
    names = [f"{name}{ending}" for name in (f"{beside.stem}-topics", "topics") for ending in (".csv", *ENDINGS)]
    found = (beside.with_name(name) for name in names if beside.with_name(name).is_file())
    return next(found, beside.with_name(names[0]))


def _file_of(base: Path, show: Path) -> Path:
    """Return where a show's file lies, there or not."""
    if not is_named(show):
        return base / show
    places = [base / folder / f"{show}{ending}" for folder in ("", "shows") for ending in ENDINGS]
    return next((place for place in places if place.is_file()), places[0])


def read_show(path: Path) -> Show:
    """Read a show's file."""
    if not path.is_file():
        raise fault("SHOW_NOT_FOUND", path=str(path))
    data = read_data(path)
    if not isinstance(data, dict):
        hint = "Write names and values, such as `title: Tide Tables`."
        raise fault("SHOW_INVALID", path=str(path), field="the whole", why="it is no object", hint=hint)
    try:
        return Show.model_validate(data)
    except ValidationError as error:
        first = complaints(error, Show, str(path), read_text(path))[0]
        why = first.message.partition(f"{first.field}: ")[2].rstrip(".")
        raise fault("SHOW_INVALID", path=str(path), field=first.field, why=why, hint=first.remedy) from None
