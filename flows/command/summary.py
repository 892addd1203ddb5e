"""What became of a batch, for people: headline, failures in words, sizes, times, and what to do next."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from flows.command.money import spending_lines
from flows.command.onward import ways_on
from flows.command.paths import shown_path
from tasks import words

if TYPE_CHECKING:
    from flows.command.watch import Watch
    from tasks.ledger.glance import BatchDocument, ItemDocument

_NAMES = {"needs_review": "To review"}
MOST = 20
"""Failures and outputs listed at most; `batch_summary.json` has all."""


def summary(result: BatchDocument, watch: Watch | None = None, spec: str | None = None) -> list[str]:
    """Describe a batch; `watch` knows what this very run has made, for its speed; `spec` is the file it came from."""
    lines = [_headline(result), *_why(result), "", f"- Successful: {result['successful']:,}/{result['total']:,}"]
    lines.append(f"- Failed: {result['failed']:,}/{result['total']:,}")
    for name in ("needs_review", "skipped", "cancelled", "pending", "reused"):
        if number := result[name]:
            lines.append(f"- {_NAMES.get(name, name.capitalize())}: {number:,}")
    lines += [*_untouched(result, watch), *_times(result, watch), *spending_lines(result)]
    for section in (_failures(result), _waiting(result), _outputs(result), _places(result), ways_on(result, spec)):
        lines += ["", *section] if section else []
    return lines


def _headline(result: BatchDocument) -> str:
    name, status = result["batch_id"], result["status"]
    if status == "succeeded" and result["needs_review"]:
        return f"{words.WARNING} Batch {name} completed; {words.count(result['needs_review'], 'item')} to review"
    if status == "succeeded":
        return f"✅ Batch {name} completed"
    if status == "partial" and not result["failed"]:
        return f"⚠️  Batch {name} completed in part: {result['successful']:,} of {result['total']:,} are made"
    if status == "partial":
        return f"⚠️  Batch {name} completed with partial failures"
    if status == "failed":
        return f"❌ Batch {name} failed: nothing succeeded"
    return f"⚠️  Batch {name} is {status}: {result['successful']:,} of {result['total']:,} are made"


def _why(result: BatchDocument) -> list[str]:
    """Say what a batch was stopped for."""
    return [f"   {result['reason']}"] if result["status"] == "stopped" and result["reason"] else []


def _untouched(result: BatchDocument, watch: Watch | None) -> list[str]:
    """Say what an earlier run of the batch left, and this one did not look at again."""
    if watch is None or watch.progress is None:
        return []
    name, kept, failed = result["batch_id"], result["successful"] - watch.good, result["failed"] - watch.failed
    lines = []
    waiting = result["needs_review"] - watch.to_review
    if waiting > 0:
        lines.append(f"- Waiting since an earlier run: {waiting:,} (pressroom review {name})")
    if kept > 0:
        lines.append(f"- Kept from an earlier run: {kept:,} (a new batch id would look at changed configs)")
    if failed > 0:
        lines.append(f"- Not tried again: {failed:,} that failed before (pressroom retry {name} does)")
    return lines


def _times(result: BatchDocument, watch: Watch | None) -> list[str]:
    wall = result["wall_clock_seconds"]
    if watch is None or not watch.made or wall <= 0:
        return [f"- Total time: {words.seconds(wall)}"] if wall > 0 else []
    lines = [f"- Total time: {words.seconds(wall)}", f"- Average per item: {words.seconds(wall / watch.made)}"]
    gain = watch.made_seconds / wall
    # Of short work most of the time goes into starting and writing; a ratio under 1 would say nothing.
    if watch.made - watch.reused > 1 and gain >= 1.1:
        lines.append(f"- Speedup: {gain:.1f}x (one after another: {words.seconds(watch.made_seconds)})")
    bounds = [f"{lane['lane']} {lane['value']} ({lane['bound']})" for lane in result["parallelism"]]
    return [*lines, f"- At once at most, bound by: {', '.join(bounds)}"] if bounds else lines


def _failures(result: BatchDocument) -> list[str]:
    failed = [one for one in result["results"] if one["status"] == "failed"]
    lines: list[str] = []
    for one in failed[:MOST]:
        lines.append(f"❌ {words.cut(one['item_id'], words.NAME)}: {one['error_code']}")
        lines.append(f"   Error: {words.cut_words(one['error_message'] or '')}")
        lines += [f"   Remedy: {one['remedy']}"] if one["remedy"] else []
    if len(failed) > MOST:
        lines.append(f"   and {len(failed) - MOST:,} more, see batch_summary.json")
    return lines


def _waiting(result: BatchDocument) -> list[str]:
    """List what waits for review, each with why."""
    waiting = [one for one in result["results"] if one["status"] == "needs_review"]
    lines: list[str] = []
    for one in waiting[:MOST]:
        lines.append(f"{words.WARNING} {one['item_id']}: to review")
        lines += [f"   {text}" for text in one["warnings"]]
    if len(waiting) > MOST:
        lines.append(f"   and {len(waiting) - MOST:,} more: pressroom review {result['batch_id']}")
    return lines


def _outputs(result: BatchDocument) -> list[str]:
    good = [one for one in result["results"] if one["status"] == "succeeded" and one["outputs"]]
    if not good:
        return []
    most = _room(len([one for one in result["results"] if one["status"] == "failed"]))
    lines = [f"✅ {_made(one, result['output_dir'])}" for one in good[:most]]
    if len(good) > most:
        size = sum(made["size"] for one in good for made in one["outputs"])
        lines.append(f"   and {len(good) - most:,} more, see batch_summary.json ({words.size(size)} in all)")
    return lines


def _room(failed: int) -> int:
    """Say how many outputs are listed: on a terminal so many that the headline stays in sight."""
    if not sys.stdout.isatty():
        return MOST
    rows = shutil.get_terminal_size().lines
    return max(3, min(MOST, rows - 18 - 3 * min(failed, MOST)))


def _made(one: ItemDocument, folder: str) -> str:
    size = words.size(sum(made["size"] for made in one["outputs"]))
    if len(one["outputs"]) > 1:
        size += f" in {words.count(len(one['outputs']), 'file')}"
    note = ", reused" if one["reused"] else ""
    note += "".join(f"; {text}" for text in one["warnings"])
    path = one["outputs"][0]["path"]
    shown = path.removeprefix(folder).lstrip(os.sep) if path.startswith(folder) else shown_path(path)
    return f"{shown} ({size}{note})"


def _places(result: BatchDocument) -> list[str]:
    folder = result["output_dir"]
    reports = folder if os.path.basename(folder) == result["batch_id"] else os.path.join(folder, result["batch_id"])
    lines = [f"Outputs: {shown_path(_where(result))}"]
    for name in ("report.html", "report.md"):
        if os.path.exists(os.path.join(reports, name)):
            return [*lines, f"Report:  {shown_path(os.path.join(reports, name))}"]
    return lines


def _where(result: BatchDocument) -> str:
    """Say where the outputs lie: in the batch's folder, or where the spec's own paths have put them."""
    folder = result["output_dir"]
    made = [os.path.dirname(one["path"]) for item in result["results"] for one in item["outputs"]]
    return folder if not made or any(path.startswith(folder) for path in made) else os.path.commonpath(made)
