"""`pressroom deploy`: make on a Prefect server what the weekly schedules need, or say how the server differs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from flows.command import exits, options
from flows.command.screen import document, note, say

HELP = "make the work pool, queues, schedules and automations on the server"
DESCRIPTION = """Make on the Prefect server what the schedules of ./prefect.yaml need: the work pool `pressroom` with
its queues critical, high, normal and low, a deployment for each kind and for reviews, and automations for runs that
crash. With PRESSROOM_NOTIFY_URL in the environment (any address that Apprise knows: Slack, e-mail, a webhook), persons
are told of crashes there, and of the rest where PRESSROOM_NOTIFY=slack-webhook/pressroom is set for the worker.

Safe to run twice: what is there as it is wanted is left alone, and a schedule that somebody has switched on or off
stays so. Schedules of these deployments that the file does not name are deleted. The server is the one of `pressroom
up`, or that Prefect is set to (PREFECT_API_URL)."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "deploy", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing: exit code 1 where the server differs")
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.server import reached

    with reached():
        from deployments.apply import changes
        from deployments.unnamed import unnamed

        done = []
        for change in changes(Path.cwd(), make=not arguments.check):
            done.append(change)
            note(f"{change.name} {change.why}" if arguments.check else change.made)
        for besides in (others := unnamed(Path.cwd())):
            note(str(besides))
    differs = any(arguments.check or one.left for one in done)
    if arguments.json:
        told = {"differences": [one._asdict() for one in done], "unnamed": [one._asdict() for one in others]}
        document({"changed": not arguments.check, **told})
    elif differs:
        say("The server differs.")
    else:
        say("The server has what is wanted, and more." if others else "The server is as it is wanted.")
    return exits.NOT_ALL if differs else exits.SUCCEEDED
