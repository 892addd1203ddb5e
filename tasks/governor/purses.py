"""Whether there is money for a call."""

from __future__ import annotations

from tasks.errors import fault
from tasks.governor.charges import Caller, Charge, Purse, Spent, Wait
from tasks.ledger.till import Till

LOW = 0.8
"""Share of a purse that is gone when a person is told."""


def name_of(purse: Purse, caller: Caller) -> str:
    """The batch, the item or the kind that a purse is for."""
    return {"batch": caller.batch_id, "item": caller.item_id, "kind": caller.kind}[purse.scope]


def lock_of(purse: Purse, caller: Caller) -> str:
    """A name that a purse has in all processes."""
    within = caller.batch_id if purse.scope == "item" else ""
    return f"{purse.scope}/{within}/{name_of(purse, caller)}"


def check_price(worst: Charge, purses: tuple[Purse, ...], model: str, prices: str) -> None:
    """Refuse a call without a known price where money is bounded, and a bound that allows none."""
    for purse in purses:
        if not purse.usd > 0:
            raise fault(
                "INVALID_INPUT", what=f"The budget of a {purse.scope} is {purse.usd:g} USD, which buys nothing."
            )
    if purses and worst.cost_usd is None:
        raise fault("PRICE_UNKNOWN", model=model, path=prices)


def find_money(till: Till, caller: Caller, worst: Charge, purses: tuple[Purse, ...]) -> Wait | tuple[Spent, ...]:
    """Return the purses that are nearly empty, or what to wait for; BUDGET_EXCEEDED when waiting does not help."""
    low, cost = list[Spent](), worst.cost_usd or 0.0
    wait: Wait | None = None
    for purse in purses:
        money, name = till.spent(purse, caller), name_of(purse, caller)
        if _exceeds(money.gone + cost, purse.usd):
            details = {"spent": f"{money.gone:.4f}", "usd": f"{purse.usd:g}", "worst": f"{cost:.4f} USD"}
            raise fault("BUDGET_EXCEEDED", scope=purse.scope, name=name, **details)
        if _exceeds(money.gone + money.held + cost, purse.usd):
            wait = wait or Wait(1.0, "budget", name, may_be_sooner=True)
        if not _exceeds(LOW * purse.usd, money.gone):
            low.append(Spent(purse, name, money.gone))
    return wait or tuple(low)


def _exceeds(spent: float, usd: float) -> bool:
    """Compare sums of many small amounts, whose last digits depend on the order of adding."""
    return spent > usd * (1 + 1e-9)
