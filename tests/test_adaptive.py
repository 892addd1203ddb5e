"""How many calls may be in flight follows from how the vendor copes, between its bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasks.llm.adaptive import Adaptive


def settled(least: int = 1, most: int = 16) -> Adaptive:
    """One that has learnt what is usual: a hundred tokens in a second."""
    pace = Adaptive(least, most)
    for _ in range(20):
        pace.answered(1.0, 100)
    return pace


def test_it_begins_with_the_most() -> None:
    assert Adaptive(1, 8).value == 8


def test_a_refusal_halves_it_once_for_all_that_were_in_flight_together() -> None:
    pace = settled()
    pace.refused(now=0.0)
    pace.refused(now=0.2)
    assert pace.value == 8
    pace.refused(now=5.0)
    assert pace.value == 4


def test_answers_that_take_much_longer_than_usual_lower_it() -> None:
    pace = settled()
    for second in range(6):
        pace.answered(5.0, 100, now=10.0 + 2 * second)
    assert pace.value < 8


def test_a_long_answer_is_no_slow_one() -> None:
    pace = settled()
    for second in range(6):
        pace.answered(20.0, 2000, now=10.0 + 2 * second)
    assert pace.value == 16


def test_it_comes_back_when_answers_are_as_usual_about_one_a_round() -> None:
    pace = settled()
    for moment in (0.0, 2.0, 4.0):
        pace.refused(now=moment)
    assert pace.value == 2
    for _ in range(2 * 2):
        pace.answered(1.0, 100)
    assert 3 <= pace.value <= 4
    for _ in range(300):
        pace.answered(1.0, 100)
    assert pace.value == 16


@given(
    st.integers(1, 5),
    st.integers(5, 40),
    st.lists(st.one_of(st.none(), st.tuples(st.floats(0, 1e6), st.integers(0, 10**6))), max_size=60),
)
def test_it_never_leaves_its_bounds(least: int, most: int, heard: list[tuple[float, int] | None]) -> None:
    pace = Adaptive(least, most)
    for moment, one in enumerate(heard):
        if one is None:
            pace.refused(now=2.0 * moment)
        else:
            pace.answered(*one, now=2.0 * moment)
        assert least <= pace.value <= most
