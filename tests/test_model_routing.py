"""Each item gets its models before it enters: by turns, by a field, by load, or the machine's own."""

from __future__ import annotations

from typing import Any

import pytest
from kinds import FakeItem

from flows.lanes import Lane, LaneQueue
from flows.line import Key
from tasks.errors import PressroomError
from tasks.llm.routing import assign_models, is_default
from tasks.llm.setup import model_setup
from tasks.models import BatchOptions, Item, Priority

THREE = ["google:gemini-2.5-flash", "openai:gpt-4o", "anthropic:claude-haiku-4-5"]


def assigned(count: int = 6, texts: list[str] | None = None, **options: Any) -> list[FakeItem]:
    items = [FakeItem(item_id=f"i{number}", text=(texts or [""] * count)[number]) for number in range(count)]
    assign_models(BatchOptions.model_validate(options), items)
    return items


def test_models_take_turns_by_an_items_place_in_the_batch() -> None:
    items = assigned(models={"use": THREE})
    assert [item.models[0] for item in items] == THREE * 2
    assert {item.model_reason for item in items} == {"by turns"}


def test_those_that_stand_by_follow_in_turn_so_that_what_one_drops_is_spread() -> None:
    assert [item.models for item in assigned(3, models={"use": THREE})] == [
        [THREE[0], THREE[1], THREE[2]],
        [THREE[1], THREE[2], THREE[0]],
        [THREE[2], THREE[0], THREE[1]],
    ]


def test_without_rotation_all_get_the_first_and_the_others_stand_by() -> None:
    items = assigned(2, models={"use": THREE, "rotation": False})
    assert [item.models for item in items] == [THREE, THREE]
    assert items[0].model_reason == "no rotation"


def test_a_field_of_the_item_decides_where_there_is_a_route_for_it() -> None:
    routes = {"fantasy": THREE[1], "horror": "vllm:night"}
    items = assigned(
        3,
        ["fantasy", "horror", "cooking"],
        models={"use": THREE, "distribution": "by_field", "field": "text", "routes": {"fantasy": THREE[1]}},
    )
    assert [item.models[0] for item in items] == [THREE[1], THREE[0], THREE[0]]
    assert items[0].model_reason == "text 'fantasy'"
    assert items[2].model_reason == "no route for text 'cooking'"
    with pytest.raises(PressroomError, match="MODEL_UNKNOWN"):
        assigned(1, models={"use": THREE, "distribution": "by_field", "routes": routes})


def test_a_batch_that_names_none_gets_the_machines_own() -> None:
    (item,) = assigned(1)
    assert item.models == [model_setup().default]
    assert is_default(item)


def test_one_that_names_the_same_has_chosen_it() -> None:
    (item,) = assigned(1, model=model_setup().default)
    assert not is_default(item)


def test_none_does_without() -> None:
    assert assigned(1, model="none")[0].models == []
    assert assigned(1, models={"use": ["none"]})[0].models == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "openai:gpt-4o", "models": {"use": THREE}}, "both `model` and `models.use`"),
        ({"models": {"use": ["none", "openai:gpt-4o"]}}, "and `none`"),
        ({"model": "opneai:gpt-4o"}, "opneai"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(PressroomError, match=words):
        assigned(1, **options)


def test_the_choice_does_not_depend_on_what_was_done_before() -> None:
    whole, again = assigned(models={"use": THREE}), assigned(models={"use": THREE})
    assert [item.models for item in whole] == [item.models for item in again]


def test_items_that_share_a_beginning_enter_after_each_other_and_the_urgent_first() -> None:
    lane = Lane("write", limit=9, stages=("draft",), together="text")
    queue = LaneQueue[FakeItem](lane, lane.parallelism(BatchOptions(), items=9))
    order = [("a", "x", "normal"), ("b", "y", "normal"), ("c", "x", "low"), ("d", "x", "normal"), ("e", "y", "high")]
    for number, (name, text, rank) in enumerate(order):
        queue.push(FakeItem(item_id=name, text=text), Key(0, Priority(rank).rank, number=number))
    assert [item.item_id for item in queue.enter().items] == ["e", "a", "d", "b", "c"]


def test_a_lane_without_such_a_field_keeps_the_order_given() -> None:
    lane = Lane("write", limit=9, stages=("draft",))
    queue = LaneQueue[Item](lane, lane.parallelism(BatchOptions(), items=9))
    for number, name in enumerate("cab"):
        queue.push(Item(item_id=name), Key(0, 0, number=number))
    assert [item.item_id for item in queue.enter().items] == ["c", "a", "b"]
