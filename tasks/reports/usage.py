"""Which models were used, for what and why, as tables: the dearest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks import words
from tasks.ledger.uses import Spending, Use
from tasks.reports.money import cost_of
from tasks.reports.tables import Table, without_empty

_OPTIONAL = ("failed", "unknown outcome", "cached", "waited", "characters", "searches", "tokens in", "tokens out")


def usage_tables(spending: Spending) -> Iterator[Table]:
    """Yield the tables of models and money; none where no model was called."""
    if not spending.total.calls:
        return
    yield _by_model(spending)
    yield _by("Cost by stage", "stage", spending.stages)
    yield _by_item(spending)
    yield _choices(spending)


def _by_model(spending: Spending) -> Table:
    head = ("model", "items", "calls", "failed", "unknown outcome", "tokens in", "cached", "tokens out", "characters")
    more = ("searches", "waited", "a call takes", "cost")
    uses = [*spending.models, *_all(spending.models, spending.total)]
    rows = [
        (
            use.name,
            f"{use.items:,}",
            f"{use.calls:,}",
            f"{use.failed:,}",
            f"{use.unknown:,}",
            f"{use.input_tokens:,}",
            f"{words.share(use.cached_tokens, use.input_tokens)}" if use.cached_tokens else "-",
            f"{use.output_tokens:,}",
            f"{use.characters:,}",
            f"{use.searches:,}",
            words.seconds(use.waited) if use.waited else "-",
            words.seconds(use.worked / use.calls) if use.calls else "-",
            cost_of(use),
        )
        for use in uses
    ]
    table = Table("Model usage", head + more, rows, has_sum=len(uses) > len(spending.models))
    return without_empty(table, *_OPTIONAL)


def _by(title: str, what: str, uses: Sequence[Use], *, has_sum: bool = False) -> Table:
    head = (what, "calls", "failed", "tokens in", "cached", "tokens out", "cost")
    rows = [
        (
            use.name,
            f"{use.calls:,}",
            f"{use.failed:,}",
            f"{use.input_tokens:,}",
            f"{words.share(use.cached_tokens, use.input_tokens)}" if use.cached_tokens else "-",
            f"{use.output_tokens:,}",
            cost_of(use),
        )
        for use in uses
    ]
    return without_empty(Table(title, head, rows, has_sum=has_sum), *_OPTIONAL)


def _by_item(spending: Spending) -> Table:
    total, shown = spending.total, spending.items
    more = total.items - len(shown)
    if more <= 0:
        return _by("Cost by item", "item", shown)
    rest = _rest(total, shown, f"the other {words.count(more, 'item')}")
    return _by(f"Cost of the {len(shown)} dearest items", "item", [*shown, rest], has_sum=True)


def _rest(total: Use, shown: Sequence[Use], name: str) -> Use:
    """Take what is shown from the total."""
    names = Use._fields[1:]
    left = {one: getattr(total, one) - sum(getattr(use, one) for use in shown) for one in names}
    return Use((name,), **left)._replace(cost=max(0.0, left["cost"]))


def _all(uses: Sequence[Use], total: Use) -> list[Use]:
    return [total._replace(keys=("all",))] if len(uses) > 1 else []


def _choices(spending: Spending) -> Table:
    rows = [(one.model, one.reason or "-", f"{one.items:,}", f"{one.calls:,}") for one in spending.choices]
    head = ("model", "why it was chosen", "items", "calls")
    return Table("Choice of models", head, rows, words=("why it was chosen",))
