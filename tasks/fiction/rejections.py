"""What persons have said of a batch's items that they rejected."""

from __future__ import annotations

from collections import defaultdict

from tasks.ledger.looking import looking


def rejections(batch_id: str) -> dict[str, list[str]]:
    """Return by item what was said each time that it was rejected, the oldest first."""
    query = (
        "SELECT item_id, note FROM review_decision WHERE batch_id = ? AND decision = 'reject' ORDER BY decided_at, id"
    )
    found: dict[str, list[str]] = defaultdict(list)
    with looking() as glance:
        for row in glance.execute(query, (batch_id,)) if glance is not None else ():
            found[row["item_id"]].append(row["note"])
    return found
