"""What a batch spent, in words. What is not known is called so: a sum that lacks something never looks whole."""

from __future__ import annotations

from collections.abc import Iterator

from tasks import words
from tasks.ledger.history import History
from tasks.ledger.uses import Spending, Use
from tasks.reports.facts import Fact
from tasks.reports.savings import CostOf, saved_by_caches


def cost_of(use: Use) -> str:
    """Write what some calls cost; a sum without calls of unknown price says that it is one."""
    return words.cost(use.cost, not use.unpriced)


def money_facts(history: History, price: CostOf | None) -> Iterator[Fact]:
    """Yield what there is to say of a batch's money and tokens; nothing where no model was called."""
    spending = history.spending
    total = spending.total
    if not total.calls and not total.held:
        return
    yield Fact("Cost", cost_of(total), _lacking(total), is_large=True, about="money")
    yield from _per_item(history)
    yield from _budgets(spending)
    if total.unknown:
        note = f"may have been paid for; {worst_of_unknown(total)}"
        yield Fact("Unknown outcomes", words.count(total.unknown, "call"), note, about="money")
    if total.held:
        note = f"at worst: {words.cost(total.held_usd, not total.held_unpriced)}; not counted yet"
        yield Fact("In flight", words.count(total.held, "call"), note, about="money")
    yield Fact("Calls", f"{total.calls:,}", f"{total.failed:,} failed" if total.failed else "", about="money")
    yield from _tokens(total)
    if total.input_tokens:
        share = words.share(total.cached_tokens, total.input_tokens)
        yield Fact("From prompt caches", share, _saved(spending, price), about="money")
    if total.characters:
        yield Fact("Speech", words.count(total.characters, "character"), about="money")
    if total.searches:
        yield Fact("Searches", f"{total.searches:,}", about="money")


def worst_of_unknown(use: Use) -> str:
    """Say with what calls of unknown outcome are counted."""
    worst = words.cost(use.unknown_usd, not use.unknown_unpriced)
    return "what that costs is unknown too" if worst == "unknown" else f"counted at their worst, {worst}"


def _lacking(total: Use) -> str:
    return f"without {words.count(total.unpriced, 'call')} of unknown price" if total.unpriced else ""


def _per_item(history: History) -> Iterator[Fact]:
    """Divide by the items that came out, since those are what was paid for; without one there is no average."""
    total = history.spending.total
    good = sum(item.status in ("succeeded", "needs_review") and not item.reused for item in history.items)
    if not good:
        yield Fact("Cost per item", "-", "no item came out", about="money")
        return
    value = words.cost(total.cost / good, not total.unpriced)
    yield Fact("Cost per item", value, f"all that was spent, by the {good:,} that were made", about="money")


def _budgets(spending: Spending) -> Iterator[Fact]:
    batch, item = spending.budgets.batch_usd, spending.budgets.item_usd
    total = spending.total
    if batch is not None:
        left = batch - total.cost - total.held_usd
        rest = f"{words.money(left)} left" if left >= 0 else f"{words.money(-left)} over it"
        used = f"{words.share(total.cost, batch)} used, {rest}"
        note = f"{used}, without calls of unknown price" if total.unpriced else used
        yield Fact("Budget", words.money(batch), note, about="money")
    if item is not None and spending.items:
        most = spending.items[0]
        note = f"the dearest, {words.cut(most.name, 60)}, used {words.share(most.cost, item)}"
        yield Fact("Budget of an item", words.money(item), note, about="money")


def _tokens(total: Use) -> Iterator[Fact]:
    if not total.input_tokens and not total.output_tokens:
        return
    items = max(1, total.items)
    note = f"{total.input_tokens / items:,.0f} in and {total.output_tokens / items:,.0f} out for each item asked about"
    value = f"{total.input_tokens:,} in, {total.output_tokens:,} out"
    yield Fact("Tokens", value, note, about="money")


def _saved(spending: Spending, price: CostOf | None) -> str:
    cached = spending.total.cached_tokens
    if not cached:
        return "of the input tokens"
    note = f"of the input tokens: {cached:,} were not read anew"
    if price is None:
        return note
    saved = saved_by_caches(spending.models, price)
    if saved is None:
        return f"{note}; what that saved is not known, as not all prices are"
    return f"{note}; asked one by one, with nothing kept, they would have cost {words.money(saved)} more"
