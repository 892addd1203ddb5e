"""What a roster's header or one of its files lacks hides no other error of it and makes no false one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sites import put

from tasks.creators.roster_csv import check_roster

CREATORS = "creator_id,page_name,time_zone\nalma,At the wheel,Europe/Lisbon\n"
COPY = "copy_id,creator_id,text,slot_type\na1,alma,Hello,photo\n"
AUDIENCE = "creator_id,week_start,segment,size\n"


def wrong(tmp_path: Path, **files: str) -> list[tuple[str, int | None, str]]:
    for name, text in files.items():
        put(tmp_path / f"{name}.csv", text)
    return [(Path(one.file or "").stem, one.line, one.field) for one in check_roster(tmp_path)]


def test_an_unknown_column_hides_no_error_of_the_rows_and_makes_nobody_unknown(tmp_path: Path) -> None:
    creators = "creator_id,page_name,time_zone,nich\nalma,At the wheel,Europe/Lisbn,pots\n"
    assert wrong(tmp_path, creators=creators, copy=COPY) == [("creators", 1, "nich"), ("creators", 2, "time_zone")]


def test_a_missing_column_is_told_once_and_not_of_each_row(tmp_path: Path) -> None:
    creators = "creator_id,time_zone\nalma,Europe/Lisbn\nbela,UTC\n"
    assert wrong(tmp_path, creators=creators) == [("creators", 1, "page_name"), ("creators", 2, "time_zone")]


@pytest.mark.parametrize(
    "creators", ["page_name,time_zone\nAlma,UTC\n", CREATORS + "bela,Bela\n", 'creator_id,page_name,time_zone\n"al"ma']
)
def test_who_may_stand_in_rows_that_could_not_be_read_is_not_called_unknown(creators: str, tmp_path: Path) -> None:
    found = wrong(tmp_path, creators=creators, copy=COPY.replace("alma", "bela"))
    assert [file for file, _, _ in found] == ["creators"]


def test_copy_without_a_column_for_its_owner_is_told_once(tmp_path: Path) -> None:
    copy = "copy_id,text,slot_type\na1,Hello,photo\na2,Hello,photo\n"
    assert wrong(tmp_path, creators=CREATORS, copy=copy) == [("copy", 1, "creator_id")]


def test_an_audience_is_of_the_known_segments_by_weeks_that_begin_on_a_monday(tmp_path: Path) -> None:
    rows = "alma,2030-01-07,lapsng,5\nalma,2030-01-08,new,5\nalma,2030-01-07,regular,5\n"
    assert wrong(tmp_path, creators=CREATORS, audience=AUDIENCE + rows) == [
        ("audience", 2, "segment"),
        ("audience", 3, "week_start"),
    ]
    hints = [one.remedy for one in check_roster(tmp_path)]
    assert hints == ["Did you mean 'lapsing'?", "Weeks begin on one, such as 2030-01-07."]
