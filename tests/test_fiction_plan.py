"""What a plan and a preview of fiction say before anything is asked, and that a run does just that."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from novelist import Marks, Novelist
from stories import batch_of, make, project

from tasks.claims import Claims
from tasks.errors import PressroomError
from tasks.fiction.foreseeing import foresee_fiction
from tasks.fiction.models import FictionBatch
from tasks.fiction.planning import items_of, plan_fiction
from tasks.fiction.previewing import preview_fiction
from tasks.fiction.saving import KEPT
from tasks.fiction.wavefront import notes_on, steps_of
from tasks.ledger.looking import looking
from tasks.planner import plan_batch
from tasks.plans import ItemPlan, Plan
from tasks.previews import Preview
from tasks.settings import settings
from tasks.specs import name_batch

PRICES = "prices:\n  quill:large: {input: 2, output: 8}\n  quill:small: {input: 1, output: 4}\n"
TWO = {"model": None, "models": {"use": ["quill:large", "quill:small"]}}


@pytest.fixture
def quill(quill: Novelist, home: Path) -> Novelist:
    """A vendor that writes, whose prices are known."""
    with (home / "models.yaml").open("a") as file:
        file.write(PRICES)
    return quill


def planned(batch: FictionBatch) -> Plan:
    with looking() as glance:
        execute = glance.execute if glance is not None else None
        return plan_batch("fiction", batch, foresee_fiction, execute, settings().home)


def by_name(plan: Plan) -> dict[str, ItemPlan]:
    return {item.item_id: item for item in plan.items}


def verdicts(plan: Plan) -> list[str]:
    return [item.verdict.value for item in plan.items]


def previews(batch: FictionBatch, item_id: str | None = None) -> dict[str, Preview]:
    _, shown = preview_fiction(name_batch("fiction", batch), item_id, 99)
    return {one.item_id: one for one in shown}


def files(folder: Path) -> list[tuple[Path, int]]:
    return [(path, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()]


def test_of_a_new_book_the_first_step_is_known_and_the_others_follow_at_a_price(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path)
    before = files(tmp_path)
    plan = planned(batch_of(tmp_path, "harbour", **TWO))
    assert quill.requests == 0
    assert files(tmp_path) == before
    assert verdicts(plan) == ["new"] * 5
    items = by_name(plan)
    assert [stage.stage for stage in items["harbour:ch01"].stages] == ["write_chapter", "note_ending", "judge_chapter"]
    assert [item.why for item in plan.items] == [
        "",
        "follows the characters",
        "follows the outline",
        "follows the outline",
        "follows its chapters",
    ]
    stages = {stage.stage: stage for item in plan.items for stage in item.stages}
    assert all(stage.tokens and stage.cost for name, stage in stages.items() if name != "export_book")
    assert (stages["export_book"].tokens, stages["export_book"].cost) == (0, 0)
    assert plan.estimate.cost == pytest.approx(sum(stage.cost or 0 for item in plan.items for stage in item.stages))


@pytest.mark.usefixtures("prefect_server")
def test_what_is_made_serves_and_a_plan_never_says_less_than_a_run_takes(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    foreseen = planned(batch_of(tmp_path, "harbour", **TWO)).estimate
    result = make(tmp_path, "harbour", formats=["markdown"], **TWO)
    assert result.input_tokens + result.output_tokens <= (foreseen.tokens or 0)
    assert 0 < result.cost <= (foreseen.cost or 0)
    again = planned(batch_of(tmp_path, "harbour", batch_id="again", formats=["markdown"], **TWO))
    assert verdicts(again) == ["reuse"] * 4 + ["rerun"]
    assert (again.estimate.tokens, again.estimate.cost) == (0, 0)
    assert by_name(again)["harbour:ch02"].stages[0].made_by is not None
    asked = quill.requests
    make(tmp_path, "harbour", batch_id="again", formats=["markdown"], **TWO)
    assert quill.requests == asked
    done = planned(batch_of(tmp_path, "harbour", formats=["markdown"], **TWO))
    assert verdicts(done) == ["done"] * 5


@pytest.mark.usefixtures("prefect_server")
def test_what_has_changed_is_made_again_and_all_that_follows_from_it(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    project(tmp_path, "mill")
    make(tmp_path, "harbour", "mill", formats=[])
    project(tmp_path, "mill", premise="The wheel turns at night.")
    plan = by_name(planned(batch_of(tmp_path, "harbour", "mill", batch_id="again", formats=[])))
    assert {plan[f"harbour:{step}"].verdict.value for step in ("characters", "outline", "ch01", "ch02")} == {"reuse"}
    assert (plan["mill:characters"].verdict.value, plan["mill:characters"].why) == (
        "rerun",
        "brief.bible.premise changed",
    )
    assert {plan[f"mill:{step}"].why for step in ("ch01", "ch02")} == {"follows the outline"}
    assert {plan[f"mill:{step}"].verdict.value for step in ("outline", "ch01", "ch02")} == {"rerun"}
    edited = tmp_path / "output" / "books" / "harbour" / "chapters" / "chapter-02.md"
    edited.write_text(edited.read_text() + "\n\nAnd then the boat left.\n")
    plan = by_name(planned(batch_of(tmp_path, "harbour", batch_id="edited", formats=[])))
    assert (plan["harbour:ch02"].verdict.value, plan["harbour:ch02"].why) == ("rerun", f"{KEPT}, and judged")
    written, noted, judged = plan["harbour:ch02"].stages
    assert [(one.verdict.value, one.why) for one in (written, noted)] == [("reuse", KEPT)] * 2
    assert judged.tokens
    assert plan["harbour:ch01"].verdict.value == "reuse"


def test_what_authors_have_written_into_the_library_is_kept_and_asked_of_nobody(
    tmp_path: Path, quill: Novelist
) -> None:
    project(tmp_path)
    books = tmp_path / "output" / "books" / "harbour"
    (books / "chapters").mkdir(parents=True)
    (books / "characters.json").write_text('{"characters": [{"name": "Mara"}]}')
    (books / "outline.json").write_text(json.dumps({"chapters": [{"title": "Day", "summary": "A letter."}] * 2}))
    (books / "chapters" / "chapter-01.md").write_text("# Day\n\nMara opens the letter.\n")
    plan = by_name(planned(batch_of(tmp_path, "harbour", formats=[])))
    for step in ("characters", "outline"):
        assert (plan[f"harbour:{step}"].verdict.value, plan[f"harbour:{step}"].why) == ("reuse", KEPT)
    written, noted, judged = plan["harbour:ch01"].stages
    assert (written.verdict.value, written.why, written.tokens) == ("reuse", KEPT, None)
    assert (noted.verdict.value, judged.verdict.value, judged.why) == ("new", "new", f"{KEPT}, and judged")
    assert noted.tokens
    assert plan["harbour:ch01"].why == f"{KEPT}, and its ending noted"
    assert [one.verdict.value for one in plan["harbour:ch02"].stages] == ["new"] * 3


@pytest.mark.usefixtures("prefect_server")
def test_what_would_fail_or_be_skipped_is_refused(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    quill.marks["The Story of Harbour", 1] = [Marks(each=12)] * 9
    make(tmp_path, "harbour", "nowhere", formats=[])
    plan = by_name(planned(batch_of(tmp_path, "harbour", "nowhere", formats=[])))
    book = plan["harbour:book"]
    assert (book.verdict.value, book.why) == ("refused", "PREDECESSOR_IN_REVIEW")
    assert (plan["harbour:ch01"].verdict.value, plan["nowhere:characters"].verdict.value) == ("done", "left")
    new = by_name(planned(batch_of(tmp_path, "nowhere", batch_id="new")))
    assert new["nowhere:characters"].why == "PROJECT_NOT_FOUND"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"model": "none"}, "MODEL_NONE"),
        ({"model": "openai:gpt-4o"}, "MODEL_KEY_MISSING"),
        ({"job_type": "export"}, "CHAPTER_MISSING"),
        ({"job_type": "qc_processing"}, "OUTLINE_MISSING"),
        ({"job_type": "plot_outlining"}, "CHARACTERS_MISSING"),
    ],
)
def test_what_a_run_would_fail_with_is_known_beforehand(
    tmp_path: Path, quill: Novelist, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], code: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    project(tmp_path)
    plan = planned(batch_of(tmp_path, "harbour", **options))
    assert (plan.items[0].verdict.value, plan.items[0].why) == ("refused", code)
    assert all(item.why in (code, "PREDECESSOR_FAILED") for item in plan.items)


def test_nothing_is_asked_for_a_book_whose_authors_own_outline_lacks_chapters(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path, chapters=3)
    outline = tmp_path / "output" / "books" / "harbour" / "outline.json"
    outline.parent.mkdir(parents=True)
    outline.write_text('{"chapters": [{"title": "Day 1", "summary": "A letter is found."}]}')
    batch = name_batch("fiction", batch_of(tmp_path, "harbour"))
    first, *others = planned(batch).items
    assert (first.verdict.value, first.why) == ("refused", "OUTLINE_SHORT")
    assert {item.why for item in others} == {"PREDECESSOR_FAILED"}
    items, prepare = plan_fiction(batch, Claims())
    with pytest.raises(PressroomError, match="OUTLINE_SHORT"):
        prepare(items[0])


def test_a_plan_says_how_many_can_be_at_work_side_by_side(tmp_path: Path) -> None:
    for number in range(8):
        project(tmp_path, f"p{number}", chapters=3)
    batch = name_batch(
        "fiction",
        batch_of(tmp_path, *(f"p{number}" for number in range(8)), max_parallel=9, model="local:smollm2-135m"),
    )
    items = items_of(batch, now=datetime.now(UTC))
    steps = steps_of(items)
    assert [steps[f"p0:{step}"] for step in ("characters", "outline", "ch01", "ch02", "ch03", "book")] == list(range(6))
    first, second = notes_on(batch, items)
    assert first.startswith("8 items can be at work side by side at most (limits: 5 in chapter_writing); 6 steps")
    assert "up to 2 times" in second


def test_items_in_any_order_follow_each_other(tmp_path: Path, quill: Novelist) -> None:
    outline = [{"title": f"Day {n}", "summary": "A letter is found."} for n in (1, 2, 3)]
    project(tmp_path, chapters=3, outline=outline, characters=[{"name": "Mara"}])
    items = [{"project_id": "harbour", "chapter_num": number} for number in (3, 1, 2)]
    plan = planned(batch_of(tmp_path, items=items, job_type="chapter_writing"))
    assert [item.why for item in plan.items] == ["follows the chapter before", "", "follows the chapter before"]


def test_a_preview_shows_what_would_be_asked_and_asks_nothing(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path, characters=[{"name": "Mara", "description": "Mends boats."}])
    before = files(tmp_path)
    shown = previews(batch_of(tmp_path, "harbour", **TWO))
    assert (quill.requests, files(tmp_path)) == (0, before)
    assert shown["harbour:characters"].warnings == ["no model is asked"]
    outline = shown["harbour:outline"]
    assert outline.content is not None
    assert outline.content.startswith("[outline_plot: quill:small is asked]")
    assert "Plan the chapters 1 to 2" in outline.content
    chapter = shown["harbour:ch02"]
    assert chapter.content is not None
    for part in ("[write_chapter: quill:small", "[note_ending: quill:small", "[judge_chapter: quill:large"):
        assert part in chapter.content
    assert "What happens: <<(as it will be made)>>" in chapter.content
    assert "what harbour:ch01 will make stands as (as it will be made)" in chapter.warnings
    assert chapter.facts["after"] == "harbour:outline, the ending of harbour:ch01"
    assert (chapter.facts["models"], chapter.facts["words"]) == ("quill:small, quill:large", "150 to 900")


@pytest.mark.usefixtures("prefect_server")
def test_a_preview_shows_the_very_words_that_are_asked(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path, chapters=1)
    make(tmp_path, "harbour", formats=[])
    asked = ["\n\n".join(str(part["content"]) for part in call.body["messages"]) for call in quill.calls]
    for item_id, begins in (("harbour:outline", "Plan the chapters"), ("harbour:ch01", "Write about")):
        content = previews(batch_of(tmp_path, "harbour", batch_id="next", formats=[]), item_id)[item_id].content
        assert content is not None
        said = next(one for one in asked if begins in one)
        told = content.partition("]\n\n")[2].partition("\n\n[")[0]
        assert " ".join(told.split()) == " ".join(said.split())


def test_a_preview_of_a_faulty_item_says_why(tmp_path: Path, quill: Novelist) -> None:
    project(tmp_path)
    shown = previews(batch_of(tmp_path, "harbor", "harbour", job_type="chapter_writing"))
    assert {name: one.error and one.error.code for name, one in shown.items()} == {
        "harbor:chapter_writing": "PROJECT_NOT_FOUND",
        "harbour:ch01": "OUTLINE_MISSING",
        "harbour:ch02": "OUTLINE_MISSING",
    }
