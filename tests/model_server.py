"""A vendor on loopback that behaves as badly as it is told to, and counts what it was asked and what it bills.

It speaks OpenAI's chat completions (`/v1/chat/completions`), and of Anthropic's and Google's protocols what one
request needs. How it behaves is taken from a mark in the prompt (`[behave=hang]`), else from a script that is used up
request by request, else from chance (`faults`, a share of all requests), else it answers well. `[use=100,20]` in the
prompt says with how many tokens the request is counted.

As a process of its own: `python tests/model_server.py --port 0 --faults 0.3` prints its address; `GET /counts` says
what it has counted, and `POST /reset` forgets it. It bills what it worked on, whoever was there to read the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from model_forms import ERRORS, Json, example, form_of, schema_of

UNBILLED = {*ERRORS, "error_inside", "redirect"}
FAULTS = ("429", "500", "hang_headers", "half", "slow")
HUGE = 10_000_000
_FOREVER = 3600
_MARK = re.compile(r"\[behave=(\w+)\]")
_COSTS = re.compile(r"\[use=(\d+),(\d+)\]")


@dataclass
class Call:
    """One request for an answer, with the server's own clock."""

    at: float
    behaviour: str
    input_tokens: int = 0
    output_tokens: int = 0
    billed: bool = False
    body: Json = field(default_factory=dict, repr=False)
    key: str = field(default="", repr=False)


@dataclass
class Options:
    """How the server behaves where the prompt says nothing."""

    script: list[str] = field(default_factory=list)
    faults: float = 0.0
    """Share of requests that go wrong in one of the ways of `kinds`."""
    kinds: tuple[str, ...] = FAULTS
    seconds: float = 0.0
    """How long each answer takes."""
    slow_seconds: float = 2.0
    retry_after: float = 1.0
    answer: str = "A short answer about the harbour."
    input_tokens: int = 0
    """How many each request is counted with; 0: a quarter of its characters."""
    output_tokens: int = 0
    seed: int = 1


