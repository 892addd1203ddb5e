"""What the reports tell of a batch of schedules: all of them in a table, and each with its week.

Asked of the ledger one schedule at a time: of hundreds only the figures stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks import words
from tasks.creators.document import ScheduleDocument
from tasks.creators.findings import Dimensions, Verdict
from tasks.creators.pool import pool
from tasks.creators.saved import saved_in
from tasks.creators.store import Execute
from tasks.creators.week_picture import week_lines, week_picture
from tasks.reports.facts import Fact
from tasks.reports.sections import Section
from tasks.reports.tables import Table, without_empty

SHOWN = 20
"""Schedules that are shown with their weeks; the table has all."""
_HEAD = ("creator", "week", "status", "quality", "posts", "follow-ups", "by hand", "expected", "low", "high")
_DOCUMENT = "SELECT document FROM schedule WHERE schedule_id = ?"


def sections_about(execute: Execute, batch_id: str) -> Iterator[Section]:
    """Yield the section on a batch's schedules; nothing where it has made none."""
    saved = saved_in(execute, batch_id)
    rows: list[tuple[str, ...]] = []
    parts: list[Section] = []
    sums = _Sums()
    for one in saved.values():
        (row,) = execute(_DOCUMENT, (one.schedule_id,))
        document = ScheduleDocument.model_validate_json(row["document"])
        rows.append(_row(document, one.status))
        if one.status != Verdict.REJECTED:  # Nobody posts by it, and it brings nothing.
            sums.add(document)
        if len(parts) < SHOWN:
            parts.append(_part(document, one.status))
    if rows:
        table = Table("", _HEAD, [*rows, sums.row()] if len(rows) > 1 else rows, words=("week", "status"))
        table = without_empty(table, "by hand")
        rest = len(rows) - len(parts)
        notes = [f"The weeks of {rest:,} more are in their files."] if rest else []
        facts = [*sums.facts(), *_pool_facts()]
        yield Section("Schedules", facts, tables=[_summed(table, len(rows))], notes=notes, parts=parts)


class _Sums:
    """All schedules together."""

    def __init__(self) -> None:
        self.number = self.posts = self.follow_ups = self.by_hand = 0
        self.expected = self.scores = 0.0
        self.widths = [0.0, 0.0]

    def add(self, document: ScheduleDocument) -> None:
        """Add one."""
        self.number += 1
        self.follow_ups += sum(post.parent is not None for post in document.posts)
        self.posts += sum(post.parent is None for post in document.posts)
        self.by_hand += sum(post.needs_manual_copy for post in document.posts)
        self.scores += document.quality.score
        revenue = document.revenue
        self.expected += revenue.expected
        self.widths[0] += (revenue.expected - revenue.low) ** 2
        self.widths[1] += (revenue.high - revenue.expected) ** 2

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds of the sum: creators are taken as independent of each other, so widths add up by their squares."""
        below, above = (width**0.5 for width in self.widths)
        return max(0.0, self.expected - below), self.expected + above

    def row(self) -> tuple[str, ...]:
        """The last row of the table."""
        low, high = self.interval
        money = (_usd(self.expected), _usd(low), _usd(high))
        return ("together", "", "", "", f"{self.posts:,}", f"{self.follow_ups:,}", f"{self.by_hand:,}", *money)

    def facts(self) -> Iterator[Fact]:
        """What is told in front; nothing where all were rejected."""
        if not self.number:
            return
        low, high = self.interval
        yield Fact("Predicted revenue", _usd(self.expected), f"{_usd(low)} to {_usd(high)} in four of five cases")
        yield Fact("Scheduled", f"{self.posts + self.follow_ups:,} posts", f"{self.follow_ups:,} of them follow-ups")
        schedules = words.count(self.number, "schedule")
        yield Fact("Quality", f"{words.score(self.scores / self.number, 0)} of 100", f"mean of {schedules}")


def _summed(table: Table, count: int) -> Table:
    return Table(table.title, table.head, table.rows, words=table.words, has_sum=count > 1)


def _row(document: ScheduleDocument, status: str) -> tuple[str, ...]:
    follow_ups = sum(post.parent is not None for post in document.posts)
    by_hand = sum(post.needs_manual_copy for post in document.posts)
    revenue = document.revenue
    counts = (f"{len(document.posts) - follow_ups:,}", f"{follow_ups:,}", f"{by_hand:,}" if by_hand else "-")
    money = (_usd(revenue.expected), _usd(revenue.low), _usd(revenue.high))
    quality = words.score(document.quality.score, 0)
    return (document.creator_id, str(document.week_start), _status(status), quality, *counts, *money)


def _part(document: ScheduleDocument, status: str) -> Section:
    title = f"{document.page_name} ({document.creator_id}), week of {document.week_start}: {_status(status)}"
    return Section(
        title,
        facts=list(_facts(document)),
        pictures=[week_picture(document)],
        drawn=list(week_lines(document)),
        tables=[_dimensions(document)],
        notes=list(_notes(document)),
    )


def _facts(document: ScheduleDocument) -> Iterator[Fact]:
    quality, revenue = document.quality, document.revenue
    approved, saved = quality.thresholds
    yield Fact(
        "Quality", f"{words.score(quality.score, 0)} of 100", f"approved from {approved:g}, saved from {saved:g}"
    )
    judges = f"{words.score(quality.primary, 0)} and {words.score(quality.expert, 0)}"
    agreed = quality.consensus.value.replace("_", " ").lower()
    by = f", expert: {quality.by_model}" if quality.by_model else ""
    if quality.shown is not None:
        by = f"; {quality.by_model} gives {words.score(quality.shown, 0)}, which does not count"
    yield Fact("Judges", judges, f"{agreed}, confidence {quality.confidence:.2f}{by}")
    yield Fact("Predicted revenue", _usd(revenue.expected), f"{_usd(revenue.low)} to {_usd(revenue.high)}")
    risk = document.audience_risk
    yield Fact("Audience risk", f"{risk.risk.value.lower()}", f"{risk.score:.0f} of 100. {risk.note}".rstrip(". "))
    if document.certificate is not None:
        yield Fact("Certificate", f"`{document.certificate.signature}`", f"of {document.schedule_id}")


def _dimensions(document: ScheduleDocument) -> Table:
    sides = document.quality.dimensions
    rows = [(name, f"{getattr(sides, name):.0f}") for name in Dimensions.model_fields]
    return Table("", ("dimension", "of 100"), rows)


def _notes(document: ScheduleDocument) -> Iterator[str]:
    for one in document.relaxed:
        why = f": {one.why.rstrip('.')}" if one.why else ""
        yield f"Relaxed: `{one.rule}` to {one.held} from {one.wanted}, in {one.phase.replace('_', ' ')}{why}."
    yield from document.repairs
    yield from (f"{one.severity.capitalize()}: {one.what}" for one in document.anomalies)
    yield from document.quality.remarks


def _pool_facts() -> Sequence[Fact]:
    """Tell how the pool of connections was used, where the batch has just been run by this process."""
    use = pool().use()
    if not use.checkouts:
        return ()
    waited = f"waited {words.seconds(use.waited_seconds)} for one" if use.waited_seconds >= 0.001 else "nobody waited"
    note = f"of {use.connections}, held {words.share(use.utilisation, 1)} of the time; {waited}"
    return (Fact("Connections", f"{use.peak} at once", note), Fact("Queries", f"{use.statements:,}"))


def _status(status: str) -> str:
    return status.replace("_", " ").lower()


def _usd(amount: float) -> str:
    return f"${amount:,.0f}"
