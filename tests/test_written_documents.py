"""Documents that a model writes: parsed before they count, written once, and made without where there is no model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import settle_models
from model_server import ModelServer
from sites import Said, artifact, config, press, put, spec

pytestmark = pytest.mark.usefixtures("prefect_server")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def vendor() -> Iterator[ModelServer]:
    """A vendor on loopback, known as `fake`, which is this machine's own."""
    with ModelServer(input_tokens=100, output_tokens=10) as server:
        settle_models(
            default="fake:a",
            servers={"fake": {"address": f"{server.address}/v1"}},
            prices={"fake:a": {"input": 1, "output": 10}},
        )
        yield server


def written(
    folder: Path, config_id: str, prompt: str = "Describe {{name}}.", form: str = "markdown", **more: Any
) -> Path:
    """Write a config that a model is to write."""
    settings = {"prompt": prompt, "context": {"name": "you"}, "retry_delay": 0, **more}
    metadata = {"description": "A note", "version": "1.0.0", "output_format": form}
    pattern = {"id": "only", "type": "code_generation", "generation_config": settings}
    return config(folder, config_id, metadata=metadata, generation={"patterns": [pattern]})


def run(capsys: Capture, folder: Path, *ids: str, **fields: Any) -> Said:
    return press(capsys, "run", spec(folder, content_config_ids=list(ids), output_dir="out", **fields), "--json")


def test_the_answers_fence_becomes_the_file(tmp_path: Path, vendor: ModelServer, capsys: Capture) -> None:
    vendor.options.answer = "Here it is:\n```python\ntides = 2\n```\nEnjoy."
    written(tmp_path, "tides", form="python", language="python")
    said = run(capsys, tmp_path, "tides")
    assert said.items == {"tides": "succeeded"}
    assert (tmp_path / "out/tides.py").read_text() == "tides = 2\n"
    assert "Generate python code for:\n\nDescribe you." in vendor.calls[0].body["messages"][-1]["content"]


def test_code_that_does_not_parse_is_asked_for_again_with_another_seed(
    tmp_path: Path, vendor: ModelServer, capsys: Capture
) -> None:
    vendor.options.answer = "tides = = 2"
    written(tmp_path, "tides", form="python", retry_count=2)
    said = run(capsys, tmp_path, "tides")
    assert said.items == {"tides": "ANSWER_UNPARSABLE"}
    assert "line 1: invalid syntax" in said.document["results"][0]["error_message"]
    assert [call.body["seed"] for call in vendor.calls] == [0, 1, 2]
    assert not (tmp_path / "out/tides.py").exists()


def test_the_fallback_stands_in_is_told_and_is_not_kept(tmp_path: Path, vendor: ModelServer, capsys: Capture) -> None:
    vendor.options.answer = "tides = = 2"
    written(tmp_path, "tides", form="python", retry_count=0, fallback_template="tides = None  # {{name}}\n")
    said = run(capsys, tmp_path, "tides")
    assert said.items == {"tides": "succeeded"}
    assert (tmp_path / "out/tides.py").read_text() == "tides = None  # you\n"
    assert "The fallback stands in for 'tides' (ANSWER_UNPARSABLE" in said.document["results"][0]["warnings"][0]
    vendor.options.answer = "tides = 2"
    assert run(capsys, tmp_path, "tides").items == {"tides": "succeeded"}
    assert (tmp_path / "out/tides.py").read_text() == "tides = 2"


def test_what_was_written_once_is_not_asked_for_again(tmp_path: Path, vendor: ModelServer, capsys: Capture) -> None:
    written(tmp_path, "quay")
    first = run(capsys, tmp_path, "quay")
    again = run(capsys, tmp_path, "quay")
    assert vendor.requests == 1
    assert (first.document["reused"], again.document["reused"]) == (0, 1)
    assert again.document["cost"] == 0
    written(tmp_path, "quay", prompt="Describe {{name}} anew.")
    run(capsys, tmp_path, "quay")
    assert vendor.requests == 2


def test_another_model_writes_another_text(tmp_path: Path, vendor: ModelServer, capsys: Capture) -> None:
    written(tmp_path, "quay")
    run(capsys, tmp_path, "quay")
    run(capsys, tmp_path, "quay", model="fake:b")
    assert [call.body["model"] for call in vendor.calls] == ["a", "b"]


def test_a_forced_document_is_written_anew(tmp_path: Path, vendor: ModelServer, capsys: Capture) -> None:
    written(tmp_path, "quay")
    run(capsys, tmp_path, "quay")
    run(capsys, tmp_path, "quay", force=True)
    assert vendor.requests == 2


