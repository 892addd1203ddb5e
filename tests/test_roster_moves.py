"""What an import refuses beside single cells: texts that are somebody else's, uses that are to come."""

from __future__ import annotations

from pathlib import Path

import pytest
from rosters import copy, creator, put_rows
from sites import put

from tasks.creators.roster_csv import check_roster, import_roster
from tasks.errors import PressroomError

HEAD = "copy_id,text,slot_type,creator_id,last_used_on,performance\n"


def flaws(folder: Path, rows: str) -> str:
    return " ".join(one.message for one in check_roster(put(folder / "copy.csv", HEAD + rows)))


def test_a_text_is_not_taken_from_who_has_it(tmp_path: Path) -> None:
    put_rows(creator("alma"), creator("bela"), copy("c1", "alma"), copy("c2", group_name="quay"))
    said = flaws(tmp_path, "c1,Mine,tip,bela,,\nc2,Ours,tip,bela,,\n")
    assert "'c1' is a text of 'alma' already" in said
    assert "'c2' is a text of 'quay' already" in said
    assert flaws(tmp_path, "c1,Changed,tip,alma,,\n") == ""


def test_a_last_use_is_over_and_a_bound_is_named(tmp_path: Path) -> None:
    put_rows(creator("alma"))
    said = flaws(tmp_path, "c3,New,tip,alma,2999-01-01,101\n")
    assert "'2999-01-01' is in the future" in said
    assert "'101' is no performance, which is 0 to 100" in said


def test_a_refused_import_of_several_files_names_those_with_errors(tmp_path: Path) -> None:
    put_rows(creator("alma"))
    good = put(tmp_path / "audience.csv", "creator_id,week_start,segment,size\nalma,2030-03-04,new,5\n")
    bad = put(tmp_path / "copy.csv", "copy_id,text,slot_type,creator_id\nc1,A,tipp,alma\n")
    with pytest.raises(PressroomError) as caught:
        import_roster([good, bad])
    assert caught.value.message.startswith(f"{str(bad)!r}: 1 error, and nothing was imported.")
