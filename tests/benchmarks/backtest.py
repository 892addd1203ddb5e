"""Forecasts of held-out weeks: their error against plain means, and how often a week lies in its interval.

Nothing is timed here, so the figures are those of any machine. The sample roster is what people try; the other worlds
are made by a formula of their own each, so that it shows when a forecast was fitted to one.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from lab import HERE, Row, answer, in_child

if TYPE_CHECKING:
    from tasks.creators.context import CreatorContext, Sample

sys.path.append(str(HERE.parent))  # the worlds are those that the tests know

ROSTER = "sample roster"
WORLDS = (ROSTER, "calm", "usual", "trend", "jump", "heavy tails", "many zeros", "few posts")
SEEDS = 4
CREATORS = 12
HELD_OUT = 4
MANY = 12
FEW = (1, 2)
"""Weeks of a creator's own past."""
COVERED = ".72-.90"


class Case(NamedTuple):
    """A week that came, and what was known before it."""

    context: CreatorContext
    start: date
    held: list[Sample]


def rows() -> list[Row]:
    """For each world: with many weeks known against last week's and four weeks' means, with few against the own."""
    found = []
    for world in WORLDS:
        many = in_child("backtest.py", world, MANY)
        about = f"{world}, {MANY} weeks known:"
        found += [
            _error(f"{about} a week's value against last week's mean", many, "week", "last"),
            _error(f"{about} a week's value against four weeks' mean", many, "week", "four"),
            _error(f"{about} a post's value against last week's mean", many, "post", "last"),
            _within(about, many, "weeks"),
            _within(about, many, "posts"),
        ]
        for weeks in FEW:
            few = in_child("backtest.py", world, weeks)
            about = f"{world}, {weeks} week{'s' * (weeks > 1)} known:"
            found += [
                _error(f"{about} a week's value against its own mean", few, "week", "own"),
                _error(f"{about} a post's value against its own mean", few, "post", "own"),
                _within(about, few, "weeks"),
            ]
    return found


def _error(what: str, figures: dict[str, float], of: str, against: str) -> Row:
    ours, theirs = figures[f"{of} ours"], figures[f"{of} {against}"]
    return Row(f"{what}, errors", ours / theirs, "< 1", f"{ours:.1%} / {theirs:.1%} of the value")


def _within(about: str, figures: dict[str, float], of: str) -> Row:
    made = f"{figures['weeks']:.0f} weeks, level +-{figures['level error']:.2f}, post +-{figures['spread']:.2f}"
    return Row(f"{about} {of} within their interval of 80 %", figures[f"{of} within"], COVERED, made)


def _measure(world: str, weeks: int) -> None:
    sums: dict[str, float] = defaultdict(float)
    for case in _cases(world, weeks):
        for name, figure in _figures(case).items():
            sums[name] += figure
    parts = {name: figure / sums["weeks"] for name, figure in sums.items() if name != "weeks"}
    parts |= {name: sums[name] / sums["value"] for name in sums if name.startswith(("week ", "post "))}
    answer(**parts, weeks=sums["weeks"])


def _figures(case: Case) -> dict[str, float]:
    """Return errors, and what lay within, of one week: as shares of what the creator's posts used to bring."""
    from pasts import item

    from tasks.creators.intervals import interval
    from tasks.creators.prediction import predict
    from tasks.creators.revenue import revenue_from

    forecast = predict(item(case.start), case.context)
    came = [post.value for post in case.held]
    ours = [forecast.value(post.slot_type, post.posted_on.weekday(), post.hour) for post in case.held]
    past = case.context.samples
    means = {
        name: fmean([post.value for post in past if (case.start - post.posted_on).days <= days] or [0.0])
        for name, days in (("last", 7), ("four", 28), ("own", 7 * MANY))
    }
    scale = means["own"] * len(came)
    revenue = revenue_from(ours, forecast)
    errors: dict[str, float] = {}
    for name, said in {"ours": ours, **{name: [mean] * len(came) for name, mean in means.items()}}.items():
        errors[f"week {name}"] = abs(sum(said) - sum(came)) / scale
        errors[f"post {name}"] = sum(abs(a - b) for a, b in zip(said, came, strict=True)) / scale
    spans = [interval(value, forecast.spread, forecast.level_error) for value in ours]
    within = fmean(low <= value <= high for (low, high), value in zip(spans, came, strict=True))
    return errors | {
        "value": sum(came) / scale,
        "weeks": 1,
        "weeks within": revenue.low <= sum(came) <= revenue.high,
        "posts within": within,
        "level error": forecast.level_error,
        "spread": forecast.spread,
    }


def _cases(world: str, weeks: int) -> Iterator[Case]:
    """Return the last weeks of every creator, each with `weeks` of his own and twelve of the others before it."""
    from pasts import MONDAY, context_of

    for seed in range(SEEDS):
        for own, others in _people(world, seed):
            for back in range(1, HELD_OUT + 1):
                start = MONDAY - timedelta(weeks=back)
                known = _between(own, start - timedelta(weeks=weeks), start)
                held = _between(own, start, start + timedelta(weeks=1))
                if sum(post.value for post in known) > 0 and held:
                    peers = [_between(other, start - timedelta(weeks=MANY), start) for other in others]
                    yield Case(context_of(known, peers), start, held)


def _between(samples: Sequence[Sample], first: date, end: date) -> list[Sample]:
    return [sample for sample in samples if first <= sample.posted_on < end]


def _people(world: str, seed: int) -> list[tuple[list[Sample], list[list[Sample]]]]:
    """Return each creator's samples with those of the ones he is compared with."""
    from pasts import WORLDS as MADE
    from pasts import crowd

    if world == ROSTER:
        return _of_the_roster(seed)
    people = crowd(MADE[world], CREATORS, MANY + HELD_OUT, seed)
    return [(own, [other for other in people if other is not own]) for own in people]


def _of_the_roster(seed: int) -> list[tuple[list[Sample], list[list[Sample]]]]:
    from pasts import MONDAY

    from tasks.creators.context import Sample
    from tasks.creators.rules import Tier
    from tasks.creators.sampling import sample_roster

    rows = sample_roster(2 * CREATORS, seed, until=MONDAY).rows
    posts: dict[str, list[Sample]] = defaultdict(list)
    for row in rows["performance"]:
        posts[row["creator_id"]].append(Sample.model_validate(row))
    kinds = {row["creator_id"]: (row["niche"], Tier.of(row["audience_size"])) for row in rows["creators"]}
    found = []
    for one, (niche, tier) in kinds.items():
        alike = [other for other in kinds if other != one and kinds[other][0] == niche]
        alike = alike if len(alike) > 1 else [other for other in kinds if other != one and kinds[other][1] == tier]
        found.append((posts[one], [posts[other] for other in alike]))
    return found


if __name__ == "__main__":
    _measure(sys.argv[1], int(sys.argv[2]))
