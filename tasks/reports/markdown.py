"""A batch as Markdown: for `report.md` and for the page in Prefect's UI."""

from __future__ import annotations

from collections import Counter

from tasks import words
from tasks.results import BatchResult, ItemResult

SHOWN = 50
"""Items listed at most; the rest is counted, and `batch_summary.json` has them all."""


def as_markdown(result: BatchResult) -> str:
    """Describe what came out, what failed and why, and how fast it went."""
    parts = [f"# Batch {result.batch_id}", "", f"**{result.status.value}**: {result.counts}.", "", *_speed(result)]
    if result.failures:
        parts += ["", "## What failed", "", *_failures(result)]
    good = [item for item in result.results if item.success]
    if good:
        parts += ["", "## What was made", "", "| item | file | size |", "|---|---|---:|"]
        parts += [_made(item) for item in good[:SHOWN]]
        if len(good) > SHOWN:
            parts.append(f"| … and {len(good) - SHOWN:,} more | | |")
    return "\n".join(parts) + "\n"


def _speed(result: BatchResult) -> list[str]:
    lines = [
        f"- Wall clock: {result.wall_clock_seconds:.2f} s",
        f"- Work of all items: {result.sum_item_seconds:.2f} s (speed-up {result.speed_up:.1f} x)",
    ]
    bounds = ", ".join(f"{lane.lane} {lane.value} (bound by {lane.bound})" for lane in result.parallelism)
    return [*lines, f"- At work at once: {bounds}"] if bounds else lines


def _failures(result: BatchResult) -> list[str]:
    reasons = Counter(item.error_code for item in result.failures)
    lines = ["- " + ", ".join(f"{code}: {count}" for code, count in reasons.most_common()), ""]
    lines += ["| item | reason |", "|---|---|"]
    lines += [f"| {_cell(item.item_id)} | {_cell(item.error_message or '')} |" for item in result.failures[:SHOWN]]
    if len(result.failures) > SHOWN:
        lines.append(f"| … and {len(result.failures) - SHOWN:,} more | |")
    return lines


def _made(item: ItemResult) -> str:
    first = item.outputs[0] if item.outputs else None
    note = " (reused)" if item.reused else ""
    path, size = (first.path, words.size(first.size)) if first else ("", "")
    return f"| {_cell(item.item_id)}{note} | {_cell(path)} | {size} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
