"""The `pressroom` command: parser, dispatch, and what becomes of errors.

Each command lies in `flows/command/` and brings its own options. Exit codes: 0 all well, 1 not all
came out, 2 refused and nothing run, 3 stopped, 70 a fault of ours, 130 interrupted.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from flows.command import exits
from flows.command.screen import complain, note
from tasks.errors import PressroomError, as_fault, fault

COMMANDS = {
    "run": "run",
    "submit": "submit",
    "watch": "follow",
    "resume": "again",
    "retry": "again",
    "status": "status",
    "queue": "queue",
    "report": "report",
    "review": "review",
    "cancel": "control",
    "pause": "control",
    "continue": "control",
    "validate": "validate",
    "plan": "plan",
    "preview": "preview",
    "regenerate": "regenerate",
    "clean": "clean",
    "capabilities": "capabilities",
    "demo": "demo",
    "up": "up",
    "worker": "worker",
    "deploy": "deploy",
    "doctor": "doctor",
    "creators": "creators",
    "mcp": "mcp",
}
"""The commands and their modules. Only the module that is asked for is loaded: all of them take longer than it."""

AT_ONCE = ("status", "queue", "validate", "plan", "preview", "review", "creators list")
"""The commands that answer at once and end."""

EPILOG = """exit codes:
  0  all succeeded, or were made already     3    stopped: cancelled, deadline, first failure
  1  some or all failed                      70   a fault of Pressroom
  2  refused: bad input, nothing was run     130  interrupted; `pressroom resume` goes on

State (ledger, checkpoints) lies in ./.pressroom, or in the folder PRESSROOM_HOME names."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises a fault, so that it can be told as JSON too."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise fault("USAGE", why=message[:1].upper() + message[1:], command=self.prog)


def build_parser(given: Sequence[str] = ()) -> Parser:
    """Put the commands together: the one that is asked for, or all where that is none."""
    parser = Parser(
        prog="pressroom",
        description="Make content in batches: many items, each through its stages, resumable at any point.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    asked = [COMMANDS[word] for word in given[:1] if word in COMMANDS]
    for module in asked or dict.fromkeys(COMMANDS.values()):
        import_module(f"flows.command.{module}").add(commands)
    return parser


def command() -> int:
    """Run the command as a process of its own.

    One that answers at once would spend a fifth of its time on looking for what is not there: for garbage, most of
    all when the process ends, and for plugins of pydantic, in every package that is installed.
    """
    answers_at_once = not {" ".join(sys.argv[1:2]), " ".join(sys.argv[1:3])}.isdisjoint(AT_ONCE)
    if answers_at_once:
        gc.disable()
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    code = main()
    if answers_at_once:
        gc.freeze()
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    verbose = "--verbose" in given
    try:
        arguments = build_parser(given).parse_args(given)
        code: int = arguments.call(arguments)
        return code
    except SystemExit as end:  # --help
        return int(end.code or 0)
    except PressroomError as error:
        return _refused(error, given, verbose=verbose)
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.NOT_ALL
    except Exception as error:
        return _refused(as_fault(error, what="pressroom"), given, verbose=verbose, raised=error)
    except BaseException as error:  # Ctrl-C, and Prefect's form of a termination signal
        if verbose:
            traceback.print_exception(error, file=sys.stderr)
        note("Interrupted before anything was run.")
        return exits.INTERRUPTED


def _refused(error: PressroomError, given: Sequence[str], *, verbose: bool, raised: BaseException | None = None) -> int:
    if verbose:
        traceback.print_exception(raised or error, file=sys.stderr)
    complain(error, as_json="--json" in given)
    return exits.of_error(error)


if __name__ == "__main__":
    sys.exit(command())
