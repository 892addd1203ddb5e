"""`pressroom status`: where batches stand, read from the ledger alone."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.command import exits, options
from flows.command.money import lane_line, money_line
from flows.command.onward import ways_on
from flows.command.screen import document, say
from tasks import words
from tasks.ledger.batch_rows import AT_WORK

if TYPE_CHECKING:
    from tasks.ledger.glance import BatchDocument, ItemDocument, RunningDocument, StatusDocument
    from tasks.ledger.lanes import LaneDocument
    from tasks.ledger.uses import MoneyDocument

HELP = "show where batches stand"
DESCRIPTION = "Show all batches, the newest first, or one of them in detail. Reads the ledger only."
_COUNTED = ("succeeded", "failed", "skipped", "cancelled", "needs_review", "running", "pending")
_MOST = 20


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("status", help=HELP, description=DESCRIPTION)
    parser.add_argument("batch", metavar="BATCH", nargs="?", help="a batch id (default: all batches)")
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.json:
        document(all_as_document() if arguments.batch is None else as_document(arguments.batch))
    elif arguments.batch is None:
        _show_all(*_all())
    else:
        look = _look_at(arguments.batch)
        for line in _one(look.status, look.running, look.result, _models(look.money, look.lanes)):
            say(line)
    return exits.SUCCEEDED


def all_as_document() -> dict[str, Any]:
    """Tell for programs where all batches stand."""
    found, lanes = _all()
    return {"batches": found, "lanes": lanes}


def as_document(batch_id: str) -> dict[str, Any]:
    """Tell for programs where a batch stands, with all its items."""
    look = _look_at(batch_id)
    more = {"lanes": look.lanes, "running": look.running, "results": look.result["results"]}
    return {**look.status, **look.money, **more}


class _Look(NamedTuple):
    """What the ledger says of a batch."""

    status: StatusDocument
    running: list[RunningDocument]
    result: BatchDocument
    money: MoneyDocument
    lanes: list[LaneDocument]


def _all() -> tuple[list[StatusDocument], list[LaneDocument]]:
    from flows.command.ledger import looking

    with looking() as glance:
        return (glance.batches(), glance.lanes()) if glance is not None else ([], [])


def _look_at(batch_id: str) -> _Look:
    from flows.command.ledger import looking_at

    with looking_at(batch_id) as glance:
        status = glance.batch(batch_id)
        running = glance.running(batch_id) if status["status"] in ("running", "paused") else []
        return _Look(status, running, glance.result(batch_id), glance.money(batch_id), glance.lanes())


def _show_all(found: list[StatusDocument], lanes: list[LaneDocument]) -> None:
    if not found:
        say("No batches yet. `pressroom demo` makes some; `pressroom run SPEC` makes your own.")
        return
    width = max(len("BATCH"), *(len(one["batch_id"]) for one in found))
    widest = max(11, *(len(standing(one)) for one in found))
    say(f"{'BATCH':<{width}}  {'KIND':<9}  {'STATUS':<{widest}}  {'STARTED':<19}  {'TIME':>7}  ITEMS")
    for one in found:
        started, took = words.when(one["started_at"]), _took(one)
        head = f"{one['batch_id']:<{width}}  {one['kind']:<9}  {standing(one):<{widest}}  {started}  {took:>7}"
        say(f"{head}  {_counts(one)}")
    for line in ["", *map(lane_line, lanes)] if lanes else []:
        say(line)


def standing(one: StatusDocument) -> str:
    """Return a batch's status; beside one that sounds like an end, say how many still wait for a person."""
    waiting = one["counts"].get("needs_review", 0)
    return f"{one['status']}, {waiting:,} to review" if waiting and one["status"] == "succeeded" else one["status"]


def _took(one: StatusDocument) -> str:
    """Say how long a batch ran; nothing of one that was killed before its first sign of life."""
    is_known = one["duration_seconds"] > 0 or one["status"] != "interrupted"
    return words.seconds(one["duration_seconds"]) if is_known else ""


def _models(money: MoneyDocument, lanes: list[LaneDocument]) -> list[str]:
    spent = money_line(money)
    return [f"Money:    {spent}"] * bool(spent) + [f"Lane:     {lane_line(lane)}" for lane in lanes]


def _counts(one: StatusDocument) -> str:
    parts = [f"{one['counts'][name]:,} {name}" for name in _COUNTED if one["counts"].get(name)]
    return ", ".join(parts) or "none"


def _one(status: StatusDocument, running: list[RunningDocument], result: BatchDocument, models: list[str]) -> list[str]:
    lines = [
        f"Batch:    {status['batch_id']} ({status['kind']})",
        f"Status:   {standing(status)}" + (f": {status['reason']}" if status["reason"] else ""),
        f"Items:    {_counts(status)} (of {status['total']:,})",
        f"Started:  {words.when(status['started_at'])}" + (f", took {_took(status)}" if _took(status) else ""),
        f"Outputs:  {status['output_dir']}",
        *models,
    ]
    if running:
        lines += ["", "At work:"]
        lines += [f"  {one['item_id']}  {words.seconds(one['seconds'])}" for one in running[:_MOST]]
        lines += [f"  and {len(running) - _MOST:,} more"] if len(running) > _MOST else []
    failed = [one for one in result["results"] if one["status"] == "failed"]
    if failed:
        lines += ["", "Failed:"]
        lines += map(_failed, failed[:_MOST])
        lines += [f"  and {len(failed) - _MOST:,} more"] if len(failed) > _MOST else []
    waiting = [one for one in result["results"] if one["status"] == "needs_review"]
    if waiting:
        lines += ["", "To review:"]
        lines += [f"  {one['item_id']}: {'; '.join(one['warnings'])}".rstrip(": ") for one in waiting[:_MOST]]
        lines += [f"  and {len(waiting) - _MOST:,} more"] if len(waiting) > _MOST else []
    ways = _ways_at_work(status) if status["status"] in AT_WORK else ways_on(result)
    return [*lines, "", *ways] if ways else lines


def _failed(one: ItemDocument) -> str:
    why = words.cut_words(one["error_message"] or "")
    return f"  {words.cut(one['item_id'], words.NAME)}: {one['error_code']}: {why}"


def _ways_at_work(status: StatusDocument) -> list[str]:
    """Name the commands that steer a batch which somebody works on."""
    name = status["batch_id"]
    lines = []
    if status["counts"].get("needs_review"):
        lines.append(f"To decide on what waits:      pressroom review {name}")
    if status["counts"].get("pending"):
        lines.append(f"To see who goes next:         pressroom queue {name}")
    if status["status"] == "paused":
        lines.append(f"To let it go on:              pressroom continue {name}")
        if status["counts"].get("failed"):
            lines.append(f"  and try the failed ones:    pressroom continue {name} --retry-failed")
        lines.append(f"To end it:                    pressroom cancel {name}")
    return lines
