"""Two judges, one verdict."""

from __future__ import annotations

from typing import NamedTuple

from tasks.creators.findings import Consensus, Verdict
from tasks.creators.gates import Gates, Thresholds


class Agreement(NamedTuple):
    """What two scores come to."""

    consensus: Consensus
    score: float
    """Combined, from 0 to 100."""
    status: Verdict
    certainty: float
    diverges: bool
    """Whether the judges lie further apart than they should."""


def agree(primary: float, expert: float, thresholds: Thresholds, gates: Gates) -> Agreement:
    """Put the two judges' scores together: one who rejects is enough, both must approve for full consensus.

    Where only one approves, the combined score decides.
    """
    verdicts = {thresholds.verdict(primary), thresholds.verdict(expert)}
    score = gates.primary_share * primary + (1 - gates.primary_share) * expert
    consensus = _consensus(verdicts)
    status = {
        Consensus.REJECTED: Verdict.REJECTED,
        Consensus.REQUIRES_REVIEW: Verdict.NEEDS_REVIEW,
        Consensus.PARTIAL: thresholds.verdict(score),
        Consensus.FULL_CONSENSUS: Verdict.APPROVED,
    }[consensus]
    diverges = abs(primary - expert) > gates.divergence
    return Agreement(consensus, score, status, gates.certainty.of(consensus), diverges)


def _consensus(verdicts: set[Verdict]) -> Consensus:
    if Verdict.REJECTED in verdicts:
        return Consensus.REJECTED
    if len(verdicts) == 2:
        return Consensus.PARTIAL
    return Consensus.FULL_CONSENSUS if Verdict.APPROVED in verdicts else Consensus.REQUIRES_REVIEW
