"""`pressroom creators`: a roster is invented, listed, exported and imported."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import mean

import pytest
from rosters import creator, put_rows
from sites import HEAVY, loaded_by, press, put

from tasks.creators.pool import pool
from tasks.creators.rules import Rules, Tier
from tasks.creators.sampling import Roster, sample_roster
from tasks.creators.slot_types import SLOT_TYPES

Capture = pytest.CaptureFixture[str]
UNTIL = date(2030, 3, 6)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    pool().close()


@pytest.fixture(scope="module")
def roster() -> Roster:
    return sample_roster(12, 7, until=UNTIL)


def test_a_sample_is_listed_with_the_creator_id_first(capsys: Capture) -> None:
    assert press(capsys, "creators", "list").out.startswith("No creators yet.")
    said = press(capsys, "creators", "sample", "--creators", "4", "--seed", "7", "--json")
    assert said.code == 0
    assert said.document["rows"]["creators"] == 4
    found = press(capsys, "creators", "list", "--json").document
    assert [one["creator_id"] for one in found] == sorted(said.document["creators"])
    assert {next(iter(one)) for one in found} == {"creator_id"}
    assert all(one["copies"] >= 60 and one["samples"] > 100 for one in found)
    table = press(capsys, "creators", "list").out.splitlines()
    assert table[0].split() == ["CREATOR", "PAGE", "ACTIVE", "TIER", "TIME", "ZONE", "GROUP", "COPIES", "SAMPLES"]
    assert len(table) == 5


def test_a_sample_writes_an_older_sample_anew_and_nobody_else(capsys: Capture) -> None:
    first = press(capsys, "creators", "sample", "--creators", "3", "--json").document
    before = press(capsys, "creators", "list", "--json").document
    assert press(capsys, "creators", "sample", "--creators", "3").code == 0
    assert press(capsys, "creators", "list", "--json").document == before
    with pool().writing() as connection:
        connection.exec_driver_sql(f"UPDATE creator SET page_name = 'Mine' WHERE creator_id = '{first['creators'][1]}'")
    refused = press(capsys, "creators", "sample", "--creators", "3", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "CREATOR_EXISTS")
    assert press(capsys, "creators", "sample", "--creators", "3", "--replace").code == 0
    assert "Mine" not in press(capsys, "creators", "list").out


def test_a_sample_as_csv_imports_and_touches_no_database_before(tmp_path: Path, home: Path, capsys: Capture) -> None:
    folder = tmp_path / "made"
    assert press(capsys, "creators", "sample", "--creators", "2", "--csv", folder).code == 0
    assert not home.exists()
    said = press(capsys, "creators", "import", folder, "--json")
    assert said.document["imported"]["creators"] == 2
    assert press(capsys, "creators", "export", tmp_path / "out").code == 0
    with (tmp_path / "out/copy.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == said.document["imported"]["copy"]


def test_an_import_with_errors_is_refused_with_all_of_them(tmp_path: Path, capsys: Capture) -> None:
    put(tmp_path / "creators.csv", "creator_id,page_name,time_zone,base_price\na,A,Nowhere,-1\n")
    said = press(capsys, "creators", "import", tmp_path)
    assert said.code == 2
    assert "error CSV_INVALID" in said.err
    assert "line 2, time_zone" in said.err
    assert "line 2, base_price" in said.err
    assert press(capsys, "creators", "list", "--json").document == []


def test_an_export_of_nobody_is_four_headers(tmp_path: Path, capsys: Capture) -> None:
    assert press(capsys, "creators", "export", tmp_path / "out", "--json").document["rows"]["copy"] == 0
    assert (tmp_path / "out/audience.csv").read_text().split() == ["creator_id,week_start,segment,size"]


@pytest.mark.parametrize("arguments", [(), ("sample", "--creators", "0"), ("import",), ("lists",)])
def test_what_it_does_not_know_is_refused(arguments: tuple[str, ...], capsys: Capture) -> None:
    said = press(capsys, "creators", *arguments)
    assert said.code == 2
    assert "USAGE" in said.err


def test_listing_loads_no_library_that_takes_time(tmp_path: Path, home: Path) -> None:
    put_rows(creator("alma"))
    assert not loaded_by(tmp_path, "creators", "list", PRESSROOM_HOME=str(home)) & HEAVY


def test_the_same_seed_invents_the_same_and_another_one_others(roster: Roster) -> None:
    assert sample_roster(12, 7, until=UNTIL) == roster
    assert sample_roster(3, 7, until=UNTIL).creator_ids == roster.creator_ids[:3]
    assert sample_roster(12, 8, until=UNTIL).creator_ids != roster.creator_ids


def test_a_sample_has_all_tiers_two_groups_and_creators_of_one_niche(roster: Roster) -> None:
    people = roster.rows["creators"]
    assert {Tier.of(one["audience_size"]) for one in people} == set(Tier)
    assert sorted(Counter(one["group"] for one in people if one["group"]).values()) == [2, 2]
    assert max(Counter(one["niche"] for one in people).values()) >= 2
    assert len({one["time_zone"] for one in people}) == 12
    assert {one["group"] for one in roster.rows["copy"] if not one["creator_id"]} == {"harbour", "orchard"}


def test_every_invented_creator_can_fill_a_week(roster: Roster) -> None:
    for who in roster.creator_ids:
        copies = [one for one in roster.rows["copy"] if one["creator_id"] == who]
        usable = {one["slot_type"] for one in copies if one["performance"] >= Rules().min_copy_performance}
        assert 60 <= len(copies) <= 150
        assert len(usable) >= Rules().min_slot_types
        days = {one["posted_on"] for one in roster.rows["performance"] if one["creator_id"] == who}
        assert str(UNTIL - timedelta(weeks=17)) < min(days) <= str(UNTIL - timedelta(weeks=15))
        assert max(days) < str(UNTIL)


def test_what_posts_bring_depends_on_what_they_are(roster: Roster) -> None:
    rows = roster.rows["performance"]
    assert all(one["value"] >= 0 and one["slot_type"] in SLOT_TYPES for one in rows)
    for who in roster.creator_ids[:4]:
        own = [one for one in rows if one["creator_id"] == who]
        late = mean(one["value"] for one in own if one["hour"] >= 18)
        assert late > mean(one["value"] for one in own if one["hour"] <= 11)


@pytest.mark.usefixtures("prefect_server")
def test_who_was_meant_is_said_alike_before_a_run_and_by_it(tmp_path: Path, capsys: Capture) -> None:
    put_rows(creator("alma"))
    path = put(tmp_path / "spec.yaml", "kind: creators\ncreator: alna\nmodel: none\n")
    found = [
        press(capsys, "validate", path, "--json").document["problems"],
        press(capsys, "plan", path, "--json").document["items"],
        [one["error"] for one in press(capsys, "preview", path, "--json").document["results"]],
        press(capsys, "run", path, "--json").document["results"],
    ]
    said = [(one.get("error_message") or one.get("message"), one["remedy"]) for (one,) in found]
    assert said == [("CREATOR_UNKNOWN: Creator not found in active_creators: 'alna'.", "Did you mean 'alma'?")] * 4
