"""`episodes: next 10` is settled when a batch begins: what is published or waits for a person is not among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from episodes import TOPICS, batch_of, episode

from tasks.errors import InputError, PressroomError
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow
from tasks.podcast.library import Shelf
from tasks.settings import settings
from tasks.specs import kind_spec, name_batch

THREE = [*TOPICS, {"episode": 3, "title": "Where a rainbow stands"}]


def publish(folder: Path, number: int) -> None:
    """Let an episode be there as if it had been made."""
    audio = episode(folder, number) / f"ep_{number:03d}.mp3"
    audio.parent.mkdir(parents=True)
    audio.write_bytes(b"mp3")


def asked_of(folder: Path, **options: Any) -> list[int]:
    return name_batch("podcast", batch_of(folder, topics=THREE, **options)).episodes


def test_the_next_ones_are_those_that_are_neither_published_nor_waiting(tmp_path: Path) -> None:
    assert asked_of(tmp_path, episodes="next 2") == [1, 2]
    publish(tmp_path, 1)
    assert asked_of(tmp_path, episodes="next 2") == [2, 3]
    gates = episode(tmp_path, 2) / "waiting-other" / "gates.json"
    gates.parent.mkdir(parents=True)
    gates.write_text("{}")
    assert asked_of(tmp_path, episodes="next") == [3]


def test_a_spec_is_counted_by_what_it_would_make(tmp_path: Path) -> None:
    assert kind_spec("podcast").size_of(batch_of(tmp_path, topics=THREE, episodes="next 2")) == 2
    publish(tmp_path, 1)
    publish(tmp_path, 2)
    assert kind_spec("podcast").size_of(batch_of(tmp_path, topics=THREE, episodes="next 2")) == 1


def test_a_batch_that_goes_on_has_the_episodes_that_it_began_with(tmp_path: Path) -> None:
    first = name_batch("podcast", batch_of(tmp_path, topics=THREE, episodes="next 2"))
    ledger = Ledger(settings())
    known: dict[str, Any] = {"kind": "podcast", "status": "running", "output_dir": str(tmp_path), "total": 2}
    row = BatchRow(batch_id="b", spec=first.model_dump_json(), created_at=0.0, started_at=0.0, **known)
    ledger.record_batch(row)
    ledger.close()
    publish(tmp_path, 1)
    assert asked_of(tmp_path, episodes="next 2") == [1, 2]
    assert asked_of(tmp_path, episodes="next 2", batch_id="another") == [2, 3]


def test_a_list_that_has_no_further_ones_is_refused(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        publish(tmp_path, number)
    with pytest.raises(InputError, match="is published or waits"):
        asked_of(tmp_path, episodes="next 1")


def test_a_folder_belongs_to_the_show_that_was_there_first(tmp_path: Path) -> None:
    Shelf(tmp_path, "C").take_possession()
    Shelf(tmp_path, "C").take_possession()
    for call in (Shelf.take_possession, Shelf.refuse_another):
        with pytest.raises(PressroomError, match="is the folder of the show 'C'"):
            call(Shelf(tmp_path, "C++"))


def test_the_number_of_the_next_ones_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="upcoming"):
        batch_of(tmp_path, episodes="next 0")
