"""A batch as one HTML file: nothing is loaded from anywhere, and nothing has to run for it to be read.

The file says so itself: its content policy forbids scripts and requests, whatever stands in the names
and messages of a batch, all of which are escaped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup, escape

from tasks import words
from tasks.page_templates import page_environment
from tasks.reports.pictures.areas import at_once
from tasks.reports.pictures.bars import standings_bar, why
from tasks.reports.pictures.columns import histogram, throughput
from tasks.reports.pictures.gantt import gantt
from tasks.reports.pictures.picture import Picture, look_of
from tasks.reports.pictures.spending import spending_pictures
from tasks.reports.report import Report

TEMPLATES = Path(__file__).parent / "templates"
OPEN = 50
"""Rows of a table that are in sight; the rest unfolds."""
NAMED = 10
"""Items named in a row of the table of failures; the rest unfolds."""
FOLDERS = 10
FEW = 4
"""Parts of a kind's own section that are in sight; the others unfold."""


def as_html(report: Report, folder: Path) -> str:
    """Write a batch's report as HTML that lies in `folder`: outputs are linked from there."""
    page = _environment().get_template("report.html.jinja")
    return page.render(
        report=report,
        history=report.history,
        style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        standings=standings_bar(report.standings),
        why=why(report.reasons, len(report.history.items)) if report.reasons else None,
        pictures=list(_pictures(report)),
        spending=list(spending_pictures(report.history.spending, report.clock, [one.stage for one in report.crowds])),
        link=lambda path: _link(path, folder),
        folders=_folders(report),
        open=OPEN,
        named=NAMED,
        few=FEW,
    )


def _pictures(report: Report) -> Iterator[Picture]:
    history, clock = report.history, report.clock
    if report.timeline is not None:
        resumed_at = clock.place(history.started_at) if history.is_resumed else None
        yield gantt(report.timeline, clock, resumed_at)
    if report.crowds:
        yield at_once(report.crowds, clock)
    if report.pace is not None:
        yield throughput(report.pace, clock)
    if report.durations is not None:
        yield histogram(report.durations)


@cache
def _environment() -> Environment:
    environment = page_environment(TEMPLATES)
    environment.filters |= {"code": _code, "size": words.size, "seconds": words.seconds, "look": look_of}
    return environment


def _code(text: str) -> Markup:
    """Escape a text and set what stands between backticks as code, as the remedies of our errors have it."""
    parts = [str(escape(part)) for part in text.split("`")]
    if len(parts) % 2 == 0:  # one that opens and does not close is only a sign
        parts[-2:] = ["`".join(parts[-2:])]
    return Markup("".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts)))


def _link(path: str, folder: Path) -> str:
    """Point at a file from the report's folder, so that both can be moved together."""
    return "./" + quote(os.path.relpath(path, folder).replace(os.sep, "/"))


def _folders(report: Report) -> list[tuple[str, int, int]]:
    """List the folders with most files, when there are more files than the table of items shows."""
    history = report.history
    if history.outputs.files <= len(history.made):
        return []
    largest = sorted(history.folders.items(), key=lambda pair: (-pair[1].files, pair[0]))[:FOLDERS]
    return [(report.near(folder), pile.files, pile.size) for folder, pile in largest]
