"""`pressroom mcp`: the tools for an assistant, over standard input and output."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flows.command import exits

HELP = "serve an assistant that speaks MCP, over standard input and output"
DESCRIPTION = """Serve the tools of Pressroom to an assistant by the Model Context Protocol (MCP), over standard input
and output, until the assistant's program closes them. That program starts it: see "From an assistant" in the README.

No request leaves the folder: specs, configs and notes are read there, outputs are written there, and state lies in its
.pressroom unless PRESSROOM_HOME says otherwise. All batches of that state are shown and can be cancelled, whichever
folder they are of. Batches at work at the end are cancelled, and can be resumed."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "mcp", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", metavar="DIR", default=".", help="the folder (default: the current one)")
    parser.set_defaults(call=run, json=False, verbose=False)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from tasks.errors import fault

    folder = Path(arguments.folder).expanduser()
    if not folder.is_dir():
        raise fault("USAGE", why=f"There is no folder {arguments.folder!r}", command="pressroom mcp")
    if find_spec("fastmcp") is None:
        raise fault("EXTRA_MISSING", command="pressroom mcp", package="fastmcp", extra="mcp")
    os.chdir(folder)
    # Whose folder it is has opened it by this: its specs may name all that is in it.
    os.environ["PRESSROOM_FOLDERS"] = os.pathsep.join([str(Path.cwd()), os.environ.get("PRESSROOM_FOLDERS", "")])
    from flows.assistant.server import build

    build(Path.cwd()).run("stdio", show_banner=False, log_level="CRITICAL")
    return exits.SUCCEEDED
