"""What is wrong with a batch of fiction is told before it runs: each fault once, at its line, with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from stories import project

from tasks.prose.language_tags import known_language
from tasks.specs import check_spec

SMALL = {"chapters": 2, "outline": [{"title": f"Day {n}", "summary": "A letter is found."} for n in (1, 2)]}
CAST = {"characters": [{"name": "Mara"}]}


class Told(NamedTuple):
    """What is told of a fault."""

    line: int | None
    field: str
    code: str
    remedy: str


def told(folder: Path, text: str) -> list[Told]:
    path = folder / "spec.yaml"
    path.write_text(text)
    problems = check_spec(path).problems
    assert all(problem.file.startswith(str(folder)) for problem in problems)
    return [Told(one.line, one.field, one.code, one.remedy) for one in problems]


def places(folder: Path, text: str) -> list[tuple[int | None, str, str]]:
    return [(one.line, one.field, one.code) for one in told(folder, text)]


@pytest.mark.parametrize(
    ("line", "field", "hint"),
    [
        ("job_type: chaptre_writing", "job_type", "chapter_writing"),
        ("priority: urgent", "priority", "Correct"),
        ("deadline: tomorrow", "deadline", "Correct"),
        ("chapters: [0]", "chapters.0", "Correct"),
        ("config: {max_parallel: 0}", "config.max_parallel", "Correct"),
        ("config: {max_paralel: 2}", "config.max_paralel", "max_parallel"),
        ("config: {timeout_per_item: soon}", "config.timeout_per_item", "Correct"),
        ("batch_limits: {qc_processing: {max_retries: -1}}", "batch_limits.qc_processing.max_retries", "Correct"),
        ("batch_limits: {pipeline: {max_retries: 1}}", "batch_limits.pipeline", "Limits are those of its steps"),
        ("retry_config: {retry_delay: {maximum: 3}}", "retry_config.retry_delay.maximum", "max"),
        ("retry_config: {retryable_errors: [AUTH_ERROR]}", "retry_config.retryable_errors.0", "Take it off"),
        ("formats: [epub, pdx]", "formats.1", "pdf"),
        ("quality: {pass_mark: 101}", "quality.pass_mark", "Correct"),
    ],
)
def test_a_wrong_value_is_told_at_its_line(tmp_path: Path, line: str, field: str, hint: str) -> None:
    (one,) = told(tmp_path, f"kind: fiction\n\n{line}\nprojects: [harbour]\n")
    assert (one.line, one.field, one.code) == (3, field, "SPEC_INVALID")
    assert hint in one.remedy


def test_of_a_project_that_is_written_out_only_its_own_faults_are_told(tmp_path: Path) -> None:
    found = places(
        tmp_path, "kind: fiction\nprojects:\n  - 3\n  - {project_id: a}\n  - {project_id: b, title: B, tone: dry}\n"
    )
    assert found == [
        (3, "projects.0", "SPEC_INVALID"),
        (4, "projects.1.title", "SPEC_INVALID"),
        (5, "projects.2.tone", "SPEC_INVALID"),
    ]


@pytest.mark.parametrize(
    ("tag", "hint"),
    [
        ("xx", "Write its tag, such as 'en'"),
        ("eb", "Did you mean 'he' (Hebrew), 'es' (Spanish) or 'en' (English)?"),
        ("jp", "Did you mean 'ja' (Japanese)?"),
        ("English", "Did you mean 'en' (English)?"),
        ("pt_BR", "Did you mean 'pt-BR'?"),
    ],
)
def test_a_language_that_does_not_exist_is_refused_with_those_that_may_be_meant(
    tmp_path: Path, tag: str, hint: str
) -> None:
    project(tmp_path, "mill", language=tag)
    spec = f"kind: fiction\nprojects:\n  - {{project_id: a, title: A, language: {tag}}}\n"
    (one,) = told(tmp_path, spec)
    assert one[:3] == (3, "projects.0.language", "SPEC_INVALID")
    assert one.remedy.startswith(hint)
    (of_file,) = told(tmp_path, "kind: fiction\nmodel: none\njob_type: export\nprojects: [mill]\n")
    assert (of_file.code, of_file.remedy) == ("PROJECT_INVALID", one.remedy)


@pytest.mark.parametrize("tag", ["th", "tha", "th-TH", "zh-Hant", "sr-Latn", "yue", "fil"])
def test_every_language_may_be_written_in(tag: str) -> None:
    assert known_language(tag) == tag


def test_each_item_of_a_job_has_its_faults_told_at_its_line(tmp_path: Path) -> None:
    project(tmp_path, "harbour", **SMALL, **CAST)
    found = told(
        tmp_path,
        """job_id: night
job_type: chapter_writing
model: none
items:
  - {item_id: a, project_id: harbour, chapter_num: 1}
  - {item_id: b, project_id: harbor, chapter_num: 1}
  - {item_id: c, project_id: harbour, chapter_num: 3}
  - item_id: d
    project_id: harbour
    chapter_num: 2
    genre: mistery
  - item_id: e
    project_id: harbour
    deadline: 2020-01-01T00:00:00Z
    chapter_num: 2
  - {item_id: f, project_id: harbour, chapter_num: 1}
  - {item_id: g, project_id: harbor, chapter_num: 1}
""",
    )
    assert [one[:3] for one in found] == [
        (6, "items.1.project_id", "PROJECT_NOT_FOUND"),
        (7, "items.2.chapter_num", "CHAPTER_OUTSIDE"),
        (11, "items.3.genre", "GENRE_UNKNOWN"),
        (14, "items.4.deadline", "DEADLINE_PASSED"),
        (16, "items.5", "OUTPUT_CONFLICT"),
        (17, "items.6.project_id", "PROJECT_NOT_FOUND"),
        (3, "model", "MODEL_NONE"),
    ]
    assert found[0].remedy.startswith("Did you mean 'harbour'?")
    assert found[2].remedy.startswith("Did you mean 'mystery'?")


def test_what_concerns_the_whole_batch_or_a_whole_project_is_told_once(tmp_path: Path) -> None:
    project(tmp_path, "harbour", chapters=9, genre="mistery", **CAST)
    found = places(
        tmp_path,
        """kind: fiction