class ModelServer:
    """The vendor: used as a context manager it runs in a thread of this process."""

    def __init__(self, options: Options | None = None, port: int = 0, **more: Any) -> None:
        self.options = options or Options(**more)
        self.calls: list[Call] = []
        self.flying = self.peak = 0
        self.port = port
        self._chance = random.Random(self.options.seed)
        self._ready = threading.Event()

    @property
    def address(self) -> str:
        """Where it answers, without the path of a protocol."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> int:
        """How many requests for an answer have come."""
        return len(self.calls)

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._at_work)

    def script(self, *behaviours: str) -> None:
        """Behave in these ways, one request after the other, and well after that."""
        self.options.script = list(behaviours)

    def counts(self) -> Json:
        """What was asked and what is billed, as `GET /counts` says it."""
        billed = [call for call in self.calls if call.billed]
        told = ("at", "behaviour", "input_tokens", "output_tokens", "billed")
        calls = [{name: getattr(call, name) for name in told} for call in self.calls]
        return {
            "requests": len(self.calls),
            "billed": len(billed),
            "input_tokens": sum(call.input_tokens for call in billed),
            "output_tokens": sum(call.output_tokens for call in billed),
            "peak": self.peak,
            "behaviours": dict(Counter(call.behaviour for call in self.calls)),
            "calls": calls,
        }

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=asyncio.run, args=(self.serve(),), name="model-server", daemon=True)
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(10)

    async def serve(self) -> None:
        """Answer until told to end."""
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        self._at_work: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._begin, "127.0.0.1", self.port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._closing.wait()
        server.close()
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # Whoever asked has gone, or the server ends.
        finally:
            self._at_work.discard(task)
            writer.close()
            with suppress(Exception):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and answer it; False ends the connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if method == "GET" and path == "/counts":
            return await _reply(writer, 200, json.dumps(self.counts()).encode())
        if method == "POST" and path == "/reset":
            self.calls.clear()
            self.peak = 0
            return await _reply(writer, 200, b"{}")
        self.flying += 1
        self.peak = max(self.peak, self.flying)
        try:
            return await self._answer(writer, path, headers, json.loads(body or b"{}"))
        finally:
            self.flying -= 1

    async def _answer(self, writer: asyncio.StreamWriter, path: str, headers: Json, asked: Json) -> bool:
        text = json.dumps(asked, ensure_ascii=False)
        key = headers.get("authorization") or headers.get("x-api-key") or headers.get("x-goog-api-key") or ""
        call = Call(time.monotonic(), self._behaviour(text), body=asked, key=key.removeprefix("Bearer "))
        self.calls.append(call)
        call.billed = call.behaviour not in UNBILLED
        answer = "" if call.behaviour == "empty" else self.answer_to(asked, text)
        fixed = _COSTS.search(text)
        options = self.options
        call.input_tokens = int(fixed[1]) if fixed else options.input_tokens or len(text) // 4
        call.output_tokens = int(fixed[2]) if fixed else options.output_tokens or max(1, len(answer) // 4)
        await asyncio.sleep(options.slow_seconds if call.behaviour == "slow" else self.seconds_for(asked))
        if call.behaviour in ERRORS:
            return await self._refuse(writer, call.behaviour, call.key)
        whole = json.dumps(form_of(path)(answer, call)).encode()
        return await self._misbehave(writer, call.behaviour, whole)

    def seconds_for(self, asked: Json) -> float:
        """How long a good answer takes."""
        return self.options.seconds

    def answer_to(self, asked: Json, text: str) -> str:
        """What a good answer says: the text given, or the smallest value that fits the form asked for."""
        answer = self.options.answer
        if answer and (schema := schema_of(asked)) and not answer.startswith("{"):
            return json.dumps(example(schema, schema))
        return answer

    def _behaviour(self, text: str) -> str:
        if marked := _MARK.search(text):
            return marked[1]
        if self.options.script:
            return self.options.script.pop(0)
        if self._chance.random() < self.options.faults:
            return self._chance.choice(self.options.kinds)
        return "ok"

    async def _refuse(self, writer: asyncio.StreamWriter, behaviour: str, key: str) -> bool:
        status, kind, message = ERRORS[behaviour]
        headers = {}
        if behaviour == "429":
            headers["Retry-After"] = f"{self.options.retry_after:g}"
        if behaviour == "429_date":
            now = time.time()
            headers = {"Date": _http_date(now), "Retry-After": _http_date(now + self.options.retry_after)}
        error = {"error": {"message": message.format(key=key), "type": kind, "code": kind}}
        return await _reply(writer, status, json.dumps(error).encode(), headers)

    async def _misbehave(self, writer: asyncio.StreamWriter, behaviour: str, whole: bytes) -> bool:
        """Answer well, or badly with a good status."""
        match behaviour:
            case "hang":
                await asyncio.sleep(_FOREVER)
            case "cut":
                return False
            case "huge":
                whole = whole[:-1] + b" " * HUGE + b"}"
            case "not_json":
                return await _reply(writer, 200, b"<html>It works!</html>", {"Content-Type": "text/html"})
            case "error_inside":
                error = {"error": {"message": "Rate limit reached", "type": "rate_limit_error", "code": 429}}
                whole = json.dumps(error).encode()
            case "broken_inside":
                whole = b'{"error": {"message": "The worker died", "type": "server_error"}}'
            case "redirect":
                return await _reply(writer, 307, b"", {"Location": "/v1/elsewhere"})
            case "hang_headers" | "drip" | "half":
                return await self._trail_off(writer, behaviour, whole)
        return await _reply(writer, 200, whole)

    async def _trail_off(self, writer: asyncio.StreamWriter, behaviour: str, whole: bytes) -> bool:
        """Begin an answer."""
        writer.write(_head(200, len(whole)))
        await writer.drain()
        if behaviour == "hang_headers":
            await asyncio.sleep(_FOREVER)
        if behaviour == "drip":
            for byte in whole:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.write(whole[: len(whole) // 2])
        await writer.drain()
        return False


def _head(status: int, length: int, headers: Json | None = None) -> bytes:
    more = {"Content-Type": "application/json", "Content-Length": length, **(headers or {})}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in more.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _reply(writer: asyncio.StreamWriter, status: int, body: bytes, headers: Json | None = None) -> bool:
    writer.write(_head(status, len(body), headers) + body)
    await writer.drain()
    return True


def _http_date(seconds: float) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(seconds))


def counts_at(address: str) -> Json:
    """What a server in another process has counted."""
    with urllib.request.urlopen(f"{address}/counts", timeout=10) as answer:
        counted: Json = json.load(answer)
    return counted


def main(arguments: Iterable[str] | None = None) -> None:
    """Run as a process of its own until its standard input ends or it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", default="", help="behaviours with commas between them, used up one by one")
    parser.add_argument("--kinds", default=",".join(FAULTS))
    defaults = Options()
    for name in ("faults", "seconds", "slow_seconds", "retry_after", "input_tokens", "output_tokens", "seed", "answer"):
        default = getattr(defaults, name)
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    given = vars(parser.parse_args(None if arguments is None else list(arguments)))
    port, script, kinds = given.pop("port"), given.pop("script"), given.pop("kinds")
    server = ModelServer(
        Options(script=[one for one in script.split(",") if one], kinds=tuple(kinds.split(",")), **given), port
    )
    asyncio.run(_announced(server))


async def _announced(server: ModelServer) -> None:
    task = asyncio.create_task(server.serve())
    while not server._ready.is_set():
        await asyncio.sleep(0.01)
    sys.stdout.write(server.address + "\n")
    sys.stdout.flush()
    await task


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
