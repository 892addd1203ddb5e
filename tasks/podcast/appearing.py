"""When an episode appears, as its feed says it: players sort by that, and show the newest first.

Episodes of a batch end in any order, and one may be approved days after its neighbours. So their days follow their
numbers and not their ends: the last one has the time at which its batch was begun, each before it a second less. None
lies in the future, where players would hide it, and one that is made again keeps its day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from tasks.files import read_text
from tasks.ledger.batch_rows import batch_row, item_names
from tasks.ledger.looking import looking
from tasks.podcast.library import shelf_of
from tasks.podcast.models import PodcastItem
from tasks.podcast.package.parts import EpisodeRecord
from tasks.podcast.package.record import RECORD
from tasks.podcast.sessions import number_of


def published_of(item: PodcastItem) -> datetime:
    """Return when an episode appears, in whole seconds, as feeds have them. Blocks."""
    return _recorded(shelf_of(item).episode(item.number) / RECORD) or _by_number(item)


def _recorded(record: Path) -> datetime | None:
    """Return when an episode that is made again appeared first."""
    try:
        return EpisodeRecord.model_validate_json(read_text(record)).published if record.is_file() else None
    except ValidationError:  # Of another version: it is written anew.
        return None


def _by_number(item: PodcastItem) -> datetime:
    with looking() as glance:
        if glance is None:
            return datetime.now(UTC).replace(microsecond=0)
        begun = batch_row(glance.execute, item.batch_id)["created_at"]
        numbers = set(map(number_of, item_names(glance.execute, item.batch_id)))
    later = sum(number > item.number for number in numbers)
    return datetime.fromtimestamp(int(begun), UTC) - timedelta(seconds=later)
