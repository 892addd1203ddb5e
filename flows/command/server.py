"""The temporary Prefect server of a run, where none is configured.

Prefect starts one by itself, but in the terminal's own process group, where Ctrl-C ends it before
the batch could be closed, and with the terminal as its log. This one is out of reach of Ctrl-C,
writes to a file, and ends with the process that started it, however that ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import get_current_settings

from tasks.settings import settings

# Its standard input is a pipe from us: when we are gone, killed or not, reading from it ends.
_SERVE = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
import uvicorn
uvicorn.run("prefect.server.api.server:create_app", factory=True, host="127.0.0.1",
            port=int(sys.argv[1]), log_level="error", lifespan="on")
"""
_ROLE = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}


class TemporaryServer(SubprocessASGIServer):
    """Prefect's temporary server, started our way. Prefect uses whichever instance is there first."""

    def _run_uvicorn_command(self) -> subprocess.Popen[Any]:
        log = settings().home / "prefect-server.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        known = get_current_settings().to_environment_variables(exclude_unset=True)
        with log.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-c", _SERVE, str(self.port)],
                env={**os.environ, **known, **_ROLE},
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )


def is_configured() -> bool:
    """Say whether a Prefect server is configured already."""
    return bool(get_current_settings().api.url)
