"""A batch whose `items_file` is a whole spec is that spec, with what is set beside it before it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.utilities.schema_tools.validation import validate

from tasks.asked_at import asked_at
from tasks.creators.models import CreatorBatch
from tasks.documents.models import DocumentBatch
from tasks.errors import PressroomError
from tasks.fiction.models import FictionBatch
from tasks.models import BatchOptions
from tasks.podcast.models import PodcastBatch
from tasks.specs import load_spec

KINDS: list[tuple[type[BatchOptions], dict[str, Any]]] = [
    (DocumentBatch, {"kind": "documents", "content_config_ids": ["note"]}),
    (CreatorBatch, {"kind": "creators", "creators": ["alma"], "week_start": "next"}),
    (FictionBatch, {"kind": "fiction", "projects": ["harbour"]}),
    (PodcastBatch, {"kind": "podcast", "show": "coast", "episodes": "next 2"}),
]
each_kind = pytest.mark.parametrize(("model", "spec"), KINDS, ids=[spec["kind"] for _, spec in KINDS])


def written(folder: Path, spec: dict[str, Any]) -> Path:
    """Write a spec to a file of a project and return where it is."""
    (folder / "prefect.yaml").write_text("name: site\n")
    path = folder / "batches" / "weekly.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(spec, sort_keys=False))
    return path


def complaints_of(kind: str, batch: dict[str, Any]) -> list[Any]:
    """What a server finds wrong with what a form sends, before any run."""
    flow = getattr(import_module(f"flows.{kind}"), kind)
    return list(validate({"batch": batch}, flow.parameters.model_dump(), raise_on_error=False))


@each_kind
def test_a_spec_that_is_named_is_the_one_that_run_takes(
    tmp_path: Path, model: type[BatchOptions], spec: dict[str, Any]
) -> None:
    path = written(tmp_path, {**spec, "base_dir": "../site", "output_dir": "../out"})
    named = model.model_validate({"items_file": str(path)})
    assert (named.base_dir, named.output_dir) == (tmp_path / "site", tmp_path / "out")
    assert named.model_copy(update={"batch_id": "b"}) == load_spec(path, {"batch_id": "b"}).batch


@each_kind
def test_what_is_set_beside_it_goes_before_it_and_what_a_form_sends_along_unset_does_not(
    tmp_path: Path, model: type[BatchOptions], spec: dict[str, Any]
) -> None:
    path = written(tmp_path, {**spec, "base_dir": "../site", "max_parallel": 3, "canary": 2})
    form = {
        name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in model.model_fields.items()
        if not field.is_required()
    }
    plain = model.model_construct(**form).model_dump(mode="json", warnings=False)
    named = model.model_validate({**plain, "items_file": str(path), "max_parallel": 7})
    assert (named.base_dir, named.max_parallel, named.canary) == (tmp_path / "site", 7, 2)


@each_kind
def test_one_limit_that_is_set_beside_a_spec_drops_none_that_the_spec_has(
    tmp_path: Path, model: type[BatchOptions], spec: dict[str, Any]
) -> None:
    more = {"budget": {"batch_usd": 40, "item_usd": 1}, "models": {"use": ["openai:a"], "distribution": "by_load"}}
    path = written(tmp_path, {**spec, **more})
    form = {"budget": {"batch_usd": None, "item_usd": 2.0}, "models": {"use": ["openai:b"]}}
    named = model.model_validate({**form, "items_file": str(path)})
    assert (named.budget.batch_usd, named.budget.item_usd) == (40, 2)
    assert (named.models.use, named.models.distribution) == (["openai:b"], "by_load")


def test_a_spec_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, KINDS[0][1])
    with pytest.raises(PressroomError, match="it is for 'documents', and not for this flow"):
        CreatorBatch.model_validate({"items_file": str(path)})


def test_a_list_of_items_is_left_to_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "creators.yaml"
    path.write_text("- alma\n- bela\n")
    batch = CreatorBatch.model_validate({"items_file": str(path), "batch_mode": True})
    assert batch.items_file == path


def test_the_day_of_asking_stands_wherever_a_spec_says_so(tmp_path: Path) -> None:
    path = written(
        tmp_path, {**KINDS[0][1], "output_dir": "out/{{ run_date }}", "shared_context": {"day": "{{run_date}}"}}
    )
    batch = DocumentBatch.model_validate({"items_file": str(path)})
    today = f"{asked_at():%Y-%m-%d}"
    assert batch.output_dir == path.parent / "out" / today
    assert batch.shared_context == {"day": today}


@each_kind
def test_a_form_begins_with_what_the_kind_asks_for_and_takes_a_spec_in_place_of_what_it_demands(
    model: type[BatchOptions], spec: dict[str, Any]
) -> None:
    names = list(model.model_json_schema()["properties"])
    own = (model.__annotations__.keys() & set(names)) - BatchOptions.model_fields.keys()
    assert names[0] == "items_file"
    assert max(names.index(name) for name in own) < names.index("base_dir")
    assert not complaints_of(spec["kind"], {"items_file": "weekly.yaml"})
    assert complaints_of(spec["kind"], {"items_file": "weekly.yaml", "max_retries": 99})


def test_a_form_without_a_show_and_without_a_spec_is_refused() -> None:
    assert complaints_of("podcast", {"minutes": 3})
