"""`pressroom doctor`: what is open, missing or of the wrong version, and how to mend it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document, say

if TYPE_CHECKING:
    from tasks.checkup.finding import Finding, Look

HELP = "say what is open, missing or of the wrong version, and how to mend it"
DESCRIPTION = """Look at all that a run stands on: packages, state folder and disk, ledger, Prefect server and who may
reach it, models and voices, clock and time zones. Changes nothing, calls no model, and shows no secret.

Exit code 0 without faults, 1 with. Warnings are what works, but perhaps not as you think."""
_SIGNS = {"ok": "✅", "warning": "⚠️ ", "fault": "❌"}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from tasks.checkup.finding import looked

    found: list[tuple[str, Finding]] = []
    for theme, look in _themes():
        if not arguments.json:
            say(f"{theme[:1].upper()}{theme[1:]}")
        for one in looked(theme, look):
            is_told = one.verdict == "fault" and any(one[1:] == other[1:] for _, other in found)
            if not is_told:
                found.append((theme, one))
            if not arguments.json:
                say("  not looked at, for the fault above") if is_told else _show(one)
    faults, warnings = (sum(one.verdict == verdict for _, one in found) for verdict in ("fault", "warning"))
    if arguments.json:
        checks = [{"theme": theme, **one._asdict()} for theme, one in found]
        document({"faults": faults, "warnings": warnings, "checks": checks})
    else:
        say()
        say(f"{faults or 'No'} fault{'' if faults == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}.")
    return exits.NOT_ALL if faults else exits.SUCCEEDED


def _show(one: Finding) -> None:
    say(f"  {_SIGNS[one.verdict]} {one.name}: {one.says}")
    if one.remedy:
        say(f"     {one.remedy}")


def _themes() -> Iterator[tuple[str, Look]]:
    """Yield what is looked at; each is loaded when it is looked at, so that one that is broken harms no other."""
    yield "packages", _by("tasks.checkup.packages")
    yield "state", _by("tasks.checkup.state")
    yield "ledger", _by("tasks.checkup.ledger")
    yield "server", _by("flows.command.serving")
    yield "models", _by("tasks.checkup.models")
    yield "voices", _by("tasks.checkup.models", "voices")
    yield "surroundings", _by("tasks.checkup.surroundings")


def _by(module: str, name: str = "look") -> Look:
    def look() -> Iterator[Finding]:
        from importlib import import_module

        yield from getattr(import_module(module), name)()

    return look
