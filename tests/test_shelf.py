"""What is known of creators is read in waves, and each gets what is his own: alone, in a batch, or in a later week."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from creating import WEEK, item
from rosters import audience, copy, creator, put_rows, sample, schedule
from sqlmodel import SQLModel

from tasks.creators.context import CreatorContext, Profile, Sample
from tasks.creators.loading import load, wait_for
from tasks.creators.models import CreatorItem
from tasks.creators.peers import KEPT_SECONDS, READ_AT_ONCE, Peers
from tasks.creators.pool import pool
from tasks.creators.rules import Tier
from tasks.creators.shelf import MOST_KEPT, WAVE, Place, Shelf, announce, saved, shelf
from tasks.ledger.tables import BatchRow, ItemRow

NEXT = WEEK + timedelta(days=7)
NOBODY = CreatorContext()


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    pool().close()


def loaded(*items: CreatorItem, batch: str = "b", announced: bool = True) -> list[CreatorContext]:
    """Load items one after the other, as those of one batch."""
    items = tuple(one.model_copy(update={"batch_id": batch}) for one in items)

    async def all_of_them() -> list[CreatorContext]:
        if announced:
            announce(batch, items)
        return [await load(one) for one in items]

    return asyncio.run(all_of_them())


def alone(one: CreatorItem) -> CreatorContext:
    (found,) = loaded(one, batch="", announced=False)
    return found


def statements(*items: CreatorItem, **options: Any) -> int:
    before = pool().use()
    loaded(*items, **options)
    return pool().use().since(before).statements


def three() -> list[SQLModel]:
    """Three potters, two of them of one kiln."""
    rows: list[SQLModel] = []
    for name, group in (("alma", "kiln"), ("bo", "kiln"), ("cy", "")):
        rows += [
            creator(name, group_name=group, rules='{"min_slot_types": 3}' if name == "bo" else "{}"),
            copy(f"{name}-1", name),
            copy(f"{name}-2", name, tone="dry", price=4.5, performance=70.0),
            sample(name, 7, copy_id=f"{name}-1", value=20.0, reach=50, responses=5),
            sample(name, 3, hour=19),
            audience(name, 2),
            audience(name, 1, segment="lapsing", size=9),
        ]
    return [*rows, copy("kiln-1", group_name="kiln"), copy("loom-1", group_name="loom")]


def test_each_creator_gets_his_own_and_what_his_group_shares_and_nothing_else() -> None:
    put_rows(*three())
    found = dict(zip(["alma", "bo", "cy"], loaded(item("alma"), item("bo"), item("cy")), strict=True))
    for name, context in found.items():
        shared = ["kiln-1"] if name in ("alma", "bo") else []
        assert context.known.creator_id == name
        assert [one.copy_id for one in context.copies] == [f"{name}-1", f"{name}-2", *shared]
        assert [one.copy_id for one in context.copies if one.is_shared] == shared
        assert [one.copy_id for one in context.samples] == [f"{name}-1", None]
        assert [(one.segment, one.size) for one in context.audience] == [("new", 5), ("lapsing", 9)]
        others = {"alma", "bo", "cy"} - {name}
        assert not [other for other in others if f"{other}-" in context.model_dump_json()]
    assert found["bo"].known.rules == {"min_slot_types": 3}
    assert found["alma"].copies[1].price == 4.5


def test_a_batch_gives_what_each_would_get_alone_with_far_fewer_questions() -> None:
    put_rows(*three())
    items = [item(name) for name in ("alma", "bo", "cy")]
    single = [alone(one) for one in items]
    assert loaded(*items) == single
    one = statements(items[0], batch="fresh", announced=False)
    assert one <= 8
    assert statements(*items, batch="another") <= 9


@pytest.mark.usefixtures("database")
def test_it_reads_the_same_from_every_database() -> None:
    put_rows(*three(), creator("di", is_active=False), copy("old", "alma", is_active=False))
    schedule("bo", {"kiln-1": f"{WEEK}T19:05:00+00:00"})
    alma, di = loaded(item("alma", group="kiln"), item("di"))
    assert [one.copy_id for one in alma.copies] == ["alma-1", "alma-2", "kiln-1"]
    assert [(one.creator_id, one.hour) for one in alma.taken] == [("bo", 19)]
    assert alma.peers
    assert not di.known.is_active


def test_a_creator_is_found_by_page_name_and_one_who_is_not_there_has_no_profile() -> None:
    put_rows(*three())
    by_page, nobody = loaded(item("x", creator="Alma page"), item("nobody"))
    assert by_page.known.creator_id == "alma"
    assert nobody == NOBODY


def test_samples_and_audience_are_those_of_the_twelve_weeks_before_the_planned_one() -> None:
    put_rows(creator("alma"), *(sample("alma", days) for days in (-1, 0, 1, 84, 85)))
    put_rows(*(audience("alma", weeks) for weeks in (0, 1, 12, 13)))
    context = alone(item("alma"))
    assert [(WEEK - one.posted_on).days for one in context.samples] == [84, 1]
    assert [(WEEK - one.week_start).days // 7 for one in context.audience] == [12, 1]


def test_copy_was_last_used_when_its_row_a_sample_or_a_saved_schedule_says_so() -> None:
    before = WEEK - timedelta(days=7)
    put_rows(creator("alma"), creator("bo"))
    put_rows(
        copy("row", "alma", last_used_on="2030-02-20"),
        copy("sampled", "alma", last_used_on="2030-01-01"),
        copy("planned", "alma", last_used_on="2030-01-01"),
        copy("unused", "alma"),
        copy("later", "alma", last_used_on=str(WEEK)),
        copy("gone", "alma"),
    )
    put_rows(sample("alma", 9, copy_id="sampled"), sample("alma", 30, copy_id="sampled"))
    put_rows(sample("bo", 1, copy_id="unused"))
    schedule("alma", ["planned"], week=before)
    schedule("alma", ["row", "unused"], week=WEEK)
    schedule("alma", ["gone"], week=before - timedelta(days=7), status="REJECTED")
    used = {one.copy_id: one.last_used_on and str(one.last_used_on) for one in alone(item("alma")).copies}
    assert used == {
        "row": "2030-02-20",
        "sampled": "2030-02-23",
        "planned": str(before),
        "unused": None,
        "later": None,
        "gone": None,
    }


def test_shared_copy_was_used_when_any_member_of_the_group_used_it() -> None:
    put_rows(creator("alma", group_name="kiln"), creator("bo", group_name="kiln"), creator("cy", group_name="kiln"))
    put_rows(copy("one", group_name="kiln"), copy("two", group_name="kiln"), sample("bo", 4, copy_id="one"))
    schedule("cy", ["two"], week=WEEK - timedelta(days=7))
    used = {one.copy_id: one.last_used_on for one in alone(item("alma")).copies}
    assert used == {"one": WEEK - timedelta(days=4), "two": WEEK - timedelta(days=7)}


def test_what_members_of_the_group_posted_is_taken_unless_they_are_planned_now() -> None:
    put_rows(*(creator(name, group_name="kiln") for name in ("alma", "bo", "cy")), creator("di", group_name="loom"))
    for name in ("alma", "bo", "cy", "di"):
        schedule(name, {f"{name}-1": f"{WEEK + timedelta(days=2)}T19:10:00+00:00"})
    schedule("bo", ["other"], week=NEXT)
    together = {"group": "kiln", "gathering": "kiln-now"}
    found = loaded(item("alma", **together), item("Bo page", **together))
    assert [one.model_dump() for one in found[0].taken] == [
        {"creator_id": "cy", "copy_text_id": "cy-1", "day": 2, "hour": 19}
    ]
    assert [one.creator_id for one in alone(item("alma")).taken] == ["bo", "cy"]


def test_a_declared_member_whom_the_batch_does_not_plan_counts_with_what_was_saved_for_it() -> None:
    put_rows(creator("alma"), creator("bo"), creator("cy"), copy("s1", group_name="spring"))
    for name in ("bo", "cy"):
        schedule(name, {f"{name}-1": f"{WEEK}T19:10:00+00:00"})
    schedule("bo", ["s1"], week=WEEK - timedelta(days=7))
    announce("b", [item("alma", group="spring")], {"spring": ["alma", "Bo page"]})
    context = asyncio.run(load(item("alma", batch_id="b", group="spring")))
    assert [one.copy_text_id for one in context.taken] == ["bo-1"]
    assert [one.last_used_on for one in context.copies] == [WEEK - timedelta(days=7)]


def test_a_member_whose_schedule_stands_from_an_earlier_run_of_the_batch_is_taken() -> None:
    put_rows(creator("alma"), creator("bo"))
    schedule("bo", ["bo-1"])
    ended("b", f"bo-{WEEK}", "succeeded")
    together = {"group": "spring", "gathering": "spring"}
    announce("b", [item("alma", **together), item("bo", **together)])
    context = asyncio.run(load(item("alma", batch_id="b", **together)))
    assert [one.copy_text_id for one in context.taken] == ["bo-1"]


def ended(batch_id: str, item_id: str, status: str) -> None:
    batch: dict[str, Any] = {"kind": "creators", "status": "running", "spec": "{}", "output_dir": "", "total": 1}
    if not pool().execute("SELECT batch_id FROM batch WHERE batch_id = ?", (batch_id,)):
        put_rows(BatchRow(batch_id=batch_id, **batch, created_at=0.0, started_at=0.0))
    put_rows(ItemRow(batch_id=batch_id, item_id=item_id, position=0, payload="", status=status))


def test_peers_are_of_the_same_niche_without_oneself_and_compare_by_their_own_means() -> None:
    for name, factor in (("alma", 1.0), ("bo", 10.0), ("cy", 100.0)):
        put_rows(creator(name), sample(name, 7, value=1.0 * factor), sample(name, 7, hour=19, value=3.0 * factor))
    put_rows(creator("di", niche="chess"), sample("di", 7, hour=3, value=5.0))
    peers = alone(item("alma")).peers
    assert [(one.slot_type, one.hour, one.weekday, one.count) for one in peers] == [
        ("photo", 10, 0, 2),
        ("photo", 19, 0, 2),
    ]
    assert peers[0].log_sum == pytest.approx(2 * math.log1p(0.5))
    assert peers[1].log_square_sum == pytest.approx(2 * math.log1p(1.5) ** 2)


def test_a_niche_with_too_few_others_is_replaced_by_the_tier() -> None:
    put_rows(creator("alma", niche="kites"), creator("bo", niche="kites"), sample("bo", 7, hour=1))
    put_rows(creator("cy", niche="chess"), sample("cy", 7, hour=2))
    put_rows(creator("di", niche="chess", audience_size=100), sample("di", 7, hour=3))
    assert Tier.of(8_000) is Tier.HIGH
    assert [one.hour for one in alone(item("alma")).peers] == [1, 2]


def test_peers_are_read_again_after_half_an_hour_and_not_before() -> None:
    put_rows(*(creator(name) for name in ("alma", "bo", "cy")), sample("bo"), sample("cy"))
    now = [0.0]
    kept = Peers(clock=lambda: now[0])
    profile = alone(item("alma")).known

    def count() -> int:
        return sum(one.count for one in kept.of(pool().execute, profile, [], WEEK))

    assert count() == 2
    put_rows(sample("bo", 6))
    now[0] = KEPT_SECONDS - 1
    assert count() == 2
    now[0] = KEPT_SECONDS
    assert count() == 3


def test_peers_of_many_niches_are_read_a_few_at_a_time_and_compare_as_ever() -> None:
    names = [f"c{number:03}" for number in range(3 * READ_AT_ONCE)]
    for number, name in enumerate(names):
        put_rows(creator(name, niche=f"niche-{number // 3}"), sample(name, 7, hour=number % 24))
    most_asked = 0

    def execute(query: str, values: Sequence[object]) -> Sequence[Any]:
        nonlocal most_asked
        most_asked = max(most_asked, len(set(names).intersection(map(str, values))))
        return pool().execute(query, values)

    many = Peers()
    profiles = [
        Profile(creator_id=name, page_name=name, time_zone="Europe/Lisbon", niche=f"niche-{number // 3}")
        for number, name in enumerate(names)
    ]
    many.warm(execute, profiles, WEEK)
    assert most_asked == READ_AT_ONCE
    for number, profile in enumerate(profiles):
        others = {hour % 24 for hour in range(number - number % 3, number - number % 3 + 3)} - {number % 24}
        own = [Sample(posted_on=WEEK - timedelta(days=7), hour=number % 24, slot_type="photo", value=10.0)]
        assert {one.hour for one in many.of(execute, profile, own, WEEK)} == others


def test_rows_of_a_context_share_the_names_of_their_fields_which_take_more_memory_than_what_they_hold() -> None:
    put_rows(*three())
    for context in loaded(item("alma"), item("bo")):
        for rows in (context.copies, context.samples, context.peers):
            assert len(rows) > 1
            assert len({id(row.model_fields_set) for row in rows}) == 1
            assert rows[0].model_fields_set == set(type(rows[0]).model_fields)


def test_a_wave_is_the_next_items_of_the_same_week_that_are_not_here_yet() -> None:
    items = [item(f"c{number:03}") for number in range(60)]
    later = [item("c000", item_id="later", week_start=NEXT)]
    own = Shelf()
    own.announce("b", [*items, *later])
    batch = own.batch("b")
    first = own.wave(batch, Place.of(items[0]))
    assert [place.creator for place in first] == [f"c{number:03}" for number in range(WAVE)]
    own.put("b", [(place.item_id, NOBODY) for place in first[1:]])
    assert own.wave(batch, Place.of(items[3]))[1].creator == "c025"
    assert [place.item_id for place in own.wave(batch, Place.of(later[0]))] == ["later"]


def test_it_holds_no_more_for_many_creators_than_for_few() -> None:
    put_rows(*(creator(f"c{number:03}") for number in range(120)))
    items = [item(f"c{number:03}", batch_id="b") for number in range(120)]

    async def most_kept() -> int:
        announce("b", items)
        return max([len(shelf()) for one in items if (await load(one)).profile is not None])

    assert asyncio.run(most_kept()) < WAVE
    assert len(shelf()) == 0


def test_what_nobody_fetches_makes_room_and_what_is_old_is_read_again() -> None:
    now = [0.0]
    own = Shelf(clock=lambda: now[0])
    own.put("b", [(f"i{number}", NOBODY) for number in range(3 * WAVE)])
    assert len(own) == MOST_KEPT
    assert own.take("b", "i0") is None
    assert own.take("b", f"i{3 * WAVE - 1}") == NOBODY
    now[0] = 7_200.0
    assert own.take("b", f"i{3 * WAVE - 2}") is None


def test_items_that_ask_at_once_are_read_in_one_wave() -> None:
    put_rows(*three())
    items = [item(name, batch_id="b") for name in ("alma", "bo", "cy")]

    async def at_once() -> list[CreatorContext]:
        announce("b", items)
        return await asyncio.gather(*map(load, items))

    before = pool().use()
    found = asyncio.run(at_once())
    assert [context.known.creator_id for context in found] == ["alma", "bo", "cy"]
    assert pool().use().since(before).statements <= 10


def weeks(**fields: Any) -> tuple[CreatorItem, CreatorItem]:
    first = item("alma", batch_id="b", **fields)
    second = item("alma", batch_id="b", item_id="second", week_start=NEXT, after=first.item_id, **fields)
    return first, second


def test_a_later_week_waits_for_the_one_before_and_sees_what_it_used() -> None:
    put_rows(creator("alma"), copy("a1", "alma"), copy("a2", "alma"))
    first, second = weeks()

    async def both() -> CreatorContext:
        announce("b", [first, second])
        await load(first)
        waiting = asyncio.create_task(load(second))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await pool().apart(schedule, "alma", ["a1"])
        saved("b", first.item_id)
        return await waiting

    used = {one.copy_id: one.last_used_on for one in asyncio.run(both()).copies}
    assert used == {"a1": WEEK, "a2": None}


@pytest.mark.parametrize("status", ["failed", "cancelled", "skipped", "succeeded"])
def test_a_later_week_does_not_wait_for_one_that_is_over(status: str) -> None:
    put_rows(creator("alma"), copy("a1", "alma"))
    first, second = weeks()
    ended("b", first.item_id, status)
    announce("b", [first, second])
    assert asyncio.run(load(second)).known.creator_id == "alma"


def test_a_week_waits_on_as_long_as_those_before_it_end_one_after_the_other() -> None:
    put_rows(creator("alma"))
    first, second = weeks()

    async def still_waits() -> list[bool]:
        announce("b", [first, second])
        waiting = asyncio.create_task(wait_for(shelf().batch("b"), {first.item_id, "second"}, patience=0.3))
        found = []
        for one in (first, second):
            await asyncio.sleep(0.7)
            found.append(not waiting.done())
            saved("b", one.item_id)
        await waiting
        return found

    assert asyncio.run(still_waits()) == [True, True]


def test_a_later_week_of_a_group_sees_what_other_members_used_of_shared_copy() -> None:
    put_rows(creator("alma", group_name="kiln"), creator("bo", group_name="kiln"), copy("k1", group_name="kiln"))
    first = item("alma", batch_id="b", group="kiln")
    other = item("bo", batch_id="b", group="kiln", item_id="second", week_start=NEXT)

    async def both() -> CreatorContext:
        announce("b", [first, other])
        await load(first)
        waiting = asyncio.create_task(load(other))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await pool().apart(schedule, "alma", ["k1"])
        saved("b", first.item_id)
        return await waiting

    assert [one.last_used_on for one in asyncio.run(both()).copies] == [WEEK]
