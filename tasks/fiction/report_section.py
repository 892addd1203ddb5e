"""What the reports tell of a batch of fiction: its job, the quality of its chapters, and what keeps its books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tasks import words
from tasks.fiction.gates import Bar, GateProfile
from tasks.fiction.gating import series_gate
from tasks.fiction.models import FictionBatch
from tasks.fiction.quality_picture import SIDES, quality_lines, quality_picture
from tasks.fiction.told import BookLine, ChapterLine, told_of
from tasks.fiction.writing import BY_AUTHOR
from tasks.reports.facts import Fact
from tasks.reports.sections import Section
from tasks.reports.tables import Table, without_empty

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute

MOST = 200
"""Rows of a table, at most."""


def sections_about(execute: Execute, batch_id: str) -> Iterator[Section]:
    """Yield what a batch's job was, then the section on its chapters and books, where it has any."""
    batch, chapters, books = told_of(execute, batch_id)
    bar = Bar(profile=batch.gates, marks=batch.quality)
    picture = quality_picture(chapters, bar)
    yield Section(
        "Chapters and books" if chapters or books else "",
        facts=list(_facts(chapters)),
        job=list(_job(batch)),
        pictures=[picture] if picture is not None else [],
        drawn=list(quality_lines(chapters)),
        tables=[*_chapters(chapters), *_books(books, bar)],
        notes=list(_notes(chapters, bar)),
    )


def _job(batch: FictionBatch) -> Iterator[Fact]:
    yield Fact("Type", batch.job_type.value.replace("_", " "), about="job")
    yield Fact("Gate profile", batch.gates.value, _gate_in_words(batch), about="job")


def _gate_in_words(batch: FictionBatch) -> str:
    if batch.gates is GateProfile.DRAFT:
        return "scores are measured and shown, and hold nothing up"
    marks = batch.quality
    return (
        f"a chapter needs {marks.pass_mark:g} of 100 points, at most {marks.most_critical} critical and"
        f" {marks.most_major} major issues; a book {marks.series_mark:g} points and an opening of"
        f" {marks.opening_hook:g} of 5"
    )


def _facts(lines: Sequence[ChapterLine]) -> Iterator[Fact]:
    judged = [line for line in lines if line.report is not None]
    if not judged:
        return
    passed = sum(line.report.passes for line in judged if line.report is not None)
    mean = sum(line.report.total for line in judged if line.report is not None) / len(judged)
    yield Fact("Quality", f"{words.score(round(mean, 1), 0)} of 100", f"mean of {words.count(len(judged), 'chapter')}")
    yield Fact("Passed", f"{passed:,} of {len(judged):,}", "chapters that nothing holds up")
    yield Fact("Words", f"{sum(line.words for line in judged):,}", f"{_each(judged):,.0f} a chapter")
    if sent_back := sum(line.revision for line in judged):
        chapters = sum(line.revision > 0 for line in judged)
        yield Fact("Sent back", words.count(sent_back, "time"), words.count(chapters, "chapter"))
    authors = Counter(line.author for line in judged if line.author)
    yield from _role("Author", authors)
    yield from _role("Judge", Counter(line.report.judged_by for line in judged if line.report is not None))


def _each(judged: Sequence[ChapterLine]) -> float:
    return sum(line.words for line in judged) / len(judged)


def _role(name: str, models: Counter[str]) -> Iterator[Fact]:
    if models:
        yield Fact(name, ", ".join(f"{model} ({number:,})" for model, number in models.most_common()))


def _chapters(lines: Sequence[ChapterLine]) -> Iterator[Table]:
    if not lines:
        return
    numbers = [f"{number}" for number, _ in enumerate(SIDES, 1)]
    head = ("project", "chapter", "words", *numbers, "points", "hook", "sent back", "judge", "status")
    named = ", ".join(f"{number} {name}" for number, name in zip(numbers, SIDES.values(), strict=True))
    note = f"{named}: up to 20 points each. The hook is how well an opening draws a reader in, of 5."
    if len(lines) > MOST:
        note += f" {words.count(len(lines) - MOST, 'more chapter')} stand in their files."
    rows = [_row(line) for line in lines[:MOST]]
    yield without_empty(Table("Chapters", head, rows, words=("judge", "status"), note=note), "sent back")


def _row(line: ChapterLine) -> tuple[str, ...]:
    report, status = line.report, line.status.replace("_", " ")
    if report is None:
        return (line.project_id, f"{line.number}", *("-" for _ in range(len(SIDES) + 5)), status)
    points = (f"{getattr(report.scores, side):g}" for side in SIDES)
    scored = (*points, f"{report.total:g}", f"{report.hook:g}", f"{line.revision or '-'}")
    if report.blocking:
        status += f": {'; '.join(report.blocking)}"
    return (line.project_id, f"{line.number}", f"{line.words:,}", *scored, report.judged_by, status)


def _books(lines: Sequence[BookLine], bar: Bar) -> Iterator[Table]:
    if not lines:
        return
    head = ("book", "chapters", "words", "points", "opening", "status", "series gate")
    rows = [_book(line, bar) for line in lines[:MOST]]
    note = f"and {words.count(len(lines) - MOST, 'more book')}" if len(lines) > MOST else ""
    yield Table("Books", head, rows, words=("status", "series gate"), note=note)


def _book(line: BookLine, bar: Bar) -> tuple[str, ...]:
    reports, status = line.reports, line.status.replace("_", " ")
    chapters = f"{len(reports):,} of {line.chapters:,}"
    if not reports:
        return (line.project_id, chapters, "-", "-", "-", status, "no chapter is known")
    mean = sum(report.total for report in reports) / len(reports)
    return (
        line.project_id,
        chapters,
        f"{line.words:,}",
        f"{mean:.1f}",
        f"{reports[0].hook:g}",
        status,
        _verdict(line, bar),
    )


def _verdict(line: BookLine, bar: Bar) -> str:
    """Say what the series gate says; under the profile `draft` what it would say, since it holds nothing up."""
    if len(line.reports) < line.chapters:
        return "not all chapters are known"
    found = "; ".join(series_gate(line.reports, bar.marks, GateProfile.STANDARD))
    if bar.profile is GateProfile.DRAFT:
        return f"does not count: {found}" if found else "passes, though it does not count"
    return found or "passes"


def _notes(lines: Sequence[ChapterLine], bar: Bar) -> Iterator[str]:
    own = sum(line.author == line.report.judged_by for line in lines if line.report is not None)
    if own:
        is_one = own == 1
        yield (
            f"{words.count(own, 'chapter')} {'was' if is_one else 'were'} judged by the model that wrote"
            f" {'it' if is_one else 'them'}: name a second one in `models.use`."
        )
    by_authors = sum(line.author == BY_AUTHOR for line in lines)
    if by_authors:
        yield f"{words.count(by_authors, 'chapter')} as their authors have written them: told, and never held up."
    if bar.profile is GateProfile.DRAFT and lines:
        yield "The profile `draft` lets weak chapters pass: take `gates: standard` for what readers are to see."
    unread = sum(line.report is None and line.status in ("succeeded", "needs_review") for line in lines)
    if unread:
        yield f"Of {words.count(unread, 'chapter')} no figures are told: the files have changed since, or are too many."
