"""`pressroom demo`: a small batch of every kind there is, made from material that ships with the package."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import complain, document, note, say
from tasks import words

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.ledger.glance import BatchDocument

HELP = "make a small batch of every kind, from material that comes along"
DESCRIPTION = """Make a small batch of every kind there is, or of those named, into ./output. The material comes
with the package and needs no network; each kind's result is announced as it finishes."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("demo", help=HELP, description=DESCRIPTION)
    parser.add_argument("kinds", metavar="KIND", nargs="*", help="kinds to show (default: all)")
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from tasks.errors import PressroomError
    from tasks.specs import kinds

    results: dict[str, Any] = {}
    code = exits.SUCCEEDED
    for kind in arguments.kinds or kinds():
        try:
            result, its_code = _one(kind, arguments)
            results[kind] = result
        except PressroomError as error:
            complain(error, as_json=False)
            results[kind] = {"error": {"code": error.code, "message": error.message, "remedy": error.remedy}}
            its_code = exits.REFUSED if error.code == "UNKNOWN_KIND" else exits.NOT_ALL
        if its_code == exits.INTERRUPTED:
            return its_code
        code = max(code, its_code)
    _end(results, as_json=arguments.json)
    return code if code in (exits.SUCCEEDED, exits.REFUSED) else exits.NOT_ALL


def demo_spec(kind: str) -> Path:
    """Where the demo of a kind lies."""
    from pathlib import Path

    import tasks
    from tasks.specs import kind_spec

    kind_spec(kind)
    return Path(tasks.__path__[0]) / kind / "demo" / "spec.yaml"


def _one(kind: str, arguments: argparse.Namespace) -> tuple[BatchDocument, int]:
    from pathlib import Path

    from flows.command.running import run_batch
    from flows.command.summary import summary
    from tasks.specs import load_spec, new_batch_id

    batch_id = new_batch_id(f"demo-{kind}")
    output = str(Path("output").absolute() / batch_id)
    spec = load_spec(demo_spec(kind), {"batch_id": batch_id, "output_dir": output})
    ran = run_batch(kind, spec.batch, read_from=f"the demo of {kind}", verbose=arguments.verbose)
    if not arguments.json:
        say()
        for line in summary(ran.result, ran.watch):
            say(line)
        say()
    if ran.fault is not None:
        complain(ran.fault, as_json=False)
        return ran.result, exits.NOT_ALL
    return ran.result, exits.of_run(ran.result, interrupted=ran.interrupted)


def _end(results: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        document({"kinds": results})
        return
    good = [kind for kind, result in results.items() if result.get("status") == "succeeded"]
    note(f"{len(good)} of {words.count(len(results), 'kind')} made: {', '.join(good) or 'none'}.")
    from flows.command.paths import shown_path

    for result in results.values():
        if "output_dir" in result:
            say(f"Look at {shown_path(result['output_dir'])}/")
