"""To be written."""

from __future__ import annotations

from tasks.creators.findings import Anomalies, Judged
from tasks.shape import Shape


class Certificate(Shape):
    """To be written."""

    version: str = "1"
    subject: str
    timestamp: str
    status: str
    score: float
    items_validated: int
    violations: dict[str, int] = {}
    checks: dict[str, bool] = {}
    signature: str
    """`sha256:` and the hash of what is certified."""


def certify(body: bytes, judged: Judged, odd: Anomalies, *, subject: str, items: int) -> Certificate:
    """To be written."""
    raise NotImplementedError
