"""Long lists of creators are cut so that chunks end together, and nobody is lost or parted from a group."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.creators.chunks import MOST, Unit, cut, in_rows, in_turn

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
    assert sorted(name for unit in in_turn(chunks) for name in unit.names) == sorted(names)
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
    first = [unit.cost for unit in in_turn(chunks)][: len(chunks)]
    assert sorted(first, reverse=True) == sorted(found, reverse=True)[: len(chunks)]


@given(groups, st.integers(1, 6))
def test_a_group_is_in_two_rows_only_where_it_fits_in_none_or_nothing_else_is_left(
    found: list[tuple[int, float]], width: int
) -> None:
    units = grouped(found)
    entering = list(in_rows(units, width))
    assert sorted(entering) == sorted(name for unit in units for name in unit.names)
    place = {name: number for number, name in enumerate(entering)}
    for unit in units:
        first, last = place[unit.names[0]], place[unit.names[-1]]
        assert last - first == len(unit.names) - 1
        if len(unit.names) <= width and first // width != last // width:
            behind = [other for other in units if place[other.names[0]] > first]
            assert all(len(other.names) > width - first % width for other in behind)


def test_who_is_alone_fills_the_row_before_a_group() -> None:
    units = [Unit(("a",), 1.0), Unit(("b1", "b2"), 2.0), Unit(("c1", "c2"), 2.0), Unit(("d",), 1.0)]
    assert list(in_rows(units, 2)) == ["a", "d", "b1", "b2", "c1", "c2"]
    assert list(in_rows(units, 3)) == ["a", "b1", "b2", "c1", "c2", "d"]
