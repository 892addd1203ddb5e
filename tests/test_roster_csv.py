"""A roster comes in as CSV files, all of it or nothing, with every error named; and goes out as the same files."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import HEAVY, put

from tasks.creators.pool import pool
from tasks.creators.roster_csv import check_roster, export_roster, import_roster, write_roster
from tasks.creators.roster_files import RosterFile, as_csv, read_file
from tasks.creators.roster_rows import PARTS
from tasks.creators.sampling import sample_roster
from tasks.creators.store import listed
from tasks.errors import PressroomError

CREATORS = "creator_id,page_name,time_zone\nalma,At the wheel,Europe/Lisbon\nbo,Bo,UTC\n"
COPY = "copy_id,creator_id,group,text,slot_type\na1,alma,,Hello,photo\nk1,,kiln,To all,poll\n"
PERFORMANCE = "creator_id,posted_on,hour,slot_type,copy_id,value\nalma,2024-01-08,10,photo,a1,12.5\n"
AUDIENCE = "creator_id,week_start,segment,size\nalma,2024-01-08,new,5\n"


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    pool().close()


def folder(tmp_path: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        put(tmp_path / "roster" / f"{name}.csv", content)
    return tmp_path / "roster"


def wrong(tmp_path: Path, **files: str | bytes) -> list[str]:
    """Import what cannot be and return the errors, one a line; nothing may have been written."""
    with pytest.raises(PressroomError) as caught:
        import_roster(folder(tmp_path, **files))
    assert caught.value.code == "CSV_INVALID"
    assert "nothing was imported" in caught.value.message
    assert listed(pool().execute) == []
    return [line.strip() for line in caught.value.message.splitlines()[1:]]


def count(table: str) -> int:
    return int(pool().execute(f"SELECT count(*) AS number FROM {table}")[0]["number"])


@pytest.mark.usefixtures("database")
def test_four_files_are_imported_and_importing_them_again_changes_nothing(tmp_path: Path) -> None:
    given = folder(tmp_path, creators=CREATORS, copy=COPY, performance=PERFORMANCE, audience=AUDIENCE)
    for _ in range(2):
        assert import_roster(given).counts == {"creators": 2, "copy": 2, "performance": 1, "audience": 1}
        assert [(one.creator_id, one.copies, one.samples) for one in listed(pool().execute)] == [
            ("alma", 1, 1),
            ("bo", 0, 0),
        ]
        assert [count(part.table) for part in PARTS.values()] == [2, 2, 1, 1]


@pytest.mark.usefixtures("database")
def test_importing_again_updates_the_columns_that_a_file_has_and_no_other(tmp_path: Path) -> None:
    import_roster(
        folder(tmp_path, creators="creator_id,page_name,time_zone,niche\nalma,Alma,UTC,pottery\nbo,Bo,UTC,x\n")
    )
    import_roster(folder(tmp_path, creators="creator_id,page_name,time_zone\nalma,Bo,Asia/Tokyo\nbo,Alma,UTC\n"))
    found = [(one.creator_id, one.page_name, one.time_zone, one.niche) for one in listed(pool().execute)]
    assert found == [("alma", "Bo", "Asia/Tokyo", "pottery"), ("bo", "Alma", "UTC", "x")]


def test_samples_of_the_same_hour_slot_type_and_copy_are_replaced_and_others_stay(tmp_path: Path) -> None:
    head, more = PERFORMANCE.splitlines()[0], "alma,2024-01-08,10,photo,,1\nalma,2024-01-08,10,photo,,2\n"
    import_roster(folder(tmp_path, creators=CREATORS, performance=PERFORMANCE + more))
    import_roster(folder(tmp_path, performance=f"{head}\nalma,2024-01-08,10,photo,,7\nbo,2024-01-08,10,photo,a1,3\n"))
    rows = pool().execute("SELECT creator_id, copy_id, value FROM performance_sample ORDER BY value")
    assert [tuple(row.values()) for row in rows] == [("bo", "a1", 3.0), ("alma", None, 7.0), ("alma", "a1", 12.5)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,X,UTC,-3,,", "base_price: '-3' is no amount of money"),
        ("x,X,UTC,nan,,", "base_price: 'nan' is not a number"),
        ("x,X,UTC,much,,", "base_price: 'much' is not a number"),
        ("x,X,UTC,,1.5,", "audience_size: '1.5' is not a whole number"),
        ("x,X,UTC,,-1,", "audience_size: '-1' is no number of things"),
        ("x,X,UTC,,,perhaps", "is_active: 'perhaps' is neither true nor false"),
        ("x,X,Europe/Lisbn,,,", "time_zone: there is no time zone 'Europe/Lisbn'. Did you mean 'Europe/Lisbon'?"),
        ("x,X,../etc,,,", "time_zone: there is no time zone '../etc'"),
        ("x,X,,,,", "time_zone: it is empty"),
        (" x,X,UTC,,,", "creator_id: ' x' could not be the name of a file"),
        ("x,X,UTC,,", "5 cells where the header has 6"),
        ('x,"X"y,UTC,,,', "',' expected after '\"'"),
        ("alma,X,UTC,,,\nalma,Y,UTC,,,", "line 3, creator_id: 'alma' stands in creators.csv, line 2 already"),
        ("x,X,UTC,,,\ny,X,UTC,,,", "line 3, page_name: 'X' stands in creators.csv, line 2 already"),
        ("x,X,UTC,,,\ny,x,UTC,,,", "line 3, page_name: 'x' means creator 'x' already"),
    ],
)
def test_each_fault_of_a_creator_is_told_in_its_own_words(row: str, why: str, tmp_path: Path) -> None:
    found = wrong(tmp_path, creators=f"creator_id,page_name,time_zone,base_price,audience_size,is_active\n{row}\n")
    assert len(found) == 1
    assert why in found[0]


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ("{", "the rules are no JSON"),
        ("[]", "the rules are no JSON object"),
        ('{""max_per_dey"": 2}', "max_per_dey: there is no such rule. Did you mean 'max_per_day'?"),
        ('{""max_per_day"": 0}', "max_per_day: input should be greater than or equal to 1"),
    ],
)
def test_a_creators_own_rules_are_checked(rules: str, why: str, tmp_path: Path) -> None:
    (found,) = wrong(tmp_path, creators=f'creator_id,page_name,time_zone,rules\nx,X,UTC,"{rules}"\n')
    assert why in found


@pytest.mark.parametrize(
    ("name", "row", "why"),
    [
        ("copy", "a1,nobody,,T,photo,", "creator_id: there is no creator 'nobody'"),
        ("copy", "a1,alma,,T,foto,", "slot_type: there is no slot type 'foto'. Did you mean 'photo'?"),
        ("copy", "a1,alma,,,photo,", "text: it is empty"),
        ("copy", "a1,alma,,T,photo,-0.5", "price: '-0.5' is no amount of money"),
        ("copy", "a1,alma,kiln,T,photo,", "it belongs to a creator and to a group"),
        ("copy", "a1,,,T,photo,", "it belongs to nobody"),
        ("copy", "a1,alma,,T,photo,\na1,bo,,U,tip,", "copy_id: 'a1' stands in copy.csv, line 2 already"),
        ("performance", "nobody,2024-01-08,10,photo,1", "creator_id: there is no creator 'nobody'"),
        ("performance", "alm,2024-01-08,10,photo,1", "there is no creator 'alm'. Did you mean 'alma'?"),
        ("performance", "alma,2024-01-08,24,photo,1", "hour: '24' is no hour of a day"),
        ("performance", "alma,2024-02-30,10,photo,1", "posted_on: '2024-02-30' is no day"),
        ("performance", "alma,20240108,10,photo,1", "posted_on: '20240108' is no day"),
        ("performance", "alma,2024-01-08,10,photo,-1", "value: '-1' is no amount of money"),
        ("audience", "alma,2024-01-08,new,1\nalma,2024-01-08,new,2", "stands in audience.csv, line 2 already"),
    ],
)
def test_each_fault_of_the_other_files_is_told_in_its_own_words(name: str, row: str, why: str, tmp_path: Path) -> None:
    heads = {
        "copy": "copy_id,creator_id,group,text,slot_type,price",
        "performance": "creator_id,posted_on,hour,slot_type,value",
        "audience": "creator_id,week_start,segment,size",
    }
    found = wrong(tmp_path, creators=CREATORS, **{name: f"{heads[name]}\n{row}\n"})
    assert len(found) == 1
    assert why in found[0]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("creator_id,page_name,time_zone,nich", "there is no column 'nich'. Did you mean 'niche'?"),
        ("creator_id,page_name", "column 'time_zone' is missing"),
        ("creator_id,page_name,time_zone,niche,niche", "column 'niche' is there more than once"),
    ],
)
def test_a_header_names_the_columns_of_its_table(head: str, why: str, tmp_path: Path) -> None:
    (found,) = wrong(tmp_path, creators=f"{head}\n")
    assert found.startswith("creators.csv, line 1, ")
    assert why in found


@pytest.mark.parametrize("content", [b"", b"creator_id\xff", b"creator_id,page_name,time_zone\na,b\0,UTC\n"])
def test_a_file_that_is_no_text_of_rows_is_refused(content: bytes, tmp_path: Path) -> None:
    assert len(wrong(tmp_path, creators=content, copy=COPY)) >= 1


def test_all_errors_are_found_the_first_twenty_shown_and_the_rest_counted(tmp_path: Path) -> None:
    rows = "".join(f"c{number},2024-01-08,25,photo,-1\n" for number in range(40))
    given = folder(tmp_path, creators=CREATORS, performance=f"creator_id,posted_on,hour,slot_type,value\n{rows}")
    with pytest.raises(PressroomError, match="120 errors") as caught:
        import_roster(given)
    lines = caught.value.message.splitlines()
    assert len(lines) == 22
    assert lines[1].startswith("  performance.csv, line 2, ")
    assert lines[-1] == "  and 100 more"
    problems = check_roster(given)
    assert len(problems) == 21
    assert (problems[0].line, problems[0].code) == (2, "CSV_INVALID")
    assert "100 more errors" in problems[-1].message


def test_the_line_is_the_one_on_which_a_row_begins(tmp_path: Path) -> None:
    text = 'copy_id,creator_id,text,slot_type\na1,alma,"one\ntwo",photo\n\na2,alma,three,foto\n'
    (found,) = wrong(tmp_path, creators=CREATORS, copy=text)
    assert found.startswith("copy.csv, line 5, slot_type")


@pytest.mark.parametrize("sign", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_both_delimiters_and_a_byte_order_mark_are_read(sign: str, mark: str, tmp_path: Path) -> None:
    import_roster(folder(tmp_path, creators=mark + CREATORS.replace(",", sign)))
    assert [one.page_name for one in listed(pool().execute)] == ["At the wheel", "Bo"]


def test_single_files_are_told_by_name_or_by_their_columns(tmp_path: Path) -> None:
    files = [put(tmp_path / "people.csv", CREATORS), put(tmp_path / "texts.csv", COPY)]
    assert import_roster(files).counts == {"creators": 2, "copy": 2}
    with pytest.raises(PressroomError, match="none of the four"):
        import_roster([put(tmp_path / "other.csv", "a,b\n1,2\n")])
    with pytest.raises(PressroomError, match="no roster is there"):
        import_roster(put(tmp_path / "empty/readme.txt", "").parent)


def test_a_later_import_may_name_creators_that_are_in_the_database(tmp_path: Path) -> None:
    import_roster(folder(tmp_path, creators=CREATORS))
    (tmp_path / "roster/creators.csv").unlink()
    given = folder(tmp_path, performance=PERFORMANCE)
    assert check_roster(given) == []
    assert import_roster(given).counts == {"performance": 1}
    taken = "creator_id,page_name,time_zone\ncy,Bo,UTC\ndi,alma,UTC\n"
    problems = check_roster(folder(tmp_path, creators=taken))
    assert ["means creator 'bo'" in problems[0].message, "means creator 'alma'" in problems[1].message] == [True, True]


def test_an_import_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    import_roster(folder(tmp_path, creators=CREATORS))
    with pool().writing() as connection:
        connection.exec_driver_sql("DROP TABLE audience_week")
    given = folder(tmp_path, creators=CREATORS.replace("At the wheel", "Other"), audience=AUDIENCE)
    with pytest.raises(PressroomError):
        import_roster(given)
    assert listed(pool().execute)[0].page_name == "At the wheel"


def test_checking_loads_no_library_that_takes_time(tmp_path: Path) -> None:
    folder(tmp_path, creators=CREATORS, copy=COPY)
    lines = [
        "import sys; from pathlib import Path; from tasks.creators.roster_csv import check_roster",
        "assert check_roster(Path('roster')) == []",
        "print(sorted({name.partition('.')[0] for name in sys.modules}))",
    ]
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(ast.literal_eval(ran.stdout))


def test_ten_bad_rows_are_found_among_a_hundred_thousand(tmp_path: Path) -> None:
    rows = [f"alma,2024-01-08,{number % 24},photo,{number}" for number in range(100_000)]
    for number in range(0, 100_000, 10_000):
        rows[number] = f"alma,2024-01-08,{number % 24},photo,-{number + 1}"
    text = "\n".join(["creator_id,posted_on,hour,slot_type,value", *rows])
    found = wrong(tmp_path, creators=CREATORS, performance=text)
    assert [line.split(",")[1] for line in found] == [f" line {number + 2}" for number in range(0, 100_000, 10_000)]


@pytest.mark.usefixtures("database")
def test_what_is_exported_imports_as_the_same(tmp_path: Path) -> None:
    roster = sample_roster(4, seed=3, until=date(2024, 3, 6))
    roster.rows["copy"][0]["text"] = '=1+1, "quoted"\r\nand more\r'
    first = write_roster(roster.rows, tmp_path / "first")
    import_roster(first)
    export_roster(pool().execute, tmp_path / "second")
    import_roster(tmp_path / "second")
    export_roster(pool().execute, tmp_path / "third")
    for name in PARTS:
        files = [(tmp_path / step / f"{name}.csv").read_bytes() for step in ("first", "second", "third")]
        assert files[1] == files[2]
        assert sorted(files[0].splitlines()) == sorted(files[1].splitlines())


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
_NAME = st.text(st.sampled_from("ab-_ é=+@'\";,"), min_size=1, max_size=9).filter(lambda text: text == text.strip())
_MONEY = st.floats(0, 1e9)
_ROWS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "copy": st.fixed_dictionaries(
        {
            "copy_id": _NAME,
            "creator_id": _NAME,
            "group": st.just(""),
            "text": _TEXT | st.sampled_from(["=SUM(A1)", "+1", "-1", "@home", '"', ",", "\r", "\n", "'", " "]),
            "slot_type": st.just("photo"),
            "tone": st.just("") | _TEXT,
            "performance": st.floats(0, 100),
            "price": st.none() | _MONEY,
            "last_used_on": st.none() | st.dates().map(str),
            "is_active": st.booleans(),
        }
    ),
    "performance": st.fixed_dictionaries(
        {
            "creator_id": _NAME,
            "posted_on": st.dates().map(str),
            "hour": st.integers(0, 23),
            "slot_type": st.just("tip"),
            "copy_id": st.none() | _NAME,
            "value": _MONEY,
            "reach": st.integers(0, 10**9),
            "responses": st.integers(0, 10**9),
        }
    ),
}


@pytest.mark.parametrize("name", sorted(_ROWS))
@given(data=st.data())
def test_whatever_a_row_holds_comes_back_as_it_was(name: str, data: st.DataObject, tmp_path_factory: Any) -> None:
    rows = data.draw(st.lists(_ROWS[name], max_size=5))
    path = put(tmp_path_factory.getbasetemp() / f"{name}.csv", as_csv(PARTS[name], rows))
    file = read_file(path)
    assert isinstance(file, RosterFile)
    assert file.flaws == []
    assert [vars(row) for row in PARTS[name].rows.validate_python(file.rows)] == rows
