"""What to do next, derived from what happened: each sentence names what it was derived from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks import words
from tasks.bounds import MENDED_BY, emptied_budget, with_changes
from tasks.ledger.history import NOT_MADE, History
from tasks.reports.crowd import FULL, Crowd
from tasks.reports.money import worst_of_unknown
from tasks.reports.reasons import Reason, Trouble, most_frequent
from tasks.specs import has_spec, kind_spec

LOW_BUDGET = 0.8
"""From this part on, a budget is nearly used."""
FAR = 3.0
"""How many times their use estimates must be to be far above it."""
FEW_CACHED = 0.2
"""Below this part of the input, a prompt cache has hardly helped."""
CACHED_FROM = 1024
"""Tokens from which on vendors keep the beginning of a prompt."""
ALIKE = 5
"""Items of which a stage asked a model, from which on their prompts are likely to begin alike."""
_BUDGET = "BUDGET_EXCEEDED"
"""Not among the failures, since it has advice of its own."""
_MENDS = {
    "limit": "if the vendor and this machine bear more, raise that limit",
    "max_parallel": "if the vendor and this machine bear more, raise `max_parallel`",
    "memory": "a machine with more memory would be faster",
    "cores": "a machine with more cores would be faster",
}


@dataclass(frozen=True)
class Findings:
    """What advice is derived from."""

    history: History
    crowds: Sequence[Crowd]
    reasons: Sequence[Reason]
    troubles: Sequence[Trouble]


def advice_of(found: Findings) -> list[str]:
    """Say what to do, what matters most first; nothing where nothing stands out."""
    finders = (_failures, _reviews, _budget, _lanes, _unknown, _prices, _limits, _bounds, _estimates, _caches)
    return [sentence for find in finders for sentence in find(found)]


def _failures(found: Findings) -> Iterator[str]:
    failed = [reason for reason in found.reasons if reason.status == "failed" and reason.code != _BUDGET]
    if not failed:
        return
    first, total = most_frequent(failed), sum(reason.items for reason in failed)
    if first is None:
        text, remedy = f"The {total:,} failures have several codes, each listed with its remedy.", ""
    else:
        text, remedy = _share_of(first, total), _remedy(found, first)
    named = failed if first is None else [first]
    is_mended = all(
        one.code in MENDED_BY for one in named
    )  # By a run of the changed spec: a retry goes by the old one.
    again = "" if is_mended else f"`pressroom retry {found.history.batch_id}` tries what failed again."
    yield " ".join(part for part in (text, remedy, again) if part)


def _share_of(first: Reason, total: int) -> str:
    if total == 1:
        return f"The one failure is `{first.code}`."
    which = f"All {total:,} failures" if first.items == total else f"{first.items:,} of {total:,} failures"
    return f"{which} are `{first.code}`."


def _remedy(found: Findings, first: Reason) -> str:
    remedies = {one.remedy for one in found.troubles if one.code == first.code and one.remedy}
    return next(iter(remedies), "") if len(remedies) < 2 else "They have several causes, each listed with its remedy."


def _reviews(found: Findings) -> Iterator[str]:
    number = sum(item.status == "needs_review" for item in found.history.items)
    if number:
        waits = f"{words.count(number, 'item')} {'waits' if number == 1 else 'wait'} for a person's decision"
        yield f"{waits}: `pressroom review {found.history.batch_id}` lists what, and why."


def _budget(found: Findings) -> Iterator[str]:
    name, spending = found.history.batch_id, found.history.spending
    stopped = Counter(item.code for item in found.history.items if item.status in NOT_MADE)[_BUDGET]
    if stopped:
        items = words.count(stopped, "item")
        raised = f"Raise `budget` in the spec; then `{with_changes(name, spending.budgets.part_of)}` goes on."
        if emptied_budget(found.history.reason) == "kind":
            raised = (
                f"Once its kind has a higher one in `models.yaml`, or room again, `pressroom resume {name}` goes on."
            )
        yield f"The budget ended {items}. {raised}"
        return
    budget = spending.budgets.batch_usd
    if budget is not None and spending.total.cost >= LOW_BUDGET * budget:
        used = words.share(spending.total.cost, budget)
        yield f"{used} of the budget is used: raise `budget.batch_usd` before there is more to do."


def _lanes(found: Findings) -> Iterator[str]:
    for lane in found.history.lanes:
        if lane["breaker"] != "closed":
            after = f" after {words.count(lane['failures'], 'failure')} in a row" if lane["failures"] else ""
            why = f" ({lane['reason']})" if lane["reason"] else ""
            shut = f"`{lane['lane']}` was shut{after}{why} and still is"
            yield f"{shut}: go on later, or name another model in `models.use`."


def _unknown(found: Findings) -> Iterator[str]:
    total = found.history.spending.total
    if total.unknown:
        calls = words.count(total.unknown, "call")
        yield f"The vendor's bill says whether {calls} of unknown outcome were paid for ({worst_of_unknown(total)})."


def _prices(found: Findings) -> Iterator[str]:
    for use in found.history.spending.models:
        if use.unpriced:
            calls = words.count(use.unpriced, "call")
            lacking = f"The price of `{use.name}` is not known, so the cost is without {calls}"
            yield f"{lacking}: give it in the file of prices."


def _limits(found: Findings) -> Iterator[str]:
    limited, worked = (sum(getattr(crowd, name) for crowd in found.crowds) for name in ("limits", "worked"))
    if limited <= worked:
        return
    longer = f"{limited / worked:.1f} times as long as they worked" if worked else "and never worked"
    most = max(found.history.spending.models, key=lambda use: use.waited, default=None)
    which = f", most of all for `{most.name}`" if most is not None and most.waited else ""
    waited = f"Attempts waited for limits {longer}{which}"
    yield f"{waited}: more at once would not help, a higher limit or another model beside it would."


def _bounds(found: Findings) -> Iterator[str]:
    for crowd in sorted(found.crowds, key=lambda crowd: -crowd.waited):
        mend = _MENDS.get(crowd.bound["bound"]) if crowd.bound else None
        if mend and crowd.bound and (crowd.used or 0) >= FULL and crowd.waited > crowd.worked > crowd.limits:
            places = words.count(crowd.bound["value"], "place")
            waited = f"attempts waited {words.seconds(crowd.waited)} for its {places}"
            yield f"`{crowd.stage}` held the batch up: {waited} and worked {words.seconds(crowd.worked)}; {mend}."
            return


def _estimates(found: Findings) -> Iterator[str]:
    total = found.history.spending.total
    if total.used_tokens and total.reserved_tokens >= FAR * total.used_tokens:
        times = f"{total.reserved_tokens / total.used_tokens:.1f} times"
        kind = found.history.kind
        option = kind_spec(kind).BATCH.LENGTH_OPTION if has_spec(kind) else ""
        mend = f"lower {option}, or raise" if option else "raise"
        reserved = f"Calls reserved {times} the tokens they used, and limits let through fewer for it"
        yield f"{reserved}: {mend} the limits in `models.yaml` as far as the vendor allows."


def _caches(found: Findings) -> Iterator[str]:
    for use in found.history.spending.cells:
        model, stage = use.keys
        each = use.input_tokens / use.calls if use.calls else 0
        if use.items >= ALIKE and each >= CACHED_FROM and use.cached_share < FEW_CACHED:
            share = words.share(use.cached_tokens, use.input_tokens)
            text = f"{share} of what `{stage}` asked `{model}` came from its prompt cache, at {each:,.0f} tokens a call"
            yield f"{text}: where items share a part of the prompt, let it stand first and be the same to the letter."
            return
