"""The governor against a vendor that counts on its own clock: overruns, share of the allowance used, fairness, speed.

    uv run python tests/benchmarks governor                     the parts that take seconds
    uv run python tests/benchmarks/governor.py PART ...         some of: windows minute estimates slots latency

`minute` takes two minutes for each number of processes, since a window of 60 s has to fill and empty; so it is run by
name only. Prefect's own `rate_limit`, measured in this setting: 66 % of the allowance with 2 processes, and twice
the limit in the first window; its `concurrency()` took 25.9 s for what `slots` measures (ideal: 2 s).
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lab import Row, answer, show

from tasks.governor.charges import Caller, Charge, Lane, Limit
from tasks.governor.governor import governor
from tasks.settings import settings

MODEL = "vendor:model"
TOKENS = 50
"""What every call uses, each of input and output."""
QUICK = Limit(2.0, requests=20, input_tokens=20 * TOKENS, output_tokens=20 * TOKENS)
MINUTE = Limit(60.0, requests=600, input_tokens=600 * TOKENS, output_tokens=600 * TOKENS)
LANES = {
    "windows": (Lane("vendor", (QUICK,)), Lane(MODEL)),
    "minute": (Lane("vendor", (QUICK, MINUTE)), Lane(MODEL)),
    "estimates": (Lane("vendor", (QUICK,)), Lane(MODEL)),
    "slots": (Lane("vendor", parallel=5), Lane(MODEL)),
    "latency": (Lane("vendor", (Limit(2.0, requests=10**6),)), Lane(MODEL, parallel=100)),
}


def rows() -> list[Row]:
    """Measure the parts that take seconds."""
    return [row for part in PARTS if part != "minute" for row in PARTS[part]()]


def windows(part: str = "windows", seconds: float = 20.0) -> list[Row]:
    """Let 2 and 8 processes call as much as they may, and look at what the vendor counted."""
    return [row for count in (2, 8) for row in _counted(part, count, seconds)]


def _counted(part: str, count: int, seconds: float) -> list[Row]:
    with _vendor() as (port, seen):
        _clients(part, count, port, seconds)
        calls = seen()
    found: list[Row] = []
    lane = LANES[part][0]
    for limit in lane.limits:
        peak = max(_peak([(at, 1) for at, *_ in calls], limit.seconds) / (limit.requests or 1), 1e-9)
        tokens = _peak([(at, used) for at, _, used in calls], limit.seconds) / (2 * (limit.input_tokens or 1))
        made_of = f"{len(calls)} calls; fullest window: requests {peak:.3f}, tokens {tokens:.3f} of the limit"
        name = f"{part}, {count} processes: fullest {limit.seconds:g} s window, against the limit"
        found.append(Row(name, max(peak, tokens), "<= 1.000", made_of))
    return [*found, _share(part, count, calls, lane.limits), _fairness(part, count, calls, lane.limits)]


def _used(part: str) -> str:
    return "printed" if part == "estimates" else ">= 0.970"


def _share(part: str, count: int, calls: Sequence[tuple[float, str, int]], limits: Sequence[Limit]) -> Row:
    """Compare how fast calls came with how fast they may; the last window's are left out, since it is not over."""
    rate = min((limit.requests or 0) / limit.seconds for limit in limits)
    times = sorted(at for at, *_ in calls)
    made = len(times) - max(limit.requests or 0 for limit in limits)
    span = times[made] - times[0]
    made_of = f"{made} calls in {span:.2f} s, {rate:g} a second allowed"
    return Row(f"{part}, {count} processes: share of the allowance used", made / (span * rate), _used(part), made_of)


def _fairness(part: str, count: int, calls: Sequence[tuple[float, str, int]], limits: Sequence[Limit]) -> Row:
    """Compare the processes' calls, but for the first burst, which goes to whoever is there first."""
    first = min(limit.requests or 0 for limit in limits)
    shares = Counter(who for _, who, _ in sorted(calls)[first:])
    mean = sum(shares.values()) / count
    worst = max(abs(shares.get(str(who), 0) - mean) / mean for who in range(count))
    made_of = f"calls {min(shares.values())} to {max(shares.values())}"
    return Row(f"{part}, {count} processes: farthest from an equal share", worst, "<= 0.100", made_of)


def _peak(events: Sequence[tuple[float, int]], seconds: float) -> int:
    """The most that any window of so many seconds holds."""
    ordered = sorted(events)
    total = most = first = 0
    for at, amount in ordered:
        total += amount
        while ordered[first][0] <= at - seconds:
            total -= ordered[first][1]
            first += 1
        most = max(most, total)
    return most


def estimates() -> list[Row]:
    """Reserve four times what is used."""
    return windows("estimates", 20.0)


def minute() -> list[Row]:
    """Fill both windows for long enough to see the long one turn over."""
    return windows("minute", 122.0)


def slots() -> list[Row]:
    """Make 50 calls of 0.2 s by two processes that share five places."""
    with _vendor(0.2) as (port, seen):
        _clients("slots", 2, port, 25)
        calls = seen()
    took = max(at for at, *_ in calls) - min(at for at, *_ in calls) + 0.2
    return [Row("50 x 0.2 s at 5, 2 processes, against the ideal", took / 2.0, "<= 1.100", f"{took:.2f} s / 2.0 s")]


