"""What a report's pictures over time show: the batch's clock, its timeline, and what was at work at once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from histories import BEGAN, attempt, bound, history, item
from hypothesis import given
from hypothesis import strategies as st

from tasks.ledger.attempts import Attempt
from tasks.ledger.history import History
from tasks.reports.clock import Clock, clock_of
from tasks.reports.crowd import caption, crowds_of, means, peak
from tasks.reports.timeline import LONGEST, NAMED, THIN, Bar, Timeline, timeline_of

times = st.floats(0, 100, allow_nan=False)
spans = st.lists(st.tuples(times, times).map(lambda pair: (min(pair), max(pair))), max_size=20)


def laid_out(whole: History) -> Timeline:
    found = timeline_of(whole, clock_of(whole))
    assert found is not None
    return found


def bars(whole: History, name: str = "a") -> list[Bar]:
    return next(line.bars for line in laid_out(whole).lines if line.name == name)


def sorts(whole: History, name: str = "a") -> list[tuple[str, float, float]]:
    return [(bar.sort, round(bar.begin, 6), round(bar.end, 6)) for bar in bars(whole, name)]


def test_the_clock_runs_through_a_batch_that_was_always_at_work() -> None:
    clock = Clock([(10.0, 12.0), (11.0, 15.0), (16.5, 20.0)])
    assert (clock.length, clock.breaks) == (10.0, [])
    assert [clock.place(moment) for moment in (10.0, 12.5, 16.0, 20.0)] == [0.0, 2.5, 6.0, 10.0]


def test_the_clock_leaves_out_the_night_between_two_runs_and_says_so() -> None:
    clock = Clock([(0.0, 4.0), (50_000.0, 50_006.0)])
    assert clock.length == 10.0
    assert clock.breaks == [(4.0, 49_996.0)]
    assert [clock.place(moment) for moment in (3.0, 4.0, 20_000.0, 50_000.0, 50_001.0)] == [3.0, 4.0, 4.0, 4.0, 5.0]


def test_moments_before_and_after_everything_are_its_edges() -> None:
    clock = Clock([(5.0, 7.0)])
    assert (clock.place(0.0), clock.place(100.0)) == (0.0, 2.0)
    assert Clock([]).length > 0


@given(spans)
def test_the_clock_never_goes_back_and_is_true_inside_what_it_covers(found: list[tuple[float, float]]) -> None:
    clock = Clock(found)
    moments = sorted(moment for span in found for moment in span)
    places = [clock.place(moment) for moment in moments]
    assert places == sorted(places)
    for begin, end in found:
        assert clock.place(end) - clock.place(begin) == pytest.approx(end - begin, abs=1e-6)


def test_a_pause_before_a_new_attempt_is_no_gap_of_the_batch() -> None:
    again = [attempt(status="failed", run="r"), attempt(asked=60.0, number=2, run="r")]
    assert clock_of(history(again)).breaks == []
    apart = [attempt(status="failed", run="one"), attempt(asked=60.0, number=1, run="two")]
    assert [one.seconds for one in clock_of(history(apart, last_run=60.0)).breaks] == [59.0]


def test_a_row_shows_waiting_apart_from_working() -> None:
    whole = history([attempt(asked=0.5, started=2.0, ended=5.0), attempt(stage="polish", asked=5.0, ended=6.0)])
    assert sorts(whole) == [("wait", 0.5, 2.0), ("work", 2.0, 5.0), ("work", 5.0, 6.0)]
    assert [bar.stage for bar in bars(whole)] == [0, 0, 1]


def test_a_row_shows_waiting_for_limits_apart_from_waiting_for_a_place_and_from_working() -> None:
    whole = history([attempt(asked=0.0, started=1.0, ended=6.0, limited=3.0)])
    assert sorts(whole) == [("wait", 0.0, 1.0), ("limit", 1.0, 4.0), ("work", 4.0, 6.0)]
    found = laid_out(whole)
    assert (found.waited, found.limited, found.worked) == (1.0, 3.0, 2.0)
    assert "2.0s of work, 1.0s of waiting for a place and 3.0s of waiting for limits" in found.caption


def test_what_waits_for_limits_takes_no_place() -> None:
    times = [("a", 2.0), ("b", 0.0), ("c", 3.5)]
    whole = history([attempt(name, ended=4.0, limited=wait) for name, wait in times], bounds=[bound(1, "draft")])
    (one,) = crowds_of(whole, clock_of(whole))
    assert one.peak == 3
    assert [one.worked, one.limits] == pytest.approx([6.5, 5.5])
    assert sum(one.limited) / len(one.limited) == pytest.approx(5.5 / 4)


def test_limits_set_the_pace_where_attempts_waited_for_them_longer_than_they_worked() -> None:
    whole = history([attempt(ended=4.0, limited=3.0)], bounds=[bound(1, "draft")])
    expected = (
        "Limits of models set the pace of the batch: all attempts together waited for them 3.0s, and worked 1.0s."
    )
    assert caption(crowds_of(whole, clock_of(whole))) == expected


def test_a_row_shows_every_attempt_and_the_pause_between() -> None:
    whole = history(
        [
            attempt(ended=1.0, status="failed", run="r"),
            attempt(asked=3.0, ended=4.0, status="failed", number=2, run="r"),
            attempt(asked=4.5, ended=6.0, number=3, run="r"),
        ]
    )
    assert sorts(whole) == [
        ("failed", 0.0, 1.0),
        ("pause", 1.0, 3.0),
        ("failed", 3.0, 4.0),
        ("pause", 4.0, 4.5),
        ("work", 4.5, 6.0),
    ]
    assert [bar.number for bar in bars(whole) if bar.sort != "pause"] == [1, 2, 3]
    assert "2 attempts failed, 2 of them tried again" in laid_out(whole).caption


def test_what_was_cancelled_and_what_was_reused_look_different() -> None:
    whole = history([attempt(status="reused", ended=0.1), attempt(stage="polish", asked=0.1, status="cancelled")])
    assert [bar.sort for bar in bars(whole)] == ["reused", "cancelled"]


def test_a_failure_that_a_later_run_tried_again_counts_as_tried_again() -> None:
    first = attempt(status="failed", run="one")
    whole = history([first, attempt(asked=100.0, run="two")], last_run=99.0)
    assert "1 attempt failed, 1 of them tried again; earlier runs of the batch are shown too" in laid_out(whole).caption
    assert "tried again" not in laid_out(history([first])).caption


def test_an_item_at_work_is_open_until_now() -> None:
    whole = history([attempt(ended=2.0)], [item(status="running", finished=None), item("b", "pending")], as_of=5.0)
    assert sorts(whole) == [("work", 0.0, 2.0), ("open", 2.0, 5.0)]
    assert [line.name for line in laid_out(whole).lines] == ["a"]


def test_items_of_which_no_stage_began_are_counted() -> None:
    refused = [item("x", "failed"), item("y", "cancelled", finished=None)]
    whole = history([attempt()], [item(), *refused])
    assert laid_out(whole).caption.endswith("; 2 items began no stage.")
    chunk = history([attempt("a+2", items=3)], [item("a"), item("b"), item("c"), *refused])
    assert laid_out(chunk).caption.endswith("; 2 items began no stage.")


def test_without_an_attempt_there_is_no_timeline() -> None:
    whole = history([], [item(status="failed")])
    assert timeline_of(whole, clock_of(whole)) is None
    assert crowds_of(whole, clock_of(whole)) == []


def test_rows_stand_in_order_of_their_beginning() -> None:
    whole = history([attempt("late", asked=3.0), attempt("early", asked=0.0, started=4.0)])
    assert [line.name for line in laid_out(whole).lines] == ["early", "late"]


def many(count: int) -> list[Attempt]:
    return [attempt(f"i{number}", asked=number, ended=number + 1 + number / count) for number in range(count)]


@pytest.mark.parametrize(
    ("count", "lines", "named", "part"),
    [(NAMED, NAMED, True, False), (NAMED + 1, NAMED + 1, False, False), (THIN, THIN, False, False)],
)
def test_some_hundred_items_are_all_drawn(count: int, lines: int, named: bool, part: bool) -> None:
    found = laid_out(history(many(count)))
    assert (len(found.lines), found.is_named, found.is_part, found.total) == (lines, named, part, count)


def test_of_thousands_only_the_longest_are_drawn_each_from_its_own_beginning() -> None:
    found = laid_out(history(many(1000)))
    assert [line.name for line in found.lines] == [f"i{number}" for number in range(999, 999 - LONGEST, -1)]
    assert {line.bars[0].begin for line in found.lines} == {0.0}
    assert found.length == pytest.approx(1.999)
    assert (found.lines[0].begun, found.total, found.is_part) == (999.0, 1000, True)
    assert found.caption.startswith(f"The {LONGEST} that took longest, each from its own beginning. All 1,000 items")


def slow_mean(found: Sequence[tuple[float, float]], begin: float, end: float) -> float:
    return sum(max(0.0, min(end, span[1]) - max(begin, span[0])) for span in found) / (end - begin)


@given(spans, st.integers(1, 13))
def test_the_mean_of_each_part_is_the_time_that_spans_share_with_it(
    found: list[tuple[float, float]], columns: int
) -> None:
    width = 100 / columns
    expected = [slow_mean(found, number * width, (number + 1) * width) for number in range(columns)]
    assert means(found, 100.0, columns) == pytest.approx(expected, abs=1e-6)


@given(spans)
def test_the_peak_is_the_most_that_any_beginning_finds_open(found: list[tuple[float, float]]) -> None:
    expected = max((sum(begin <= at < end for begin, end in found) for at, _ in found), default=0)
    assert peak(found) >= expected
    assert peak([span for span in found if span[0] < span[1]]) == expected


def test_a_stage_knows_its_bound_and_how_full_it_was() -> None:
    whole = history(
        [attempt("a", ended=4.0), attempt("b", ended=4.0), attempt("c", asked=0.0, started=4.0, ended=8.0)],
        bounds=[bound(2, "draft", "polish", why="cores")],
    )
    (one,) = crowds_of(whole, clock_of(whole))
    assert (one.peak, one.attempts, one.worked, one.waited) == (2, 3, 12.0, 4.0)
    assert one.used == pytest.approx(12 / 16)
    assert one.bound_words == "processor cores"
    assert caption([one]) == "No stage was full for long: draft, the busiest, used 75 % of its 2 places on the whole."


def test_a_full_stage_set_the_pace() -> None:
    whole = history(
        [attempt("a", ended=9.0), attempt("b", asked=0.0, started=9.0, ended=10.0)], bounds=[bound(1, "draft")]
    )
    found = crowds_of(whole, clock_of(whole))
    assert caption(found) == "draft used 100 % of its 1 place on the whole, so its own limit set the pace of the batch."


def test_a_ledger_that_does_not_name_stages_leaves_the_bound_open() -> None:
    whole = history([attempt()], bounds=[bound(3)])
    (one,) = crowds_of(whole, clock_of(whole))
    assert (one.bound, one.used, one.bound_words) == (None, None, "")
    assert caption([one]) == "At most 1 at once, in draft; what bound it is not written down."


def test_the_last_run_is_told_from_those_before() -> None:
    whole = history([attempt(), attempt(asked=100.0)], [item(finished=101.0), item("b")], last_run=99.0)
    assert whole.is_resumed
    assert [one.item_id for one in whole.ended_in_last_run()] == ["a"]
    assert whole.end == BEGAN + 101
