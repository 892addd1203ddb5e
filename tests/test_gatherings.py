"""Items that are made together meet, whoever fails or comes late, and whoever waits keeps nobody out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import kinds
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as some
from kinds import codes, items, run_batch, statuses

from tasks.gatherings import Gatherings
from tasks.models import Item, Outcome
from tasks.work import current_work


def expected(names: str) -> list[Item]:
    return [Item(item_id=name, gathering="all") for name in names]


async def wait(seconds: float, until: asyncio.Event) -> None:
    async with asyncio.timeout(seconds):
        await until.wait()


async def join(given: Mapping[str, str], before: Sequence[str]) -> str:
    await asyncio.sleep(0)
    return " + ".join([*before, ",".join(sorted(given))])


def text_of(result_dir: Path, item_id: str) -> str:
    return (result_dir / f"{item_id}.txt").read_text().strip()


@pytest.mark.usefixtures("prefect_server")
def test_a_window_of_one_lets_all_in_who_are_waited_for(tmp_path: Path) -> None:
    given = items(4, gathering="trio")
    given[1].gathering = ""
    result = run_batch("b", given, tmp_path, limit=1, window=1, max_parallel=1)
    assert set(statuses(result).values()) == {"succeeded"}
    assert {text_of(Path(result.output_dir), name) for name in ("i0", "i2", "i3")} == {"i0,i2,i3"}
    assert kinds.calls()["meet"] == 1
    assert max(kinds.peak(name) for name in kinds.NAMES) == 1


@pytest.mark.usefixtures("prefect_server")
def test_who_fails_before_it_comes_is_not_waited_for(tmp_path: Path) -> None:
    given = items(3, gathering="trio")
    given[1].ends["draft"] = ["permanent"]
    result = run_batch("b", given, tmp_path)
    assert codes(result)["i1"] == "INVALID_INPUT"
    assert {text_of(Path(result.output_dir), name) for name in ("i0", "i2")} == {"i0,i2"}


@pytest.mark.usefixtures("prefect_server")
def test_who_comes_late_finds_what_was_made_before(tmp_path: Path) -> None:
    given = items(3, gathering="trio", waits={"others": 0.05})
    given[2].ends["draft"] = ["until:publish:2"]
    result = run_batch("b", given, tmp_path)
    assert set(statuses(result).values()) == {"succeeded"}
    assert text_of(Path(result.output_dir), "i2").endswith(" + i2")


@pytest.mark.usefixtures("prefect_server")
def test_the_deadline_of_who_waits_for_others_stands_still(tmp_path: Path) -> None:
    """The third of the group comes after more than a deadline, within its own, which began late."""
    given = items(5, seconds={"draft": 2.0})
    for number in (1, 2):
        given[number].early["draft"] = f"i{number - 1}"
    for number, seconds in ((2, 2.0), (3, 0.0), (4, 0.0)):
        given[number].gathering = "trio"
        given[number].seconds["draft"] = seconds
    result = run_batch("b", given, tmp_path, item_deadline_seconds=3.8)
    assert set(codes(result).values()) == {None}
    assert {text_of(Path(result.output_dir), name) for name in ("i2", "i3", "i4")} == {"i2,i3,i4"}


@pytest.mark.usefixtures("prefect_server")
def test_an_items_deadline_goes_on_with_what_was_left_before_it_waited_for_others(tmp_path: Path) -> None:
    given = items(2, gathering="pair", seconds={"draft": 1.5})
    given[0].seconds |= {"draft": 1.2, "publish": 2.8}
    result = run_batch("b", given, tmp_path, item_deadline_seconds=3.5)
    assert codes(result) == {"i0": "ITEM_DEADLINE", "i1": None}


@pytest.mark.usefixtures("prefect_server")
def test_a_lane_holds_as_many_as_it_is_told_just_now(tmp_path: Path) -> None:
    result = run_batch("b", items(9, seconds={"draft": 0.01}), tmp_path, limit=6, window=6, most=2)
    assert result.successful == 9
    assert kinds.peak("draft") == 2


@pytest.mark.usefixtures("prefect_server")
def test_a_canary_that_waits_for_another_item_lets_that_one_in(tmp_path: Path) -> None:
    given = items(21)
    for item in given[:2]:
        item.gathering, item.waits = "pair", {"others": 5.0}
    result = run_batch("b", given, tmp_path, canary=1, reuse="never")
    assert set(statuses(result).values()) == {"succeeded"}
    assert text_of(Path(result.output_dir), "i0") == "i0,i1"


def test_only_who_waits_for_one_that_has_yet_to_enter_makes_room() -> None:
    async def meet() -> list[int]:
        gatherings = Gatherings(expected("abc"))
        gatherings.enter("ab")
        jobs = [asyncio.ensure_future(gatherings.make_together("all", "a", "a", join, patience=60, sleep=wait))]
        await asyncio.sleep(0)
        apart = [gatherings.apart]
        gatherings.enter("c")
        apart.append(gatherings.apart)
        gatherings.drop([Outcome(item_id="b"), Outcome(item_id="c")])
        await asyncio.gather(*jobs)
        return [*apart, gatherings.apart]

    assert asyncio.run(meet()) == [1, 0, 0]


def test_another_takes_over_from_a_host_that_fails() -> None:
    hosts: list[str] = []

    async def meet() -> list[str | BaseException]:
        gatherings = Gatherings(expected("ab"))

        def host(name: str) -> object:
            async def make(given: Mapping[str, str], before: Sequence[str]) -> str:
                hosts.append(name)
                if len(hosts) == 1:
                    raise ZeroDivisionError
                return await join(given, before)

            return gatherings.make_together("all", name, name, make, patience=5, sleep=wait)

        return await asyncio.gather(host("a"), host("b"), return_exceptions=True)  # type: ignore[call-overload,no-any-return]

    first, second = asyncio.run(meet())
    assert len(hosts) == 2
    assert {type(first), type(second)} == {ZeroDivisionError, str}


def test_who_comes_while_others_are_being_made_knows_of_what_is_made() -> None:
    async def meet() -> list[str]:
        gatherings, is_begun = Gatherings(expected("abc")), asyncio.Event()

        async def slowly(given: Mapping[str, str], before: Sequence[str]) -> str:
            is_begun.set()
            await asyncio.sleep(0.01)
            return await join(given, before)

        def come(name: str, patience: float) -> asyncio.Future[str]:
            return asyncio.ensure_future(
                gatherings.make_together("all", name, name, slowly, patience=patience, sleep=current_work().sleep)
            )

        first = [come("a", 0.01), come("b", 0.01)]
        await is_begun.wait()
        late = [come("c", 60), come("a", 60)]
        return await asyncio.gather(*first, *late)

    assert asyncio.run(meet()) == ["a,b", "a,b", "a,b + c", "a,b + a,b + c + a"]


async def turns(count: float, until: asyncio.Event) -> None:
    """Wait so many turns of the loop, whatever the machine is busy with."""
    for _ in range(int(count)):
        if until.is_set():
            return
        await asyncio.sleep(0)


@settings(deadline=None)
@drawn(some.lists(some.tuples(some.integers(0, 15), some.booleans()), min_size=1, max_size=12))
def test_as_long_as_one_after_the_other_comes_or_ends_all_are_waited_for(gaps: list[tuple[int, bool]]) -> None:
    async def meet() -> list[str]:
        names = [chr(ord("b") + number) for number in range(len(gaps))]
        gatherings = Gatherings(expected("a" + "".join(names)))

        def come(name: str) -> asyncio.Future[str]:
            meeting = gatherings.make_together("all", name, name, join, patience=20, sleep=turns)
            return asyncio.ensure_future(meeting)

        jobs = [come("a")]
        for name, (gap, comes) in zip(names, gaps, strict=True):
            await turns(gap, asyncio.Event())
            if comes:
                jobs.append(come(name))
                await asyncio.sleep(0)
            else:
                gatherings.drop([Outcome(item_id=name)])
        return await asyncio.gather(*jobs)

    came = ["a", *(chr(ord("b") + number) for number, (_, comes) in enumerate(gaps) if comes)]
    assert asyncio.run(meet()) == [",".join(came)] * len(came)


def test_nobody_is_waited_for_any_longer_once_patience_has_passed_without_anybody_coming() -> None:
    async def meet() -> list[str]:
        gatherings = Gatherings(expected("abc"))
        both = (gatherings.make_together("all", name, name, join, patience=20, sleep=turns) for name in "ab")
        return await asyncio.gather(*both)

    assert asyncio.run(meet()) == ["a,b", "a,b"]


@settings(deadline=None)
@drawn(
    coming=some.lists(some.tuples(some.sampled_from("abcdef"), some.sampled_from(["come", "drop"])), max_size=12),
)
def test_everybody_who_comes_is_made_exactly_once_whoever_is_dropped(coming: list[tuple[str, str]]) -> None:
    first_word = dict(reversed(coming))

    async def meet() -> list[str]:
        gatherings = Gatherings(expected("abcdef"))
        jobs = []
        for name, word in first_word.items():
            if word == "come":
                meeting = gatherings.make_together("all", name, name, join, patience=60, sleep=wait)
                jobs.append(asyncio.ensure_future(meeting))
                await asyncio.sleep(0)
            else:
                gatherings.drop([Outcome(item_id=name)])
        gatherings.drop([Outcome(item_id=name) for name in "abcdef" if first_word.get(name) != "come"])
        return await asyncio.gather(*jobs)

    came = sorted(name for name, word in first_word.items() if word == "come")
    assert set(asyncio.run(meet())) <= {",".join(came)}
