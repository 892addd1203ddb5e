"""A line: the urgent first, nobody waits for ever, and everybody's place can be told."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from flows.line import AGEING_SECONDS, Key, Line, Steps
from tasks.models import Item

KEYS = st.builds(
    Key, since=st.integers(0, 5), rank=st.integers(0, 3), group=st.integers(0, 2), height=st.integers(0, 3)
)


def line_of(keys: list[Key]) -> Line[Item]:
    line: Line[Item] = Line()
    for number, key in enumerate(keys):
        line.push(Item(item_id=f"i{number}"), key._replace(number=number))
    return line


@for_all(st.lists(KEYS, max_size=30))
def test_those_who_wait_go_in_the_order_of_their_keys_and_know_their_place(keys: list[Key]) -> None:
    line = line_of(keys)
    shown = [item.item_id for item in line]
    assert [line.position(name) for name in shown] == list(range(1, len(keys) + 1))
    gone = [line.pop() for _ in keys]
    assert [item.item_id for item, _ in gone] == shown
    assert gone == sorted(
        gone, key=lambda one: (one[1].since + one[1].rank, one[1].group, -one[1].height, one[1].number)
    )


@for_all(st.lists(KEYS, min_size=1, max_size=30), st.data())
def test_who_is_taken_out_or_hastened_leaves_the_others_in_their_order(keys: list[Key], data: st.DataObject) -> None:
    line = line_of(keys)
    name = data.draw(st.sampled_from([item.item_id for item in line]))
    others = [item.item_id for item in line if item.item_id != name]
    line.hasten(name, data.draw(st.integers(0, 3)))
    assert [item.item_id for item in line if item.item_id != name] == others
    line.remove(name)
    assert [item.item_id for item in line] == others
    assert name not in line


def test_the_more_urgent_go_first_and_of_equals_those_for_whom_most_others_wait() -> None:
    line = line_of([Key(0, 2), Key(0, 2, height=4), Key(0, 0), Key(0, 3)])
    assert [line.pop()[0].item_id for _ in range(4)] == ["i2", "i1", "i0", "i3"]


def test_the_least_urgent_goes_at_last_however_many_urgent_ones_keep_coming() -> None:
    now = 0.0
    steps = Steps(lambda: now)
    line: Line[Item] = Line()
    line.push(Item(item_id="patient"), Key(steps.now, 3))
    for number in range(100):
        now += AGEING_SECONDS / 2
        line.push(Item(item_id=f"urgent{number}"), Key(steps.now, 0, number=number))
        if line.pop()[0].item_id == "patient":
            break
    else:
        pytest.fail("it never went")
    assert now <= 4 * AGEING_SECONDS
