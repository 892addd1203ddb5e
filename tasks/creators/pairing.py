"""The second search: which content stands at which place, exactly.

A post's value is a product of its place and its content. Once both sides are chosen, pairing them is an assignment,
which is solved to its optimum; what days are for, and who of a group has a copy on which day, is decided here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tasks.creators.choosing import Chosen, Content
from tasks.creators.problem import GroupProblem, Placed, SolvedWeek, Spot, WeekProblem
from tasks.creators.search import Terms, search, total

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar


LED_SHARE = 0.002
"""Of a week's value, what it is worth that a day is led by its focus and not crowded with offers."""


def pair(problem: GroupProblem, chosen: Sequence[Chosen]) -> list[SolvedWeek] | None:
    """Pair places and contents of all weeks together; none where that is not possible."""
    from ortools.sat.python.cp_model import CpModel

    model, terms = CpModel(), Terms()
    weeks = [_Pairs(model, terms, week, each) for week, each in zip(problem.weeks, chosen, strict=True)]
    shared: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
    for week in weeks:
        week.lead_days()
        for at, flags in week.shared.items():
            shared[at] += flags
    for flags in shared.values():
        if len(flags) > 1:
            model.add_at_most_one(flags)
    solver = search(model, terms, problem.weeks[0].seed)
    if solver is None:
        return None
    return [
        SolvedWeek(
            creator_id=week.week.creator_id, posts=[post for post, flag in week.pairs if solver.boolean_value(flag)]
        )
        for week in weeks
    ]


class _Pairs:
    """All pairs of one week, each place and each content in exactly one of those that are used."""

    def __init__(self, model: CpModel, terms: Terms, week: WeekProblem, chosen: Chosen) -> None:
        self.week = week
        self._model, self._terms, self._level = model, terms, week.level
        self.pairs: list[tuple[Placed, IntVar]] = []
        self.shared: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
        """Pairs that use shared copy, by copy and day."""
        self._by_content_type: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
        self._at: dict[str, list[tuple[int, IntVar]]] = defaultdict(list)
        """Moments and pairs by slot type."""
        sides: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
        barred = set(week.barred)
        for left, spot in enumerate(chosen.spots):
            for right, content in enumerate(chosen.contents):
                kind, copy = content
                if copy is not None and (copy.copy_id, spot.day) in barred:
                    continue
                flag = model.new_bool_var("")
                post = _placed(week, spot, content)
                terms.add(flag, post.value, level=self._level)
                self.pairs.append((post, flag))
                sides["place", left].append(flag)
                sides["content", right].append(flag)
                self._by_content_type[kind.content_type, spot.day].append(flag)
                if copy is not None and copy.is_shared:
                    self.shared[copy.copy_id, spot.day].append(flag)
                self._at[kind.slot_type].append((spot.moment, flag))
        for flags in sides.values():
            model.add_exactly_one(flags)
        self._take_turns()

    def lead_days(self) -> None:
        """Let days gain by it that their focus leads them, there and no less often than others, and offers are few."""
        bounds, content_types = self.week.bounds, sorted({name for name, _ in self._by_content_type})
        gain = LED_SHARE * sum(bounds.posts) * max((post.value for post, _ in self.pairs), default=0.0) / 2
        for day, focus in enumerate(bounds.focus):
            counts = {name: total(self._by_content_type[name, day]) for name in content_types}
            if "offer" in counts:
                few = self._gaining(gain)
                self._model.add(counts["offer"] <= bounds.offers_a_day).only_enforce_if(few)
            if focus in counts and bounds.posts[day]:
                led = self._gaining(gain)
                self._model.add(counts[focus] >= 1).only_enforce_if(led)
                for name in content_types:
                    if name != focus:
                        self._model.add(counts[focus] >= counts[name]).only_enforce_if(led)

    def _take_turns(self) -> None:
        """Nothing goes before what it needs."""
        for kind in self.week.kinds:
            for moment, flag in self._at[kind.slot_type] if kind.needs else ():
                self._model.add(flag <= total(each for at, each in self._at[kind.needs] if at < moment))

    def _gaining(self, gain: float) -> IntVar:
        flag = self._model.new_bool_var("")
        self._terms.add(flag, gain, level=self._level)
        return flag


def _placed(week: WeekProblem, spot: Spot, content: Content) -> Placed:
    kind, copy = content
    factor = week.manual_factor if copy is None else copy.factor
    copy_id = None if copy is None else copy.copy_id
    value = spot.worth * kind.worth * factor
    return Placed(day=spot.day, hour=spot.hour, slot_type=kind.slot_type, copy_id=copy_id, value=value)
