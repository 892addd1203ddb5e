"""The numbers of the gate: what the dimensions weigh, which scores are needed, and how two judges are put together.

The defaults are those that users of such schedules know. A spec changes them under `quality`.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tasks.creators.findings import Consensus, Dimensions, Verdict
from tasks.shape import Shape

Score = Annotated[float, Field(ge=0, le=100)]
Part = Annotated[float, Field(ge=0, le=1)]


class Thresholds(NamedTuple):
    """From which score a schedule is approved, and from which it may be saved for review."""

    approved: float
    review: float

    def verdict(self, score: float) -> Verdict:
        """Say what a score is worth."""
        if score >= self.approved:
            return Verdict.APPROVED
        return Verdict.NEEDS_REVIEW if score >= self.review else Verdict.REJECTED


class DimensionWeights(Shape):
    """What each side of quality weighs; they count in proportion to their sum."""

    model_config = ConfigDict(extra="forbid")

    compliance: Part = 0.30
    value: Part = 0.25
    authenticity: Part = 0.20
    engagement: Part = 0.15
    retention: Part = 0.10

    def score(self, dimensions: Dimensions) -> float:
        """Put the five together."""
        weights: dict[str, float] = self.model_dump()
        scores: dict[str, float] = dimensions.model_dump()
        return sum(weight * scores[name] for name, weight in weights.items()) / sum(weights.values())

    def weakest(self, dimensions: Dimensions) -> str:
        """Name the dimension that costs the schedule most."""
        lost = {name: weight * (100 - getattr(dimensions, name)) for name, weight in self.model_dump().items()}
        return max(lost, key=lambda name: lost[name])


def _some(weights: DimensionWeights) -> DimensionWeights:
    if not sum(weights.model_dump().values()) > 0:
        raise PydanticCustomError("weights", "at least one weight should be above 0")
    return weights


class Band(Shape):
    """The thresholds that hold from some confidence of the forecast on."""

    model_config = ConfigDict(extra="forbid")

    confidence_from: Part
    approved: Score
    review: Score


def _ordered(bands: list[Band]) -> list[Band]:
    starts = [band.confidence_from for band in bands]
    if starts != sorted(set(starts), reverse=True) or starts[-1] != 0:
        raise PydanticCustomError("bands", "bands should go from the highest confidence down to one from 0")
    if any(band.review > band.approved for band in bands):
        raise PydanticCustomError("bands", "what is approved should not need less than what is reviewed")
    return bands


class Certainty(Shape):
    """How sure a verdict is, by how far the judges agree."""

    model_config = ConfigDict(extra="forbid")

    full_consensus: Part = 0.95
    partial: Part = 0.75
    requires_review: Part = 0.50
    rejected: Part = 0.0

    def of(self, consensus: Consensus) -> float:
        """Return how sure it is."""
        return float(getattr(self, consensus.value.lower()))


class Gates(Shape):
    """The numbers that two judges go by."""

    model_config = ConfigDict(extra="forbid")

    weights: Annotated[DimensionWeights, AfterValidator(_some)] = DimensionWeights()
    """What each dimension weighs."""
    bands: Annotated[list[Band], Field(min_length=1), AfterValidator(_ordered)] = [
        Band(confidence_from=0.8, approved=85, review=70),
        Band(confidence_from=0.5, approved=80, review=65),
        Band(confidence_from=0.0, approved=75, review=60),
    ]
    """Which scores are needed, by how much the forecast knows: where little is known, nobody can score high."""
    abort_below: Score = 50.0
    """A schedule below it is not sent back to be made better."""
    primary_share: Part = 0.6
    """What the first judge's score counts; the rest is the expert's."""
    divergence: Score = 15.0
    """From how many points between the judges on it is noted."""
    critic_approves: Score = 70.0
    """The strategic critic approves from here on; what it does not approve is never approved unseen."""
    returns: Annotated[int, Field(ge=0, le=1)] = 1
    """How often a rejected week goes back to phase 12."""
    certainty: Certainty = Certainty()
    """How sure a verdict is."""

    def thresholds(self, confidence: float) -> Thresholds:
        """Return those that hold at a forecast's confidence."""
        band = next(band for band in self.bands if confidence >= band.confidence_from)
        return Thresholds(band.approved, band.review)
