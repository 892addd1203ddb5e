"""What a batch has spent on models and which lanes are shut, as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks import words

if TYPE_CHECKING:
    from tasks.ledger.lanes import LaneDocument
    from tasks.ledger.uses import MoneyDocument, SpentDocument


def spending_lines(spent: SpentDocument) -> list[str]:
    """Sum up money and tokens; nothing where no model was called."""
    if not spent["model_calls"]:
        return []
    read, written = spent["input_tokens"], spent["output_tokens"]
    share = words.share(spent["cached_tokens"], read)
    cached = f" ({share} of it from prompt caches)" if spent["cached_tokens"] else ""
    lines = [
        f"- Cost: {words.cost(spent['cost'], spent['cost_is_complete'])}{_without(spent)}",
        f"- Tokens: {read:,} in{cached}, {written:,} out, in {words.count(spent['model_calls'], 'call')}",
    ]
    if spent["budget_usd"] is not None:
        lines.insert(1, f"- Budget: {_left(spent)}")
    if spent["unknown_outcomes"]:
        lines.append(f"- Unknown outcome: {words.count(spent['unknown_outcomes'], 'call')}, {_worst(spent)}")
    return lines


def money_line(money: MoneyDocument) -> str:
    """Write in one line what a batch has spent so far; empty where no model was called."""
    if not money["model_calls"] and not money["in_flight"]:
        return ""
    parts = [f"{words.cost(money['cost'], money['cost_is_complete'])} spent{_without(money)}"]
    if money["budget_usd"] is not None:
        parts.append(_left(money))
    if money["unknown_outcomes"]:
        parts.append(f"{words.count(money['unknown_outcomes'], 'call')} of unknown outcome")
    if money["in_flight"]:
        held = f", {words.money(money['in_flight_usd'])} at most" if money["in_flight_usd"] else ""
        parts.append(f"{words.count(money['in_flight'], 'call')} in flight{held}")
    return "; ".join(parts)


def lane_line(lane: LaneDocument) -> str:
    """Write in one line why a lane is not open to every call."""
    failures = f"{words.count(lane['failures'], 'failure')} in a row" if lane["failures"] else ""
    why = ", ".join(part for part in (failures, lane["reason"] or "") if part)
    states = []
    if lane["breaker"] == "open" and lane["opened_until"] is not None:
        states.append(f"shut until {words.when(lane['opened_until'])}")
    elif lane["breaker"] != "closed":
        states.append("half-open: the next call tries whether it works again")
    if lane["penalised_until"] is not None:
        states.append(f"asked to wait until {words.when(lane['penalised_until'])}")
    return f"{lane['lane']}: {'; '.join(states)}" + (f" ({why})" if why else "")


def _worst(spent: SpentDocument) -> str:
    if not spent["unknown_outcome_usd"] and not spent["cost_is_complete"]:
        return "what they cost is not known either"
    return f"counted at their worst, {words.cost(spent['unknown_outcome_usd'], spent['cost_is_complete'])}"


def _without(spent: SpentDocument) -> str:
    return "" if spent["cost_is_complete"] else " (there are calls of unknown price)"


def _left(spent: SpentDocument) -> str:
    budget = spent["budget_usd"] or 0.0
    left = budget - spent["cost"]
    if left < 0:
        return f"{words.money(-left)} over {words.money(budget)}"
    return f"{words.money(left)} of {words.money(budget)} left"
