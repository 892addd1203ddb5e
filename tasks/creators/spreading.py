"""Slot types over the days of a week: no day like the next, and each with something that leads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tasks.creators.mix import content_of

_FULL_DAY = 4
"""Posts from which a day has two of the content type that leads it; a shorter one has one, which comes first."""


def spread(counts: Mapping[str, int], per_day: Sequence[int], weights: Mapping[str, float]) -> list[list[str]]:
    """Return each day's slot types, first what leads it; all together they are `counts`.

    A slot type that has many posts left for the days left comes first; the same one twice a day, and one of
    yesterday's, come last.
    """
    left = Counter(counts)
    days: list[list[str]] = []
    for day, (posts, focus) in enumerate(zip(per_day, _leads(counts, len(per_day)), strict=True)):
        names: list[str] = []
        yesterday = days[-1] if days else []
        leading = [focus] * (2 if posts >= _FULL_DAY else 1)
        for _ in range(posts):
            options = [name for name, number in left.items() if number > 0]
            name = max(
                options,
                key=lambda name: (
                    _urgency(name, left[name] / (len(per_day) - day), names, yesterday, leading),
                    weights.get(name, 0.0),
                    name,
                ),
            )
            names.append(name)
            left[name] -= 1
        days.append(names)
    return days


def lead(names: Sequence[str]) -> tuple[str, int]:
    """Return the content type with most of a day's posts, the earliest named of several, and how many it has."""
    contents = Counter(content_of(name) for name in names)
    return contents.most_common(1)[0] if contents else ("", 0)


def _urgency(
    name: str, left_per_day: float, today: Sequence[str], yesterday: Sequence[str], leading: Sequence[str]
) -> float:
    content = content_of(name)
    same_content = sum(content_of(other) == content for other in today)
    is_leading = same_content < leading.count(content)
    return (
        left_per_day
        - 5.0 * today.count(name)
        - 0.3 * (name in yesterday)
        + (1.0 if is_leading else -0.5 * same_content)
    )


def _leads(counts: Mapping[str, int], days: int) -> list[str]:
    """Return a content type for each day to lead it: as often as it has posts, and evenly over the week."""
    contents: Counter[str] = Counter()
    for name, number in counts.items():
        contents[content_of(name)] += number
    credit = Counter(dict.fromkeys(contents, 0))
    leads = []
    for _ in range(days):
        credit.update(contents)
        leading = max(credit, key=lambda content: (credit[content], content), default="")
        credit[leading] -= contents.total()
        leads.append(leading)
    return leads
