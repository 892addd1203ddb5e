"""A batch as Markdown: for `report.md` and for the page in Prefect's UI.

It says what `report.html` says, in words, tables and bars made of letters. Names and messages come from
users, so whatever would be markup in them is taken out of force.
"""

from __future__ import annotations

from collections.abc import Iterator

from tasks import words
from tasks.ledger.history import Made
from tasks.reports import crowd, reasons
from tasks.reports.durations import Durations
from tasks.reports.facts import Fact
from tasks.reports.markup import code, prose, table
from tasks.reports.pace import Pace
from tasks.reports.reasons import Trouble
from tasks.reports.report import Report
from tasks.reports.sections import Section
from tasks.reports.tables import Table
from tasks.reports.text_bars import gantt_lines, spark, strip

SHOWN = 50
"""Rows of a table at most; the rest is counted, and `batch_summary.json` has them all."""
NAMED = 5
"""Items named in a row of the table of failures."""
_BAR = 30


def as_markdown(report: Report) -> str:
    """Tell what came out, what did not and why, and how it went."""
    own = [line for section in report.sections for line in _section(section, "##")]
    sections = (_head(report), _advice(report), own, _missing(report), _money(report), _course(report), _made(report))
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def _head(report: Report) -> list[str]:
    history = report.history
    lines = [f"# Batch {history.batch_id}", "", f"**{history.status}**. {report.headline}", ""]
    if report.as_of:
        lines += [f"As of {report.as_of}: the batch is at work, and this is how far it has come.", ""]
    lines += ["## Job information", "", *_facts(report, "job"), "", "## Results", ""]
    rows = [(one.name.replace("_", " "), f"{one.items:,}", one.share) for one in report.results]
    lines += [*table(("status", "items", "share"), rows, ("items", "share")), "", "## Performance", ""]
    return [*lines, *_facts(report, "course")]


def _facts(report: Report, about: str) -> Iterator[str]:
    return map(_fact, report.facts_about(about))


def _fact(fact: Fact) -> str:
    value = code(fact.value) if fact.name in ("Folder", "Batch") else prose(fact.value)
    return f"- {fact.name}: {value}" + (f" ({prose(fact.note)})" if fact.note else "")


def _advice(report: Report) -> list[str]:
    if not report.advice:
        return []
    return ["## Recommendations", "", *(f"- {prose(sentence)}" for sentence in report.advice)]


def _section(section: Section, mark: str) -> list[str]:
    """Write a kind's own section; its pictures are told by lines."""
    lines = [f"{mark} {prose(section.title)}", "", *map(_fact, section.facts)]
    lines += ["", "```text", *section.drawn, "```"] if section.drawn else []
    for one in section.tables:
        lines += ["", *([f"{mark}# {one.title}", ""] if one.title else []), *_table(one)]
    lines += ["", *(f"- {prose(note)}" for note in section.notes)] if section.notes else []
    for part in section.parts:
        lines += ["", *_section(part, f"{mark}#")]
    return lines


def _money(report: Report) -> list[str]:
    if not report.usage:
        return []
    lines = ["## Models and money", "", *_facts(report, "money")]
    for one in report.usage:
        lines += ["", f"### {one.title}", "", *_table(one)]
    return lines


def _table(one: Table) -> list[str]:
    rows = [(*map(code, row[: one.names]), *map(prose, row[one.names :])) for row in one.rows]
    if one.has_sum:
        rows[-1] = tuple(map(prose, one.rows[-1]))
    return [*table(one.head, rows, one.numbers), *(["", one.note] if one.note else [])]


def _missing(report: Report) -> list[str]:
    found = report.reasons
    if not found:
        return []
    most = max(reason.items for reason in found)
    lines = [f"## What {reasons.heading(found)}", "", reasons.caption(found, len(report.history.items)), ""]
    rows = [(code(one.code), one.status, f"{one.items:,}", strip(one.items, most, _BAR)) for one in found]
    lines += table(("reason", "status", "items", ""), rows, ("items",))
    lines += ["", *table(("reason", "what happened", "remedy", "items"), map(_trouble, report.troubles[:SHOWN]))]
    if len(report.troubles) > SHOWN:
        lines += ["", f"and {words.count(len(report.troubles) - SHOWN, 'more reason')} in other words"]
    return lines


def _trouble(one: Trouble) -> tuple[str, str, str, str]:
    named = ", ".join(code(name) for name in one.items[:NAMED])
    more = len(one.items) - NAMED
    names = f"{named} and {more:,} more" if more > 0 else named
    return code(one.code), prose(one.message), prose(one.remedy), names


def _course(report: Report) -> list[str]:
    lines: list[str] = []
    if report.timeline is not None:
        lines += ["### Timeline", "", prose(report.timeline.caption)]
        drawn = list(gantt_lines(report.timeline))
        lines += ["", "```text", *drawn, "```"] if drawn else []
        if drawn and report.clock.breaks:
            gaps = ", ".join(words.seconds(one.seconds) for one in report.clock.breaks)
            lines += ["", f"Left out, because nothing was at work: {gaps}."]
    if report.crowds:
        lines += ["", f"### {report.stages[0].title}", "", prose(crowd.caption(report.crowds)), ""]
        lines += _table(report.stages[0])
    for one in report.stages[1:]:
        lines += ["", f"### {one.title}", "", *_table(one)]
    if report.pace is not None:
        lines += ["", "### Throughput", "", *_pace(report.pace)]
    if report.durations is not None:
        lines += ["", "### Durations", "", *_durations(report.durations)]
    return ["## How it went", "", *_without_gap(lines)] if lines else []


def _pace(pace: Pace) -> list[str]:
    totals = [sum(column.values()) for column in pace.columns]
    legend = f"Each sign is {words.seconds(pace.width)}; a full one, {pace.busiest:,}."
    return [pace.caption, "", "```text", spark(totals), "```", "", legend]


def _durations(found: Durations) -> list[str]:
    most = max(column.total for column in found.columns)
    rows = [
        (
            f"{words.seconds(column.low)} to {words.seconds(column.high)}",
            f"{column.total:,}",
            strip(column.total, most, _BAR),
        )
        for column in found.columns
    ]
    return [prose(found.caption), "", *table(("work on an item", "items", ""), rows, ("items",))]


def _made(report: Report) -> list[str]:
    history = report.history
    if not history.made:
        return []
    rows = [_made_row(one, report) for one in history.made[:SHOWN]]
    good = sum(item.status == "succeeded" for item in history.items)
    lines = ["## What was made", "", *table(("item", "file", "size", "work"), rows, ("size", "work"))]
    if good > SHOWN:
        lines += ["", f"and {words.count(good - SHOWN, 'more item')}; `batch_summary.json` has them all"]
    return lines


def _made_row(one: Made, report: Report) -> tuple[str, str, str, str]:
    files = ", ".join(code(report.near(output["path"])) for output in one.outputs)
    if one.files > len(one.outputs):
        files += f" and {one.files - len(one.outputs):,} more"
    files += "".join(f"; {words.WARNING} {prose(text)}" for text in one.warnings)
    sizes = ", ".join(words.size(output["size"]) for output in one.outputs)
    return code(one.item_id) + (" (reused)" if one.reused else ""), files, sizes, words.seconds(one.seconds)


def _without_gap(lines: list[str]) -> Iterator[str]:
    """Drop the empty line in front, which is there when the first part is missing."""
    yield from lines[1:] if lines and not lines[0] else lines
