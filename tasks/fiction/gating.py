"""What keeps a chapter or a book from going on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from tasks.fiction.checks.rules import Family, family_of
from tasks.fiction.gates import GateProfile, Gates
from tasks.fiction.story import Issue, Severity
from tasks.words import count


class Judged(Protocol):
    """What is known of a chapter's quality, whoever judged it."""

    @property
    def total(self) -> float:
        """Out of 100."""

    @property
    def issues(self) -> list[Issue]:
        """What is wrong with it."""

    @property
    def hook(self) -> float:
        """How well its opening draws a reader in, 0 to 5."""


def gate(report: Judged, gates: Gates, profile: GateProfile) -> list[str]:
    """Say what keeps a chapter from going on; nothing where it does.

    Under both profiles: structure, length and language, unless an issue is minor. A chapter that is empty, breaks off,
    runs in a loop or has a model's own talk in it is none, however well it is written. Under STANDARD also its points
    and how many issues it has; under DRAFT these are shown and hold nothing up.
    """
    found = [
        f"{issue.rule}: {issue.what}"
        for issue in report.issues
        if family_of(issue) is not Family.STYLE and issue.severity is not Severity.MINOR
    ]
    if profile is GateProfile.STANDARD:
        if report.total < gates.pass_mark:
            found.append(_points(report.total, gates.pass_mark))
        found += _too_many([report], gates)
    return found


def series_gate(reports: Sequence[Judged], gates: Gates, profile: GateProfile) -> list[str]:
    """Say what keeps a book, whose chapters come in order, from going on; under DRAFT nothing does."""
    if profile is GateProfile.DRAFT:
        return []
    if not reports:
        return ["there is no chapter"]
    mean = round(sum(report.total for report in reports) / len(reports), 1)
    found = [_points(mean, gates.series_mark)] if mean < gates.series_mark else []
    found += _too_many(reports, gates)
    if reports[0].hook < gates.opening_hook:
        found.append(f"its opening has {reports[0].hook:g} of 5, and {gates.opening_hook:g} are needed")
    return found


def _points(total: float, needed: float) -> str:
    return f"it has {total:g} points, and {needed:g} are needed"


def _too_many(reports: Sequence[Judged], gates: Gates) -> Iterator[str]:
    for severity, most in ((Severity.CRITICAL, gates.most_critical), (Severity.MAJOR, gates.most_major)):
        number = sum(issue.severity is severity for report in reports for issue in report.issues)
        if number > most:
            yield f"it has {count(number, f'{severity} issue')}, and {most} may be"
