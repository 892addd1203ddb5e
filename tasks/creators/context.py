"""What is known of a creator when a week is planned: everything that the phases read, and nothing of anybody else."""

from __future__ import annotations

from datetime import date

from tasks.creators.rules import Rules, Tier
from tasks.shape import Sealed, Shape


class Profile(Shape):
    """Who a creator is."""

    creator_id: str
    page_name: str
    time_zone: str
    """IANA name, such as `Europe/Lisbon`."""
    is_active: bool = True
    audience_size: int = 0
    niche: str = ""
    """What it is about; creators of one niche are compared with each other."""
    persona: str = ""
    """The tone the audience knows, as copy names it."""
    group: str = ""
    """Creators who plan together; empty for none."""
    base_price: float = 0.0
    """US dollars."""
    rules: dict[str, object] = {}
    """Where this creator's rules differ from the batch's, by field of `Rules`."""

    @property
    def tier(self) -> Tier:
        """How much he posts."""
        return Tier.of(self.audience_size)


class Copy(Shape):
    """A text that can be posted."""

    copy_id: str
    text: str
    slot_type: str
    tone: str = ""
    performance: float = 50.0
    """How it has done so far, from 0 to 100."""
    price: float | None = None
    """US dollars; none where the creator's own holds."""
    last_used_on: date | None = None
    """Last day it went out before the planned week, also by a schedule that was saved."""
    next_used_on: date | None = None
    """First day it goes out after the planned week, by a schedule that was saved for a later one."""
    is_shared: bool = False
    """Whether others of the group use it too."""


class Sample(Shape):
    """What one post brought."""

    posted_on: date
    hour: int
    """The creator's own."""
    slot_type: str
    copy_id: str | None = None
    value: float
    """US dollars."""
    reach: int = 0
    """People who saw it."""
    responses: int = 0
    """People who answered, liked or bought."""


SEGMENTS = ("new", "regular", "lapsing")
"""What an audience is divided into."""


class AudienceWeek(Shape):
    """How large a segment of the audience was in a week."""

    week_start: date
    segment: str
    """One of `SEGMENTS`."""
    size: int


class PeerValue(Shape):
    """What similar creators' posts brought, without saying whose: sums that a mean and a spread follow from."""

    slot_type: str
    hour: int
    weekday: int
    """Monday is 0."""
    count: int
    log_sum: float
    """Sum of log(1 + value / level), where level is each peer's own mean: peers of different size compare."""
    log_square_sum: float


class Taken(Shape):
    """A post of another member of the group that stands already."""

    creator_id: str
    copy_text_id: str
    """The copy's id; empty where it has none."""
    day: int
    """Monday is 0."""
    hour: int


class CreatorContext(Sealed):
    """What the phases read. `profile` is none for a creator whom the roster does not know."""

    profile: Profile | None = None
    copies: list[Copy] = []
    samples: list[Sample] = []
    """Of the twelve weeks before the planned one, oldest first."""
    audience: list[AudienceWeek] = []
    peers: list[PeerValue] = []
    taken: list[Taken] = []
    """What members of the group, planned earlier and not now, have in that week."""

    @property
    def known(self) -> Profile:
        """The profile; a phase after preflight may rely on it."""
        assert self.profile is not None
        return self.profile


def rules_for(profile: Profile | None, given: Rules) -> Rules:
    """Lay a creator's own rules over the batch's."""
    if profile is None or not profile.rules:
        return given
    own = profile.rules
    if isinstance(a_day := own.get("posts_per_day"), dict):
        own = own | {"posts_per_day": given.posts_per_day | a_day}
    return Rules.model_validate(given.model_dump() | own)
