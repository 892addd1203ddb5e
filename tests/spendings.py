"""Histories with calls of models made by hand, for tests of what reports say of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from histories import BEGAN, history
from histories import item as item_line

from tasks.ledger.attempts import Attempt
from tasks.ledger.history import History, ItemLine
from tasks.ledger.uses import Budgets, Choice, Moment, Spending, Use


def use(*keys: str, items: int = 2, calls: int = 2, cost: float = 0.5, **more: Any) -> Use:
    """Two calls of 1,000 tokens in and 100 out each, for 0.5 US dollars together, unless said otherwise."""
    given = {"input_tokens": 1000 * calls, "output_tokens": 100 * calls, "worked": 2.0 * calls} | more
    return Use(keys, items=items, calls=calls, cost=cost, **given)


def summed(*uses: Use) -> Use:
    """Add uses up."""
    return Use((), *(sum(numbers) for numbers in zip(*(one[1:] for one in uses), strict=True)))


def spending(*cells: Use, budgets: Budgets | None = None, items: Sequence[Use] = ()) -> Spending:
    """What a batch has spent, from what each model spent in each stage."""

    def by(place: int) -> list[Use]:
        names = dict.fromkeys(cell.keys[place] for cell in cells)
        found = (summed(*(cell for cell in cells if cell.keys[place] == name))._replace(keys=(name,)) for name in names)
        return sorted(found, key=lambda one: -one.cost)

    return Spending(
        total=summed(*cells),
        models=by(0),
        stages=by(1),
        cells=list(cells),
        items=list(items),
        choices=[Choice(cell.keys[0], "round robin", cell.items, cell.calls) for cell in cells],
        moments=[Moment(BEGAN + 1, cell.keys[0], cell.input_tokens + cell.output_tokens, cell.cost) for cell in cells],
        budgets=budgets or Budgets(),
    )


def spent_history(
    *cells: Use, items: Sequence[ItemLine] = (), attempts: Sequence[Attempt] = (), **more: Any
) -> History:
    """The history of a batch that has called models; of two items that came out, unless said otherwise."""
    budgets, dearest = more.pop("budgets", None), more.pop("dearest", ())
    found = history(attempts, items or [item_line("a"), item_line("b")], **more)
    found.spending = spending(*cells, budgets=budgets, items=dearest)
    return found
