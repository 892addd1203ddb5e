"""A checkpoint is trusted only when it is whole, in its place and known; its key covers all that matters."""

from __future__ import annotations

import base64
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kinds
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import Draft, FakeItem, codes, items, run_batch, statuses
from pydantic import BaseModel, JsonValue, TypeAdapter

from tasks.checkpoints import LEFT_OUT, Checkpoints, fingerprint
from tasks.documents.models import DocumentItem, DocumentText, LoadedDocument
from tasks.errors import PressroomError
from tasks.fiction.book import Format
from tasks.fiction.briefs import Bible, ChapterBrief
from tasks.fiction.gates import Bar, GateProfile
from tasks.fiction.jobs import JobType
from tasks.fiction.models import FictionItem
from tasks.fiction.project import Length, Project
from tasks.fiction.story import ChapterPlan, Ending
from tasks.models import Item, Priority
from tasks.podcast.episode import Claim, Dossier, Source
from tasks.retrying import RetryDelay
from tasks.settings import settings
from tasks.stage import stage

ADAPTER = TypeAdapter(Draft)
KEY = "draft-" + "ab" * 32
OTHER = "draft-" + "cd" * 32
VALUE = Draft(text="made")


@pytest.fixture
def kept(tmp_path: Path) -> Checkpoints:
    """A folder with one checkpoint in it."""
    checkpoints = Checkpoints(tmp_path / "kept")
    checkpoints.write(KEY, ADAPTER, VALUE)
    return checkpoints


