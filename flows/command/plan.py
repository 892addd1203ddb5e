"""`pressroom plan`: what a run of a spec would make, make again, reuse or refuse, and why; nothing is made."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document, say
from tasks import words

if TYPE_CHECKING:
    from tasks.plans import Estimate, ItemPlan, Plan, StagePlan

HELP = "say what a run would make, make again and reuse, and why"
DESCRIPTION = """Say of every item of a spec what `pressroom run` would do with it, given the same options:

  new      it is made                      done     it is finished in this batch
  rerun    it is made again, and why       left     it has failed before and is not taken up
  reuse    finished work serves            refused  it would fail, and why

Starts no server and writes nothing. Time is told by what past batches took."""

MEANINGS = {
    "refused": "would fail",
    "left": "not taken up",
    "rerun": "made before, here or by another batch, would be made again",
    "new": "would be made",
    "reuse": "finished work serves",
    "done": "finished in this batch",
}
"""The verdicts, those that need a person first."""
MOST = 10
"""Items listed at most for each verdict."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "plan", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.spec(parser)
    options.batch(parser)
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.asked import load_asked
    from flows.command.ledger import looking
    from tasks.planner import plan_batch
    from tasks.settings import settings
    from tasks.specs import hook

    spec = load_asked(arguments.spec, options.given(arguments))
    items_of = hook(spec.kind, "plan", "be planned")
    with looking() as glance:
        execute = glance.execute if glance is not None else None
        plan = plan_batch(spec.kind, spec.batch, items_of, execute, settings().home)
    if arguments.json:
        document(as_document(arguments.spec, plan))
    else:
        for line in report(arguments.spec, plan):
            say(line)
    return exits.NOT_ALL if any(item.error is not None for item in plan.items) else exits.SUCCEEDED


def report(spec: str, plan: Plan) -> list[str]:
    """Describe a plan: counts and costs first, then some items of each verdict."""
    which = "known already" if plan.is_known else "a new one"
    counts = {verdict.value: count for verdict, count in plan.counts.items() if count}
    lines = [f"{plan.kind}: {words.count(len(plan.items), 'item')} from {spec}", f"batch {plan.batch_id} ({which})", ""]
    width = max(len(f"{count:,}") for count in counts.values())
    for verdict, meaning in MEANINGS.items():
        if count := counts.get(verdict):
            lines.append(f"  {count:>{width},}  {verdict:<7}  {meaning}")
    lines += ["", *_costs(plan), *plan.notes, *_chunks(plan)]
    for verdict in MEANINGS:
        lines += _group(verdict, [item for item in plan.items if item.verdict == verdict], plan.batch_id)
    return lines


def _costs(plan: Plan) -> list[str]:
    from tasks.plans import MADE, Verdict

    if not any(plan.counts[verdict] for verdict in MADE):
        left = plan.counts[Verdict.REFUSED] + plan.counts[Verdict.LEFT]
        return [f"Nothing to make; {words.count(left, 'item')} would not come out." if left else "Nothing to make."]
    found = plan.estimate
    return [f"Time:   {_time(found)}", f"Tokens: {_amount(found.tokens)}", f"Money:  {_money(found.cost)}"]


def _chunks(plan: Plan) -> list[str]:
    """List the chunks of a long batch with what each is predicted to take."""
    if not plan.chunks:
        return []
    lines = ["", f"{words.count(len(plan.chunks), 'chunk')} side by side, by predicted cost:"]
    for number, one in enumerate(plan.chunks, 1):
        cost = f"{words.share(one.share, 1)} of the work" if one.share else "nothing to make"
        cost += f" ({words.seconds(one.seconds)})" if one.seconds else ""
        cost += f", {one.tokens:,} tokens" if one.tokens else ""
        lines.append(f"  {number}  {words.count(len(one.items), 'item')}, {cost}: {', '.join(one.items)}")
    return lines


def _time(found: Estimate) -> str:
    if found.seconds is None or found.wall_clock_seconds is None:
        return "not known, since no batch has run these stages yet"
    work, wall = words.seconds(found.seconds), words.seconds(found.wall_clock_seconds)
    text = f"about {work} of work" + (f", {wall} side by side" if wall != work else "") + ", and Prefect's start"
    return f"{text}; {words.count(found.unknown, 'stage')} of unknown time not counted" if found.unknown else text


def _amount(amount: int | None) -> str:
    return "not known" if amount is None else f"{amount:,}" if amount else "none"


def _money(usd: float | None) -> str:
    return "not known" if usd is None else f"{words.money(usd)} at most" if usd else "none"


def _group(verdict: str, items: list[ItemPlan], batch_id: str) -> list[str]:
    if not items:
        return []
    reasons = Counter(item.why for item in items)
    shown = items[:MOST]
    width = min(40, max(len(item.item_id) for item in shown))
    said = ", ".join(f"{count:,} {why}" for why, count in reasons.most_common(5)) if len(reasons) > 1 else ""
    lines = ["", f"{verdict}: {said}" if said and len(items) > MOST else f"{verdict}:"]
    for item in shown:
        name = words.cut(item.item_id, width)
        lines.append(f"  {name:<{width}}  {_why(item, batch_id)}".rstrip())
    more = len(items) - len(shown)
    return [*lines, f"  and {more:,} more (--json lists all)"] if more else lines


def _why(item: ItemPlan, batch_id: str) -> str:
    """Say what speaks for a verdict; of what another batch has made before, which one that is."""
    if item.error is not None:
        return f"{item.error.code}: {words.cut_words(item.error.message)}"
    first = next((stage for stage in item.stages if stage.verdict is item.verdict), None)
    maker = first.made_by if first is not None else None
    if item.verdict != "rerun" or maker is None or maker.batch_id == batch_id:
        return item.why
    return f"{item.why}; made before by {maker.batch_id}"


def as_document(spec: str, plan: Plan) -> dict[str, Any]:
    """Tell a plan for programs, with all its items."""
    return {
        "spec": spec,
        "kind": plan.kind,
        "batch_id": plan.batch_id,
        "known": plan.is_known,
        "output_dir": plan.output_dir,
        "total": len(plan.items),
        "counts": {verdict.value: count for verdict, count in plan.counts.items()},
        "estimate": dict(plan.estimate.__dict__),
        "parallelism": plan.parallelism,
        "notes": plan.notes,
        "chunks": [dict(chunk.__dict__) for chunk in plan.chunks],
        "items": [_item_document(item) for item in plan.items],
    }


def _item_document(item: ItemPlan) -> dict[str, Any]:
    error = item.error
    return {
        "item_id": item.item_id,
        "verdict": item.verdict.value,
        "why": item.why,
        "output_path": item.output_path,
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
        "remedy": error.remedy if error else None,
        "stages": [_stage_document(stage) for stage in item.stages],
    }


def _stage_document(stage: StagePlan) -> dict[str, Any]:
    return {
        "stage": stage.stage,
        "lane": stage.lane,
        "verdict": stage.verdict.value,
        "why": stage.why,
        "changed": stage.changed,
        "made_by": dict(stage.made_by.__dict__) if stage.made_by else None,
        "seconds": stage.seconds,
        "tokens": stage.tokens,
        "cost": stage.cost,
    }