def test_the_parts_of_an_artifact_are_written_once_though_one_of_them_fails(
    tmp_path: Path, vendor: ModelServer, capsys: Capture
) -> None:
    config(tmp_path, "intro", "# Guide")
    written(tmp_path, "east", prompt="Describe the east pier.")
    written(tmp_path, "west", prompt="Describe the west pier. [behave=400]")
    artifact(tmp_path, "guide", "intro", "east", "west")
    assert run(capsys, tmp_path, "guide").items == {"guide": "MODEL_REFUSED_REQUEST"}
    written(tmp_path, "west", prompt="Describe the west pier.")
    assert run(capsys, tmp_path, "guide").items == {"guide": "succeeded"}
    assert vendor.requests == 3
    answer = vendor.options.answer
    assert (tmp_path / "out/guide.md").read_text() == f"# Guide\n\n{answer}\n\n{answer}"


def test_without_a_model_an_optional_part_is_left_out_and_a_needed_one_is_missed(
    tmp_path: Path, vendor: ModelServer, capsys: Capture
) -> None:
    config(tmp_path, "intro", "# Guide")
    written(tmp_path, "east")
    artifact(tmp_path, "open-guide", "intro", {"id": "east", "required": False})
    artifact(tmp_path, "whole-guide", "intro", "east")
    said = run(capsys, tmp_path, "open-guide", "whole-guide", "east", model="none")
    assert said.items == {"open-guide": "succeeded", "whole-guide": "MODEL_NONE", "east": "MODEL_NONE"}
    assert vendor.requests == 0
    run(capsys, tmp_path, "open-guide")
    assert vendor.requests == 1


def test_a_configs_own_model_counts_where_the_batch_names_none(
    tmp_path: Path, vendor: ModelServer, capsys: Capture
) -> None:
    written(tmp_path, "quay", model="fake:own")
    run(capsys, tmp_path, "quay")
    run(capsys, tmp_path, "quay", model="fake:b")
    assert [call.body["model"] for call in vendor.calls] == ["own", "b"]


def test_an_input_is_part_of_what_is_asked(tmp_path: Path, vendor: ModelServer, capsys: Capture) -> None:
    put(tmp_path / "facts.txt", "Nine berths.")
    source = {"id": "facts", "source_type": "external_file", "source_locator": "facts.txt"}
    path = written(tmp_path, "quay", prompt="Use this: {{facts}}")
    put(path, json.dumps(json.loads(path.read_text()) | {"inputs": {"sources": [source]}}))
    run(capsys, tmp_path, "quay")
    assert "Use this: Nine berths." in vendor.calls[0].body["messages"][-1]["content"]
    put(tmp_path / "facts.txt", "Ten berths.")
    run(capsys, tmp_path, "quay")
    assert vendor.requests == 2


def test_a_plan_says_what_is_kept_and_what_the_rest_may_cost(
    tmp_path: Path, vendor: ModelServer, capsys: Capture
) -> None:
    written(tmp_path, "quay", max_tokens=50)
    written(tmp_path, "pier", max_tokens=50)
    run(capsys, tmp_path, "quay")
    asked = spec(tmp_path, content_config_ids=["quay", "pier"], output_dir="out")
    plan = press(capsys, "plan", asked, "--json").document
    kept, new = (item["stages"][0] for item in plan["items"])
    assert (kept["verdict"], new["verdict"]) == ("reuse", "new")
    assert new["tokens"] > 50
    assert new["cost"] > 50 * 10e-6
    assert vendor.requests == 1


def test_a_preview_shows_what_is_asked_and_asks_nobody(tmp_path: Path, vendor: ModelServer, capsys: Capture) -> None:
    written(tmp_path, "quay", prompt="Describe {{name}} and {{place}}.")
    asked = spec(tmp_path, content_config_ids=["quay"], output_dir="out")
    said = press(capsys, "preview", asked, "--json").document["results"][0]
    assert "Describe you and {{place}}." in said["content"]
    assert any("written by fake:a" in warning for warning in said["warnings"])
    assert vendor.requests == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"model": "opneai:gpt-4o"}, "MODEL_UNKNOWN"),
        ({"model": "openai:gpt-4o"}, "MODEL_KEY_MISSING"),
        ({"model": "fake:b", "budget": {"batch_usd": 1}}, "PRICE_UNKNOWN"),
        ({"model": "none"}, "MODEL_NONE"),
        ({"model": "fake:a", "budget": {"batch_usd": 1}}, None),
    ],
)
def test_validate_says_what_stands_in_the_way_of_a_model(
    tmp_path: Path,
    vendor: ModelServer,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    more: dict[str, Any],
    code: str | None,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    written(tmp_path, "quay")
    found = press(capsys, "validate", spec(tmp_path, content_config_ids=["quay"], **more), "--json").document
    assert [problem["code"] for problem in found["problems"]] == ([code] if code else [])
