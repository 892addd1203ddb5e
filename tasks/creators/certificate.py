"""The certificate of a schedule: what was checked, what came of it, and a hash that shows whether it was changed since.

The signature has no key: it says that a file is as it was made, and not who made it. The ids of a schedule and the
times of its making are no part of it, so the same input and seed give the same signature.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tasks.creators.anomalies import CRITICAL, HIGH, final_status
from tasks.creators.findings import Anomalies, Consensus, Judged, Verdict
from tasks.shape import Shape

NOT_SIGNED = ("schedule_id", "generated_at", "revised_at", "certificate")
"""Fields of a schedule that two makings of the same one differ in."""
_HASH = "sha256:"


class Certificate(Shape):
    """What a schedule was found to be."""

    version: str = "1"
    subject: str
    """Whose schedule it is, and of which week."""
    timestamp: str
    """ISO 8601, UTC."""
    status: str
    """APPROVED, NEEDS_REVIEW or REJECTED."""
    score: float
    items_validated: int
    violations: dict[str, int] = {}
    """How many were found, by rule."""
    checks: dict[str, bool] = {}
    """What was looked at, and whether it is as it should be."""
    signature: str
    """`sha256:` and the hash of what is certified and of this certificate, its timestamp apart."""


def certify(
    body: bytes, judged: Judged, odd: Anomalies, *, subject: str, items: int, decided: Verdict | None = None
) -> Certificate:
    """Certify what `signed_bytes` returns of a schedule; what a person has decided goes before all verdicts."""
    certificate = Certificate(
        subject=subject,
        timestamp=datetime.now(UTC).isoformat(timespec="seconds"),
        status=(decided or final_status(judged, odd)).value,
        score=judged.quality.score,
        items_validated=items,
        violations=dict(Counter(violation.partition(":")[0] for violation in judged.quality.violations)),
        checks=_checks(judged, odd),
        signature="",
    )
    return certificate.model_copy(update={"signature": _signature(certificate, body)})


def is_genuine(certificate: Certificate, body: bytes) -> bool:
    """Say whether both the schedule and its certificate are as they were made."""
    return hmac.compare_digest(certificate.signature.encode(), _signature(certificate, body).encode())


def signed_bytes(schedule: Mapping[str, Any]) -> bytes:
    """Return what is certified of a schedule, as its JSON file has it: all but `NOT_SIGNED`, written in one way."""
    return _canonical({name: value for name, value in schedule.items() if name not in NOT_SIGNED})


def _checks(judged: Judged, odd: Anomalies) -> dict[str, bool]:
    quality, plan = judged.quality, judged.plan
    severities = {anomaly.severity for anomaly in odd.found}
    return {
        "rules_hold": not quality.violations,
        "no_rule_relaxed": not plan.relaxed,
        "copy_complete": not any(post.needs_manual_copy for post in plan.posts),
        "judges_agree": quality.consensus is Consensus.FULL_CONSENSUS,
        "score_reached": quality.score >= quality.thresholds[0],
        "nothing_odd": not severities & {CRITICAL, HIGH},
    }


def _signature(certificate: Certificate, body: bytes) -> str:
    said = _canonical(certificate.model_dump(mode="json", exclude={"timestamp", "signature"}))
    return _HASH + hashlib.sha256(b"%d:%b%b" % (len(said), said, body)).hexdigest()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
