"""Phase 14, beside the judges: what is odd about a week, whatever it scores.

The judges ask whether a week is good; this asks whether it can be true: figures that lie far from all that the creator
has had are more often a slip in the data than a stroke of luck.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median
from typing import NamedTuple

from tasks import words
from tasks.creators.clock import DAY_NAMES
from tasks.creators.context import Copy, CreatorContext
from tasks.creators.findings import Anomalies, Anomaly, Draft, Judged, Prices, Verdict
from tasks.creators.models import CreatorItem
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.week_plan import WeekPlan

CRITICAL, HIGH, MEDIUM, LOW = "CRITICAL", "HIGH", "MEDIUM", "LOW"
SEVERITIES = (CRITICAL, HIGH, MEDIUM, LOW)
"""The worst first. CRITICAL: it is rejected. HIGH: a person looks at it. Those below are told."""

FAR, VERY_FAR = 3.0, 10.0
"""How many times its past a week's value must be to be odd, and to be impossible."""
JUMP, WILD_JUMP = 2.0, 5.0
"""The same of a price, against the copy's own or the creator's."""
WIDE, ABSURD = 8.0, 100.0
"""How many times its lower end the upper end of a forecast must be."""
MANY_ALIKE = 0.1
"""Share of a week's texts from which on texts that are alike under other names are more than a slip of the roster."""
ENOUGH_PAST = 10
"""Samples from which on the past says anything."""


class _Looked(NamedTuple):
    context: CreatorContext
    draft: Draft
    plan: WeekPlan
    prices: Prices


def check(item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, prices: Prices) -> Anomalies:
    """Look for what is odd, the worst first."""
    looked = _Looked(context, draft, plan, prices)
    found = [anomaly for look in _LOOKS for anomaly in look(looked)]
    return Anomalies(found=sorted(found, key=lambda anomaly: SEVERITIES.index(anomaly.severity)))


def final_status(judged: Judged, odd: Anomalies) -> Verdict:
    """Say what holds of a schedule: the judges' verdict, unless something odd is against it."""
    severities = {anomaly.severity for anomaly in odd.found}
    if CRITICAL in severities:
        return Verdict.REJECTED
    if HIGH in severities and judged.quality.status is Verdict.APPROVED:
        return Verdict.NEEDS_REVIEW
    return judged.quality.status


def _values(looked: _Looked) -> Iterator[Anomaly]:
    """Values that are no money, or lie far from what the creator's posts have brought."""
    posts = looked.plan.main_posts
    if any(not 0 <= post.value < float("inf") for post in posts):
        yield Anomaly(severity=CRITICAL, what="A post is predicted to bring an amount that is no amount of money.")
        return
    past = [sample.value for sample in looked.context.samples]
    if len(past) < ENOUGH_PAST or not posts or not sum(past):
        return
    usual, now = sum(past) / len(past), sum(post.value for post in posts) / len(posts)
    times = max(now / usual, usual / now) if now else float("inf")
    if times >= FAR:
        severity = CRITICAL if times >= VERY_FAR else HIGH
        yield Anomaly(severity=severity, what=f"A post is to bring {now:.2f} USD, and {usual:.2f} were usual.")


def _unknown(looked: _Looked) -> Iterator[Anomaly]:
    """A forecast that rests on nothing: no post that brought anything, and no price in its place."""
    past, price = looked.context.samples, looked.context.known.base_price
    if any(sample.value > 0 for sample in past):
        return
    if past:
        what = f"{words.count(len(past), 'sample')} of the past, all without value: nothing says what a post brings."
        yield Anomaly(severity=HIGH, what=what)
    elif price <= 0:
        what = "No sample and a base_price of 0: nothing says what a post brings, and it is foreseen as nothing."
        yield Anomaly(severity=HIGH, what=what)


def _prices(looked: _Looked) -> Iterator[Anomaly]:
    """Prices that jump away from the copy's own, from the week's or, for their kind, from the creator's own."""
    base = looked.context.known.base_price
    copies = {copy.copy_id: copy for copy in looked.context.copies}
    usual = {price.slot_type: price.price for price in looked.prices.prices}
    typical = median(usual.values()) if usual else base
    for post in looked.plan.posts:
        if post.price is not None:
            against = _own_price(copies.get(post.copy_id or "")) or usual.get(post.slot_type) or base
            yield from _jump(f"post {post.post_id}", post.price, against)
    for slot_type, price in sorted(usual.items()):
        yield from _jump(slot_type, price, base or typical)


