"""The run watch: what Prefect's server takes a run for, and what its batch does, are brought together again.

Both come apart when the server was away for a while, and the run was not (3.8.8):

- What tells a worker of cancels gives up for good on the runs that are at work. A click on *Cancel* would do nothing,
  and the batch would go on spending. So it stops by itself.
- The server has heard no heartbeats, and takes the run for crashed. So the run says that it lives, before a worker is
  given it anew.

A thread of its own, because a server that is slow to answer must keep neither the lease nor a cancel waiting.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.scheduled import ASK_SECONDS, counts_as_crashed, deployed_run, means_cancelled, state_at_server
from flows.window import BatchRun
from tasks.errors import fault

logger = logging.getLogger("pressroom")
LOOK_SECONDS = 2.0
"""How often it looks. It stops the batch when it sees the cancel for the second time: a worker that has heard of it is
quicker."""


class RunWatch:
    """Watches what a deployment's run is at the server while its batch is at work."""

    def __init__(self, run: BatchRun[Any], truly: Callable[[], State[Any]]) -> None:
        """`truly` says what the run is to be shown as while it lives."""
        self._run = run
        self._truly = truly
        self._seen_cancelled = 0
        self._over = threading.Event()
        follow = partial(copy_context().run, self._follow)
        self._thread = threading.Thread(target=follow, name="pressroom-run-watch", daemon=True)

    def __enter__(self) -> RunWatch:
        """Start watching."""
        if deployed_run() is not None:
            self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Leave, so that nothing is said of the run any more; a server that does not answer is not waited for."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(ASK_SECONDS)

    def _follow(self) -> None:
        # One client for all looks, since to make one is ten times the work of a look; and one that gives up at once,
        # lest it be asleep when the server is back.
        with (
            temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}),
            get_client(sync_client=True, httpx_settings={"timeout": ASK_SECONDS}) as client,
        ):
            while not self._over.wait(LOOK_SECONDS):
                state = state_at_server(client)
                if state is not None and not self._over.is_set():
                    self._heed(state, client)

    def _heed(self, state: State[Any], client: SyncPrefectClient) -> None:
        self._seen_cancelled = self._seen_cancelled + 1 if means_cancelled(state) else 0
        if self._seen_cancelled == 2:
            self._run.stop(fault("CANCELLED", by="on request"))
        elif counts_as_crashed(state):
            self._say_it_lives(client)

    def _say_it_lives(self, client: SyncPrefectClient) -> None:
        run = deployed_run()
        if run is None:
            return
        try:
            client.set_flow_run_state(run.id, self._truly(), force=True)
        except httpx.HTTPError as error:
            logger.info("That the run lives could not be told: %r", error)
        else:
            logger.warning("Batch %r: its run counted as crashed, and lives.", self._run.batch_id)
