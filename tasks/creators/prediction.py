"""Phase 6: what posts of the planned week are worth, by slot type, day and hour, and how surely.

Three steps, each drawn towards the one before it by as much as its own data are weak: neutral expectations, what
similar creators' posts brought, what the creator's own brought. `Forecast.value` is the mean of what a post brings
when the level is as foreseen; `level_error` says how far the level may be off.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from math import exp, expm1, hypot, log, sqrt
from statistics import fmean

from tasks.creators.context import CreatorContext, PeerValue, rules_for
from tasks.creators.copy_scores import scored_copies
from tasks.creators.crowding import crowding
from tasks.creators.findings import Forecast
from tasks.creators.intervals import FEW, NEUTRAL_SPREAD, spread_from, spread_of
from tasks.creators.levels import Level
from tasks.creators.models import CreatorItem
from tasks.creators.past import Past, past_of, read
from tasks.creators.rules import Rules
from tasks.creators.shrinkage import Cells, Effects, fit
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.week_plan import WeekPlan

LEAST = 0.01
"""US dollars: a level below a cent is none."""
_UNKNOWN = 1.5
"""Standard error of the logarithm of a level of which nothing is known but the creator's price."""
_AWAY = 0.05
"""How much less an hour is thought to be worth, for each hour that it lies from the nearest prime hour."""
_ROUGH = 0.5
"""Standard error of the logarithm of a level from which on it is not to be relied on."""


def predict(item: CreatorItem, context: CreatorContext, plan: WeekPlan | None = None) -> Forecast:
    """Return what posts of the item's week are worth, when it has as many as the plan, or else as usual."""
    forecast = _as_usual(item, context)
    if context.profile is None:
        return forecast
    rules = rules_for(context.profile, item.rules)
    scores = [each.score for of_type in scored_copies(context, rules, item.week_start).values() for each in of_type]
    if scores:
        # Samples hold what the copy of their posts did, so it is better and worse copy than that which counts.
        forecast.usual_copy = fmean(scores)
    return forecast if plan is None else _crowded(item, context, forecast, len(plan.main_posts))


def _crowded(item: CreatorItem, context: CreatorContext, forecast: Forecast, posts: int) -> Forecast:
    """Take from each post what more of them than usual cost it."""
    past = [sample for sample in context.samples if sample.posted_on < item.week_start]
    crowd = crowding(item.week_start, past, posts)
    if crowd.factor == 1.0:
        return forecast
    usual = f" {posts} posts where {crowd.usual:.0f} a week are usual: each brings {1 - crowd.factor:.0%} less."
    update = {
        "level": forecast.level * crowd.factor,
        "level_error": hypot(forecast.level_error, crowd.error),
        "why": forecast.why + usual,
    }
    return forecast.model_copy(update=update)


def _as_usual(item: CreatorItem, context: CreatorContext) -> Forecast:
    cells = _peer_cells(context.peers)
    peers = fit(cells, _neutral(rules_for(context.profile, item.rules)))
    known_spread = spread_from(peers.noise) if cells.weights else NEUTRAL_SPREAD
    posts = read(context.samples, item.week_start)
    past = past_of(posts, peers) if sum(post.value for post in posts) >= LEAST * len(posts) > 0 else None
    if past is None:
        price = context.profile.base_price if context.profile is not None else 0.0
        level = Level(log(max(price, LEAST) if not posts else LEAST), _UNKNOWN, 0.0)
        return _forecast(peers, cells, level, known_spread, len(posts), 0.0)
    scale, error = _scale(past, known_spread)
    ratios = [(post.value / fitted / scale, post.weight) for post, fitted in zip(posts, past.fitted, strict=True)]
    spread = spread_of(ratios, known_spread)
    level = Level(past.level.mean + log(scale), hypot(past.level.error, error), past.level.half_life)
    return _forecast(past.effects, past.cells, level, spread, len(posts), _confidence(past, level.error))


