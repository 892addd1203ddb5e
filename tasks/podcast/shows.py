"""From what a batch says of its show to the show: written out, or in a file of its own."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from tasks.complaints import complaints
from tasks.errors import fault
from tasks.files import read_data, read_text
from tasks.podcast.models import PodcastBatch
from tasks.podcast.show import Show


def show_of(batch: PodcastBatch) -> Show:
    """Return a batch's show; SHOW_INVALID names the field that is at fault."""
    return batch.show if isinstance(batch.show, Show) else read_show(batch.base_dir / batch.show)


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
