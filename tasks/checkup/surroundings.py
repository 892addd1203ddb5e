"""What else a run stands on: time zones and the clock, Prefect's settings in the current folder, traces, notices."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tasks.checkup.finding import Finding, defect, ok, warning
from tasks.traces import MISSING, is_installed, is_wanted

_ZONE = "Europe/Lisbon"
_RULE = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)[+-]?\d")
"""How a zone begins that is written out, as `CET-1CEST`."""
_PREFECTS = ("prefect.toml", "pyproject.toml", ".env")


def look() -> Iterator[Finding]:
    """Look at each of them."""
    yield _zones()
    yield from _clock()
    yield from _settings_here(Path.cwd())
    if is_wanted():
        remedy = "`uv sync --extra traces`, or `pip install 'pressroom[traces]'`."
        yield ok("traces", "sent") if is_installed() else warning("traces", MISSING, remedy)


def _zones() -> Finding:
    try:
        ZoneInfo(_ZONE)
    except ZoneInfoNotFoundError:
        says = "there is no data of time zones, so that neither schedules nor creators' weeks can be planned"
        return defect("time zones", says, "Install the package `tzdata`, or the system's.")
    if why := _unheeded(os.environ.get("TZ", "")):
        says = f"{why}: this machine's clock goes by {time.tzname[0]!r} at {time.strftime('%z')}"
        remedy = "Set TZ to a zone such as `Europe/Lisbon`, or unset it; schedules and `{{ run_date }}` go by it."
        return defect("time zones", says, remedy)
    return ok("time zones", f"known; this machine's is {'/'.join(dict.fromkeys(time.tzname))}")


def _unheeded(wanted: str) -> str:
    """Say why the zone that the environment wants is not this machine's: C's clock takes an unknown one for UTC."""
    name = wanted.removeprefix(":")
    if not name or name.startswith("/") or _RULE.match(name):
        return ""
    try:
        now = datetime.now(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"TZ is {wanted!r}, which is no time zone"
    is_heeded = now.utcoffset() == now.replace(tzinfo=None).astimezone().utcoffset()
    return "" if is_heeded else f"TZ is {wanted!r}, of which the system has no data"


def _clock() -> Iterator[Finding]:
    """Compare the clock with this file's own time: one that has lost its battery is years behind."""
    now, written = time.time(), Path(__file__).stat().st_mtime
    if now < written - 86_400:
        says = f"it says {datetime.now(UTC):%Y-%m-%d}, which is before Pressroom was installed"
        yield defect("clock", says, "Set it: leases, limits and schedules go by it.")


def _settings_here(folder: Path) -> Iterator[Finding]:
    """Name files by which the current folder sets Prefect: whoever wrote them says where runs go and what they log."""
    for name in _PREFECTS:
        try:
            text = (folder / name).read_text(errors="replace").lower()
        except OSError:
            continue
        if name == "prefect.toml" or "[tool.prefect" in text or (name == ".env" and "prefect_" in text):
            says = f"{str(folder / name)!r} sets Prefect for all that is run in this folder"
            yield warning("current folder", says, "Look at it, or run from a folder of your own if it is not yours.")
    if (os.environ.get("PREFECT_RESULTS_DEFAULT_SERIALIZER") or "").endswith("pickle"):
        says = "Prefect is set to keep results as pickles, which run what they hold when they are read"
        yield warning("results", says, "Unset PREFECT_RESULTS_DEFAULT_SERIALIZER.")
