"""What the phases find out, beside the plan itself."""

from __future__ import annotations

from enum import StrEnum

from tasks.creators.week_plan import WeekPlan
from tasks.shape import Shape


class Readiness(StrEnum):
    """What preflight says; a BLOCK is an error and has no value here."""

    READY = "READY"
    WARN = "WARN"


class Check(Shape):
    """One thing that was looked at."""

    name: str
    passed: bool
    note: str = ""


class Preflight(Shape):
    """Whether a week can be planned."""

    status: Readiness
    checks: list[Check]


class Risk(StrEnum):
    """How worn an audience is: below 25, 50, 75, and above."""

    LOW = "LOW"
    MODERATE = "MODERATE"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class SegmentRisk(Shape):
    """The risk of one segment."""

    segment: str
    score: float
    risk: Risk


class AudienceRisk(Shape):
    """How far the audience is from being tired of it."""

    score: float
    risk: Risk
    segments: list[SegmentRisk] = []
    note: str = ""


class WindowMetrics(Shape):
    """What the last so many days brought."""

    days: int
    posts: int
    value: float
    value_per_post: float
    response_rate: float


class Performance(Shape):
    """How it has gone lately."""

    windows: list[WindowMetrics]
    """7, 14 and 30 days."""
    saturation: float
    """From 0 to 100: how much value a post has lost with more of them."""
    opportunity: float
    """From 0 to 100: how much room there is for more."""
    confidence: float
    """From 0 to 1: how much the samples can say at all."""


class Forecast(Shape):
    """What a post is worth by slot type, day and hour, as factors of one level.

    Factors, because few creators have samples for one in ten of the combinations; each factor is drawn towards
    that of similar creators, the more so the fewer samples there are.
    """

    level: float
    """US dollars of a middling post."""
    by_slot_type: dict[str, float]
    by_day: list[float]
    """Monday first."""
    by_hour: list[float]
    spread: float
    """Standard deviation of the logarithm of one post's value around the prediction."""
    level_error: float
    """Standard error of the logarithm of the level: it moves all posts of a week together."""
    confidence: float
    """From 0 to 1; it moves the thresholds of the gate."""
    samples: int
    """Own samples it rests on."""
    usual_copy: float = 50.0
    """Score of middling copy of this creator: what samples hold already, so that it neither adds nor takes."""
    why: str = ""

    def value(self, slot_type: str, day: int, hour: int) -> float:
        """Return US dollars expected of a post."""
        return self.level * self.by_slot_type.get(slot_type, 1.0) * self.by_day[day] * self.by_hour[hour]


class Attention(Shape):
    """How strongly copy asks for attention, from 0 to 100, by copy id."""

    scores: dict[str, float]
    by_model: str = ""
    """The model that scored; empty where rules did."""
    note: str = ""
    """Why no model scored although one was asked."""


class Price(Shape):
    """What posts of a slot type ask for, unless their copy has a price of its own."""

    slot_type: str
    price: float
    """US dollars."""
    why: str = ""


class Prices(Shape):
    """The prices of a week; slot types that sell nothing have none."""

    prices: list[Price] = []


class Draft(Shape):
    """A week that is whole: what phase 11 puts together of all that was found before it."""

    plan: WeekPlan
    forecast: Forecast
    attention: Attention
    preflight: Preflight
    risk: AudienceRisk
    performance: Performance


class Critique(Shape):
    """What the strategic critic says."""

    approves: bool
    score: float
    """From 0 to 100."""
    remarks: list[str] = []
    by_model: str = ""


class Verdict(StrEnum):
    """What the gate says of a schedule."""

    APPROVED = "APPROVED"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    REJECTED = "REJECTED"


class Consensus(StrEnum):
    """How far two judges agree."""

    FULL_CONSENSUS = "FULL_CONSENSUS"
    PARTIAL = "PARTIAL"
    REQUIRES_REVIEW = "REQUIRES_REVIEW"
    REJECTED = "REJECTED"


class Dimensions(Shape):
    """The five sides of quality, each from 0 to 100."""

    compliance: float
    value: float
    authenticity: float
    engagement: float
    retention: float


class Quality(Shape):
    """What the two judges say, and what follows from it."""

    status: Verdict
    score: float
    """Combined, from 0 to 100."""
    primary: float
    expert: float
    consensus: Consensus
    confidence: float
    """From 0 to 1: how sure the verdict is, by how far the judges agree."""
    dimensions: Dimensions
    thresholds: tuple[float, float]
    """From which score it is approved, and from which it may be saved."""
    violations: list[str] = []
    """Rules that are broken; one of them rejects whatever the score."""
    remarks: list[str] = []
    returned: int = 0
    """How often it was sent back to an earlier phase."""
    by_model: str = ""
    """The model that was the expert; empty where rules were."""
    shown: float | None = None
    """What a model scored whose word does not count (gates: draft); `expert` is the rules' then."""


class Judged(Shape):
    """A plan and what the judges say of it: the one they were given, or what came of sending it back."""

    plan: WeekPlan
    quality: Quality


class Anomaly(Shape):
    """Something odd."""

    severity: str
    """CRITICAL, HIGH, MEDIUM or LOW."""
    what: str


class Anomalies(Shape):
    """What is odd about a schedule before it is saved."""

    found: list[Anomaly] = []
