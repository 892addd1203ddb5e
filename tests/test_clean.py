"""`pressroom clean` removes what can be made again and nobody needs now, and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import kinds
import pytest
from kinds import items, ledger, run_batch
from pydantic import TypeAdapter
from sites import press, put

from tasks.checkpoints import Checkpoints
from tasks.documents.models import DocumentBatch
from tasks.ledger import lease
from tasks.ledger.owner import new_owner
from tasks.ledger.tables import BatchRow, StageRow
from tasks.litter import Found, Litter, remove_litter

Capture = pytest.CaptureFixture[str]
DAY = 86_400.0


def key(number: int) -> str:
    return f"draft-{number:064x}"


def aged(path: Path, age: float) -> Path:
    moment = time.time() - age
    os.utime(path, (moment, moment), follow_symlinks=False)
    return path


def kept(home: Path, number: int, *, age: float = 40 * DAY, folder: str = "shared") -> Path:
    """Write a checkpoint of some age."""
    checkpoints = Checkpoints(home / "checkpoints" / folder)
    checkpoints.write(key(number), TypeAdapter(str), f"text {number}")
    return aged(checkpoints.path(key(number)), age)


def batch(batch_id: str, *, age: float = 40 * DAY, spec: str = "{}") -> None:
    """Write a batch down."""
    began = time.time() - age
    row = BatchRow(
        batch_id=batch_id,
        kind="fake",
        status="succeeded",
        spec=spec,
        output_dir="",
        total=1,
        created_at=began,
        started_at=began,
    )
    with ledger() as opened:
        opened.record_batch(row)


def use(batch_id: str, number: int, *, age: float = 40 * DAY) -> None:
    """Write down that a batch made or took over a checkpoint."""
    with ledger() as opened:
        row = StageRow(
            id=f"{batch_id}-{number}",
            batch_id=batch_id,
            item_id="i",
            stage="draft",
            attempt=1,
            status="succeeded",
            fingerprint=key(number),
            started_at=time.time() - age,
        )
        opened.record_stage(row)


@contextmanager
def at_work(batch_id: str) -> Iterator[None]:
    """Hold a batch's lease, as its run does."""
    owner = new_owner()
    with ledger() as opened:
        lease.take(opened, batch_id, owner, seconds=60)
    yield
    with ledger() as opened:
        lease.release(opened, batch_id, owner)


def files(home: Path) -> set[str]:
    """Everything in the state folder but the ledger, links included."""
    return {str(path.relative_to(home)) for path in home.rglob("*") if not path.name.startswith("ledger.db")}


def test_without_yes_it_counts_what_would_go_and_touches_nothing(home: Path, capsys: Capture) -> None:
    batch("b")
    kept(home, 1)
    aged(put(home / "items/old-0123456789ab.jsonl", "x" * 2000), 40 * DAY)
    aged(put(home / "checkpoints/shared/.x.json.7-1.tmp", "x"), DAY)
    before = files(home)
    said = press(capsys, "clean")
    assert said.code == 0
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[2].startswith("1 checkpoint ")
    assert lines[2].endswith("not made or used for 30 days")
    assert lines[3] == "1 items file 2.0 KB needed by no batch"
    assert lines[4] == "1 draft 1 B left by writers that were killed"
    assert "--yes" in lines[-1]
    found = press(capsys, "clean", "--json").document
    assert (found["removed"], found["files"]) == (False, 3)
    assert (found["items_files"], found["drafts"]) == ({"files": 1, "bytes": 2000}, {"files": 1, "bytes": 1})
    assert files(home) == before


def test_with_yes_that_goes_and_empty_folders_with_it(home: Path, capsys: Capture) -> None:
    batch("b")
    kept(home, 1)
    kept(home, 2, folder="of-b")
    young = kept(home, 3, age=DAY)
    found = press(capsys, "clean", "--yes", "--json").document
    assert (found["removed"], found["checkpoints"]["files"]) == (True, 2)
    assert not (home / "checkpoints/of-b").exists()
    assert list(home.rglob("*.json")) == [young]
    assert "Nothing to remove" in press(capsys, "clean", "--yes").out


def test_without_any_state_there_is_nothing_to_remove(home: Path, capsys: Capture) -> None:
    assert press(capsys, "clean", "--yes", "--json").document["files"] == 0
    assert not home.exists()


