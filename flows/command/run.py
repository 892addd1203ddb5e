"""`pressroom run`: make a batch from a spec."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import complain, document, say

if TYPE_CHECKING:
    from flows.command.running import Ran

HELP = "make a batch from a spec or a sentence"
DESCRIPTION = """Make a batch from a spec: a YAML or JSON file that names its kind and its items.

A sentence in place of the file, such as "Generate content for house-style, reading-list", is read as the spec it
stands for, which is shown; what is not clear is refused. `pressroom capabilities` lists the forms of sentences.

Configs, templates and relative paths in a spec are looked up from the spec's own folder. Under the
name of a batch that is known already (--batch-id, or `batch_id` in the spec) the batch is resumed."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "run", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.spec(parser)
    options.batch(parser)
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.asked import SENTENCE, carry_out, load_asked, meaning_of
    from flows.command.running import run_batch
    from tasks.errors import fault
    from tasks.sentences import Command
    from tasks.specs import kind_spec

    meaning = meaning_of(arguments.spec)
    if isinstance(meaning, Command):
        return carry_out(meaning, arguments)
    spec = load_asked(arguments.spec, options.given(arguments))
    if kind_spec(spec.kind).size_of(spec.batch) == 0:
        raise fault("EMPTY_BATCH")
    ran = run_batch(spec.kind, spec.batch, read_from=str(spec.path), verbose=arguments.verbose)
    return tell(ran, arguments, arguments.spec if spec.path != SENTENCE else None)


def tell(ran: Ran, arguments: argparse.Namespace, spec: str | None = None) -> int:
    """Say what became of a batch and return the exit code."""
    from flows.command.summary import summary

    if arguments.json:
        document(ran.result)
    else:
        say()
        for line in summary(ran.result, ran.watch, spec):
            say(line)
    if ran.fault is not None:
        complain(ran.fault, as_json=False)
        return exits.OUR_FAULT if ran.fault.code == "INTERNAL" else exits.NOT_ALL
    return exits.of_run(ran.result, interrupted=ran.interrupted)
