"""Long lists of creators are cut so that chunks end together, and nobody is lost or parted from a group."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.creators.chunks import MOST, Unit, cut, in_turn

Costs = list[float]
costs = st.lists(st.floats(0.1, 100, allow_nan=False), min_size=1, max_size=60)
groups = st.lists(st.tuples(st.integers(1, 14), st.floats(0.1, 100)), min_size=1, max_size=25)


def singles(found: Costs) -> list[Unit]:
    return [Unit((f"c{number}",), cost) for number, cost in enumerate(found)]


def grouped(found: list[tuple[int, float]]) -> list[Unit]:
    return [
        Unit(tuple(f"g{number}-{member}" for member in range(size)), cost * size)
        for number, (size, cost) in enumerate(found)
    ]


def shortest_end(found: Costs, chunks: int) -> float:
    """The best there is, by trying everything."""
    ways = product(range(chunks), repeat=len(found))
    return min(max(sum(c for c, at in zip(found, way, strict=True) if at == k) for k in range(chunks)) for way in ways)


@given(groups)
def test_nobody_is_lost_doubled_or_parted_from_a_group(found: list[tuple[int, float]]) -> None:
    units = grouped(found)
    chunks = cut(units)
    names = [name for unit in units for name in unit.names]
    assert sorted(in_turn(chunks)) == sorted(names)
    assert sum(unit in chunk.units for chunk in chunks for unit in units) == len(units)


@given(groups)
def test_a_chunk_holds_at_most_ten_unless_one_group_is_larger(found: list[tuple[int, float]]) -> None:
    for chunk in cut(grouped(found)):
        assert len(chunk.names) <= MOST or len(chunk.units) == 1


@given(costs)
def test_there_are_as_few_chunks_as_hold_all(found: Costs) -> None:
    assert len(cut(singles(found))) == -(-len(found) // MOST)


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=7), st.integers(2, 3))
@settings(max_examples=40)
def test_no_chunk_ends_later_than_longest_first_is_known_to_allow(found: Costs, count: int) -> None:
    most = -(-len(found) // count)
    made = cut(singles(found), most)
    is_free = all(len(chunk.units) < most for chunk in made[1:])  # The bound is for chunks that room has not decided.
    bound = 4 / 3 - 1 / (3 * len(made)) if is_free else 2
    assert max(chunk.cost for chunk in made) <= bound * shortest_end(found, len(made)) + 1e-9


@given(costs)
def test_sums_differ_by_no_more_than_the_dearest_creator(found: Costs) -> None:
    chunks = cut(singles(found))
    dearest = max(found)
    assert max(chunk.cost for chunk in chunks) <= min(chunk.cost for chunk in chunks) + dearest + 1e-9


@given(costs)
def test_the_dearest_of_each_chunk_enter_first(found: Costs) -> None:
    chunks = cut(singles(found))
    by_name = {name: unit.cost for chunk in chunks for unit in chunk.units for name in unit.names}
    first = [by_name[name] for name in in_turn(chunks)][: len(chunks)]
    assert sorted(first, reverse=True) == sorted(found, reverse=True)[: len(chunks)]
