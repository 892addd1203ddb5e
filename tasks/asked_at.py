"""When a batch was asked for: the time that "next Monday" and `{{ run_date }}` are told from.

Of a run of a deployment that is the time for which it was scheduled, in its schedule's time zone, however late it
starts and however often it is tried again. Of anything else it is now, by this machine's clock.
"""

from __future__ import annotations

import re
import sys
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

RUN_DATE = re.compile(r"\{\{\s*run_date\s*\}\}")
"""What stands for the day of asking in a spec."""


def asked_at() -> datetime:
    """Return when the batch was asked for, with its time zone."""
    scheduled = _scheduled(_run_id()) if "prefect" in sys.modules else None
    return scheduled or datetime.now().astimezone()


def dated(text: str) -> str:
    """Put the day of asking into the text of a spec where that says `{{ run_date }}`."""
    if RUN_DATE.search(text) is None:
        return text
    return RUN_DATE.sub(f"{asked_at():%Y-%m-%d}", text)


def _run_id() -> str | None:
    """Id of the flow run that this process works on, also before its flow has begun."""
    from prefect.runtime import flow_run

    run_id: str | None = flow_run.id
    return run_id


@lru_cache(maxsize=64)
def _scheduled(run_id: str | None) -> datetime | None:
    """Return the time of a deployment's run; None for a run of no deployment."""
    if run_id is None:
        return None
    from uuid import UUID

    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        run = client.read_flow_run(UUID(run_id))
        if run.deployment_id is None or run.expected_start_time is None:
            return None
        schedules = client.read_deployment(run.deployment_id).schedules
    zones = {str(zone) for one in schedules if (zone := getattr(one.schedule, "timezone", None))}
    zone = ZoneInfo(zones.pop()) if len(zones) == 1 else None
    return run.expected_start_time.astimezone(zone)
