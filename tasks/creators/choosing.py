"""The first search: which places and which contents a week gets, and not yet which content stands at which place.

For each, its value is taken at the mean of the other, so that what is a product of two decisions becomes a sum; with
both chosen, `pairing` reckons the product exactly.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from tasks.creators.problem import Candidate, GroupProblem, Kind, Spot, WeekProblem
from tasks.creators.search import Terms, search, total

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar

Content = tuple[Kind, Candidate | None]
"""A slot type with copy; none stands for copy that a person has to write."""


class Chosen(NamedTuple):
    """What one week is made of."""

    spots: list[Spot]
    contents: list[Content]


def choose(problem: GroupProblem, *, share_peaks: bool) -> list[Chosen] | None:
    """Choose places and contents for all weeks together; none where they do not fit."""
    from ortools.sat.python.cp_model import CpModel

    model, terms = CpModel(), Terms()
    weeks = [_Week(model, terms, week) for week in problem.weeks]
    _share_copy(model, weeks)
    if share_peaks and problem.at_peak:
        _share_peaks(model, weeks, problem)
    solver = search(model, terms, problem.weeks[0].seed)
    return None if solver is None else [week.chosen(solver) for week in weeks]


class _Week:
    """Variables and rules of one week, within a model that may hold several."""

    def __init__(self, model: CpModel, terms: Terms, week: WeekProblem) -> None:
        self.week = week
        self._model, self._terms, self._level = model, terms, week.level
        self.stands = [model.new_bool_var("") for _ in week.spots]
        self.copies: dict[str, list[IntVar]] = defaultdict(list)
        """Whether a copy is used, by copy id; under several slot types at most once."""
        self._contents: list[tuple[Content, IntVar]] = []
        self._fill_days()
        self._keep_distance()
        self._choose_contents()

    def chosen(self, solver: CpSolver) -> Chosen:
        """Read what was chosen."""
        spots = [spot for spot, stands in zip(self.week.spots, self.stands, strict=True) if solver.value(stands)]
        contents = [content for content, count in self._contents for _ in range(solver.value(count))]
        return Chosen(spots, contents)

    def _fill_days(self) -> None:
        """Each day has as many posts as were decided, and none too many in an hour; good hours bring more."""
        bounds, middling = self.week.bounds, self._middling_content()
        by_day: dict[int, list[IntVar]] = defaultdict(list)
        by_hour: dict[tuple[int, int], list[IntVar]] = defaultdict(list)
        for spot, stands in zip(self.week.spots, self.stands, strict=True):
            by_day[spot.day].append(stands)
            by_hour[spot.day, spot.hour].append(stands)
            self._terms.add(stands, middling * spot.worth, level=self._level)
        for day, posts in enumerate(bounds.posts):
            self._model.add(total(by_day[day]) == posts)
        for of_hour in by_hour.values():
            if len(of_hour) > bounds.max_per_hour:
                self._model.add(total(of_hour) <= bounds.max_per_hour)
        if bounds.days_an_hour < 7:
            for hour in {hour for _, hour in by_hour}:
                every = [stands for (_, other), of_hour in by_hour.items() if other == hour for stands in of_hour]
                self._model.add(total(every) <= bounds.days_an_hour)

    def _keep_distance(self) -> None:
        """No two posts are nearer than the spacing: of all places within one spacing, one is used at most."""
        spots, spacing = self.week.spots, self.week.bounds.spacing
        moments = [spot.moment for spot in spots]
        for index, spot in enumerate(spots):
            near = [self.stands[index]]
            for later in range(index + 1, bisect_left(moments, spot.moment + spacing[spot.day])):
                if moments[later] - spot.moment < min(spacing[spot.day], spacing[spots[later].day]):
                    near.append(self.stands[later])
            if len(near) > 1:
                self._model.add_at_most_one(near)

    def _choose_contents(self) -> None:
        """Enough slot types, not too much of any kind, each copy once."""
        bounds, place = self.week.bounds, self._middling_place()
        used, by_content_type = [], defaultdict(list)
        posts: dict[str, IntVar] = {}
        for kind in self.week.kinds:
            count = self._posts_of(kind, place)
            posts[kind.slot_type] = count
            by_content_type[kind.content_type].append(count)
            used.append(self._model.new_bool_var(""))
            self._model.add(count >= used[-1])
        for kind in self.week.kinds:
            if kind.needs:
                self._model.add(posts[kind.slot_type] <= posts.get(kind.needs, 0))
        self._model.add(total(used) >= bounds.min_slot_types)
        self._model.add(total(count for (_, copy), count in self._contents if copy is None) <= bounds.by_hand)
        worn = [used for (_, copy), used in self._contents if copy is not None and copy.is_worn]
        if len(worn) > bounds.worn:
            self._model.add(total(worn) <= bounds.worn)
        for counts in by_content_type.values():
            self._model.add(total(counts) <= bounds.per_content_type)
        self._model.add(total(count for counts in by_content_type.values() for count in counts) == sum(bounds.posts))
        for uses in self.copies.values():
            if len(uses) > 1:
                self._model.add_at_most_one(uses)

    def _posts_of(self, kind: Kind, place: float) -> IntVar:
        """Return how many posts of a slot type there are: one for each of its copies in use, and those by hand."""
        count = self._model.new_int_var(0, self.week.bounds.per_slot_type, "")
        parts = [self._model.new_int_var(0, self.week.bounds.per_slot_type, "")]
        self._contents.append(((kind, None), parts[0]))
        self._terms.add(parts[0], place * kind.worth * self.week.manual_factor, level=self._level)
        for candidate in kind.candidates:
            used = self._model.new_bool_var("")
            self.copies[candidate.copy_id].append(used)
            self._contents.append(((kind, candidate), used))
            self._terms.add(used, place * kind.worth * candidate.factor, level=self._level)
            parts.append(used)
        self._model.add(total(parts) == count)
        return count

    def _middling_content(self) -> float:
        return fmean(kind.worth for kind in self.week.kinds)

    def _middling_place(self) -> float:
        """What the places that are likely to be used multiply a value by: the best of each day."""
        best: list[float] = []
        for day, posts in enumerate(self.week.bounds.posts):
            hours = {spot.hour: spot.worth for spot in self.week.spots if spot.day == day}
            best += sorted(hours.values(), reverse=True)[:posts]
        return fmean(best) if best else 1.0


def _share_copy(model: CpModel, weeks: Sequence[_Week]) -> None:
    """Let no copy be used by more members than there are days, since each of them needs a day of its own."""
    uses: dict[str, list[IntVar]] = defaultdict(list)
    for week in weeks:
        for copy_id, flags in week.copies.items():
            uses[copy_id] += flags
    days = {week.week.creator_id: sum(posts > 0 for posts in week.week.bounds.posts) for week in weeks}
    barred = {copy_id for week in weeks for copy_id, _ in week.week.barred}
    for copy_id, flags in uses.items():
        most = min(days.values()) - (len(_days_barred(weeks, copy_id)) if copy_id in barred else 0)
        if len(flags) > most:
            model.add(total(flags) <= max(0, most))


def _days_barred(weeks: Sequence[_Week], copy_id: str) -> set[int]:
    return {day for week in weeks for barred, day in week.week.barred if barred == copy_id}


def _share_peaks(model: CpModel, weeks: Sequence[_Week], problem: GroupProblem) -> None:
    """Let no peak hour of a day be used by more members than may, those who are not solved here included."""
    used = {(peak.day, peak.hour): peak.used for peak in problem.peaks}
    users: dict[tuple[int, int], list[IntVar]] = defaultdict(list)
    for week in weeks:
        here: dict[tuple[int, int], list[IntVar]] = defaultdict(list)
        for spot, stands in zip(week.week.spots, week.stands, strict=True):
            if spot.hour in week.week.prime_hours:
                here[spot.day, spot.hour].append(stands)
        for at, flags in here.items():
            uses = model.new_bool_var("")
            for flag in flags:
                model.add_implication(flag, uses)
            users[at].append(uses)
    for at, flags in users.items():
        model.add(total(flags) <= max(0, problem.at_peak - used.get(at, 0)))
