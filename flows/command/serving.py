"""What `pressroom doctor` finds of the Prefect server: whether it is there, open to whom, and what lacks on it."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flows.command.hosts import is_loopback
from tasks.checkup.finding import Finding, defect, ok, warning
from tasks.checkup.ledger import skew
from tasks.checkup.server import auth_strings, database
from tasks.settings import AUTH_STRINGS, settings

PATIENCE_SECONDS = 5.0


class Heard(NamedTuple):
    """What a server has answered."""

    status: int
    body: bytes
    skew: float
    """Seconds that its clock is ahead."""

    @property
    def data(self) -> Any:
        """What it has sent as JSON; None where that is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Server:
    """A server at the address of its API, asked without Prefect, which may be what is broken."""

    def __init__(self, url: str, auth: str = "") -> None:
        self.url = url.rstrip("/")
        self._auth = auth
        self.address = urlsplit(self.url)

    def ask(self, path: str, *, method: str = "GET", known: bool = True, host: str = "") -> Heard:
        """Ask for something; with `known` as somebody who says the auth string. OSError where nobody answers."""
        kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
        connection = kind(host or self.address.hostname or "", self.address.port, timeout=PATIENCE_SECONDS)
        said = base64.b64encode(self._auth.encode()).decode()
        head = {"Content-Type": "application/json"}
        head |= {"Authorization": f"Basic {said}"} if known and self._auth else {}
        try:
            connection.request(method, f"{self.address.path}{path}", "{}" if method == "POST" else None, head)
            answer = connection.getresponse()
            date = answer.getheader("Date")
            ahead = parsedate_to_datetime(date).timestamp() - time.time() if date else 0.0
            return Heard(answer.status, answer.read(10_000_000), ahead)
        except http.client.HTTPException as error:
            raise OSError(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()


def look() -> Iterator[Finding]:
    """Look at the server that is set or up, from outside inwards; what lies behind a fault is not looked at."""
    is_local = not os.environ.get("PREFECT_API_URL")
    url = _url()
    yield from auth_strings(is_local=is_local)
    if is_local:
        yield from database()
    if url is None:
        yield ok("server", "none is set or up: each run starts one of its own for as long as it lasts")
        if settings().notify:
            says = "PRESSROOM_NOTIFY names a block, and there is no server that could hold it: nobody is told"
            yield warning("notifications", says, "Start `pressroom up`, or set PREFECT_API_URL.")
        return
    server = Server(url, os.environ.get(AUTH_STRINGS[0], ""))
    try:
        yield from _answers(server)
        if server.ask("/admin/version").status == 200:
            yield from _holds(server)
    except OSError as error:
        remedy = "Start it (`pressroom up`), or correct PREFECT_API_URL; unset, each run starts a server of its own."
        yield defect("server", f"nobody answers at {url}: {error.strerror or error}", remedy)


def _url() -> str | None:
    """Return the address that runs would use, as far as it is known without loading Prefect for nothing."""
    from flows.command.server import is_set_in_files, running_server

    if given := os.environ.get("PREFECT_API_URL"):
        return given
    if (url := running_server()) is not None:
        os.environ["PREFECT_API_URL"] = url
        return url
    if not is_set_in_files():
        return None
    from prefect.settings import get_current_settings

    return get_current_settings().api.url


def _answers(server: Server) -> Iterator[Finding]:
    """Look at who is let in, and as whom we are."""
    anonymous, known = (server.ask("/admin/version", known=known) for known in (False, True))
    if known.status == 401:
        says = f"{server.url} does not let this machine in"
        yield defect("server", says, "Set PREFECT_API_AUTH_STRING as it is set for the server, as `user:password`.")
        return
    if known.status != 200:
        says = f"{server.url} answers with {known.status}, as no API of Prefect's does"
        yield defect("server", says, "Correct PREFECT_API_URL; it ends with `/api`.")
        return
    yield _version(server, known)
    yield _openness(server, is_open=anonymous.status == 200)
    yield skew("server's clock", known.skew)


def _version(server: Server, heard: Heard) -> Finding:
    from importlib.metadata import version

    own = version("prefect")
    if heard.data == own:
        return ok("server", f"{server.url}, Prefect {own}")
    says = f"{server.url} is Prefect {heard.data}, and this machine's is {own}"
    return warning("server", says, "Run both with the same version.")


def _openness(server: Server, *, is_open: bool) -> Finding:
    """Say whether others than this machine may come in without a word."""
    host = server.address.hostname or ""
    remedy = "Set PREFECT_SERVER_API_AUTH_STRING to `user:password` for it, or let it listen at 127.0.0.1 only."
    if is_open and not is_loopback(host):
        return defect("access", "others may come in without an auth string, and run programs by it", remedy)
    if is_open and (reached := next((one for one in _own_addresses() if _is_open_at(server, one)), None)):
        says = f"at {reached} other machines may come in without an auth string, and run programs by it"
        return defect("access", says, remedy)
    if is_open:
        return ok("access", "from this machine only")
    if server.address.scheme == "http" and not is_loopback(host):
        says = "only with the auth string, which others can read on the network"
        return warning("access", says, "Put it behind https.")
    return ok("access", "only with the auth string")


def _own_addresses() -> list[str]:
    """Return the addresses at which other machines may find this one."""
    import psutil

    found = [one.address for group in psutil.net_if_addrs().values() for one in group if one.family == socket.AF_INET]
    return [address for address in found if not is_loopback(address)]


def _is_open_at(server: Server, host: str) -> bool:
    try:
        return server.ask("/admin/version", known=False, host=host).status == 200
    except OSError:
        return False


def _holds(server: Server) -> Iterator[Finding]:
    """Look at what schedules need on the server."""
    if Path("prefect.yaml").is_file():
        from deployments.apply import changes

        differences = list(changes(Path.cwd(), make=False))
        for change in differences:
            yield warning(change.name.rstrip(":"), change.why, "Run `pressroom deploy`.")
        if not differences:
            yield ok("deployments", "pool, queues, schedules and automations are as they are wanted")
        yield _workers(server)
    yield from _notifications(server)


def _workers(server: Server) -> Finding:
    from deployments.pool import POOL

    found = server.ask(f"/work_pools/{POOL}/workers/filter", method="POST").data
    polling = [one for one in found if one.get("status") == "ONLINE"] if isinstance(found, list) else []
    if polling:
        return ok("workers", f"{len(polling)} at work for the pool {POOL!r}")
    remedy = "Start one: `pressroom worker`, or `pressroom up` where there is no server."
    return warning("workers", "none asks for work, so that no scheduled run begins", remedy)


def _notifications(server: Server) -> Iterator[Finding]:
    name = settings().notify
    if not name:
        yield ok("notifications", "go to the log: PRESSROOM_NOTIFY names no block")
        return
    slug, _, block = name.partition("/")
    if server.ask(f"/block_types/slug/{slug}/block_documents/name/{block}").status == 200:
        yield ok("notifications", f"go to the block {name!r}")
        return
    says = f"there is no block {name!r} on the server, so that nobody is told"
    yield defect("notifications", says, "Make it: `pressroom deploy` with PRESSROOM_NOTIFY_URL set, or on its pages.")
