"""The five sides of a week's quality, each counted from 0 to 100 by rules that are said in its docstring.

They measure different things on purpose: whether rules hold, what the hours are worth, whether a person might have
made it, whether anybody will answer, and whether they will stay.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.findings import Dimensions, Draft
from tasks.creators.models import CreatorItem
from tasks.creators.rules import Rules
from tasks.creators.strategy import OFFERS_A_DAY
from tasks.creators.week_plan import PlannedPost, WeekPlan

VIOLATION_COSTS, RELAXATION_COSTS, MOST_FOR_RELAXATIONS = 25.0, 2.0, 20.0
MANUAL_COSTS = 50.0
"""What it costs compliance when all posts lack copy."""
LOST_COSTS = 2.0
A_GUESS = 75.0
"""Value of a week of which nothing is known."""
SAME_TIME_COSTS = 2.0
"""How many times its share of the posts a repeated time of day costs."""
WORDS_OF_AN_OPENING = 4
COMMUNITY_SHARE = 0.08
"""Share of community posts and thanks that is enough for an audience to feel seen."""
FEW_SAMPLES = 10.0
"""A slot type's response rate counts as much as the average of all when it has so many samples."""
FULL_ATTENTION = 75.0
"""Attention on average from which on no week need ask for more."""
GOOD_ANSWERS = 1.1
"""How many times the creator's usual response rate a week may hope for that chooses its posts well."""
_WELCOMING = ("community",)


class Subject(NamedTuple):
    """What is measured: a plan, with all that is known of it."""

    item: CreatorItem
    context: CreatorContext
    draft: Draft
    plan: WeekPlan
    violations: Sequence[str]

    @property
    def rules(self) -> Rules:
        """What holds for this creator."""
        return rules_for(self.context.known, self.item.rules)


def measure(subject: Subject) -> Dimensions:
    """Measure all five; a week without posts has none of them."""
    if not subject.plan.main_posts:
        return Dimensions(compliance=0, value=0, authenticity=0, engagement=0, retention=0)
    return Dimensions(
        compliance=_bounded(compliance(subject)),
        value=_bounded(value(subject)),
        authenticity=_bounded(authenticity(subject)),
        engagement=_bounded(engagement(subject)),
        retention=_bounded(retention(subject)),
    )


def compliance(subject: Subject) -> float:
    """100, less 25 for each broken rule, 2 for each relaxed one (at most 20), and up to 50 for posts without copy."""
    relaxed = min(MOST_FOR_RELAXATIONS, RELAXATION_COSTS * len(subject.plan.relaxed))
    posts = subject.plan.main_posts
    manual = sum(post.needs_manual_copy for post in posts) / len(posts)
    return 100.0 - VIOLATION_COSTS * len(subject.violations) - relaxed - MANUAL_COSTS * manual


def value(subject: Subject) -> float:
    """100, less two for each percent that the main posts are to bring below what they would at their days' best hours.

    The best hours: the dearest post of a day in its best hour, the next in the next best and so on, one an hour, in
    hours that are allowed. No placement with posts so far apart brings much more. The less the forecast knows, the more
    of it is a guess that counts 75: where all hours seem alike, none of them was chosen well.
    """
    by_hour, sure = subject.draft.forecast.by_hour, subject.draft.forecast.confidence
    allowed = sorted((by_hour[hour] for hour in range(24) if hour not in subject.rules.avoid_hours), reverse=True)
    found = best = 0.0
    for posts in _by_day(subject.plan.main_posts).values():
        placed = [post for post in posts if post.hour is not None and by_hour[post.hour] > 0]
        worth = sorted((post.value / by_hour[post.hour or 0] for post in placed), reverse=True)
        found += sum(post.value for post in placed)
        best += sum(one * factor for one, factor in zip(worth, allowed, strict=False))
    measured = 100.0 - LOST_COSTS * 100.0 * (1.0 - found / best) if best else 0.0
    return sure * max(0.0, measured) + (1.0 - sure) * A_GUESS