def _scale(past: Past, spread: float) -> tuple[float, float]:
    """Return what posts brought in sum against what was fitted, and the standard error of its logarithm.

    The fit follows middling posts, and a week's sum also holds those that did far better. Above what one in a
    thousand reaches a post counts no further. Of sums, since the mean of single ratios is too low: a post draws its
    own fit towards itself.
    """
    usual = exp(spread * spread / 4)
    most = usual * exp(3 * spread)
    fitted = brought = 0.0
    for post, each in zip(past.posts, past.fitted, strict=True):
        share = post.weight / past.levels[post.ago]
        fitted += share * each
        brought += share * min(post.value, most * each)
    weight = sum(past.cells.weights)
    brought += usual * FEW * fitted / weight
    fitted += FEW * fitted / weight
    beyond = expm1(spread * spread) - 4 * past.effects.noise  # the noise of the fitted level is that level's own
    return brought / fitted, sqrt(max(beyond, 0.0) / (weight + FEW))


def _confidence(past: Past, error: float) -> float:
    """Return how much the creator's own posts contribute, and how surely: from none, 0, to all that is asked, 1."""
    posts = sum(past.cells.weights)
    return posts / (posts + FEW) / (1 + (error / _ROUGH) ** 2)


def _forecast(effects: Effects, seen: Cells, level: Level, spread: float, samples: int, confidence: float) -> Forecast:
    """Put the factors so that a middling post of those `seen` has the factor 1."""
    weight = sum(seen.weights)
    shifts = [
        sum(w * family.get(key, 0.0) for w, key in zip(seen.weights, keys, strict=True)) / weight if weight else 0.0
        for keys, family in zip(seen.keys, effects.families, strict=True)
    ]
    slots, days, hours = (
        {key: exp(effect - shift) for key, effect in family.items()}
        for family, shift in zip(effects.families, shifts, strict=True)
    )
    none_slot, none_day = exp(-shifts[0]), exp(-shifts[1])
    return Forecast(
        level=exp(level.mean + sum(shifts)),
        by_slot_type={name: slots.get(name, none_slot) for name in _names(slots)},
        by_day=[days.get(day, none_day) for day in range(7)],
        by_hour=[hours[hour] for hour in range(24)],
        spread=spread,
        level_error=level.error,
        confidence=confidence,
        samples=samples,
        why=_why(samples, weight > 0, level),
    )


def _names(slots: Iterable[Hashable]) -> list[str]:
    """Return all slot types, also those that only samples name."""
    return sorted({*SLOT_TYPES, *map(str, slots)})


def _why(samples: int, is_known: bool, level: Level) -> str:
    if level.half_life:
        return f"{samples} posts of its own; for the level a week counts half after {level.half_life:.1f} weeks."
    if samples:
        return f"{samples} posts of its own, all without value."
    return "No posts of its own: similar creators', at its own price." if is_known else "No posts are known at all."


def _neutral(rules: Rules) -> Effects:
    """Return what is expected where nothing is known: prime hours are best, the farther from them the less so."""
    hours: dict[Hashable, float] = {
        hour: -_AWAY * min((_apart(hour, prime) for prime in rules.prime_hours), default=0) for hour in range(24)
    }
    return Effects(families=({}, {}, hours))


def _apart(hour: int, other: int) -> int:
    return min((hour - other) % 24, (other - hour) % 24)


def _peer_cells(peers: Sequence[PeerValue]) -> Cells:
    ordered = sorted(
        (peer.slot_type, peer.weekday % 7, peer.hour % 24, peer.count, peer.log_sum, peer.log_square_sum)
        for peer in peers
        if peer.count > 0
    )
    slots, days, hours, counts, sums, squares = zip(*ordered, strict=True) if ordered else ((),) * 6
    means = [total / count for total, count in zip(sums, counts, strict=True)]
    return Cells((slots, days, hours), counts, means, sum(squares))
