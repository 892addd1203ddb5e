"""The ledger takes many writers, keeps one schema however it was made, and says in words why it cannot be opened."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from kinds import ledger
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from tasks.errors import PressroomError, fault
from tasks.ledger.database import MIGRATIONS
from tasks.ledger.results import read_result
from tasks.ledger.roster import enroll
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow, StageRow
from tasks.ledger.version import REVISIONS
from tasks.models import Outcome, Output, Select
from tasks.settings import settings


def batch(batch_id: str) -> BatchRow:
    return BatchRow(
        batch_id=batch_id, kind="fake", status="running", spec="{}", output_dir="", total=1, created_at=0, started_at=0
    )


def stage_row(number: int) -> StageRow:
    return StageRow(id=str(number), batch_id="b", item_id="i", stage="s", attempt=1, status="succeeded", started_at=0)


def refusal() -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        Ledger(replace(settings(), ledger_patience_seconds=0.2))
    return caught.value


@contextmanager
def locked(path: Path) -> Iterator[None]:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


def test_threads_and_connections_that_write_at_once_lose_nothing() -> None:
    with ledger() as one, ledger() as two, ThreadPoolExecutor(8) as pool:
        one.record_batch(batch("b"))
        for done in [pool.submit((one, two)[number % 2].record_stage, stage_row(number)) for number in range(200)]:
            done.result()
        assert len(two.stages("b")) == 200


def test_a_ledger_that_stays_locked_is_a_passing_fault_in_words() -> None:
    with ledger():
        pass
    with locked(settings().ledger_path):
        error = refusal()
    assert (error.code, error.transient) == ("LEDGER_LOCKED", True)
    assert "stayed locked for 0.2 s" in str(error)


def test_a_write_waits_for_a_lock_that_is_given_back() -> None:
    with ledger() as opened, locked(settings().ledger_path):
        writer = threading.Thread(target=opened.record_batch, args=(batch("b"),))
        writer.start()
        writer.join(0.3)
        assert writer.is_alive()
    writer.join()
    with ledger() as opened:
        assert opened.batch("b") is not None


@pytest.mark.parametrize("change", ["UPDATE alembic_version SET version_num='9999'", "DROP TABLE alembic_version"])
def test_a_ledger_of_another_version_is_refused_and_left_alone(change: str) -> None:
    with ledger() as opened:
        opened.record_batch(batch("b"))
    with sqlite3.connect(settings().ledger_path) as connection:
        connection.execute(change)
    connection.close()
    before = settings().ledger_path.read_bytes()
    error = refusal()
    assert error.code == "LEDGER_VERSION"
    assert REVISIONS[-1] in str(error)
    assert settings().ledger_path.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused_and_left_alone(content: bytes) -> None:
    settings().home.mkdir(parents=True)
    settings().ledger_path.write_bytes(content)
    error = refusal()
    assert (error.code, "Restore it from a copy" in error.remedy) == ("LEDGER_UNREADABLE", True)
    assert settings().ledger_path.read_bytes() == content


def test_a_folder_in_the_ledgers_place_is_refused() -> None:
    settings().ledger_path.mkdir(parents=True)
    assert refusal().code == "LEDGER_UNREADABLE"


def test_the_known_revisions_are_the_ones_there_are_in_one_line() -> None:
    found: dict[str, str | None] = {}
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        text = path.read_text()
        revision = re.search(r'^revision = "(\w+)"', text, re.M)
        before = re.search(r'^down_revision = (?:"(\w+)"|None)', text, re.M)
        assert revision
        assert before
        found[revision[1]] = before[1]
    assert tuple(found) == REVISIONS
    assert list(found.values()) == [None, *REVISIONS[:-1]]


def schema(path: Path) -> list[tuple[str, ...]]:
    """What SQLite itself says of the tables, columns and indexes, whatever text made them."""
    with sqlite3.connect(path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        found = [
            (kind, table, *(str(part) for part in row[1:]))
            for table in tables
            for kind in ("table_info", "index_list")
            for row in connection.execute(f"PRAGMA {kind}({table})")
            if not str(row[1]).startswith("sqlite_autoindex")
        ]
    connection.close()
    return sorted(found)


def test_the_migrations_make_what_the_tables_say_and_what_a_new_ledger_gets(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    ours = {"batch", "item", "stage_run"}
    with engine.connect() as connection:
        options = {
            "include_object": lambda _object, name, kind, _reflected, _other: kind != "table" or name in ours,
            "compare_type": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()
    with ledger():
        pass
    assert schema(tmp_path / "migrated.db") == schema(settings().ledger_path)


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_an_older_ledger_is_brought_up_to_date_and_keeps_its_rows(revision: str) -> None:
    settings().home.mkdir(parents=True)
    engine = create_engine(settings().url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        row = "'b', 'i', 0, 'p', 'succeeded', 0, '[]', 0, 1, 0.5"
        names = "batch_id, item_id, position, payload, status, transient, outputs, reused, attempts, duration_seconds"
        connection.exec_driver_sql(f"INSERT INTO item ({names}) VALUES ({row})")
    engine.dispose()
    with ledger() as opened:
        opened.record_batch(batch("b"))
        (one,) = read_result(opened, "b").results
    assert (one.item_id, one.duration_seconds, one.warnings) == ("i", 0.5, [])


def test_an_item_that_is_taken_up_again_and_cancelled_counts_no_more_as_what_it_was(tmp_path: Path) -> None:
    gone = Output(path=str(tmp_path / "gone.md"), size=1, sha256="")
    with ledger() as opened:
        opened.record_batch(batch("b"))
        enroll(opened, "b", [("i", "x")], Select.UNFINISHED)
        opened.settle_items("b", [Outcome(item_id="i", outputs=[gone], reused=True)])
        assert enroll(opened, "b", [("i", "x")], Select.UNFINISHED).wanted == [0]
        opened.cancel_unfinished("b", fault("CANCELLED", by="by a test"))
        result = read_result(opened, "b")
    assert (result.cancelled, result.reused, result.results[0].outputs) == (1, 0, [])