def authenticity(subject: Subject) -> float:
    """A third each: times of day that do not repeat, forms that do not follow themselves, texts that differ.

    Times: twice the share of posts at a minute of the day that another post of the week has too is lost. Forms: the
    share of neighbours that differ in slot type or form. Texts: the share of copy whose first four words no other copy
    of the week has.
    """
    posts = subject.plan.main_posts
    times = [post.minute_of_day for post in posts if post.minute_of_day is not None]
    times_score = 1.0 - SAME_TIME_COSTS * (1.0 - _distinct(times))
    forms = [(post.slot_type, post.label) for post in posts]
    alike = sum(one == two for one, two in pairwise(forms))
    forms_score = 1.0 - alike / max(1, len(forms) - 1)
    texts = {copy.copy_id: copy.text for copy in subject.context.copies}
    openings = [_opening(texts[post.copy_id]) for post in posts if post.copy_id in texts]
    return 100.0 * (max(0.0, times_score) + forms_score + _distinct(openings)) / 3


def engagement(subject: Subject) -> float:
    """Half how strongly the copy asks for attention, half how well such posts are usually answered.

    Attention: the mean over posts with copy, in percent of 75. Answers: the mean response rate of the week's slot
    types, in percent of 1.1 times the creator's own mean; each is drawn towards that mean while its samples are few.
    """
    scores = subject.draft.attention.scores
    asked = [scores[post.copy_id] for post in subject.plan.posts if post.copy_id in scores]
    attention = min(1.0, sum(asked) / len(asked) / FULL_ATTENTION) if asked else 0.0
    return 100.0 * (attention + min(1.0, _answers(subject) / GOOD_ANSWERS)) / 2


def retention(subject: Subject) -> float:
    """A third each: community posts and thanks, a rested audience, offers that are few on any one day.

    Community: their share of the posts, in percent of 8. Audience: 100 less its risk. Offers: 100, less 25 for each
    beyond two on one day.
    """
    posts = subject.plan.main_posts
    share = sum(post.content_type in _WELCOMING for post in posts) / len(posts)
    offers = Counter(post.day for post in posts if post.content_type == "offer")
    crowded = sum(max(0, count - OFFERS_A_DAY) for count in offers.values())
    parts = 100.0 * min(1.0, share / COMMUNITY_SHARE), 100.0 - subject.draft.risk.score, max(0.0, 100.0 - 25 * crowded)
    return sum(parts) / 3


def _answers(subject: Subject) -> float:
    """The response rate to be expected of the week, as a share of the creator's usual one; 1 where nothing is known."""
    reach: Counter[str] = Counter()
    responses: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for sample in subject.context.samples:
        reach[sample.slot_type] += sample.reach
        responses[sample.slot_type] += sample.responses
        counts[sample.slot_type] += 1
    if not reach.total() or not responses.total():
        return 1.0
    usual = responses.total() / reach.total()

    def relative(slot_type: str) -> float:
        own = responses[slot_type] / reach[slot_type] / usual if reach[slot_type] else 1.0
        return (counts[slot_type] * own + FEW_SAMPLES) / (counts[slot_type] + FEW_SAMPLES)

    posts = subject.plan.main_posts
    return sum(relative(post.slot_type) for post in posts) / len(posts)


def _by_day(posts: Sequence[PlannedPost]) -> dict[int, list[PlannedPost]]:
    days: dict[int, list[PlannedPost]] = defaultdict(list)
    for post in posts:
        days[post.day].append(post)
    return days


def _opening(text: str) -> tuple[str, ...]:
    return tuple(text.casefold().split()[:WORDS_OF_AN_OPENING])


def _distinct(things: Sequence[object]) -> float:
    """Return the share of things that no other is equal to but the first of its kind; 1 for none."""
    return len(set(things)) / len(things) if things else 1.0


def _bounded(score: float) -> float:
    return round(min(100.0, max(0.0, score)), 2)
