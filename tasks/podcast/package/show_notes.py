"""The show notes: what an episode is about, where it is from, what it cost, and how it did at its gates."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.plain_text import one_line
from tasks.podcast.episode import GateScore
from tasks.podcast.package.parts import Cited, EpisodeParts, EpisodeRecord, clock, day_of
from tasks.reports.markup import prose, table
from tasks.words import cost, needed, score


def show_notes(parts: EpisodeParts, record: EpisodeRecord) -> str:
    """Write the notes as Markdown."""
    lines = [*_head(parts, record), *_chapters(record), *_sources(record), *_cost(parts), *_gates(parts)]
    return "\n".join(lines) + "\n"


def _head(parts: EpisodeParts, record: EpisodeRecord) -> Iterator[str]:
    yield f"# {prose(one_line(record.title))}"
    yield ""
    about = f"Episode {record.number} of {prose(one_line(parts.show.title))}"
    yield f"*{about}, {day_of(record.published)}, {clock(record.seconds)}*"
    if summary := one_line(record.summary):
        yield f"\n{_opened(prose(summary))}"
    if record.note:
        yield f"\n> {prose(record.note)}"


def _chapters(record: EpisodeRecord) -> Iterator[str]:
    yield "\n## Chapters\n"
    for chapter in record.chapters:
        yield f"- {clock(chapter.starts)} {prose(chapter.title)}"


def _sources(record: EpisodeRecord) -> Iterator[str]:
    yield "\n## Sources\n"
    if not record.sources:
        yield "None is cited."
    for source in record.sources:
        yield f"- **{source.source_id}** {_source(source)}"
        for claim in source.says:
            yield f"  - {_opened(prose(one_line(claim)))}"


def _source(source: Cited) -> str:
    place = f", {prose(source.place)}" if source.place else ""
    return f"{prose(one_line(source.title))} ({prose(source.where)}{place})"


def _cost(parts: EpisodeParts) -> Iterator[str]:
    yield "\n## Cost\n"
    total = cost(sum(parts.costs.values()), parts.is_cost_complete)
    by_phase = ", ".join(f"{prose(name)} {cost(usd, True)}" for name, usd in parts.costs.items())
    yield f"{total} in all" + (f": {by_phase}." if by_phase else ".")


def _gates(parts: EpisodeParts) -> Iterator[str]:
    report = parts.gates
    yield "\n## Gates\n"
    passed = "Passed" if report.passes else "Not passed"
    yield f"{passed} with {score(report.overall)} overall, profile `{parts.profile}`."
    yield ""
    yield from table(["Gate", "Score", "Threshold", "", "Findings"], map(_row, report.gates), ["Score", "Threshold"])
    if report.blocking:
        yield ""
        yield from (f"- {_opened(prose(reason))}" for reason in report.blocking)
    if report.waived:
        yield "\nA person has approved it, although:\n"
        yield from (f"- {_opened(prose(reason))}" for reason in report.waived)


def _row(gate: GateScore) -> tuple[str, ...]:
    passed = "passes" if gate.passes else "misses"
    findings = prose("; ".join(map(one_line, gate.findings)))
    return (gate.gate.value, score(gate.score), needed(gate.threshold), passed, findings)


def _opened(line: str) -> str:
    """Keep what a line begins with from being a heading, a quote or a list."""
    return f"\\{line}" if line[:1] in ("#", ">", "+", "-", "=", ":") else line
