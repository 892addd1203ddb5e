"""A fingerprint is made of parts, so that it can be said which of them has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import Draft, FakeItem, items, run_batch
from pydantic import TypeAdapter
from sites import config, put

from tasks.checkpoints import Checkpoints, fingerprint
from tasks.documents.making import fingerprint_of
from tasks.documents.models import DocumentItem
from tasks.documents.plan import library_of
from tasks.fingerprint_parts import PART_LENGTH, changed_parts, input_parts, joined, parts_of
from tasks.models import JsonObject
from tasks.settings import settings
from tasks.shape import Sealed

ADAPTER = TypeAdapter(Draft)
KEY = "draft-" + "ab" * 32
VALUE = Draft(text="made")
PARTS = {"code": "1", "item.text": "0123456789ab"}
HEX = st.text("0123456789abcdef", min_size=1, max_size=20)


def marks(folder: Path, context: JsonObject, templates: str = "") -> dict[str, str]:
    library_of.cache_clear()
    item = DocumentItem(item_id="i", content_config_id="note", base_dir=str(folder), output_root="", context=context)
    return parts_of(fingerprint_of(item, library_of(str(folder)).load("note"), templates))


@given(st.dictionaries(st.sampled_from(["code", "config", "values", "templates"]), HEX))
def test_a_fingerprint_can_be_read_back_into_its_parts(parts: dict[str, str]) -> None:
    assert parts_of(joined(**parts)) == parts


def test_a_fingerprint_of_an_earlier_version_has_no_parts() -> None:
    assert parts_of("9c" * 32) == parts_of("") == parts_of(None) == {}


def test_each_part_of_a_document_changes_with_what_it_stands_for_alone(tmp_path: Path) -> None:
    config(tmp_path, "note")
    before = marks(tmp_path, {"name": "Ada"}, "aa" * 32)
    assert all(len(part) >= PART_LENGTH >= 20 for name, part in before.items() if name != "code")
    assert changed_parts(before, marks(tmp_path, {"name": "Bo"}, "aa" * 32)) == ["values"]
    assert changed_parts(before, marks(tmp_path, {}, "aa" * 32)) == ["values"]
    assert changed_parts(before, marks(tmp_path, {"name": "Ada"}, "bb" * 32)) == ["templates"]
    assert changed_parts(before, marks(tmp_path, {"name": "Ada"})) == ["templates"]
    config(tmp_path, "note", "Goodbye {{name}}")
    assert changed_parts(before, marks(tmp_path, {"name": "Ada"}, "aa" * 32)) == ["config"]
    assert changed_parts(before, before) == []


def test_a_stages_inputs_are_named_field_by_field() -> None:
    item = FakeItem(item_id="i0")
    before = input_parts("1", {"item": item, "made": VALUE})
    assert set(before) == {
        "code",
        "item.models",
        "item.text",
        "item.seconds",
        "item.ends",
        "item.waits",
        "item.review",
        "item.early",
        "made.text",
    }
    other = FakeItem(item_id="i1", text="else")
    assert changed_parts(before, input_parts("2", {"item": other, "made": VALUE})) == ["code", "item.text"]
    assert set(input_parts("1", {"item": item})) == {
        "code",
        "models",
        "text",
        "seconds",
        "ends",
        "waits",
        "review",
        "early",
    }
    parts = {"code", "a.models", "a.text", "a.seconds", "a.ends", "a.waits", "a.review", "a.early", "b"}
    assert set(input_parts("1", {"a": item, "b": 2})) == parts


def test_a_checkpoint_says_what_its_key_was_made_of(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write(KEY, ADAPTER, VALUE, parts=PARTS)
    assert checkpoints.read(KEY, ADAPTER) == VALUE
    assert checkpoints.parts(KEY) == PARTS


def test_a_checkpoint_without_parts_is_read_as_before(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write(KEY, ADAPTER, VALUE)
    assert checkpoints.read(KEY, ADAPTER) == VALUE
    assert checkpoints.parts(KEY) == {}
    assert checkpoints.parts("draft-" + "cd" * 32) == {}


def test_a_checkpoint_is_trusted_for_its_key_and_hash_and_never_for_its_parts(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write(KEY, ADAPTER, VALUE, parts=PARTS)
    header, _, payload = checkpoints.path(KEY).read_bytes().partition(b"\n")
    for name in ("key", "sha256"):
        head = json.loads(header) | {name: "0" * 64}
        put(checkpoints.path(KEY), json.dumps(head).encode() + b"\n" + payload)
        assert checkpoints.read(KEY, ADAPTER) is None


@pytest.mark.parametrize("header", ["", "[]", "null", "{", '{"parts": []}', '{"parts": null}', "[" * 100_000, "\xff"])
def test_a_header_of_another_shape_has_no_parts(tmp_path: Path, header: str) -> None:
    checkpoints = Checkpoints(tmp_path)
    put(checkpoints.path(KEY), header.encode("latin-1"))
    assert checkpoints.parts(KEY) == {}


@pytest.mark.usefixtures("prefect_server")
def test_what_changed_between_two_batches_can_be_read_from_their_checkpoints(tmp_path: Path) -> None:
    run_batch("a", items(1), tmp_path)
    run_batch("b", [FakeItem(item_id="i0", text="another")], tmp_path)
    folder = settings().home / "checkpoints" / "shared"
    checkpoints = Checkpoints(folder)
    kept = [checkpoints.parts(f"draft-{path.stem}") for path in (folder / "draft").rglob("*.json")]
    assert len(kept) == 2
    assert changed_parts(*kept) == ["text"]
    polished = [checkpoints.parts(f"polish-{path.stem}") for path in (folder / "polish").rglob("*.json")]
    assert changed_parts(*polished) == ["item.text", "made.text"]


class Past(Sealed):
    """An input with much in it."""

    values: list[int] = []
    note: str = ""


def test_a_large_input_is_told_apart_by_each_of_its_fields() -> None:
    before, same = Past(values=[1, 2]), Past(values=[1, 2])
    assert fingerprint("s", 1, {"past": before}) == fingerprint("s", 1, {"past": same})
    after = before.model_copy(update={"values": [1, 3]})
    assert fingerprint("s", 1, {"past": before}) != fingerprint("s", 1, {"past": after})
    assert changed_parts(input_parts("1", {"past": before}), input_parts("1", {"past": after})) == ["values"]
    item = FakeItem(item_id="i0")
    assert {"past.values", "past.note"} < set(input_parts("1", {"item": item, "past": before}))
