"""Options that several commands share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.models import JsonObject

MODES = ("collect", "fail_fast", "retry")
REUSES = ("never", "batch", "always")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_AGE = re.compile(r"(\d{1,6}(?:\.\d+)?)([smhdw])")
_HOUR = re.compile(r"\d{1,2}:\d\d")
_BATCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def common(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes."""
    parser.add_argument("--json", action="store_true", help="print one JSON document on standard output, nothing else")
    parser.add_argument("--verbose", action="store_true", help="show Prefect's own log lines, and where faults arose")


def spec(parser: argparse.ArgumentParser) -> None:
    """Add the spec that a command is about."""
    parser.add_argument("spec", metavar="SPEC", help="the spec, YAML or JSON, or a sentence in its place")


def batch(parser: argparse.ArgumentParser) -> None:
    """Add what a batch can be told on the command line; it wins over the spec."""
    parser.add_argument("--batch-id", metavar="ID", type=batch_id, help="name of the batch (default: a new one)")
    parser.add_argument("--output", metavar="DIR", help="folder for the outputs, from the current folder")
    parser.add_argument("--mode", choices=MODES, help="what a failure does to the rest (default: collect)")
    parser.add_argument("--reuse", choices=REUSES, help="whose finished work counts (default: always)")
    parser.add_argument("--max-parallel", metavar="N", type=number(1000), help="at most N at work in each lane")


def limit(parser: argparse.ArgumentParser) -> None:
    """Add how many batches a worker has at work at once."""
    most = number(100)
    parser.add_argument("--limit", metavar="N", type=most, default=4, help="batches at work at once (default: 4)")


def given(arguments: argparse.Namespace) -> JsonObject:
    """Return what `batch` has read, as fields of a spec."""
    fields: JsonObject = {
        "batch_id": arguments.batch_id,
        "output_dir": arguments.output and str(Path(arguments.output).expanduser().absolute()),
        "mode": arguments.mode,
        "reuse": arguments.reuse,
        "max_parallel": arguments.max_parallel,
    }
    return {name: value for name, value in fields.items() if value is not None}


def batch_id(text: str) -> str:
    """Check a batch id."""
    if not _BATCH_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a batch id: up to 100 letters, digits, '.', '_', '-', beginning with a letter or digit"
        )
    return text


def number(most: int) -> Callable[[str], int]:
    """Return what checks a whole number from 1 to `most`."""

    def read(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most}")
        return int(text)

    return read


def moment(text: str) -> datetime:
    """Read a point in time to come, in this machine's time zone where it names none; an hour alone is its next one."""
    now = datetime.now().astimezone()
    try:
        if _HOUR.fullmatch(text):
            hour, _, minute = text.partition(":")
            found = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
            found += timedelta(days=found <= now)
        else:
            found = datetime.fromisoformat(text).astimezone()
    except ValueError:
        why = "is no time: give such as 2030-03-04T06:30, 2030-03-04T06:30+01:00 or 06:30"
        raise argparse.ArgumentTypeError(f"{text!r} {why}") from None
    if found <= now:
        raise argparse.ArgumentTypeError(f"{text!r} is over")
    return found


def age(text: str) -> float:
    """Read an age, such as `30d` or `12h`, as seconds."""
    found = _AGE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an age: a number and s, m, h, d or w, such as 30d")
    return float(found[1]) * _SECONDS[found[2]]
