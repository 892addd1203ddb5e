"""`pressroom up`: a Prefect server with its pages, and a worker, on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.hosts import LOOPBACK, free_port, is_free, is_loopback, is_ours
from flows.command.interrupts import interruptible
from flows.command.screen import note, say

if TYPE_CHECKING:
    from flows.command.server import LocalServer

HELP = "start server, pages and a worker on this machine; Ctrl-C stops them"
DESCRIPTION = """Start a Prefect server with its pages (the UI), make there what the schedules of ./prefect.yaml need,
and start a worker that runs them, all on this machine, in reach of this machine only. Other terminals' `pressroom run`
with the same state folder use the server meanwhile. Ctrl-C stops all: batches that are at work are closed, and go on
when it is started again.

With PREFECT_SERVER_API_AUTH_STRING=user:password in the environment the server answers only to who says the same; the
worker, and other terminals where it is set, do. `--host` opens it to other machines, and is refused without."""
PORT = 4200
NEAR = 10
"""How many ports, from that on, are tried before any other."""
_STOPPING = "Stopping: batches at work are closed, what is finished is kept."
_ROLE = {
    "PREFECT_UI_ENABLED": "1",
    "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "deployments.ordering",
    # How long a run waits that has found all places of its deployment taken, before it looks again.
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "5",
}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "up", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=options.number(65535), help=f"the server's (default: {PORT}, or a free one)")
    parser.add_argument(
        "--host", default=LOOPBACK, help=f"the address it listens at (default: {LOOPBACK}, this machine)"
    )
    options.limit(parser)
    parser.add_argument("--no-deploy", action="store_true", help="leave work pool and schedules as they are")
    parser.set_defaults(call=run, json=False, verbose=False)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.server import LocalServer, running_server
    from tasks.errors import fault

    if (url := running_server()) is not None:
        raise fault("UP_ALREADY", url=url)
    _refuse_open(arguments.host)
    note("Starting Prefect ...")
    with interruptible(lambda: note(_STOPPING)):
        try:
            server = LocalServer(port=_port(arguments), host=arguments.host, role=_ROLE)
            with _ending(server):
                server.wait()
                os.environ["PREFECT_API_URL"] = server.url
                return _serve(server, arguments)
        except KeyboardInterrupt:
            return exits.SUCCEEDED


def _serve(server: LocalServer, arguments: argparse.Namespace) -> int:
    from flows.command.kept import KeptServer
    from flows.command.worker import LOOK_EVERY_SECONDS, working

    if not arguments.no_deploy:
        _deploy()
    say(f"Pages:   {server.page}")
    say(f"API:     {server.url}")
    with working(arguments.limit, server.url) as worker, _known(server):
        say("Ctrl-C stops all of it.")
        kept = KeptServer(server)
        # The worker is looked at only while the server answers: without it, one that is started has a short life.
        while kept.look() and worker.look():
            time.sleep(LOOK_EVERY_SECONDS)
        note(_STOPPING)
    return exits.OUR_FAULT


def _deploy() -> None:
    from deployments.apply import changes
    from deployments.unnamed import unnamed

    if not Path("prefect.yaml").is_file():
        note("There is no prefect.yaml in this folder: the server gets no deployments and no schedules from here.")
        return
    for change in changes(Path.cwd(), make=True):
        note(change.made)
    for besides in unnamed(Path.cwd()):
        note(str(besides))


def _refuse_open(host: str) -> None:
    """Refuse to serve others than this machine without an auth string in the environment.

    What a profile of Prefect's says is not looked up: the worker and all that it starts have theirs from here.
    """
    from tasks.errors import fault
    from tasks.settings import AUTH_STRINGS

    if not is_ours(host):
        raise fault("HOST_UNKNOWN", host=host)
    if not is_loopback(host) and not os.environ.get(AUTH_STRINGS[1]):
        raise fault("HOST_OPEN", host=host)


def _port(arguments: argparse.Namespace) -> int:
    """Return the port that is asked for, or else Prefect's usual one where it is free."""
    from tasks.errors import fault

    given, host = arguments.port, arguments.host
    if given is not None:
        if not is_free(given, host):
            raise fault("PORT_TAKEN", port=given)
        return int(given)
    # The next ones first, so that links still lead somewhere when it is started again beside whoever has the usual one.
    found = next((port for port in range(PORT, PORT + NEAR) if is_free(port, host)), None) or free_port(host)
    if found != PORT:
        note(f"Port {PORT} is taken, so {found} is used.")
    return found


@contextmanager
def _ending(server: LocalServer) -> Iterator[None]:
    try:
        yield
    finally:
        server.end()


@contextmanager
def _known(server: LocalServer) -> Iterator[None]:
    """Let other commands with the same state folder find the server."""
    from flows.command.server import UP_FILE
    from tasks.settings import settings

    file = settings().home / UP_FILE
    file.write_text(json.dumps({"api": server.url, "page": server.page, "process": os.getpid()}))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
