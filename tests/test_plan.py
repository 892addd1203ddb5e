"""A plan comes true: what `plan` says of each item is what `run` then does with it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import kinds
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sites import Said, config, press, put, spec

from tasks.errors import PressroomError
from tasks.models import ItemStatus, Outcome

pytestmark = pytest.mark.usefixtures("prefect_server")
Capture = pytest.CaptureFixture[str]
Told = dict[str, str]

TEAMS = ("harbour", "library", "orchard")


def note(team: str, **more: Any) -> dict[str, Any]:
    return {"content_config_id": "note", "output_path": f"out/{team}.md", "context": {"team": team}} | more


def page(name: str, **more: Any) -> dict[str, Any]:
    return {"content_config_id": "page", "output_path": f"out/{name}.html", "context": {"title": name}} | more


def site(folder: Path) -> list[dict[str, Any]]:
    """Three notes from a text, and two pages from a template that includes another."""
    config(folder, "note", "Hello {{team}}")
    config(folder, "page", "page.jinja", "jinja2")
    put(folder / "page.jinja", "{% include 'part.jinja' %}: {{ title }}")
    put(folder / "part.jinja", "Part")
    return [*map(note, TEAMS), page("one"), page("two")]


def ends(batch_id: str) -> dict[str, float]:
    """When each item of a batch has come to an end."""
    with kinds.ledger() as opened:
        return {row.item_id: row.finished_at for row in opened.items(batch_id)}


def planned(said: Said) -> Told:
    """What a plan says, in the words of `happened`."""
    words = {"new": "made", "rerun": "made", "reuse": "reused", "done": "untouched"}
    told = {}
    for item in said.document["items"]:
        told[item["item_id"]] = words.get(item["verdict"], f"{item['verdict']} {item['error_code']}")
    return told


def happened(said: Said, before: dict[str, float], after: dict[str, float]) -> Told:
    """What a run did with each item: made, reused or refused it, or left it as it was."""
    told = {}
    for item in said.document["results"]:
        name, code = item["item_id"], item["error_code"]
        if before.get(name) == after[name]:
            told[name] = f"left {code}" if code else "untouched"
        else:
            told[name] = f"refused {code}" if code else "reused" if item["reused"] else "made"
    return told


def foretold(capsys: Capture, path: Path, *options: str) -> Told:
    """Plan, run, hold the two against each other, and return what was said."""
    batch_id = json.loads(path.read_text()).get("batch_id", "b")
    given = (path, "--json", "--batch-id", batch_id, *options)
    plan = press(capsys, "plan", *given)
    before: dict[str, float] = {}
    with suppress(PressroomError):
        before = ends(batch_id)
    ran = press(capsys, "run", *given)
    said = planned(plan)
    assert said == happened(ran, before, ends(batch_id))
    assert messages(plan.document["items"]) == messages(ran.document["results"])
    return said


def messages(items: list[dict[str, Any]]) -> dict[str, str]:
    return {item["item_id"]: item["error_message"] for item in items if item["error_code"]}


def reasons(capsys: Capture, path: Path, *options: str) -> dict[str, str]:
    """What `plan` says and why, by item."""
    items = press(capsys, "plan", path, "--json", *options).document["items"]
    return {item["item_id"]: f"{item['verdict']}: {item['why']}" for item in items}


def test_at_first_everything_is_new(tmp_path: Path, capsys: Capture) -> None:
    assert set(foretold(capsys, spec(tmp_path, operations=site(tmp_path))).values()) == {"made"}


def test_the_same_batch_again_is_done(tmp_path: Path, capsys: Capture) -> None:
    path = spec(tmp_path, operations=site(tmp_path))
    press(capsys, "run", path, "--batch-id", "b")
    assert set(foretold(capsys, path).values()) == {"untouched"}


def test_another_batch_reuses_what_was_made(tmp_path: Path, capsys: Capture) -> None:
    path = spec(tmp_path, operations=site(tmp_path))
    press(capsys, "run", path, "--batch-id", "a")
    assert reasons(capsys, path)["note:harbour"] == "reuse: made by a"
    assert set(foretold(capsys, path).values()) == {"reused"}


def edited_config(folder: Path, operations: list[dict[str, Any]]) -> None:
    config(folder, "note", "Goodbye {{team}}")


def edited_values(folder: Path, operations: list[dict[str, Any]]) -> None:
    for number, team in enumerate(TEAMS):
        operations[number]["context"] = {"team": team.upper()}


def edited_include(folder: Path, operations: list[dict[str, Any]]) -> None:
    put(folder / "part.jinja", "Another part")


def edited_output(folder: Path, operations: list[dict[str, Any]]) -> None:
    put(folder / "out/harbour.md", "edited by hand")


def deleted_output(folder: Path, operations: list[dict[str, Any]]) -> None:
    os.unlink(folder / "out/one.html")


def edited_both(folder: Path, operations: list[dict[str, Any]]) -> None:
    edited_config(folder, operations)
    edited_values(folder, operations)


Change = Callable[[Path, list[dict[str, Any]]], None]


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (edited_config, {f"note:{team}": "rerun: config changed" for team in TEAMS}),
        (edited_values, {f"note:{team}": "rerun: values changed" for team in TEAMS}),
        (edited_both, {f"note:{team}": "rerun: config, values changed" for team in TEAMS}),
        (edited_include, {f"page:{name}": "rerun: templates changed" for name in ("one", "two")}),
        (edited_output, {"note:harbour": "rerun: output edited"}),
        (deleted_output, {"page:one": "rerun: output gone"}),
    ],
)
def test_what_has_changed_since_is_named(
    change: Change, again: dict[str, str], tmp_path: Path, capsys: Capture
) -> None:
    asked = site(tmp_path)
    press(capsys, "run", spec(tmp_path, operations=asked), "--batch-id", "a")
    change(tmp_path, asked)
    path = spec(tmp_path, operations=asked)
    said = reasons(capsys, path)
    assert {name: why for name, why in said.items() if not why.startswith("reuse")} == again
    assert [name for name, what in foretold(capsys, path).items() if what == "made"] == [*again]


@pytest.mark.parametrize("batch_id", ["a", "b"])
@pytest.mark.parametrize("reuse", ["never", "batch", "always"])
def test_a_plan_comes_true_whatever_may_be_reused(batch_id: str, reuse: str, tmp_path: Path, capsys: Capture) -> None:
    asked = site(tmp_path)
    press(capsys, "run", spec(tmp_path, operations=asked), "--batch-id", "a")
    edited_output(tmp_path, asked)
    deleted_output(tmp_path, asked)
    asked[1]["context"] = {"team": "another"}
    foretold(capsys, spec(tmp_path, operations=asked, batch_id=batch_id), "--reuse", reuse)


def test_what_only_a_batch_of_its_own_folder_has_made_is_compared_with_the_last_of_them(
    tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "note")
    path = spec(tmp_path, content_config_ids=["note"])
    press(capsys, "run", path, "--batch-id", "first")
    config(tmp_path, "note", "Goodbye {{name}}")
    assert reasons(capsys, path) == {"note": "rerun: config changed"}


def test_of_two_equal_items_one_is_made_and_one_shared(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    twins = [note("harbour"), note("harbour", output_path="out/twin.md"), page("one"), page("one", output_path="o")]
    path = spec(tmp_path, operations=twins)
    assert reasons(capsys, path)["note:twin"] == "reuse: equal to note:harbour of this batch"
    assert [*foretold(capsys, path).values()] == ["made", "reused", "made", "reused"]


def test_the_more_urgent_of_equal_items_is_the_one_that_is_made(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    twins = [note("harbour"), note("harbour", output_path="out/twin.md", priority="high")]
    assert [*foretold(capsys, spec(tmp_path, operations=twins)).values()] == ["reused", "made"]


def test_a_document_that_an_item_of_the_batch_writes_over_serves_no_other(tmp_path: Path, capsys: Capture) -> None:
    site(tmp_path)
    press(capsys, "run", spec(tmp_path, operations=[note("harbour")]), "--batch-id", "a")
    asked = [note("harbour", context={"team": "else"}), note("harbour", output_path="out/copy.md")]
    path = spec(tmp_path, operations=asked)
    assert reasons(capsys, path)["note:copy"] == "rerun: output edited"
    assert set(foretold(capsys, path).values()) == {"made"}


def test_what_would_fail_is_refused_with_the_words_it_fails_with(tmp_path: Path, capsys: Capture) -> None:
    asked = site(tmp_path)
    config(tmp_path, "open", "{{nobody}}")
    config(tmp_path, "absent-page", "absent.jinja", "jinja2")
    config(tmp_path, "broken-page", "broken.jinja", "jinja2")
    put(tmp_path / "broken.jinja", "{% if x %}")
    config(tmp_path, "part-page", "whole.jinja", "jinja2")
    put(tmp_path / "whole.jinja", "{% include 'nothing.jinja' %}")
    config(tmp_path, "code", "x", "code_generation")
    config(tmp_path, "odd", "x", "crystal-ball")
    put(tmp_path / "configs/content/broken.json", "{")
    (tmp_path / "out/folder").mkdir(parents=True)
    put(tmp_path / "file", "x")
    named = ["open", "absent-page", "broken-page", "part-page", "code", "odd", "broken", "absent"]
    long = "x" * 300
    paths = ("../../x", "out/harbour.md", "out/folder", "file/x", long, f"new/{long}")
    more = [note("x", output_path=path) for path in paths]
    said = foretold(capsys, spec(tmp_path, operations=[*asked, *more], content_config_ids=named))
    assert list(said.values()) == [
        "refused UNDEFINED_VARIABLE",
        "refused TEMPLATE_MISSING",
        "refused TEMPLATE_INVALID",
        "refused TEMPLATE_MISSING",
        "refused CONFIG_INVALID",
        "refused GENERATOR_UNKNOWN",
        "refused SPEC_MALFORMED",
        "refused CONFIG_NOT_FOUND",
        *(["made"] * 5),
        "refused PATH_OUTSIDE",
        "refused OUTPUT_CONFLICT",
        *(["refused OUTPUT_UNWRITABLE"] * 4),
    ]


def test_a_template_is_read_and_not_rendered_and_the_plan_says_so(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "page.jinja", "{{ 1 // 0 }}{{ 'x' * 10 ** 10 }}{{ 'x'|center(10 ** 10) }}")
    document = press(capsys, "plan", spec(tmp_path, content_config_ids=["page"]), "--json").document
    assert document["items"][0]["verdict"] == "new"
    assert document["notes"] == ["Whether 1 item comes out is known for certain only once it is made."]


def test_a_template_in_a_config_and_a_file_of_the_configs_name_are_two(tmp_path: Path, capsys: Capture) -> None:
    pattern = {"id": "only", "type": "jinja2", "template": "{% if %}", "inline": True}
    config(tmp_path, "page", generation={"patterns": [pattern]})
    config(tmp_path, "other", "page", "jinja2")
    put(tmp_path / "page", "Hello")
    said = foretold(capsys, spec(tmp_path, content_config_ids=["page", "other"]))
    assert said == {"page": "refused TEMPLATE_INVALID", "other": "made"}


def test_a_failed_item_of_a_known_batch_is_left(tmp_path: Path, capsys: Capture) -> None:
    asked = [*site(tmp_path), {"content_config_id": "open"}]
    config(tmp_path, "open", "{{nobody}}")
    path = spec(tmp_path, operations=asked)
    foretold(capsys, path)
    assert foretold(capsys, path)["open"] == "left UNDEFINED_VARIABLE"
    config(tmp_path, "open", "{{name}}")
    assert foretold(capsys, path)["open"] == "left UNDEFINED_VARIABLE"
    assert foretold(capsys, spec(tmp_path, operations=asked, select="failed"))["open"] == "made"


def test_a_half_done_batch_is_planned_as_it_goes_on(tmp_path: Path, capsys: Capture) -> None:
    path = spec(tmp_path, operations=site(tmp_path), batch_id="b")
    press(capsys, "run", path)
    with kinds.ledger() as opened:
        opened.settle_items("b", [Outcome(item_id="note:harbour", status=ItemStatus.CANCELLED)])
        opened.start_items("b", ["page:one"])  # and then killed
    assert reasons(capsys, path)["page:one"] == "rerun: not finished"
    made = [name for name, what in foretold(capsys, path).items() if what == "made"]
    assert made == ["note:harbour", "page:one"]


def test_a_changed_spec_makes_what_it_changes_and_what_it_adds(tmp_path: Path, capsys: Capture) -> None:
    asked = site(tmp_path)
    press(capsys, "run", spec(tmp_path, operations=asked), "--batch-id", "b")
    moved = note("pier", output_path="elsewhere/pier.md")
    changed = [note("harbour", context={"team": "H"}), *asked[1:], note("quay"), moved]
    said = foretold(capsys, spec(tmp_path, operations=changed))
    assert [*said.values()] == ["made", *(["untouched"] * 4), "made", "made"]


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Runs, one after the other, each with what is changed before it.

    Notes and pages go to different files: they run beside each other, and which comes first is not known.
    """
    run = st.fixed_dictionaries(
        {
            "batch_id": st.sampled_from(["a", "b", "c"]),
            "reuse": st.sampled_from(["never", "batch", "always"]),
            "note": st.integers(0, 2),
            "part": st.integers(0, 1),
            "damage": st.lists(st.tuples(st.booleans(), st.sampled_from(["0.note", "1.note", "1.page"])), max_size=2),
            "asked": st.lists(
                st.tuples(
                    st.sampled_from(["note", "page", "absent"]),
                    st.integers(0, 2),
                    st.integers(0, 3),
                    st.sampled_from(["low", "normal"]),
                ),
                min_size=1,
                max_size=5,
            ),
        }
    )
    return draw(st.lists(run, min_size=2, max_size=4))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_whatever_was_run_before_a_plan_comes_true(
    tmp_path_factory: pytest.TempPathFactory, capsys: Capture, history: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("site")
    for step in history:
        config(folder, "note", f"Text {step['note']}: {{{{value}}}}")
        config(folder, "page", "page.jinja", "jinja2")
        put(folder / "page.jinja", "{% include 'part.jinja' %}{{ value }}")
        put(folder / "part.jinja", f"Part {step['part']} ")
        for is_edit, name in step["damage"]:
            path = folder / "out" / name
            if path.exists():
                path.write_text("edited") if is_edit else path.unlink()
        asked = [
            {
                "content_config_id": name,
                "context": {"value": value},
                "output_path": f"out/{to}.{name}",
                "priority": priority,
            }
            for name, value, to, priority in step["asked"]
        ]
        # A folder of outputs that no other example shares stands for a ledger of its own.
        batch_id = f"{folder.name}-{step['batch_id']}"
        foretold(capsys, spec(folder, operations=asked, batch_id=batch_id), "--reuse", step["reuse"])
