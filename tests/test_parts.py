"""A large batch in parts: every entry in one of them, and what belongs together in the same one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.creators.models import CreatorBatch
from tasks.errors import PressroomError
from tasks.models import BatchOptions
from tasks.parts import Cut, split, units_by
from tasks.podcast.episode import Topic
from tasks.podcast.models import PodcastBatch
from tasks.specs import hook, kinds

UNITS = st.lists(st.integers(1, 6), min_size=1, max_size=30).map(
    lambda sizes: [[(number, entry) for entry in range(size)] for number, size in enumerate(sizes)]
)


@given(UNITS, st.data())
def test_as_many_parts_as_asked_hold_all_units_whole_and_in_order(units: list[list[Any]], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(units)))
    parts = Cut(number)(units)
    assert len(parts) == number
    assert all(parts)
    assert [entry for part in parts for entry in part] == [entry for unit in units for entry in unit]
    assert sum(len({unit for unit, _ in part}) for part in parts) == len(units)


@given(UNITS, st.integers(1, 8))
def test_parts_of_a_size_are_no_larger_unless_one_unit_is(units: list[list[Any]], size: int) -> None:
    parts = Cut(size=size)(units)
    assert [entry for part in parts for entry in part] == [entry for unit in units for entry in unit]
    assert all(len(part) <= size or len({unit for unit, _ in part}) == 1 for part in parts)


@given(st.integers(1, 200), st.data())
def test_parts_of_single_entries_differ_by_one_at_most(count: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, count))
    sizes = [len(part) for part in Cut(number)([[entry] for entry in range(count)])]
    assert max(sizes) - min(sizes) <= 1


def test_units_come_in_the_order_of_their_first_entries() -> None:
    assert units_by(["b1", "a1", "b2", "c1"], lambda name: name[0]) == [["b1", "b2"], ["a1"], ["c1"]]


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_says_what_of_its_batches_belongs_together(kind: str) -> None:
    assert callable(hook(kind, "divide", "be split"))


def creators(**fields: Any) -> list[CreatorBatch]:
    batch = CreatorBatch(batch_id="w", batch_mode=True, creators=["alma", "bela", "cora", "dora"], **fields)
    return split("creators", batch, Cut(2))


@pytest.mark.parametrize(("cut", "option"), [(Cut(2), "--chunks 2"), (Cut(size=3), "--chunk-size 3")])
def test_a_part_knows_with_which_options_it_is_made_again(cut: Cut, option: str) -> None:
    for part in split("creators", CreatorBatch(batch_id="w", batch_mode=True, creators=list("abcd")), cut):
        assert part.part_of == f"--batch-id w {option}"
        assert CreatorBatch.model_validate(part.model_dump(mode="json")).part_of == part.part_of


def test_creators_who_plan_together_stay_in_one_part_with_their_group() -> None:
    first, second = creators(groups={"quay": ["alma", "cora"]})
    assert (first.creators, first.groups) == (["alma", "cora"], {"quay": ["alma", "cora"]})
    assert (second.creators, second.groups) == (["bela", "dora"], {})
    assert [first.batch_id, second.batch_id] == ["w-1", "w-2"]


def test_weeks_that_are_given_by_creator_go_with_him() -> None:
    weeks = {"alma": ["2030-03-04", "2030-03-11"], "dora": "2030-03-18"}
    first, second = creators(week_start=weeks, asked_on="2030-03-01")
    told = [one.model_dump(mode="json")["week_start"] for one in (first, second)]
    assert told == [{"alma": weeks["alma"]}, {"dora": "2030-03-18"}]


def test_weeks_that_stand_in_a_file_of_creators_are_kept(tmp_path: Path) -> None:
    (tmp_path / "who.jsonl").write_text('alma\n{"creator": "bela", "week_start": "2030-03-11"}\n')
    batch = CreatorBatch.model_validate(
        {
            "batch_id": "w",
            "batch_mode": True,
            "base_dir": tmp_path,
            "items_file": "who.jsonl",
            "week_start": "2030-03-04",
            "asked_on": "2030-03-01",
        }
    )
    told = [one.model_dump(mode="json")["week_start"] for one in split("creators", batch, Cut(2))]
    assert told == ["2030-03-04", {"bela": ["2030-03-11"]}]


def test_episodes_go_by_number_and_one_that_is_asked_for_twice_stays_together() -> None:
    topics = [Topic(episode=number, title=f"Tide {number}") for number in (1, 2, 1, 3)]
    batch = PodcastBatch(batch_id="p", show=Path("show.yaml"), topics=topics)
    first, second = split("podcast", batch, Cut(2))
    assert [[one.episode for one in part.topics] for part in (first, second)] == [[1, 1], [2, 3]]
    chosen = batch.model_copy(update={"topics": topics[:2], "episodes": [1, 2, 9]})
    assert [part.episodes for part in split("podcast", chosen, Cut(size=2))] == [[1, 2], [9]]


@pytest.mark.parametrize(
    ("batch", "cut", "code"),
    [
        (CreatorBatch(batch_id="w", creators=["alma"]), Cut(2), "CANNOT_SPLIT"),
        (CreatorBatch(batch_id="w" * 100, creators=["alma"]), Cut(1), "INVALID_INPUT"),
    ],
)
def test_what_cannot_be_split_is_refused(batch: BatchOptions, cut: Cut, code: str) -> None:
    with pytest.raises(PressroomError) as caught:
        split("creators", batch, cut)
    assert caught.value.code == code
