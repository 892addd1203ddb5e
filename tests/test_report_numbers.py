"""What a report counts: the pace, durations, reasons, facts; and the round numbers of its axes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from histories import attempt, history, item
from hypothesis import given
from hypothesis import strategies as st

from tasks import words
from tasks.ledger.history import History, Missing
from tasks.reports.clock import clock_of
from tasks.reports.durations import durations_of, percentile
from tasks.reports.pace import Pace, pace_of, rate
from tasks.reports.reasons import MOST, caption, heading, reasons_of, troubles_of
from tasks.reports.report import Report, report_of
from tasks.reports.scale import counts, number, round_up, step_of, ticks, unit_of

seconds = st.floats(1e-6, 1e5, allow_nan=False)


def paced(whole: History) -> Pace:
    found = pace_of(whole, clock_of(whole))
    assert found is not None
    return found


def facts(report: Report) -> dict[str, str]:
    return {fact.name: fact.value for fact in report.facts}


def test_ends_are_counted_by_how_they_ended_and_columns_end_with_the_batch() -> None:
    items = [item("a", finished=0.0), item("b", finished=9.9), item("c", "failed", finished=10.0)]
    found = paced(history([attempt(ended=10.0)], [*items, item("d", reused=True, finished=10.0)]))
    assert (found.width, len(found.columns)) == (0.5, 20)
    assert found.columns[0] == {"succeeded": 1, "reused": 0, "failed": 0}
    assert found.columns[-1] == {"succeeded": 1, "reused": 1, "failed": 1}
    assert found.caption == "24 items a minute on the whole; in the busiest 0.5s 3 items came to an end."


def test_what_came_to_no_end_of_its_own_has_no_pace() -> None:
    whole = history([attempt()], [item(status="cancelled"), item("b", "pending", finished=None)])
    assert pace_of(whole, clock_of(whole)) is None
    assert durations_of(whole) is None


@given(st.lists(st.floats(0, 500, allow_nan=False), min_size=1, max_size=50))
def test_every_end_is_counted_once(finished: list[float]) -> None:
    whole = history([], [item(str(place), finished=at) for place, at in enumerate(finished)])
    assert paced(whole).total == len(finished)


@pytest.mark.parametrize(
    ("items", "length", "written"),
    [
        (100, 10.0, "10 items a second"),
        (5, 10.0, "30 items a minute"),
        (3, 7200.0, "1.5 items an hour"),
        (9, 2.0, "4.5 items a second"),
    ],
)
def test_a_pace_is_told_in_a_unit_that_gives_a_number_above_one(items: int, length: float, written: str) -> None:
    assert rate(items, length) == written


@given(st.lists(seconds, min_size=1, max_size=60))
def test_durations_fall_into_the_column_whose_edges_hold_them(found: list[float]) -> None:
    durations = durations_of(history([], [item(str(place), seconds=one) for place, one in enumerate(found)]))
    assert durations is not None
    columns = durations.columns
    assert len(columns) <= 45
    assert columns[0].low <= min(found) * (1 + 1e-6)
    assert max(found) <= columns[-1].high * (1 + 1e-6)
    assert all(one.high == other.low and one.low < one.high for one, other in pairwise(columns))
    for column in columns[:-1]:
        assert column.total == sum(column.low <= one < column.high for one in found if one >= columns[0].low) + (
            sum(one < columns[0].low for one in found) if column is columns[0] else 0
        )
    assert sum(column.total for column in columns) == len(found)


@pytest.mark.parametrize("found", [[2.19, 2.2, 2.21], [0.151, 0.152], [0.0301, 0.0302], [14.1, 14.4, 15.2]])
def test_edges_of_columns_are_told_apart_however_alike_durations_are(found: list[float]) -> None:
    durations = durations_of(history([], [item(str(place), seconds=one) for place, one in enumerate(found)]))
    assert durations is not None
    told = [words.seconds(column.low) for column in durations.columns]
    assert len(set(told)) == len(told)


def test_durations_worked_out_by_hand() -> None:
    items = [item(str(place), seconds=place / 10) for place in range(1, 21)]
    found = durations_of(history([], [*items, item("unmeasured", seconds=0.0)]))
    assert found is not None
    assert (found.median, found.most, found.longest, found.total) == (1.0, 1.9, 2.0, 20)
    expected = "Half of the items took at most 1.0s and 95 of 100 at most 1.9s; the longest, 20, took 2.0s."
    assert found.caption == expected
    assert not found.is_wide


@given(st.lists(seconds, min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_that_enough_do_not_exceed(found: list[float], percent: int) -> None:
    ordered = sorted(found)
    value = percentile(ordered, percent)
    enough = [one for one in ordered if 100 * sum(other <= one for other in ordered) >= percent * len(ordered)]
    assert value == min(enough)


def test_reasons_are_counted_and_failures_come_first() -> None:
    items = [item(f"c{n}", "cancelled", code="CANCELLED") for n in range(5)]
    items += [item("x", "failed", code="TIMEOUT"), item("y", "failed", code="DISK_FULL")]
    items += [item("z", "failed", code="TIMEOUT"), item("good")]
    found = reasons_of(history([], items))
    assert [tuple(one) for one in found] == [
        ("TIMEOUT", "failed", 2),
        ("DISK_FULL", "failed", 1),
        ("CANCELLED", "cancelled", 5),
    ]
    assert caption(found, len(items)) == "8 of 9 items did not come out, for 3 reasons; 2 because of TIMEOUT."


def test_a_caption_singles_no_reason_out_that_is_not_more_frequent_than_the_others() -> None:
    items = [item(f"i{number}", "failed", code=code) for number, code in enumerate(("TIMEOUT", "DISK_FULL"))]
    assert caption(reasons_of(history([], items)), 3) == "2 of 3 items did not come out, for 2 reasons."


def test_what_waits_for_review_is_not_said_to_be_missing() -> None:
    waiting = [item("a", "needs_review"), item("b", "needs_review"), item("good")]
    found = reasons_of(history([], waiting))
    assert caption(found, 3) == "2 of 3 items wait for a person's decision."
    assert heading(found) == "waits for review"
    found = reasons_of(history([], [*waiting, item("c", "failed", code="TIMEOUT")]))
    assert caption(found, 4) == ("1 of 4 items did not come out: TIMEOUT. 2 of 4 items wait for a person's decision.")
    assert heading(found) == "did not come out or waits for review"


def test_rare_reasons_are_told_as_one() -> None:
    found = reasons_of(history([], [item(str(n), "failed", code=f"CODE_{n:03}") for n in range(MOST + 7)]))
    assert len(found) == MOST + 1
    assert found[-1].items == 7


def test_items_with_the_same_words_are_one_row() -> None:
    words = ("failed", "TIMEOUT", "It was slow.")
    missing = [
        Missing("a", *words, ""),
        Missing("b", "failed", "TIMEOUT", "Other.", "Wait."),
        Missing("c", *words, "R."),
    ]
    found = troubles_of(history(missing=missing))
    assert [(one.message, one.remedy, one.items) for one in found] == [
        ("It was slow.", "R.", ["a", "c"]),
        ("Other.", "Wait.", ["b"]),
    ]


def test_the_speed_up_is_of_the_last_run_only() -> None:
    items = [item("old", seconds=500.0, finished=300.0)]
    items += [item(name, seconds=4.0, finished=1004.0) for name in ("a", "b")]
    attempts = [attempt("old", ended=300.0), attempt("a", asked=1000.0, ended=1004.0)]
    found = facts(report_of(history(attempts, items, last_run=1000.0, ended=1004.0)))
    assert found["Speed-up"] == "2.0 x"
    assert found["Work"] == "8.0s"
    assert found["Wall clock"] == "4.0s"


@pytest.mark.parametrize(
    ("seconds_each", "items"),
    [(0.001, 20), (50.0, 1)],
    ids=["work that was shorter than its starting", "a single item"],
)
def test_no_speed_up_is_told_where_there_was_none(seconds_each: float, items: int) -> None:
    made = [item(str(n), seconds=seconds_each, finished=10.0) for n in range(items)]
    assert "Speed-up" not in facts(report_of(history([attempt(ended=10.0)], made)))


def test_the_headline_tells_reused_apart_from_made() -> None:
    items = [item("a"), item("b", reused=True), item("c", "needs_review"), item("d", "failed")]
    assert report_of(history([], items)).headline == "4 items: 1 succeeded, 1 reused, 1 needs review, 1 failed."


def test_a_batch_at_work_says_as_of_when() -> None:
    whole = history([attempt()], [item()], as_of=7.0)
    assert facts(report_of(whole))["Wall clock"] == "7.0s"
    assert "Ended" not in facts(report_of(whole))
    assert report_of(whole).as_of
    assert not report_of(history([attempt()], [item()])).as_of


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_score_never_reads_as_if_it_reached_what_it_misses(score: float, bound: float) -> None:
    shown = words.score(score)
    assert float(shown) <= score < float(shown) + 0.01 + 1e-9
    assert (float(shown) >= round(bound, 3)) <= (score >= round(bound, 3))
    assert float(words.needed(round(bound, 3))) == round(bound, 3)


@given(st.floats(1e-6, 1e7, allow_nan=False), st.integers(1, 40))
def test_steps_are_round_and_not_too_many(length: float, most: int) -> None:
    step = step_of(length, most)
    assert length / step <= most * (1 + 1e-6)
    found = ticks(length, most)
    assert found[0] == 0
    assert found[-1] <= length * (1 + 1e-6)
    assert len(found) <= most + 1


@given(st.integers(1, 10**7))
def test_an_axis_that_counts_has_whole_numbers_and_reaches_the_top(top: int) -> None:
    found = counts(top)
    assert found[-1] >= top
    assert all(one == int(one) for one in found)
    assert 2 <= len(found) <= 6


def test_numbers_are_round_and_written_without_needless_digits() -> None:
    assert [round_up(amount) for amount in (0.011, 0.2, 3, 7, 1000)] == pytest.approx([0.02, 0.2, 5, 10, 1000])
    assert [number(amount) for amount in (0, 0.5, 3.14159, 12, 12.4, 2400)] == ["0", "0.5", "3.1", "12", "12", "2,400"]
    assert [unit_of(length).name for length in (0.5, 100, 1000, 50_000)] == ["ms", "s", "min", "h"]
