"""Workers beside each other: one, two and four, with server and ledger on one Postgres, and the limits that they share.

Each worker is a process of its own that runs one batch at a time, each batch a process too, as on as many machines. The
list is sent in four parts. A row says whether the start of batches counts: with one worker four follow each other, each
after a look into the queue (every three seconds) and a start, and with four each worker has one of each. Postgres
writes nothing through to the disk here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from lab import HERE, Row

sys.path.insert(0, str(HERE.parent))
ROOT = HERE.parent.parent
PARTS = 4
SAID, SECONDS = 240, 1.0
"""Documents that wait for a model, and how long it takes to answer."""
FILLED = 10_000
WINDOW, REQUESTS, SHARED = 5, 30, 6
PRICE, BUDGET = 0.08, 8.0
"""US dollars of a call, and of all: as many calls as that pays for may be made, and not one more."""


def rows() -> list[Row]:
    """Measure waiting work, shared limits and a large batch of templates."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, _place(Path(folder)) as place:
        return [*_waiting(place), *_limits(place), *_large(place)]


@dataclass
class Place:
    """A server and a ledger on one Postgres, a vendor, and a folder for specs and state."""

    folder: Path
    ledger: str
    environment: dict[str, str]
    vendor: str

    def press(self, *arguments: object) -> Any:
        """Call the command and return its document."""
        command = [sys.executable, "-m", "flows.cli", *map(str, arguments), "--json"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
        return json.loads(done.stdout)

    def ask(self, query: str, *values: object) -> list[Any]:
        """Ask the ledger."""
        with psycopg.connect(self.ledger.replace("+psycopg", "")) as connection:
            return connection.execute(query, values).fetchall()

    def models(self, **lane: object) -> None:
        """Say what the vendor allows, and what all batches may spend."""
        price = {"input": PRICE * 1e6 / 80, "output": PRICE * 1e6 / 80}
        said: dict[str, Any] = {"servers": {"bay": {"address": f"{self.vendor}/v1"}}, "prices": {"bay:m": price}}
        if lane:
            said |= {"lanes": {"bay": lane}, "budgets": {"documents": {"usd": BUDGET}}}
        (self.folder / "home" / "models.yaml").write_text(json.dumps(said))


@dataclass(frozen=True)
class Done:
    """What became of a list: items by status, when they were sent, and how long batches were at work."""

    counts: dict[str, int]
    seconds: float
    at_work: float
    """Seconds of the batches' own work, put together."""


@contextmanager
def _place(folder: Path) -> Iterator[Place]:
    from servers import new_database, postgres_server

    from flows.command.server import LocalServer

    with ExitStack() as stack:
        postgres = stack.enter_context(postgres_server()).url
        server_on = new_database(postgres).replace("+psycopg", "+asyncpg")
        ledger, home = new_database(postgres), folder / "home"
        home.mkdir()
        role = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": server_on, "PREFECT_HOME": str(folder / "prefect")}
        server = LocalServer(folder / "server.log", role=role)
        stack.callback(server.end)
        server.wait()
        own = {"PRESSROOM_HOME": str(home), "PRESSROOM_LEDGER_URL": ledger, "PREFECT_API_URL": server.url}
        environment = {**os.environ, **own, "PREFECT_HOME": str(folder / "prefect"), "PREFECT_LOGGING_LEVEL": "ERROR"}
        place = Place(folder, ledger, environment, stack.enter_context(_vendor()))
        place.press("deploy")
        place.press("status")  # which makes the ledger
        yield place


@contextmanager
def _vendor() -> Iterator[str]:
    command = [sys.executable, str(HERE.parent / "model_server.py"), "--seconds", str(SECONDS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


@contextmanager
def _workers(place: Place, count: int) -> Iterator[None]:
    """Start workers and wait until the server knows them."""
    command = [sys.executable, "-m", "flows.cli", "worker", "--limit", "1"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [subprocess.Popen(command, cwd=ROOT, env=place.environment, **quiet) for _ in range(count)]
    try:
        logs = place.folder / "home" / "workers"
        until = time.monotonic() + 120
        while sum("started" in log.read_text() for log in logs.glob("*.log")) < count and time.monotonic() < until:
            time.sleep(0.2)
        yield
        while any(map(_has_runs, started)):
            time.sleep(0.2)  # a run that is told to end while it ends counts as crashed, and would be taken up again
    finally:
        for one in started:
            one.send_signal(signal.SIGINT)
        for one in started:
            one.wait()
        for log in logs.glob("*.log"):
            log.unlink()


def _has_runs(worker: subprocess.Popen[bytes]) -> bool:
    from flows.command.worker import is_run

    return any(map(is_run, psutil.Process(worker.pid).children(recursive=True)))


def _made(place: Place, name: str, items: Sequence[dict[str, Any]], workers: int, **fields: Any) -> Done:
    """Have a list made in parts by so many workers."""
    spec = place.folder / f"{name}.json"
    operations = [{"output_path": f"{number}.md", **item} for number, item in enumerate(items)]
    common = {"kind": "documents", "output_dir": f"out/{name}", "reuse": "never", "canary": 0}
    spec.write_text(json.dumps({**common, **fields, "operations": operations}))
    with _workers(place, workers):
        began = time.time()
        place.press("submit", spec, "--batch-id", name, "--chunks", PARTS)
        while _unfinished(place, name):
            time.sleep(0.5)
    counted = "SELECT status, count(*) FROM item WHERE batch_id LIKE %s GROUP BY status"
    times = "SELECT max(finished_at), sum(wall_clock_seconds) FROM batch WHERE batch_id LIKE %s"
    ((ended, at_work),) = place.ask(times, f"{name}-%")
    return Done(dict(place.ask(counted, f"{name}-%")), ended - began, at_work)


def _unfinished(place: Place, name: str) -> bool:
    query = "SELECT count(*) FROM batch WHERE batch_id LIKE %s AND finished_at IS NOT NULL AND owner IS NULL"
    return bool(place.ask(query, f"{name}-%")[0][0] < PARTS)


def _config(place: Place, name: str, pattern: dict[str, Any]) -> None:
    folder = place.folder / "configs" / "content"
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "type": "content",
        "id": name,
        "schemaRef": {"id": "content-schema", "version": "3.1"},
        "metadata": {"description": name, "version": "1.0.0", "output_format": "markdown"},
        "elements": [{"name": "note", "format": "markdown"}],
        "generation": {"patterns": [{"id": "make", **pattern}]},
    }
    (folder / f"{name}.json").write_text(json.dumps(config))


def _saids(place: Place, count: int) -> list[dict[str, Any]]:
    settings = {"prompt": "Say something of number {{n}}. [use=40,40]", "max_tokens": 40}
    _config(place, "said", {"type": "code_generation", "generation_config": settings})
    return [{"content_config_id": "said", "context": {"n": number}} for number in range(count)]


def _waiting(place: Place) -> list[Row]:
    place.models()
    made = {n: _made(place, f"wait-{n}", _saids(place, SAID), n, model="bay:m") for n in (1, 2, 4)}
    assert all(done.counts == {"succeeded": SAID} for done in made.values()), made
    found = []
    for count, target in ((2, ">= 1.9"), (4, "measured")):
        both = f"{made[1].seconds:.0f} s / {made[count].seconds:.0f} s"
        what = f"{SAID} documents that wait {SECONDS:g} s, {count} workers against one, starts included"
        found.append(Row(what, made[1].seconds / made[count].seconds, target, both))
        rate = count * made[1].at_work / made[count].at_work
        both = f"{SAID / made[1].at_work:.2f} and {count * SAID / made[count].at_work:.2f} a second"
        found.append(Row("  the same, while at work", rate, target, both))
    return found


def _limits(place: Place) -> list[Row]:
    """Let four workers come upon a limit, a number of places and a budget that they share."""
    from model_server import counts_at

    place.models(limits=[{"seconds": WINDOW, "requests": REQUESTS}], shared=SHARED)
    before = counts_at(place.vendor)["requests"]
    spent_before = place.ask("SELECT coalesce(sum(cost_usd), 0) FROM model_call")[0][0]
    place.ask("UPDATE model_call SET reserved_at = 0 RETURNING 1")  # what was spent before is another budget's
    done = _made(place, "limits", _saids(place, 2 * int(BUDGET / PRICE)), 4, model="bay:m", on_failures="continue")
    calls = sorted(call["at"] for call in counts_at(place.vendor)["calls"][before:])
    most = max(sum(at <= other < at + WINDOW for other in calls) for at in calls)
    flying = max(sum(at <= other < at + SECONDS for other in calls) for at in calls)
    spent = place.ask("SELECT sum(cost_usd) FROM model_call")[0][0] - spent_before
    return [
        Row(
            f"4 workers: most calls in any {WINDOW} s against the limit", most / REQUESTS, "<= 1", f"{most}/{REQUESTS}"
        ),
        Row("4 workers: most calls at once against the places", flying / SHARED, "<= 1", f"{flying}/{SHARED}"),
        Row(
            "4 workers: spent, and billed, of the common budget",
            max(spent, len(calls) * PRICE) / BUDGET,
            "<= 1",
            f"{spent:.2f} USD, {len(calls)} calls; {done.counts}",
        ),
    ]


def _large(place: Place) -> list[Row]:
    place.models()
    _config(place, "filled", {"type": "template_fill", "template": "# {{n}}\n\nA text of {{n}}.\n"})
    items = [{"content_config_id": "filled", "context": {"n": number}} for number in range(FILLED)]
    one, two = (_made(place, f"large-{workers}", items, workers) for workers in (1, 2))
    for name, done in (("large-1", one), ("large-2", two)):
        assert done.counts == {"succeeded": FILLED}, done
        assert len(list((place.folder / "out" / name).rglob("[0-9]*.md"))) == FILLED
    made_of = f"{FILLED / one.seconds:.0f} and {FILLED / two.seconds:.0f} documents a second"
    at_work = f"{FILLED / one.at_work:.0f} and {2 * FILLED / two.at_work:.0f} documents a second"
    return [
        Row(f"{FILLED:,} templates, 2 workers against one, starts included", one.seconds / two.seconds, "> 1", made_of),
        Row("  the same, while at work", 2 * one.at_work / two.at_work, "measured", at_work),
    ]
