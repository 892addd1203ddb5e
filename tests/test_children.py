"""An artifact's children: their order, when they are part of it, and in which state they must be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.children import included, ordered, require_state
from tasks.documents.config_models import ContentConfig
from tasks.documents.configs import LoadedConfig
from tasks.errors import PressroomError
from tasks.models import JsonObject


def artifact(*children: dict[str, Any]) -> ArtifactConfig:
    return ArtifactConfig.model_validate(
        {
            "type": "artifact",
            "id": "guide",
            "schemaRef": {"id": "artifact-schema", "version": "1.0"},
            "metadata": {"title": "Guide", "purpose": "p", "outputs": [{"file": "guide.md", "format": "markdown"}]},
            "content": {"children": [{"path": "", **child} for child in children]},
        }
    )


def ids(config: ArtifactConfig) -> list[str]:
    return [child.id for _, child in ordered(config)]


def child(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, **more}


def test_children_come_by_their_order_and_then_as_they_are_written() -> None:
    config = artifact(child("d", order=2), child("a"), child("b", order=0), child("c", order=1), child("e", order=2))
    assert ids(config) == ["a", "b", "c", "d", "e"]


def test_what_a_child_depends_on_comes_first_and_order_breaks_ties() -> None:
    config = artifact(child("a", depends_on=["c"]), child("b", order=1), child("c", order=5), child("d", order=3))
    assert ids(config) == ["b", "d", "c", "a"]


def test_children_that_wait_for_each_other_are_named_all_the_way_round() -> None:
    config = artifact(
        child("a", depends_on=["b"]), child("b", depends_on=["c"]), child("c", depends_on=["d"]), child("d"),
        child("e", depends_on=["f"]), child("f", depends_on=["g"]), child("g", depends_on=["e"]),
    )  # fmt: skip
    with pytest.raises(PressroomError, match=r"e -> f -> g -> e") as caught:
        ordered(config)
    assert caught.value.code == "CONFIG_CYCLE"
    with pytest.raises(PressroomError, match=r"a -> a"):
        ordered(artifact(child("a", depends_on=["a"])))


def test_a_child_cannot_depend_on_one_that_is_not_there() -> None:
    with pytest.raises(PressroomError, match=r"content.children.1.depends_on: there is no child 'c'"):
        ordered(artifact(child("a"), child("b", depends_on=["a", "c"])))


@st.composite
def families(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Children in any order of writing, each of which depends on some that come earlier in another order."""
    count = draw(st.integers(1, 9))
    names = [f"c{number}" for number in range(count)]
    made = []
    for number, name in enumerate(names):
        needs = draw(st.lists(st.sampled_from(names[:number]), max_size=3)) if number else []
        order = draw(st.none() | st.integers(0, 3))
        made.append(child(name, depends_on=needs, **({} if order is None else {"order": order})))
    return draw(st.permutations(made))


def slowly_ordered(children: list[dict[str, Any]]) -> list[str]:
    """Take again and again the first of those with the least order whose needs have all been taken."""
    found: list[str] = []
    while len(found) < len(children):
        free = [one for one in children if one["id"] not in found and set(one["depends_on"]) <= set(found)]
        found.append(min(free, key=lambda one: one.get("order", 0))["id"])
    return found


@given(families())
def test_the_order_is_topological_and_stable(children: list[dict[str, Any]]) -> None:
    found = ids(artifact(*children))
    assert found == slowly_ordered(children)
    assert all(found.index(need) < found.index(one["id"]) for one in children for need in one["depends_on"])


def test_ten_thousand_children_that_wait_for_each_other_are_put_in_order() -> None:
    count = 10_000
    chain = [
        child(f"c{number}", depends_on=[f"c{number + 1}"] if number + 1 < count else []) for number in range(count)
    ]
    assert ids(artifact(*chain)) == [f"c{number}" for number in reversed(range(count))]


@pytest.mark.parametrize(
    ("condition", "context", "is_part"),
    [
        (None, {}, True),
        ("season == 'winter'", {"season": "winter"}, True),
        ("season == 'winter'", {"season": "spring"}, False),
        ({"include_if": "fee > 3"}, {"fee": 4}, True),
        ({"include_if": "fee > 3"}, {}, False),
        ({"include_if": False}, {}, False),
        (True, {}, True),
        (False, {}, False),
    ],
)
def test_a_child_is_part_of_it_when_its_condition_holds(condition: Any, context: JsonObject, is_part: bool) -> None:
    config = artifact(child("a"), child("b", conditions=condition))
    assert [number for number, _ in included(config, context)] == ([0, 1] if is_part else [0])


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("fee >", "CONDITION_INVALID"),
        ({"if": "fee"}, "CONFIG_INVALID"),
        ({}, "CONFIG_INVALID"),
        ([1], "CONFIG_INVALID"),
    ],
)
def test_a_condition_that_is_none_is_refused(condition: Any, code: str) -> None:
    with pytest.raises(PressroomError) as caught:
        included(artifact(child("a", conditions=condition, required=False)), {"fee": 1})
    assert caught.value.code == code


def loaded(stage: str | None = None, version: str = "1.2.0") -> LoadedConfig:
    whole: dict[str, Any] = {
        "type": "content",
        "id": "note",
        "schemaRef": {"id": "content-schema", "version": "3.1"},
        "metadata": {"description": "A note", "version": version},
        "elements": [{"name": "body", "format": "markdown"}],
    }
    if stage is not None:
        whole["evolution"] = {"stage": stage}
    return LoadedConfig(ContentConfig.model_validate(whole), Path("note.json"), "")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, loaded()),
        ({"retrievalStrategy": "latest", "version": "9.9.9"}, loaded()),
        ({"retrievalStrategy": "all"}, loaded("deprecated")),
        ({"retrievalStrategy": "version", "version": "1.2.0"}, loaded()),
        ({"retrievalStrategy": "approved_only"}, loaded("approved")),
    ],
)
def test_a_child_in_the_state_that_is_asked_for_is_taken(wanted: dict[str, Any], found: LoadedConfig) -> None:
    require_state(artifact(child("note", **wanted)), 0, found)


@pytest.mark.parametrize(
    ("wanted", "found", "words"),
    [
        ({"retrievalStrategy": "version"}, loaded(), "children.0.version: it is missing"),
        (
            {"retrievalStrategy": "version", "version": "1.3.0"},
            loaded(),
            "children.0.version: config 'note' has the version '1.2.0', not '1.3.0'",
        ),
        ({"retrievalStrategy": "approved_only"}, loaded(), "config 'note' is in the stage 'draft', not 'approved'"),
        ({"retrievalStrategy": "approved_only"}, loaded("review"), "in the stage 'review', not 'approved'"),
    ],
)
def test_a_child_in_another_state_is_refused(wanted: dict[str, Any], found: LoadedConfig, words: str) -> None:
    with pytest.raises(PressroomError) as caught:
        require_state(artifact(child("note", **wanted)), 0, found)
    assert (caught.value.code, words in caught.value.message) == ("CONFIG_INVALID", True)


def test_many_children_of_one_id_are_waited_for_without_counting_each_against_each() -> None:
    few = 20_000
    config = artifact(*[child("a")] * few, *[child("b", depends_on=["a"])] * few)
    assert [number for number, _ in ordered(config)] == [*range(2 * few)]