job_type: chapter_writing
chapters:
  - 1
  - 12
projects: [harbour]
""",
    )
    assert found == [(6, "projects.0", "GENRE_UNKNOWN"), (5, "chapters.1", "CHAPTER_OUTSIDE")]
    late = "kind: fiction\ndeadline: 2020-01-01\nprojects:\n  - {project_id: a, title: A, chapters: 5}\n"
    assert places(tmp_path, late) == [(2, "deadline", "DEADLINE_PASSED")]


def test_a_fault_inside_a_projects_own_file_is_told_with_that_files_line(tmp_path: Path) -> None:
    project(tmp_path, "harbour").write_text("title: Harbour\nchapters: many\n")
    path = tmp_path / "spec.yaml"
    path.write_text("kind: fiction\nprojects: [harbour]\n")
    (problem,) = check_spec(path).problems
    assert (problem.code, problem.line) == ("PROJECT_INVALID", 2)
    assert f"line 2 of {tmp_path / 'projects' / 'harbour.yaml'}, chapters" in problem.message


@pytest.mark.parametrize(
    ("job_type", "given", "code"),
    [
        ("plot_outlining", {}, "CHARACTERS_MISSING"),
        ("chapter_writing", {}, "OUTLINE_MISSING"),
        ("chapter_writing", SMALL, "CHARACTERS_MISSING"),
        ("qc_processing", {**SMALL, **CAST}, "CHAPTER_MISSING"),
        ("export", {**SMALL, **CAST}, "CHAPTER_MISSING"),
    ],
)
def test_what_a_single_step_needs_of_earlier_jobs_is_told(
    tmp_path: Path, job_type: str, given: dict[str, Any], code: str
) -> None:
    project(tmp_path, "harbour", **given)
    spec = f"kind: fiction\nmodel: local:smollm2-135m\njob_type: {job_type}\nprojects: [harbour]\n"
    found = places(tmp_path, spec)
    assert set(found) == {(4, "projects.0", code)}


def test_a_chapter_that_goes_on_from_one_of_its_batch_lacks_nothing(tmp_path: Path) -> None:
    project(tmp_path, "harbour", **SMALL, **CAST)
    spec = "kind: fiction\nmodel: local:smollm2-135m\njob_type: chapter_writing\nprojects: [harbour]\n"
    assert told(tmp_path, spec) == []
    assert places(tmp_path, f"{spec}chapters: [2]\n") == [(4, "projects.0", "CHAPTER_MISSING")]


def test_a_work_of_the_library_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    project(tmp_path, "harbour", **SMALL)
    cast = tmp_path / "output" / "books" / "harbour" / "characters.json"
    cast.parent.mkdir(parents=True)
    cast.write_text("{")
    spec = "kind: fiction\nmodel: local:smollm2-135m\njob_type: plot_outlining\nprojects: [harbour]\n"
    assert places(tmp_path, spec) == [(4, "projects.0", "WORK_INVALID")]


def test_an_outline_edited_to_fewer_chapters_than_its_project_has_is_told_once_with_what_to_do(tmp_path: Path) -> None:
    project(tmp_path, "harbour", chapters=3)
    outline = tmp_path / "output" / "books" / "harbour" / "outline.json"
    outline.parent.mkdir(parents=True)
    outline.write_text('{"chapters": [{"title": "Day 1", "summary": "A letter is found."}]}')
    (one,) = told(tmp_path, "kind: fiction\nmodel: local:smollm2-135m\nprojects: [harbour]\n")
    assert one[:3] == (3, "projects.0", "OUTLINE_SHORT")
    assert "set `chapters: 1` in the project" in one.remedy


def test_a_cover_that_is_not_there_is_told_before_the_chapters_are_paid_for(tmp_path: Path) -> None:
    project(tmp_path, "harbour", cover="cover.png")
    spec = "kind: fiction\nmodel: local:smollm2-135m\nprojects: [harbour]\n"
    assert places(tmp_path, spec) == [(3, "projects.0", "PROJECT_INVALID")]
    (tmp_path / "cover.png").write_bytes(b"picture")
    assert told(tmp_path, spec) == []


def test_what_stands_in_the_way_of_a_model_is_told_where_one_is_asked(tmp_path: Path) -> None:
    project(tmp_path, "harbour", **SMALL, **CAST)
    unknown = "kind: fiction\nprojects: [harbour]\nmodel: quill:large\n"
    assert places(tmp_path, unknown) == [(3, "model", "MODEL_UNKNOWN")]
    rules_only = "kind: fiction\njob_type: character_generation\nprojects: [harbour]\nmodel: none\n"
    assert told(tmp_path, rules_only) == []


def test_a_fault_in_a_file_of_items_is_told_with_its_line_there(tmp_path: Path) -> None:
    project(tmp_path, "harbour")
    items = tmp_path / "items.jsonl"
    items.write_text('{"project_id": "harbour"}\n\n{"item_id": "b", "project_id": "harbor"}\n')
    path = tmp_path / "spec.yaml"
    path.write_text("job_id: n\njob_type: character_generation\nmodel: local:smollm2-135m\nitems_file: items.jsonl\n")
    (problem,) = check_spec(path).problems
    assert (problem.file, problem.line, problem.field) == (str(items), 3, "project_id")
    assert problem.code == "PROJECT_NOT_FOUND"
