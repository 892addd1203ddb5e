"""Whether there is money for a call, and whether its item may use so many tokens more."""

from __future__ import annotations

from tasks.bounds import with_changes
from tasks.errors import fault
from tasks.governor.charges import Caller, Charge, Purse, Spent, Wait
from tasks.ledger.till import Taken, Till

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
        for bound, unit in ((purse.usd, "USD"), (purse.tokens, "tokens")):
            if bound is not None and not bound > 0:
                what = f"The budget of a {purse.scope} is {bound:g} {unit}, which buys nothing."
                raise fault("INVALID_INPUT", what=what)
    if worst.cost_usd is None and any(purse.usd is not None and not purse.cap for purse in purses):
        raise fault("PRICE_UNKNOWN", model=model, path=prices)


def find_money(till: Till, caller: Caller, worst: Charge, purses: tuple[Purse, ...]) -> Wait | tuple[Spent, ...]:
    """Return the purses that are nearly empty, or what to wait for.

    BUDGET_EXCEEDED, CAP_EXCEEDED or TOKENS_EXCEEDED when waiting does not help: then what has ended has taken too much.
    What is in flight may give some of it back.
    """
    low = list[Spent]()
    wait: Wait | None = None
    for purse in purses:
        name, (gone, held) = name_of(purse, caller), till.spent(purse, caller)
        if _lacks_money(purse, caller, worst, gone, held) | _lacks_tokens(purse, name, worst, gone, held):
            wait = wait or Wait(1.0, "budget", name, may_be_sooner=True)
        if purse.usd is not None and not _exceeds(LOW * purse.usd, gone.usd):
            low.append(Spent(purse, name, gone.usd))
    return wait or tuple(low)


def _lacks_money(purse: Purse, caller: Caller, worst: Charge, gone: Taken, held: Taken) -> bool:
    if purse.usd is None:
        return False
    cost, name = worst.cost_usd or 0.0, name_of(purse, caller)
    if _exceeds(gone.usd + cost, purse.usd):
        details = {"spent": f"{gone.usd:.4f}", "usd": f"{purse.usd:g}", "worst": f"{cost:.4f} USD"}
        if purse.cap:
            raise fault("CAP_EXCEEDED", cap=purse.cap, name=name, **details)
        raise fault("BUDGET_EXCEEDED", scope=purse.scope, name=name, hint=_way_on(purse, caller), **details)
    return _exceeds(gone.usd + held.usd + cost, purse.usd)


def _way_on(purse: Purse, caller: Caller) -> str:
    """Say what gives money to who has none left."""
    if purse.scope != "kind":
        again = "run that again under the same batch id"
        if caller.part_of:
            again = f"send that again with `{with_changes(caller.batch_id, caller.part_of)}`"
        return f"Raise `budget.{purse.scope}_usd` in the spec and {again}: it goes on where it ended."
    until = f", or wait until less is spent in {purse.days:g} days" if purse.days is not None else ""
    return f"Raise it under `budgets` in models.yaml{until}; then `pressroom resume` goes on where it ended."


def _lacks_tokens(purse: Purse, name: str, worst: Charge, gone: Taken, held: Taken) -> bool:
    if purse.tokens is None:
        return False
    wanted = worst.input_tokens + worst.output_tokens
    if gone.tokens + wanted > purse.tokens:
        raise fault("TOKENS_EXCEEDED", item_id=name, spent=gone.tokens, limit=purse.tokens, worst=wanted)
    return gone.tokens + held.tokens + wanted > purse.tokens


def _exceeds(spent: float, usd: float) -> bool:
    """Compare sums of many small amounts, whose last digits depend on the order of adding."""
    return spent > usd * (1 + 1e-9)
