"""A week as it takes shape: phases 4 to 12 each fill in more of the same plan."""

from __future__ import annotations

from tasks.shape import Shape


class PlannedPost(Shape):
    """A post of the week. What is not decided yet is None."""

    post_id: str
    """Within the plan: day and number, such as `2-03`; a follow-up adds `f` to its parent's."""
    day: int
    """Monday is 0."""
    slot_type: str
    content_type: str
    hour: int | None = None
    """Hour of the creator's clock that it was placed in; its minute lies within it."""
    minute_of_day: int | None = None
    """Minutes after midnight of the creator's clock."""
    copy_id: str | None = None
    copy_score: float | None = None
    """From 0 to 100."""
    needs_manual_copy: bool = False
    has_own_text: bool = False
    """Whether a person wrote its text, which no copy has."""
    parent: str | None = None
    """The post that it follows up on."""
    value: float = 0.0
    """US dollars predicted, the copy's share included."""
    low: float = 0.0
    high: float = 0.0
    price: float | None = None
    """US dollars; none where nothing is sold."""
    label: str = ""
    """What phase 10 says of its form, such as `question first`."""


class DayStrategy(Shape):
    """What a day is for; it is judged against it at the end."""

    day: int
    posts: int
    focus: str
    """Content type that leads that day."""
    why: str = ""


class Relaxation(Shape):
    """A rule that nothing fitted under, and what held instead."""

    phase: str
    rule: str
    """Field of `Rules`."""
    wanted: str
    held: str
    why: str = ""
    applies_to: str = ""
    """The slot type, or the day (`0` is Monday), that it holds for; empty for the whole week."""
    bound: float | None = None
    """What held, as a number: posts, share, days or minutes."""


class CopyChoice(Shape):
    """A copy that may serve a slot type, with its score for it."""

    copy_id: str
    score: float
    """From 0 to 100, by the weights."""
    is_shared: bool = False


class WeekPlan(Shape):
    """The week. Posts stand in order of day and time, as far as these are known."""

    posts: list[PlannedPost] = []
    strategy: list[DayStrategy] = []
    """Decided in phase 4, and kept for the judges."""
    shortlists: dict[str, list[CopyChoice]] = {}
    """By slot type, what phase 7 found usable under the rule that held, the best first."""
    relaxed: list[Relaxation] = []
    repairs: list[str] = []
    """What variety, spacing and the like have changed, in words."""

    @property
    def main_posts(self) -> list[PlannedPost]:
        """Those that follow up on nothing."""
        return [post for post in self.posts if post.parent is None]

    def bound(self, rule: str, applies_to: str, wanted: float) -> float:
        """Return what holds of a rule for a slot type, a day or the week: what it was relaxed to, else `wanted`."""
        relaxed = [each.bound for each in self.relaxed if each.rule == rule and each.applies_to in ("", applies_to)]
        return next((bound for bound in reversed(relaxed) if bound is not None), wanted)
