"""Options that several commands share."""

from __future__ import annotations

import argparse
import re

MODES = ("collect", "fail_fast", "retry")
REUSES = ("never", "batch", "always")
_BATCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def common(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes."""
    parser.add_argument("--json", action="store_true", help="print one JSON document on standard output, nothing else")
    parser.add_argument("--verbose", action="store_true", help="show Prefect's own log lines, and where faults arose")


def batch_id(text: str) -> str:
    """Check a batch id."""
    if not _BATCH_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a batch id: up to 100 letters, digits, '.', '_', '-', beginning with a letter or digit"
        )
    return text


def parallel(text: str) -> int:
    """Check an upper bound for parallel work."""
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)
