"""Whatever stands in a config, of whichever dialect, it is a config or an error that names what is wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from dialect_examples import ARTIFACTS, CONTENT, Config, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parsing import Parsed, parse_config
from tasks.documents.dialects.reading import Source
from tasks.documents.generators import filler
from tasks.errors import PressroomError

PATH = Path("configs/content/subject.json")
EXAMPLES = [*CONTENT.values(), *ARTIFACTS.values()]
TEXTS = st.sampled_from(
    ["", "x", "{{x}}", "{{a-b}}", "{% if %}", "a b", "../x", "\n", "\\n", "1.0", "on-demand", "#", "é"]
)
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | TEXTS | st.text(max_size=5)
NAMES = st.sampled_from(
    "id name type metadata elements generation template context inputs examples placeholders source value path items "
    "properties required enum pattern constraints template_path prompt a.b a-b copy model_fields".split()
)
JSON = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(NAMES, part, max_size=3), max_leaves=8
)


@st.composite
def mutations(draw: st.DrawFn) -> Config:
    """Draw a valid config in which some fields are changed, gone, or added."""
    config: Config = json.loads(json.dumps(draw(st.sampled_from(EXAMPLES))))
    for _ in range(draw(st.integers(1, 4))):
        found = [*places(config)]
        if not found:
            break
        *parents, last = draw(st.sampled_from(found))
        inner: Any = config
        for parent in parents:
            inner = inner[parent]
        match draw(st.sampled_from(["change", "change", "remove", "add"])):
            case "change":
                inner[last] = draw(JSON)
            case "remove":
                del inner[last]
            case "add" if isinstance(inner, dict):
                inner[draw(NAMES)] = draw(JSON)
    return config


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("site")
    (found / "x").write_text('## x\n\n```json\n{"a": {{x}}}\n```\n')
    return found


def read(value: Any, folder: Path) -> Parsed | None:
    """Read a value as a config; None when it is refused as it should be."""
    codes: list[str] = []
    try:
        parsed = parse_config(value, folder / PATH, Source(PATH, folder))
    except PressroomError as error:
        codes.append(error.code)
    assert {*codes} <= {"CONFIG_INVALID", "CONFIG_UNSUPPORTED", "TEMPLATE_MISSING", "PATH_OUTSIDE"}
    if codes:
        return None
    assert isinstance(parsed.config, ContentConfig | ArtifactConfig)
    assert all(isinstance(note, str) and note for note in parsed.notes)
    return parsed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=400)
@given(value=mutations(), context=st.dictionaries(NAMES | st.sampled_from(["pier", "time", "level"]), JSON, max_size=3))
def test_a_valid_config_with_any_changes_is_a_config_or_an_error_of_ours(
    folder: Path, value: Config, context: dict[str, Any]
) -> None:
    parsed = read(value, folder)
    config = parsed.config if parsed else None
    generate = filler(config.generator) if isinstance(config, ContentConfig) else None
    if generate is not None and isinstance(config, ContentConfig):
        with suppress(PressroomError):
            assert isinstance(generate(config, context), str)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=JSON | st.dictionaries(NAMES | st.sampled_from(["generatorSpecific", "content_element", "members"]), JSON))
def test_any_value_at_all_is_a_config_or_an_error_of_ours(folder: Path, value: Any) -> None:
    read(value, folder)


@pytest.mark.parametrize("value", EXAMPLES, ids=lambda one: str(one)[:40])
def test_what_is_read_is_itself_a_config_of_dialect_a(folder: Path, value: Config) -> None:
    parsed = read(value, folder)
    assert parsed is not None
    dumped = parsed.config.model_dump(mode="json", by_alias=True)
    assert type(parsed.config).model_validate(dumped).model_dump(mode="json", by_alias=True) == dumped


def test_very_many_parts_are_read_part_by_part(folder: Path) -> None:
    many = range(20_000)
    blocks = [{"id": "tide", "generation_pattern": "literal", "example_output": "high"} for _ in many]
    sections = [{"contentConfigId": f"part-{number}", "dependencies": ["part-0"] * (number > 0)} for number in many]
    named = {"id": "fill", "type": "template_fill", "template": " ".join(f"{{{{a-{number}}}}}" for number in many)}
    for config in (
        {**CONTENT["D"], "elements": blocks},
        {**ARTIFACTS["C"], "sections": sections},
        {**CONTENT["B"], "generation": {"patterns": [named]}},
    ):
        assert read(config, folder) is not None