def _own_price(copy: Copy | None) -> float | None:
    return copy.price if copy else None


def _jump(what: str, price: float, usual: float) -> Iterator[Anomaly]:
    if not 0 <= price < float("inf"):
        yield Anomaly(severity=CRITICAL, what=f"The price of {what} is {price:g} USD.")
    elif usual > 0 and price > 0:
        times = max(price / usual, usual / price)
        if times > JUMP:
            severity = HIGH if times > WILD_JUMP else LOW
            yield Anomaly(severity=severity, what=f"The price of {what} is {price:.2f} USD, and {usual:.2f} is usual.")


def _counts(looked: _Looked) -> Iterator[Anomaly]:
    """A week or a day without posts, and days with another number of posts than was decided."""
    counts = Counter(post.day for post in looked.plan.main_posts)
    if not counts:
        yield Anomaly(severity=CRITICAL, what="There is no post in the week.")
        return
    if empty := [day for day in range(7) if not counts[day]]:
        severity = HIGH if len(empty) > 1 else MEDIUM
        yield Anomaly(severity=severity, what=f"There is no post on {_named(empty)}.")
    off = [each.day for each in looked.plan.strategy if counts[each.day] != each.posts and counts[each.day]]
    if off:
        what = f"{_named(off)}: another number of posts than was decided for the day."
        yield Anomaly(severity=MEDIUM, what=what)


def _copy(looked: _Looked) -> Iterator[Anomaly]:
    """Copy that goes out twice, different copies of the same words, and unknown copy."""
    texts = {copy.copy_id: " ".join(copy.text.casefold().split()) for copy in looked.context.copies}
    used = Counter(post.copy_id for post in looked.plan.posts if post.copy_id)
    if unknown := sorted(copy_id for copy_id in used if copy_id not in texts):
        more = f", nor {words.count(len(unknown) - 1, 'other')}" if len(unknown) > 1 else ""
        yield Anomaly(severity=CRITICAL, what=f"There is no copy {unknown[0]!r}{more}.")
    for copy_id in sorted(copy_id for copy_id, count in used.items() if count > 1):
        yield Anomaly(severity=HIGH, what=f"The copy {copy_id!r} goes out {used[copy_id]} times.")
    same = Counter(texts[copy_id] for copy_id in used if texts.get(copy_id))
    if twice := [text for text, count in same.items() if count > 1]:
        what = f"{words.count(len(twice), 'text')} with the same words as another, under another name."
        severity = HIGH if len(twice) > MANY_ALIKE * used.total() else MEDIUM
        yield Anomaly(severity=severity, what=what)
    if any(texts.get(copy_id) == "" for copy_id in used):
        yield Anomaly(severity=HIGH, what="A post's copy has no words.")


def _hours(looked: _Looked) -> Iterator[Anomaly]:
    """A week that has all its posts in one hour of the day, or nearly all."""
    hours = Counter(post.hour for post in looked.plan.main_posts if post.hour is not None)
    if hours.total() < 7:
        return
    hour, most = hours.most_common(1)[0]
    if most > 0.6 * hours.total():
        severity = HIGH if len(hours) == 1 else MEDIUM
        yield Anomaly(severity=severity, what=f"{most} of {hours.total()} posts are in the hour from {hour}:00.")


def _forecast(looked: _Looked) -> Iterator[Anomaly]:
    """Intervals that say nothing, and a forecast whose numbers are none."""
    posts = looked.plan.main_posts
    if any(not post.low <= post.value <= post.high for post in posts):
        yield Anomaly(severity=CRITICAL, what="A predicted value lies outside its own interval.")
        return
    widths = [post.high / post.low for post in posts if post.low > 0]
    if widths and (widest := max(widths)) >= WIDE:
        severity = HIGH if widest >= ABSURD else LOW
        yield Anomaly(severity=severity, what=f"A forecast's upper end is {widest:.0f} times its lower one.")


def _slot_types(looked: _Looked) -> Iterator[Anomaly]:
    """Slot types that nobody knows."""
    if unknown := sorted({post.slot_type for post in looked.plan.posts} - SLOT_TYPES.keys()):
        yield Anomaly(severity=CRITICAL, what=f"There is no slot type {unknown[0]!r}.")


def _named(days: list[int]) -> str:
    return ", ".join(DAY_NAMES[day] for day in days)


_LOOKS: tuple[Callable[[_Looked], Iterator[Anomaly]], ...] = (
    _counts,
    _values,
    _unknown,
    _forecast,
    _prices,
    _copy,
    _hours,
    _slot_types,
)