def latency() -> list[Row]:
    """Reserve and settle by eight processes, and beside it write a row by eight processes."""
    bare = _latencies("bare", 8)
    ours = _latencies("latency", 8)
    found = []
    for name, share, target in (("median", 0.5, "2 ms"), ("p99", 0.99, "100 ms")):
        one, two = (sorted(all_)[int(share * len(all_))] * 1000 for all_ in (ours, bare))
        made_of = f"{one:.2f} ms (should be {target}) / {two:.2f} ms"
        found.append(
            Row(f"reservation, 8 processes, {name}, against a bare BEGIN IMMEDIATE", one / two, "printed", made_of)
        )
    return found


def _latencies(part: str, count: int) -> list[float]:
    with _state() as environment:
        return [one for each in _run(part, count, environment, 0, 300) for one in each["seconds"]]


PARTS: dict[str, Callable[[], list[Row]]] = {
    "windows": windows,
    "estimates": estimates,
    "slots": slots,
    "latency": latency,
    "minute": minute,
}


@contextmanager
def _state() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield os.environ | {"PRESSROOM_HOME": folder}


@contextmanager
def _vendor(seconds: float = 0.0) -> Iterator[tuple[int, Callable[[], list[tuple[float, str, int]]]]]:
    """Start the counting server in a process of its own; give its port, and what asks it for what it has seen."""
    command = [sys.executable, __file__, "vendor", str(seconds)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    out = process.stdout

    def seen() -> list[tuple[float, str, int]]:
        assert process.stdin is not None
        process.stdin.close()
        return [(at, who, used) for at, who, used in json.loads(out.read())]

    yield int(out.readline()), seen
    process.wait()


async def _serve(seconds: float) -> None:
    """Note when each call came, by this process's own clock, and answer after a while."""
    calls: list[tuple[float, str, int]] = []

    async def answer_call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            who, used = line.split()
            calls.append((time.perf_counter(), who.decode(), int(used)))
            await asyncio.sleep(seconds)
            writer.write(b"done\n")
        writer.close()

    server = await asyncio.start_server(answer_call, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(calls), flush=True)
    server.close()


def _clients(part: str, count: int, port: int, most: float) -> None:
    with _state() as environment:
        _run(part, count, environment, port, most)


def _run(part: str, count: int, environment: dict[str, str], port: int, most: float) -> list[dict[str, list[float]]]:
    """Start clients, have them begin together once all are ready, and wait for what they answer."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    commands = [[sys.executable, __file__, "client", part, str(who), str(port), str(most)] for who in range(count)]
    running: list[subprocess.Popen[str]] = [subprocess.Popen(command, **pipes) for command in commands]  # type: ignore[call-overload]
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n", "a client failed"
    start = f"{time.time() + 0.2}\n"
    for one in running:
        assert one.stdin is not None
        one.stdin.write(start)
        one.stdin.flush()
    answers = [one.communicate()[0] for one in running]
    assert all(one.returncode == 0 for one in running), "a client failed"
    return [json.loads(one.strip().splitlines()[-1]) for one in answers]


def _begin() -> float:
    """Say that this client is ready, and when it is to begin."""
    print("ready", flush=True)
    return float(sys.stdin.readline())


async def _client(part: str, who: str, port: int, most: float) -> None:
    lanes = LANES[part]
    our = governor(settings())
    await our.lanes()
    start = _begin()
    await asyncio.sleep(max(0.0, start - time.time()))
    if part == "latency":
        print(json.dumps({"seconds": [await _timed(our.reserve, our.settle, lanes) for _ in range(int(most))]}))
        return
    ends = start + most if part != "slots" else start + 60
    left = int(most) if part == "slots" else 10**9

    async def call_on() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while left > 0 and time.time() < ends:
            left -= 1
            await _call(reader, writer, part, who)
        writer.close()

    with suppress(TimeoutError):
        async with asyncio.timeout(ends - time.time()):
            await asyncio.gather(*(call_on() for _ in range(25)))
    answer()


async def _call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, part: str, who: str) -> None:
    our, high = governor(settings()), 4 if part == "estimates" else 1
    reservation = await our.reserve(_who(), Charge(1, high * TOKENS, high * TOKENS), LANES[part], [], patience=300)
    writer.write(f"{who} {2 * TOKENS}\n".encode())
    await reader.readline()
    await our.settle(reservation, Charge(1, TOKENS, TOKENS), run_seconds=0.0)


async def _timed(reserve: Callable, settle: Callable, lanes: Sequence[Lane]) -> float:  # type: ignore[type-arg]
    started = time.perf_counter()
    reservation = await reserve(_who(), Charge(1, TOKENS, TOKENS), lanes, [], patience=60)
    took = time.perf_counter() - started
    await settle(reservation, Charge(1, TOKENS, TOKENS), run_seconds=0.0)
    return took


def _who() -> Caller:
    return Caller("bench", "fake", "item", "stage", MODEL)


def _bare(most: int) -> None:
    """Write rows as barely as SQLite can."""
    connection = sqlite3.connect(Path(os.environ["PRESSROOM_HOME"]) / "bare.db", isolation_level=None, timeout=20)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS row (name TEXT, amount REAL)")
    time.sleep(max(0.0, _begin() - time.time()))
    found = []
    for _ in range(2 * most):
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO row VALUES ('a', 1.0)")
        connection.execute("COMMIT")
        found.append(time.perf_counter() - started)
    print(json.dumps({"seconds": found}))


def _main(arguments: list[str]) -> None:
    match arguments:
        case ["vendor", seconds]:
            asyncio.run(_serve(float(seconds)))
        case ["client", "bare", _who, _port, most]:
            _bare(int(most))
        case ["client", part, who, port, most]:
            asyncio.run(_client(part, who, int(port), float(most)))
        case _:
            for part in arguments or list(PARTS):
                show(PARTS[part]())


if __name__ == "__main__":
    _main(sys.argv[1:])
