"""What a model is asked for a document, and what of its answer counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.documents.code_generation import Writing, fault_in, qualified, text_in, writing_of
from tasks.documents.config_models import ContentConfig
from tasks.documents.writing import pause_after
from tasks.errors import PressroomError
from tasks.models import JsonObject


def config(output_format: str = "python", **settings: object) -> ContentConfig:
    return ContentConfig.model_validate(
        {
            "type": "content",
            "id": "tide-table",
            "schemaRef": {"id": "content-schema", "version": "3.1"},
            "metadata": {"description": "x", "version": "1.0.0", "output_format": output_format},
            "elements": [{"name": "body", "format": "code"}],
            "generation": {"patterns": [{"id": "w", "type": "code_generation", "generation_config": settings}]},
        }
    )


def asked(context: JsonObject | None = None, output_format: str = "python", **settings: object) -> Writing:
    return writing_of(config(output_format, **settings), context or {})


def test_the_prompt_has_the_form_of_the_source_with_its_style_hints() -> None:
    writing = asked(
        {"harbour": "Wellmouth"},
        prompt="A function that lists the tides of {{harbour}}.",
        language="python",
        style_hints=["Short names", "No comments"],
        system_prompt="You write code.",
    )
    assert writing.prompt.system == "You write code."
    assert writing.prompt.own == (
        "Generate python code for:\n\nA function that lists the tides of Wellmouth.\n\n"
        "Style requirements:\n- Short names\n- No comments\n\n"
        "Provide only the code, no explanations."
    )


def test_a_prompt_takes_exact_names_only_and_leaves_what_it_does_not_know() -> None:
    writing = asked({"a": 1, "b": None, "c.d": 2}, prompt="{{a}} {{ a }} {{b}} {{c.d}} {{e}}", language="python")
    assert "1 {{ a }} {{b}} {{c.d}} {{e}}" in writing.prompt.own


def test_a_config_that_makes_text_is_not_asked_for_code() -> None:
    assert asked(output_format="markdown", prompt="Describe a harbour.").prompt.own == (
        "Describe a harbour.\n\nProvide only the markdown, no explanations."
    )


def test_what_the_config_leaves_out_is_as_in_the_source() -> None:
    writing = asked(prompt="x")
    tuning = writing.tuning("openai:gpt-4o")
    assert (tuning.max_tokens, tuning.temperature, tuning.timeout_seconds) == (4096, 0.0, 30.0)
    tuning = writing.tuning("local:smollm2-135m")
    assert (tuning.max_tokens, tuning.timeout_seconds) == (1024, 300.0)
    assert asked(prompt="x", max_tokens=5, timeout=7).tuning("local:smollm2-135m").max_tokens == 5
    assert (writing.retries, writing.retry_delay, writing.fallback, writing.model) == (3, 1.0, None, None)


def test_the_fallback_is_filled_like_the_prompt() -> None:
    assert asked({"name": "tides"}, prompt="x", fallback_template="# {{name}}\n").fallback == "# tides\n"


@pytest.mark.parametrize(("delay", "pauses"), [(1.0, [1, 2, 4, 60]), (0.0, [0, 0, 0, 0]), (1e9, [60, 60, 60, 60])])
def test_pauses_between_tries_grow_but_not_to_days(delay: float, pauses: list[float]) -> None:
    writing = asked(prompt="x", retry_count=20, retry_delay=delay)
    assert [pause_after(attempt, writing) for attempt in (0, 1, 2, 19)] == pauses


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x", "max_tokens": 0}, "max_tokens"),
        ({"prompt": "x", "temperature": "warm"}, "temperature"),
        ({"prompt": "x", "timeout": 0}, "timeout"),
        ({"prompt": "x", "promt": "y"}, "promt"),
        ({"prompt": "x", "style_hints": "short"}, "style_hints"),
    ],
)
def test_a_setting_that_is_wrong_is_named(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(PressroomError) as caught:
        asked(**settings)
    assert caught.value.code == "CONFIG_INVALID"
    assert caught.value.details["field"] == f"generation.patterns.0.generation_config.{field}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("claude-haiku-4-5", "anthropic:claude-haiku-4-5"),
        ("gpt-4o", "openai:gpt-4o"),
        ("o3-mini", "openai:o3-mini"),
        ("gemini-2.5-flash", "google:gemini-2.5-flash"),
        ("vllm:any/model", "vllm:any/model"),
    ],
)
def test_a_model_that_a_config_names_alone_gets_its_vendor(written: str, read: str) -> None:
    assert qualified(written) == read


def test_a_model_of_no_known_vendor_is_refused() -> None:
    with pytest.raises(PressroomError, match="MODEL_UNKNOWN"):
        qualified("orchard-7b")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Here:\n```python\nx = 1\n```\nand\n```python\ny = 2\n```", "x = 1\n"),
        ("```sh\nls\n```\n```Python\nx = 1\n```", "x = 1\n"),
        ("```sh\nls\n```\n", "ls\n"),
        ("```\nx = 1\n\n```", "x = 1\n"),
        ("  x = 1\n", "x = 1"),
        ("```python\nx = 1", "```python\nx = 1"),
        ("", ""),
    ],
)
def test_the_first_fence_of_the_language_counts_then_any_then_the_whole(answer: str, text: str) -> None:
    assert text_in(answer, "python") == text


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        ("x = 1", "python", None),
        ("x = = 1", "python", "line 1: invalid syntax"),
        ("x = 1\n  y", "python", "line 2: unexpected indent"),
        ("\0", "python", "null bytes"),
        ('{"a": 1}', "json", None),
        ("{a}", "json", "Expecting property name"),
        ("anything", "markdown", None),
        (" \n", "markdown", "nothing in it"),
    ],
)
def test_code_is_parsed_before_it_counts(text: str, language: str, why: str | None) -> None:
    found = fault_in(text, language)
    assert found is None if why is None else why in (found or "")


def test_code_is_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    assert fault_in(f"open({str(mark)!r}, 'w')", "python") is None
    assert not mark.exists()


@given(st.text(), st.sampled_from(["python", "json", "markdown"]))
def test_any_answer_is_read_or_refused(answer: str, language: str) -> None:
    found = fault_in(text_in(answer, language), language)
    assert found is None or isinstance(found, str)
