"""Processes that share a test's server, state and modules, so that they can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prefect.settings import PREFECT_API_URL


def run_apart(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    """Run some code in a process of its own."""
    root = Path(__file__).parent
    environment = {
        **os.environ,
        "PREFECT_API_URL": str(PREFECT_API_URL.value()),
        "PYTHONPATH": os.pathsep.join([str(root), str(root.parent)]),
    }
    command, quiet = [sys.executable, "-c", code, *map(str, arguments)], subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
