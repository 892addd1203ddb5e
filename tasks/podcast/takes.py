"""Takes: an episode's audio before it is published, in a folder of its batch's own.

What is published stays as it is until another take has passed all that it is held to.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from tasks.errors import fault
from tasks.files import draft_beside
from tasks.podcast.episode import Recording
from tasks.podcast.library import GATES, shelf_of
from tasks.podcast.models import PodcastItem
from tasks.podcast.waiting import DOSSIER, RECORDING, SCRIPT, TEXT

_DRAFT = re.compile(r"\..+\.tmp", re.DOTALL)


def publish(item: PodcastItem, recorded: Recording) -> Recording:
    """Put an episode's audio where its feed has it."""
    return _placed(item, recorded, shelf_of(item).audio(item.number))


def put_aside(item: PodcastItem, recorded: Recording) -> Recording:
    """Put audio that waits for a person beside what else waits."""
    return _placed(item, recorded, shelf_of(item).take(item.number, item.batch_id))


def clear_waiting(item: PodcastItem) -> None:
    """Remove what an episode has waited with, now that it is published; what others have put there stays."""
    folder = shelf_of(item).waiting(item.number, item.batch_id)
    ours = {SCRIPT, GATES, DOSSIER, TEXT, RECORDING}
    with suppress(FileNotFoundError):
        for path in list(folder.iterdir()):
            if path.name in ours or _DRAFT.fullmatch(path.name):
                path.unlink(missing_ok=True)
    with suppress(OSError):  # It is not empty, or not there.
        folder.rmdir()


def _placed(item: PodcastItem, recorded: Recording, place: Path) -> Recording:
    """Move audio of this batch to a place, or copy what another batch has made."""
    found = recorded.found
    if found is None:
        raise fault("TEMPORARY_ERROR", what=f"The audio {recorded.path!r} is gone or was altered since it was made.")
    if found != place:
        place.parent.mkdir(parents=True, exist_ok=True)
        if found.parent == shelf_of(item).waiting(item.number, item.batch_id):
            os.replace(found, place)
        else:
            _copy(found, place)
    return recorded.model_copy(update={"path": str(place)})


def _copy(found: Path, place: Path) -> None:
    draft = Path(draft_beside(place, ".mp3"))
    try:
        shutil.copyfile(found, draft)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
