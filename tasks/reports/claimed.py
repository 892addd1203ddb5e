"""The files a batch writes about itself, claimed before any item can."""

from __future__ import annotations

import os
from pathlib import Path

from tasks.claims import Claims
from tasks.reports.files import report_paths
from tasks.reports.replies import reply_paths


def claims_of(kind: str, output_dir: Path, batch_id: str) -> Claims:
    """Begin the claims of a batch with its reports and replies."""
    claims = Claims()
    replies = (path for path, _ in reply_paths(kind, output_dir, batch_id))
    for path in (*report_paths(output_dir, batch_id), *replies):
        claims.claim(os.path.realpath(path), "the report of the batch")
    return claims
