"""What phase 12 decides, as data: places and contents of each week, and what was found.

They hold all that the answer depends on and nothing else, so that an answer can be kept under its problem. A post's
value is a product: what its place multiplies (day and hour) times what its content brings (slot type and copy).
"""

from __future__ import annotations

from statistics import fmean

from tasks.shape import Shape


class Spot(Shape):
    """A quarter of an hour near which a post may stand."""

    day: int
    hour: int
    moment: int
    """Minutes since the week began, as they really pass."""
    worth: float
    """What day and hour multiply a value by."""


class Candidate(Shape):
    """A copy that may be used."""

    copy_id: str
    factor: float
    """What it multiplies a value by."""
    is_shared: bool = False
    """Whether others of the group may use it, though not on the same day."""
    is_worn: bool = False
    """Whether it has rested less than is wanted, and may be used because nothing else fitted."""


class Kind(Shape):
    """A slot type that may be used."""

    slot_type: str
    content_type: str
    worth: float
    """US dollars of a post of it with middling copy at a middling place, with its follow-up where one is likely."""
    candidates: list[Candidate] = []
    """The best first."""
    needs: str = ""
    """Slot type of which a post must have gone before it in the week."""


class Bounds(Shape):
    """What the week must hold to, as it was relaxed."""

    posts: list[int]
    """By day."""
    spacing: list[int]
    """Minutes between posts, by day; between two days the smaller holds."""
    max_per_hour: int
    min_slot_types: int
    per_slot_type: int
    per_content_type: int
    by_hand: int
    """Posts whose copy a person has to write."""
    worn: int
    """Posts whose copy has rested less than is wanted."""
    offers_a_day: int
    """Offers on one day, where the week can be arranged so."""
    focus: list[str] = []
    """By day, the content type that leads it, where the week can be arranged so; empty for none."""
    days_an_hour: int = 7
    """On how many days of the week the same hour may be used."""


class Peak(Shape):
    """How many post in a peak hour already."""

    day: int
    hour: int
    used: int


class Placed(Shape):
    """A post with its place and its content."""

    day: int
    hour: int
    slot_type: str
    copy_id: str | None = None
    """None where a person has to write it."""
    value: float
    """US dollars, with the follow-up that is to be expected of its kind."""


class WeekProblem(Shape):
    """One creator's week."""

    creator_id: str
    spots: list[Spot]
    """In order of time."""
    kinds: list[Kind]
    manual_factor: float
    """What a post's value is multiplied by whose copy a person has to write."""
    bounds: Bounds
    prime_hours: list[int] = []
    """The hours that the members of a group share out among them."""
    peak_share: float = 1.0
    """Share of the group that may post in one of them on one day."""
    peaks: list[Peak] = []
    """How many of the group post in one already, who are not solved now."""
    others: list[str] = []
    """Who they are."""
    barred: list[tuple[str, int]] = []
    """Copy, and the day on which somebody else of the group has it."""
    own: list[Placed] = []
    """The week as the phases made it, which holds where nothing better does."""
    keeps_own: bool = False
    """Whether that is all that is asked for."""
    seed: int = 0

    @property
    def level(self) -> float:
        """What a middling post at a middling place brings: what is won in a group is counted in these.

        In dollars, a member who earns little beside the others would be lost in the rounding.
        """
        if not self.spots or not self.kinds:
            return 1.0
        return fmean(spot.worth for spot in self.spots) * fmean(kind.worth for kind in self.kinds) or 1.0


class GroupProblem(Shape):
    """The weeks of those who are solved together, in the order of their ids; most often one."""

    weeks: list[WeekProblem]
    peaks: list[Peak] = []
    at_peak: int = 0
    """How many of the group may post in one peak hour of a day; 0 where nobody shares."""


class SolvedWeek(Shape):
    """Where one creator's posts stand."""

    creator_id: str
    posts: list[Placed]


class Solution(Shape):
    """What was found for all who were solved together."""

    weeks: list[SolvedWeek]
    peaks_held: bool = True
    """Whether the peak hours could be shared out as asked."""

    def posts_of(self, creator_id: str) -> list[Placed]:
        """Return the posts of a member, who is among them."""
        return next(week.posts for week in self.weeks if week.creator_id == creator_id)