def test_an_old_checkpoint_that_was_used_lately_stays(home: Path, capsys: Capture) -> None:
    for name, age in [("a", 40 * DAY), ("b", DAY)]:
        batch(name, age=age)
        use(name, 1, age=age)
    use("a", 2)
    used, unused = kept(home, 1), kept(home, 2)
    press(capsys, "clean", "--yes")
    assert (used.exists(), unused.exists()) == (True, False)
    press(capsys, "clean", "--yes", "--older-than", "12h")
    assert not used.exists()


def test_of_one_batch_goes_what_no_other_has_used_whatever_its_age(home: Path, capsys: Capture) -> None:
    for name in ("a", "b"):
        batch(name)
    for name, number in [("a", 1), ("a", 2), ("b", 2), ("b", 3)]:
        use(name, number)
    mine, both, others, own = kept(home, 1, age=0), kept(home, 2), kept(home, 3), kept(home, 4, folder="of-a")
    unknown = kept(home, 5)
    draft = aged(put(home / "items/.x.7-1.tmp", "x"), DAY)
    assert "1 checkpoint more, used by other batches too" in press(capsys, "clean", "--batch", "a").out
    press(capsys, "clean", "--batch", "a", "--yes")
    assert not mine.exists()
    assert not own.exists()
    assert all(path.exists() for path in (both, others, unknown, draft))


def test_a_batch_that_nobody_knows_is_told(capsys: Capture) -> None:
    said = press(capsys, "clean", "--batch", "nobody", "--yes", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "UNKNOWN_BATCH")


def test_an_items_file_stays_as_long_as_a_batch_would_read_it_again(home: Path, capsys: Capture) -> None:
    needed = aged(put(home / "items/b-0123456789ab.jsonl", "{}"), 99 * DAY)
    unneeded = aged(put(home / "items/b-ba9876543210.jsonl", "{}"), 99 * DAY)
    batch("b", spec=DocumentBatch(batch_id="b", items_file=needed).model_dump_json())
    batch("c", spec=DocumentBatch(batch_id="c", content_config_ids=["items_file"]).model_dump_json())
    press(capsys, "clean", "--yes")
    assert (needed.exists(), unneeded.exists()) == (True, False)


def test_what_a_run_that_is_just_beginning_may_be_writing_stays_even_when_all_is_to_go(
    home: Path, capsys: Capture
) -> None:
    young = [put(home / "items/c-0123456789ab.jsonl", "{}"), put(home / "checkpoints/shared/.x.json.7-1.tmp", "x")]
    assert press(capsys, "clean", "--older-than", "0s", "--yes", "--json").document["files"] == 0
    assert all(path.exists() for path in young)


def test_nothing_that_a_batch_at_work_may_need_is_touched(home: Path, capsys: Capture) -> None:
    batch("busy", age=2 * DAY)
    batch("done")
    use("busy", 1)
    use("done", 1)
    use("done", 2)
    needed = [
        kept(home, 1),
        kept(home, 3, folder="of-busy"),
        # Written since it began, though the ledger has not heard of it yet.
        kept(home, 4, age=DAY),
        aged(put(home / "checkpoints/of-busy/.x.json.7-1.tmp", "x"), DAY),
    ]
    idle = kept(home, 2)
    with at_work("busy"):
        said = press(capsys, "clean", "--older-than", "0s", "--yes", "--json")
        assert not idle.exists()
        assert all(path.exists() for path in needed)
        assert said.document["needed_by_batches_at_work"] == 4
        refused = press(capsys, "clean", "--batch", "busy", "--yes", "--json")
        assert (refused.code, refused.document["error"]["code"]) == (2, "BATCH_BUSY")
    press(capsys, "clean", "--older-than", "0s", "--yes")
    assert not any(path.exists() for path in needed)


