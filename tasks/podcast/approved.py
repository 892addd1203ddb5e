"""What a person has approved: the script as it is to be spoken, kept whole until its episode is made.

It lies in the episode's folder under a name of its content, which the decision holds. No other batch writes over it,
and one that was altered or is gone counts no more: the episode then is made as if nobody had decided.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from tasks.files import read_text, write_atomically
from tasks.models import Output
from tasks.podcast.episode import Dossier, GateReport, Script
from tasks.podcast.library import shelf_of
from tasks.podcast.models import PodcastItem
from tasks.reuse import read_reusable
from tasks.shape import Shape

_ASKED = {"topic", "show", "minutes"}


class Approved(Shape):
    """An episode as a person wants it spoken."""

    asked: str
    """Mark of what was asked for: of another topic, show or length nobody has approved anything."""
    dossier: Dossier
    script: Script
    report: GateReport


def asked_for(item: PodcastItem, seed: int) -> str:
    """Hash what an approval is good for; `seed` is the batch's, since rejections move the item's own."""
    return hashlib.sha256(f"{seed} {item.model_dump_json(include=_ASKED)}".encode()).hexdigest()


def keep_approved(item: PodcastItem, approved: Approved) -> Output:
    """Write down what was approved."""
    content = approved.model_dump_json(indent=2).encode() + b"\n"
    path = _path(item, hashlib.sha256(content).hexdigest())
    write_atomically(path, content)
    return Output.of(str(path), content)


def find_approved(item: PodcastItem, seed: int, mark: str) -> bool:
    """Say whether what was approved under a mark is there, and is what is asked for now."""
    content = read_reusable(Output(path=str(_path(item, mark)), size=0, sha256=mark))
    try:
        return content is not None and Approved.model_validate_json(content).asked == asked_for(item, seed)
    except ValidationError:  # Of another version.
        return False


def read_approved(item: PodcastItem) -> Approved:
    """Return what was approved of an item that was."""
    return Approved.model_validate_json(read_text(_path(item, item.approved)))


def _path(item: PodcastItem, mark: str) -> Path:
    return shelf_of(item).episode(item.number) / f"approved-{mark[:12]}.json"
