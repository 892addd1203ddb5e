"""Models and voices: their settings, whether keys are there (which are never shown), and what runs on this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

from tasks.checkup.finding import Finding, defect, ok, warning
from tasks.errors import PressroomError, fault
from tasks.llm.names import LOCAL, NONE
from tasks.llm.setup import ModelSetup, model_setup
from tasks.settings import settings

_SECONDS = 10
"""How long ffmpeg may take to say its version."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def look() -> Iterator[Finding]:
    """Look at the settings of models, then at each model that they name."""
    setup, path = model_setup(), settings().models_path
    yield ok("models", str(path) if path.exists() else "no settings of this machine's own: the defaults hold")
    yield from _keys(setup)
    yield from _servers(setup)
    yield _local_model(is_needed=setup.default.startswith(f"{LOCAL}:"))


def voices() -> Iterator[Finding]:
    """Look at what speaks on this machine, and at what its audio is worked on with."""
    if find_spec("espeakng_loader") is None:
        says = "the local voices are not installed; podcasts need others, which their shows name"
        yield warning("local voices", says, "Run `uv sync --group local` for them.")
    else:
        yield ok("local voices", "installed")
    yield _ffmpeg()


def _ffmpeg() -> Finding:
    """Run it once: a path that the environment names is taken by its word until then."""
    from tasks.speech.ffmpeg import program

    try:
        path = program()
        said = subprocess.run([path, "-version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS)
        why = "" if said.stdout.startswith(b"ffmpeg") else f"{path!r} is another program, or broken"
    except OSError as error:
        why = f"{path!r}: {error.strerror}"
    except subprocess.TimeoutExpired:
        why = f"{path!r} says nothing for {_SECONDS} s"
    except PressroomError as error:
        return defect("ffmpeg", error.message, error.remedy)
    if not why:
        return ok("ffmpeg", path)
    missing = fault("FFMPEG_MISSING", why=why)
    return defect("ffmpeg", f"{missing.message} No episode can be recorded.", missing.remedy)


def _keys(setup: ModelSetup) -> Iterator[Finding]:
    """Say of each vendor that is named whether its key is there."""
    from tasks.llm.keys import key_missing, variables_of

    named = [setup.default, *setup.lanes, *setup.prices, *setup.servers]
    vendors = {name.partition(":")[0]: name if ":" in name else f"{name}:any" for name in named if name != NONE}
    for vendor, model in sorted(vendors.items()):
        if missing := key_missing(model):
            says = f"the environment has no {missing}, so that its models cannot be called"
            verdict = defect if setup.default.startswith(f"{vendor}:") else warning
            yield verdict(f"key of {vendor}", says, f"Set {missing} for whatever runs the batches, worker included.")
        elif variables_of(model):
            yield ok(f"key of {vendor}", "there")


def _servers(setup: ModelSetup) -> Iterator[Finding]:
    for name, server in setup.servers.items():
        address = urlsplit(server.address)
        if address.scheme == "http" and address.hostname not in _LOOPBACK:
            says = "key, prompts and answers go over the network where others can read them"
            yield warning(f"server {name}", says, "Give it an address with https, or one of this machine.")


def _local_model(*, is_needed: bool) -> Finding:
    from tasks.llm.local import local_model_file

    try:
        return ok("local model", str(local_model_file()))
    except PressroomError as error:
        says = error.message if not is_needed else f"{error.message} It is the default of batches that name none."
        return (defect if is_needed else warning)("local model", says, error.remedy)