class Bomb:
    """Pickled, it writes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.path}",)


def test_what_was_kept_is_read_again(kept: Checkpoints) -> None:
    assert kept.read(KEY, ADAPTER) == VALUE
    assert kept.read(OTHER, ADAPTER) is None


def test_a_file_cut_off_anywhere_is_not_trusted(kept: Checkpoints) -> None:
    path = kept.path(KEY)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert kept.read(KEY, ADAPTER) is None


def test_a_file_with_one_bit_changed_is_not_trusted(kept: Checkpoints) -> None:
    path = kept.path(KEY)
    whole = path.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        assert kept.read(KEY, ADAPTER) is None


def test_a_file_moved_to_another_key_is_not_trusted(kept: Checkpoints) -> None:
    kept.path(OTHER).parent.mkdir(parents=True)
    shutil.copy(kept.path(KEY), kept.path(OTHER))
    assert kept.read(OTHER, ADAPTER) is None


def test_a_file_whose_hash_the_ledger_does_not_know_is_not_trusted(kept: Checkpoints) -> None:
    mark = Checkpoints(kept.folder).write(KEY, ADAPTER, VALUE)
    assert kept.read(KEY, ADAPTER, known_hashes={mark}) == VALUE
    assert kept.read(KEY, ADAPTER, known_hashes={"0" * 64}) is None
    assert kept.read(KEY, ADAPTER, known_hashes=set()) == VALUE


@pytest.mark.parametrize("text", ["", "\n", "[]\n{}", "{}\n{}", "null\nnull", "[" * 100_000])
def test_a_file_of_another_shape_is_not_trusted(kept: Checkpoints, text: str) -> None:
    kept.path(KEY).write_text(text)
    assert kept.read(KEY, ADAPTER) is None


def test_a_value_that_does_not_fit_its_type_any_more_is_not_trusted(kept: Checkpoints) -> None:
    assert kept.read(KEY, TypeAdapter(FakeItem)) is None


def rewrite(change: Callable[[Path], None]) -> None:
    """Change every checkpoint of this test."""
    (folder,) = [folder for folder in (settings().home / "checkpoints").iterdir() if folder.is_dir()]
    found = list(folder.rglob("*.json"))
    assert found
    for path in found:
        change(path)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def _alter(path: Path) -> None:
    """Change the text and, as somebody who knows the format would, the hash with it."""
    _, _, payload = path.read_bytes().partition(b"\n")
    key = f"{path.parent.parent.name}-{path.stem}"
    Checkpoints(path.parents[2]).write(key, TypeAdapter(Any), json.loads(payload.replace(b"drafted", b"changed")))


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("change", [_truncate, _alter, Path.unlink])
def test_a_stage_runs_again_when_its_checkpoint_cannot_be_trusted(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    run_batch("a", items(2), tmp_path)
    rewrite(change)
    run_batch("b", items(2), tmp_path)
    assert kinds.calls() == {"draft": 4, "polish": 4, "publish": 4}
    assert (tmp_path / "output/a/i0.txt").read_bytes() == (tmp_path / "output/b/i0.txt").read_bytes()


@pytest.mark.usefixtures("prefect_server")
def test_a_checkpoint_that_names_pickle_runs_nothing(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    payload = pickle.dumps(Bomb(trap))
    pickle.loads(payload)
    assert trap.exists(), "the trap works when it is sprung"
    trap.unlink()

    def lay(path: Path) -> None:
        metadata = {"storage_key": str(path), "serializer": {"type": "pickle"}, "prefect_version": "3.8.8"}
        record = {"metadata": metadata, "result": base64.b64encode(payload).decode()}
        path.write_text(json.dumps(record))

    run_batch("a", items(1), tmp_path)
    rewrite(lay)
    result = run_batch("b", items(1), tmp_path)
    assert result.successful == 1
    assert kinds.calls_of("draft") == {"i0": 2}
    assert not trap.exists()


@pytest.mark.usefixtures("prefect_server")
def test_a_checkpoint_that_the_ledger_has_not_heard_of_is_adopted(tmp_path: Path) -> None:
    run_batch("a", items(2), tmp_path)
    for path in settings().home.glob("ledger.db*"):
        path.unlink()
    result = run_batch("a", items(2), tmp_path)
    assert result.successful == 2
    assert kinds.calls() == {"draft": 2, "polish": 2, "publish": 4}


@pytest.mark.usefixtures("prefect_server")
def test_a_checkpoint_that_cannot_be_written_stops_its_batch_and_resume_goes_on(tmp_path: Path) -> None:
    folder = settings().home / "checkpoints" / "shared" / "polish"
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(PressroomError) as caught:
        run_batch("a", items(1), tmp_path)
    assert caught.value.code == "BATCH_STOPPED"
    assert codes(caught.value.result) == {"i0": "CHECKPOINT_UNWRITABLE"}  # type: ignore[attr-defined]
    assert statuses(caught.value.result) == {"i0": "cancelled"}  # type: ignore[attr-defined]
    assert kinds.calls() == {"draft": 1, "polish": 1}
    folder.unlink()
    with kinds.ledger() as opened:
        assert [row.status for row in opened.stages("a")] == ["succeeded", "cancelled"]
    result = run_batch("a", items(1), tmp_path)
    assert statuses(result) == {"i0": "succeeded"}
    assert kinds.calls() == {"draft": 1, "polish": 2, "publish": 1}


@pytest.mark.usefixtures("prefect_server")
def test_a_batch_that_reuses_nothing_does_not_spoil_what_others_keep(tmp_path: Path) -> None:
    for batch_id, reuse in [("a", "always"), ("b", "never"), ("c", "batch"), ("d", "always")]:
        run_batch(batch_id, items(1), tmp_path, reuse=reuse)
    assert kinds.calls_of("draft") == {"i0": 3}


@pytest.mark.usefixtures("prefect_server")
def test_two_items_of_equal_fingerprint_in_flight_run_once_and_each_has_its_own_output(tmp_path: Path) -> None:
    twins = [FakeItem(item_id=name, text="same", seconds={"draft": 0.2, "polish": 0.1}) for name in ("a", "b", "c")]
    result = run_batch("t", twins, tmp_path)
    assert kinds.calls() == {"draft": 1, "polish": 1, "publish": 3}
    assert [Path(one.outputs[0].path).name for one in result.results] == ["a.txt", "b.txt", "c.txt"]
    assert len({Path(one.outputs[0].path).read_text() for one in result.results}) == 1
    assert sorted(one.reused for one in result.results) == [False, True, True]


def test_a_stage_that_keeps_its_result_must_not_name_the_item_in_it() -> None:
    class Named(BaseModel):
        item_id: str

    class Holding(BaseModel):
        item: Item

    async def make(item: Item) -> BaseModel:
        return item

    for named in (Named, Holding):
        make.__annotations__["return"] = named
        with pytest.raises(TypeError, match=f"'make' keeps a {named.__name__}, which names its item"):
            stage(timeout_seconds=1)(make)
        assert stage(timeout_seconds=1, checkpoint=False)(make).name == "make"


CONFIG = {
    "type": "content",
    "id": "note",
    "schemaRef": {"id": "content-schema", "version": "3.1"},
    "metadata": {"description": "A note", "version": "1.0.0"},
    "elements": [{"name": "body", "format": "markdown"}],
}
DOCUMENT = DocumentItem(item_id="i", content_config_id="note", base_dir="a", output_root="b")
OTHER_DOCUMENT = DOCUMENT.model_copy(update={"content_config_id": "other"})
PLAN = ChapterPlan(title="t", summary="s")
INPUTS: list[tuple[BaseModel, dict[str, Any]]] = [
    (
        Item(item_id="i"),
        {
            "item_id": "j",
            "batch_id": "x",
            "priority": Priority.HIGH,
            "lane": "other",
            "gathering": "quay",
            "needs": ["k"],
            "continues": "k",
            "deadline_seconds": 1.0,
        }
        | {"models": ["a:b"], "model_reason": "by turns"},
    ),
    (
        DOCUMENT,
        {
            **{
                "item_id": "j",
                "batch_id": "x",
                "priority": Priority.HIGH,
                "lane": "other",
                "gathering": "quay",
                "needs": ["k"],
                "continues": "k",
                "context": {"a": 1},
                "deadline_seconds": 1.0,
            },
            **{"content_config_id": "other", "base_dir": "x", "output_root": "y", "output_path": "z"},
            **{"further_paths": ["w"]},
            **{"force": True, "label": "x", "models": ["a:b"], "model_reason": "by turns"},
        },
    ),
    (
        FictionItem(item_id="i", job_type=JobType.OUTLINE, project=Project(project_id="p", title="P")),
        {
            **{"item_id": "j", "batch_id": "x", "priority": Priority.HIGH, "lane": "other", "gathering": "quay"},
            **{
                "needs": ["k"],
                "continues": "k",
                "models": ["a:b"],
                "model_reason": "by turns",
                "deadline_seconds": 1.0,
            },
            **{"job_type": JobType.CHAPTERS, "project": Project(project_id="q", title="Q"), "chapter": 1, "genre": "x"},
            **{"fault": ("a", "b", "c"), "bar": Bar(profile=GateProfile.DRAFT), "retries": 1, "formats": [Format.EPUB]},
            **{"retry_delay": RetryDelay(initial=1), "seed": 1, "rejected_for": "x"},
            **{"base_dir": Path("x"), "output_root": Path("y")},
        },
    ),
    (
        LoadedDocument(item=DOCUMENT, fingerprint="0"),
        {"item": OTHER_DOCUMENT, "fingerprint": "1"},
    ),
    (
        ChapterBrief(bible=Bible(title="t", genre="g", language="en"), number=1, of=2, plan=PLAN, words=Length()),
        {
            "bible": Bible(title="u", genre="g", language="en"),
            **{"number": 2, "of": 3, "plan": PLAN.model_copy(update={"title": "u"}), "words": Length(least=1)},
            **{"before": Ending(state="s"), "given": "g", "given_ending": Ending(state="s")},
        },
    ),
    (
        Dossier(sources=[], claims=[]),
        {
            "sources": [Source(source_id="S1", title="t", where="w")],
            **{"claims": [Claim(text="c", source_id="S1")], "by_model": "m", "unread": ["f"]},
        },
    ),
    (DocumentText(texts=["a"]), {"texts": ["b"], "left_out": ("x",), "stands_in": ("y",), "left_empty": ("z",)}),
]


@pytest.mark.parametrize(("value", "others"), INPUTS, ids=lambda part: type(part).__name__)
def test_a_fingerprint_changes_with_every_field_that_has_no_reason_not_to(
    value: BaseModel, others: dict[str, Any]
) -> None:
    assert set(others) == set(type(value).model_fields), "say for a new field what another value of it would be"
    before = fingerprint("stage", 1, {"item": value})
    for name, other in others.items():
        assert other != getattr(value, name)
        after = fingerprint("stage", 1, {"item": value.model_copy(update={name: other})})
        assert (after == before) is (name in LEFT_OUT), name


def test_every_field_that_is_left_out_has_a_reason_and_still_exists() -> None:
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())
    assert set(LEFT_OUT) <= {name for value, _ in INPUTS for name in type(value).model_fields}


def test_a_fingerprint_changes_with_the_stage_and_its_version() -> None:
    prints = {fingerprint(*key, {"a": 1}) for key in [("x", 1), ("x", 2), ("y", 1), ("x1", 1), ("x", 11)]}
    assert len(prints) == 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(max_size=3), part, max_size=4),
    max_leaves=12,
)


@given(JSON, JSON)
def test_equal_inputs_have_equal_fingerprints_and_distinct_ones_distinct(one: JsonValue, other: JsonValue) -> None:
    same = json.dumps(one) == json.dumps(other)
    assert (fingerprint("s", 1, {"x": one}) == fingerprint("s", 1, {"x": other})) is same
    assert fingerprint("s", 1, {"x": one}) == fingerprint("s", 1, {"x": json.loads(json.dumps(one))})
