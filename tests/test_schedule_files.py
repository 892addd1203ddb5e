"""The files of a schedule: complete, in step with each other, and safe to open."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from schedule_parts import document, post

from tasks.creators.document import ScheduleDocument, same_content, signed_body
from tasks.creators.files import schedule_paths, write_schedule
from tasks.creators.table_file import COLUMNS, as_table


def rows(whole: ScheduleDocument) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_table(whole).decode(), newline="")))


def test_a_schedule_becomes_three_files_named_by_creator_and_week(tmp_path: Path) -> None:
    whole = document()
    made = write_schedule(whole, tmp_path / "new")
    assert [Path(one.path).name for one in made] == [f"alma-2030-03-04.{end}" for end in ("json", "csv", "ics")]
    for one in made:
        content = Path(one.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one.size, one.sha256)
    assert ScheduleDocument.model_validate_json(Path(made[0].path).read_bytes()) == whole


def test_the_three_tell_of_the_same_posts(tmp_path: Path) -> None:
    whole = document(post(0, 607, price=9.5), post(0, 645, parent="0-10", post_id="0-10f"), post(6, 1270))
    told, table, calendar = (Path(one.path).read_bytes() for one in write_schedule(whole, tmp_path))
    by_json = [(one["post_id"], one["starts_at"]) for one in json.loads(told)["posts"]]
    by_table = [(row["post_id"], row["starts_at"]) for row in csv.DictReader(io.StringIO(table.decode(), newline=""))]
    calendar_of: Any = Calendar.from_ical(calendar)
    by_calendar = [event.start.isoformat() for event in calendar_of.walk("VEVENT")]
    assert by_json == by_table
    assert [at for _, at in by_json] == by_calendar


def test_writing_again_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    write_schedule(document(), tmp_path)
    write_schedule(document(seed=1), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"alma-2030-03-04.{end}" for end in ("csv", "ics", "json")
    ]
    assert json.loads((tmp_path / "alma-2030-03-04.json").read_text())["seed"] == 1


@pytest.mark.parametrize("creator_id", ["../alma", "a/b", "a\\b", ".alma", "a\0b", "a b:c"])
def test_no_name_leads_out_of_the_folder(creator_id: str, tmp_path: Path) -> None:
    week = document().week_start
    for path in schedule_paths(tmp_path, creator_id, week):
        assert Path(path).parent == tmp_path
        assert not Path(path).name.startswith(".")
    assert [Path(one.path).parent for one in write_schedule(document(creator_id=creator_id), tmp_path)] == [
        tmp_path
    ] * 3


def test_a_row_has_all_of_a_post_and_whose_it_is() -> None:
    (row,) = rows(document(post(4, 1143, price=9.5, needs_manual_copy=True, copy_id=None, label="list")))
    assert tuple(row) == COLUMNS
    assert row["creator_id"] == "alma"
    assert row["starts_at"] == "2030-03-08T19:03:00+00:00"
    assert (row["weekday"], row["local_time"], row["time_zone"]) == ("Friday", "19:03", "Europe/Lisbon")
    assert (row["copy_id"], row["needs_manual_copy"], row["parent"]) == ("", "true", "")
    assert (row["value"], row["low"], row["high"], row["price"]) == ("20.00", "12.50", "31.00", "9.50")


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_copy_is_run_as_a_formula(text: str) -> None:
    (row,) = rows(document(post(0, 607, copy_text=text, label=text), page_name=text))
    assert row["copy_text"] == row["label"] == row["page_name"] == f"'{text}"


def test_copy_with_commas_quotes_and_lines_stays_in_its_cell() -> None:
    text = 'Glaze, "salt"; wood\r\nand\na «line» 🏺'
    (row,) = rows(document(post(0, 607, copy_text=text)))
    assert row["copy_text"] == text


def test_what_is_signed_is_everything_but_the_signature() -> None:
    whole = document()
    body = json.loads(signed_body(whole))
    assert set(body) == set(ScheduleDocument.model_fields) - {"certificate"}
    assert signed_body(whole) == signed_body(ScheduleDocument.model_validate_json(whole.model_dump_json()))
    assert signed_body(whole) != signed_body(document(seed=1))


def test_two_makings_of_one_input_have_the_same_content() -> None:
    again = document(schedule_id="sched_ffffffffffff", generated_at="2030-03-01T00:00:00+00:00")
    assert same_content(document(), again)
    assert not same_content(document(), document(post(0, 608), post(4, 1143)))
