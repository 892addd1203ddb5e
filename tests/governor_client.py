"""A process that makes calls under the governor and notes when each begins and ends. Loads little, so it starts soon.

python governor_client.py PLAN NAME    (the plan is JSON: `Plan`)
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tasks.governor.charges import Caller, Charge, Lane, Limit, Purse
from tasks.governor.governor import Governor
from tasks.settings import settings

MODEL = "harbour:pilot"
CALLER = Caller("b", "fake", "i", "write", MODEL)
CALL = Charge(1, 10, 10, cost_usd=0.1)


@dataclass
class Plan:
    """What a client does, together with how many others."""

    calls: int
    seconds: float = 0.02
    clients: int = 1
    parallel: int | None = None
    requests_a_second: int | None = None
    usd: float | None = None
    lease_seconds: float = 1.5

    @property
    def lanes(self) -> list[Lane]:
        """The lane that all of them share."""
        limits = () if self.requests_a_second is None else (Limit(1.0, requests=self.requests_a_second),)
        return [Lane("harbour", limits, self.parallel)]

    @property
    def purses(self) -> list[Purse]:
        """The purse that all of them share."""
        return [] if self.usd is None else [Purse("batch", self.usd)]


def _log() -> Path:
    return settings().home / "calls.txt"


def note(event: str, who: str) -> None:
    """Append a line, whole even when the process is killed."""
    descriptor = os.open(_log(), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{event} {who}\n".encode())
    os.close(descriptor)


def noted(*events: str) -> list[tuple[str, str]]:
    """Read the lines of some events: event and client."""
    lines = _log().read_text().splitlines() if _log().exists() else []
    return [(event, who) for event, who in map(str.split, lines) if event in events]


@contextmanager
def clients(plan: Plan) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start clients that share this test's ledger."""
    settings().home.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, __file__, json.dumps(asdict(plan))]
    started = [subprocess.Popen([*command, str(number)], env=environment) for number in range(plan.clients)]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


async def _work(plan: Plan, who: str) -> None:
    our = Governor(replace(settings(), lease_seconds=plan.lease_seconds))

    async def call() -> None:
        reservation = await our.reserve(CALLER, CALL, plan.lanes, plan.purses, patience=60)
        note("start", who)
        await asyncio.sleep(plan.seconds)
        note("end", who)
        await our.settle(reservation, CALL, run_seconds=plan.seconds)

    await our.lanes()
    note("ready", who)
    while len(noted("ready")) < plan.clients:
        await asyncio.sleep(0.01)
    await asyncio.gather(*(call() for _ in range(plan.calls)))
    our.close()


if __name__ == "__main__":
    asyncio.run(_work(Plan(**json.loads(sys.argv[1])), sys.argv[2]))
