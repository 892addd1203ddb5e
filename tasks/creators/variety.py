"""Phase 5: a week of enough different kinds, and not too much of any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tasks.creators.clock import DAY_NAMES
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.mix import PHASE, Mix, content_of, mix_of
from tasks.creators.models import CreatorItem
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.supply import Supply, supplies
from tasks.creators.turns import in_turn
from tasks.creators.week_plan import PlannedPost, WeekPlan
from tasks.words import count as count_of


def enforce(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> WeekPlan:
    """Change as few posts as it takes for the week to hold to the rules of variety, each change said.

    No post is added, taken away or moved. What cannot be held in so small a week, or with so little copy, is relaxed.
    """
    rules = rules_for(context.known, item.rules)
    supply = supplies(context, rules, item.week_start)
    mix, relaxed = mix_of(len(plan.posts), supply, rules)
    posts, repairs = _repaired(plan, mix, supply)
    if _next_change(_counted(posts), mix, supply):
        # What has to come on a later day than another has none, and was made one more of that other: it is left out.
        supply = {name: each for name, each in supply.items() if not SLOT_TYPES[name].needs}
        mix, relaxed = mix_of(len(plan.posts), supply, rules)
        posts, repairs = _repaired(plan, mix, supply)
    kept = [each for each in plan.relaxed if each.phase != PHASE]
    return plan.model_copy(update={"posts": posts, "relaxed": kept + relaxed, "repairs": plan.repairs + repairs})


def _repaired(plan: WeekPlan, mix: Mix, supply: Mapping[str, Supply]) -> tuple[list[PlannedPost], list[str]]:
    """Return the posts within the bounds and then in their turns, and what was changed."""
    posts, repairs = list(plan.posts), []
    focus = {strategy.day: strategy.focus for strategy in plan.strategy}
    while change := _next_change(_counted(posts), mix, supply):
        old, new, why = change
        index = _least_missed(posts, old, new, focus)
        posts[index] = posts[index].model_copy(update={"slot_type": new, "content_type": content_of(new)})
        repairs.append(f"{DAY_NAMES[posts[index].day]}: {old} became {new}, because {why}.")
    posts, turned = in_turn(posts)
    return posts, repairs + turned


def _counted(posts: Iterable[PlannedPost]) -> Counter[str]:
    return Counter(post.slot_type for post in posts)


def _next_change(counts: Counter[str], mix: Mix, supply: Mapping[str, Supply]) -> tuple[str, str, str] | None:
    """Return the slot type to take a post from, the one to give it to, and why; None when all holds."""
    for old, why in _too_many(counts, mix):
        rest = counts - Counter([old])
        options = [name for name in mix.types if name != old and mix.room(rest, name) > 0]
        if options:
            is_varied = len(rest) >= mix.least_types
            return old, min(options, key=lambda name: _rank(name, rest, supply[name], is_varied)), why
    return _one_more_type(counts, mix) if len(counts) < mix.least_types else None


def _too_many(counts: Counter[str], mix: Mix) -> Iterator[tuple[str, str]]:
    """Slot types of which there are too many posts, and why; those that may not be used at all come first."""
    contents: Counter[str] = Counter()
    for name, count in counts.items():
        contents[content_of(name)] += count
    by_count = sorted(counts, key=lambda name: (-counts[name], name))
    for name in by_count:
        if name not in mix.types:
            slot = SLOT_TYPES.get(name)
            no_day = f", or there is no day for it after {slot.needs}" if slot and slot.needs else ""
            yield name, f"there is no copy for it, or it is excluded{no_day}"
    for name in by_count:
        if counts[name] > mix.most_of_type:
            yield name, f"it had {counts[name]} of {count_of(mix.posts, 'post')} and may have {mix.most_of_type}"
    for name in by_count:
        content = content_of(name)
        if contents[content] > mix.most_of_content:
            of_all = f"{contents[content]} of {count_of(mix.posts, 'post')}"
            yield name, f"{content} had {of_all} and may have {mix.most_of_content}"


def _one_more_type(counts: Counter[str], mix: Mix) -> tuple[str, str, str] | None:
    for new in mix.types:
        if counts[new]:
            continue
        is_free = mix.room(counts, new) > 0
        from_these = [name for name in counts if is_free or content_of(name) == content_of(new)]
        old = max(from_these, key=lambda name: (counts[name], name), default="")
        if counts[old] > 1:
            return old, new, f"the week had {count_of(len(counts), 'slot type')} of at least {mix.least_types}"
    return None


def _rank(name: str, counts: Counter[str], supply: Supply, is_varied: bool) -> tuple[bool, bool, float]:
    """Order in which slot types get a post: missing variety, then copy that is left, then weight shared by posts."""
    count = counts[name]
    return not is_varied and count > 0, count >= supply.usable, -supply.weight / (count + 1)


def _least_missed(posts: list[PlannedPost], old: str, new: str, focus: Mapping[int, str]) -> int:
    """Return which post of a slot type to change: one that its day has twice, does not lead, and late in the week."""

    def key(index: int) -> tuple[int, bool, int, int]:
        day = posts[index].day
        of_day = [post.slot_type for post in posts if post.day == day]
        return -of_day.count(old), focus.get(day) == posts[index].content_type, of_day.count(new), -index

    return min((index for index, post in enumerate(posts) if post.slot_type == old), key=key)
