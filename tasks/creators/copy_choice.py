"""Phase 7: copy for each post, the best to what is worth most, and each at most once a week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.copy_scores import Scored, scored_copies
from tasks.creators.findings import Forecast
from tasks.creators.models import CreatorItem
from tasks.creators.rules import Rules
from tasks.creators.values import value_of
from tasks.creators.week_plan import CopyChoice, PlannedPost, Relaxation, WeekPlan
from tasks.words import count as count_of

PHASE = "copy_selection"
LISTED = 40
"""Copies on a shortlist at most."""

Given = dict[str, Scored]
"""Copy by post id."""


def select(item: CreatorItem, context: CreatorContext, plan: WeekPlan, forecast: Forecast) -> WeekPlan:
    """Give each post copy of its slot type, and each slot type a shortlist of what else would do.

    How long copy must have rested is relaxed for the slot type that needs it alone, and only as far as it helps: posts
    that find none even so are marked for a person to write for. Copy that another of the group sends out that day is
    not used on it.
    """
    rules = rules_for(context.known, item.rules)
    scored = scored_copies(context, rules, item.week_start)
    taken: dict[int, set[str]] = defaultdict(set)
    for each in context.taken:
        taken[each.day].add(each.copy_text_id)
    posts: dict[str, list[PlannedPost]] = defaultdict(list)
    for post in sorted(plan.main_posts, key=lambda post: (-value_of(_bare(post), forecast, rules), post.post_id)):
        posts[post.slot_type].append(post)
    given: Given = {}
    bounds, relaxed = {}, []
    for slot_type, of_type in posts.items():
        chosen, bounds[slot_type] = _choose(of_type, scored.get(slot_type, []), taken, rules)
        given |= chosen
        relaxed += _relaxed(slot_type, of_type, scored.get(slot_type, []), bounds[slot_type], rules)
    filled = [_filled(post, given.get(post.post_id)) for post in plan.posts]
    return plan.model_copy(
        update={
            "posts": filled,
            "shortlists": _shortlists(scored, bounds, rules),
            "relaxed": [each for each in plan.relaxed if each.phase != PHASE] + relaxed,
            "repairs": plan.repairs + by_hand([post for post in filled if post.parent is None]),
        }
    )


def rests(rules: Rules) -> list[int]:
    """Return the days since a copy's last use that are wanted, and what they may be relaxed to, in order."""
    steps: list[int] = []
    for days in rules.reuse_days or [0]:
        if not steps or days < steps[-1]:
            steps.append(days)
    return steps


def _choose(
    posts: Sequence[PlannedPost], scored: Sequence[Scored], taken: Mapping[int, Collection[str]], rules: Rules
) -> tuple[Given, int]:
    """Return copy for the posts of one slot type, and the days of rest that held for it."""
    best: Given = {}
    held = rests(rules)[0]
    for days in rests(rules):
        given = _matched(posts, [each for each in scored if each.rested >= days], taken)
        if len(given) > len(best):
            best, held = given, days
        if len(best) == len(posts):
            break
    return best, held


def _matched(posts: Sequence[PlannedPost], scored: Sequence[Scored], taken: Mapping[int, Collection[str]]) -> Given:
    """Give as many posts as can be a copy of their own, the first posts the best copies.

    A post that finds none free on its day may have that of an earlier one which can do with another.
    """
    owners: dict[str, PlannedPost] = {}
    by_id = {each.copy.copy_id: each for each in scored}

    def give(post: PlannedPost, asked: set[str]) -> bool:
        options = [copy_id for copy_id in by_id if copy_id not in taken.get(post.day, ()) and copy_id not in asked]
        free = next((copy_id for copy_id in options if copy_id not in owners), None)
        if free is not None:
            owners[free] = post
            return True
        for copy_id in options:
            if copy_id not in asked:
                asked.add(copy_id)
                if give(owners[copy_id], asked):
                    owners[copy_id] = post
                    return True
        return False

    for post in posts:
        give(post, set())
    return {post.post_id: by_id[copy_id] for copy_id, post in owners.items()}


def _filled(post: PlannedPost, given: Scored | None) -> PlannedPost:
    if post.parent is not None:
        return post
    if given is None:
        return post.model_copy(update={"copy_id": None, "copy_score": None, "needs_manual_copy": True})
    update = {"copy_id": given.copy.copy_id, "copy_score": given.score, "needs_manual_copy": False}
    return post.model_copy(update=update)


def _bare(post: PlannedPost) -> PlannedPost:
    """Return the post as it would be without copy: what it had before must not say what it gets."""
    return post.model_copy(update={"copy_score": None, "needs_manual_copy": False})


def _shortlists(
    scored: Mapping[str, Sequence[Scored]], bounds: Mapping[str, int], rules: Rules
) -> dict[str, list[CopyChoice]]:
    """Return for each slot type what is usable under what holds for it; where the week has none, what is wanted."""
    found = {}
    for slot_type, of_type in scored.items():
        days = bounds.get(slot_type, rests(rules)[0])
        usable = [each for each in of_type if each.rested >= days][:LISTED]
        if usable:
            found[slot_type] = [
                CopyChoice(copy_id=each.copy.copy_id, score=each.score, is_shared=each.copy.is_shared)
                for each in usable
            ]
    return found


def _relaxed(
    slot_type: str, posts: Sequence[PlannedPost], scored: Sequence[Scored], held: int, rules: Rules
) -> list[Relaxation]:
    wanted = rests(rules)[0]
    if held == wanted:
        return []
    rested = sum(each.rested >= wanted for each in scored)
    why = (
        f"{slot_type}: {rested} of {count_of(len(scored), 'text')} rested so long, for {count_of(len(posts), 'post')}."
    )
    return [
        Relaxation(
            phase=PHASE,
            rule="reuse_days",
            wanted=count_of(wanted, "day"),
            held=count_of(held, "day"),
            why=why,
            applies_to=slot_type,
            bound=held,
        )
    ]


def by_hand(posts: Sequence[PlannedPost]) -> list[str]:
    """Say of which slot types posts need copy that a person writes."""
    wanted = Counter(post.slot_type for post in posts)
    missing = Counter(post.slot_type for post in posts if post.needs_manual_copy)
    return [
        f"{slot_type}: {number} of {count_of(wanted[slot_type], 'post')} need copy written by hand."
        for slot_type, number in missing.items()
    ]