def test_links_are_neither_followed_nor_removed(home: Path, tmp_path: Path, capsys: Capture) -> None:
    batch("b")
    outside = tmp_path / "elsewhere"
    theirs = [kept(outside, number) for number in (1, 2, 3)]
    folder, alias, file = (home / "checkpoints" / name for name in ("shared", "of-b/draft", "of-c/draft/00"))
    for link, target in [(folder, outside / "checkpoints/shared"), (alias, outside / "checkpoints/shared/draft")]:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    file.mkdir(parents=True)
    (file / theirs[0].name).symlink_to(theirs[0])
    aged(file / theirs[0].name, 40 * DAY)
    (home / "items").symlink_to(outside)
    before = files(home)
    assert press(capsys, "clean", "--older-than", "0s", "--yes", "--json").document["files"] == 0
    assert files(home) == before
    assert all(path.exists() for path in theirs)


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "checkpoints/README.json",
        f"checkpoints/{'0' * 64}.json",
        f"checkpoints/shared/draft/ff/{'0' * 64}.json",
        f"checkpoints/mine/draft/00/{'0' * 64}.json",
        f"checkpoints/shared/draft/00/{'0' * 64}.json.bak",
        "items/mine.yaml",
        "items/mine/more.jsonl",
        "items/.hidden.tmp",
        "items/x.7-1.tmp",
        "output/b/.page.md.7-1.tmp",
    ],
)
def test_files_it_has_not_named_itself_stay(name: str, home: Path, capsys: Capture) -> None:
    theirs = aged(put(home / name, "theirs"), 99 * DAY)
    assert press(capsys, "clean", "--older-than", "0s", "--yes", "--json").document["files"] == 0
    assert theirs.exists()


def test_with_a_ledger_that_cannot_be_read_nothing_goes(home: Path, capsys: Capture) -> None:
    old = kept(home, 1)
    put(home / "ledger.db", b"no database" * 500)
    said = press(capsys, "clean", "--yes", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "LEDGER_UNREADABLE")
    assert old.exists()


def test_a_file_that_was_written_anew_since_it_was_found_stays(home: Path) -> None:
    path = kept(home, 1)
    status = path.stat()
    found = Found([Litter("checkpoint", path, status.st_size, (status.st_ino, status.st_mtime_ns))])
    kept(home, 1, age=0)
    gone, failed = remove_litter(found, prune=True)
    assert (gone.litter, failed) == ([], [])
    assert path.exists()


def test_what_cannot_be_removed_is_told(home: Path) -> None:
    folder = home / "a folder in its place"
    folder.mkdir(parents=True)
    status = folder.stat()
    found = Found([Litter("checkpoint", folder, 1, (status.st_ino, status.st_mtime_ns))])
    gone, failed = remove_litter(found, prune=True)
    assert gone.litter == []
    assert [error.filename for error in failed] == [str(folder)]


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1 d", "1y", "1e9d"])
def test_an_age_that_cannot_be_read_is_refused(text: str, capsys: Capture) -> None:
    said = press(capsys, "clean", f"--older-than={text}", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "USAGE")


@pytest.mark.usefixtures("prefect_server")
def test_a_later_batch_makes_again_what_is_gone_and_the_history_stays(tmp_path: Path, capsys: Capture) -> None:
    run_batch("a", items(2), tmp_path)
    with ledger() as opened:
        before = opened.stages("a")
    assert press(capsys, "clean", "--older-than", "0s", "--yes", "--json").document["checkpoints"]["files"] == 4
    with ledger() as opened:
        assert opened.stages("a") == before
    assert press(capsys, "status", "a", "--json").document["counts"] == {"succeeded": 2}
    result = run_batch("b", items(2), tmp_path)
    assert result.successful == 2
    assert kinds.calls() == dict.fromkeys(kinds.NAMES, 4)
    assert (tmp_path / "output/b/i0.txt").read_bytes() == (tmp_path / "output/a/i0.txt").read_bytes()


@pytest.mark.usefixtures("prefect_server")
def test_a_batch_that_is_resumed_makes_again_what_is_gone(tmp_path: Path, capsys: Capture) -> None:
    given = items(2)
    given[0].ends["publish"] = ["permanent"]
    run_batch("a", given, tmp_path)
    press(capsys, "clean", "--batch", "a", "--yes")
    result = run_batch("a", given, tmp_path, select="failed")
    assert result.status == "succeeded"
    # The other item is done, so that nothing of it is made again.
    assert kinds.calls_of("draft") == {"i0": 2, "i1": 1}
    again = run_batch("b", given, tmp_path)
    assert again.successful == 2
    assert kinds.calls_of("draft") == {"i0": 2, "i1": 2}
