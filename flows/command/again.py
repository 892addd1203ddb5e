"""`pressroom resume` and `pressroom retry`: take a known batch up again, from what the ledger holds of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document, note, say
from tasks import words

if TYPE_CHECKING:
    from tasks.ledger.glance import BatchDocument
    from tasks.models import BatchOptions, Select

RESUME = "go on with a batch where it ended"
RETRY = "try the failed items of a batch again"


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "resume",
        help=RESUME,
        description="Go on with a batch where it ended. What is finished stays as it is; items that failed are left "
        "alone (see `pressroom retry`). A batch with nothing left to do is answered from the ledger at once.",
    )
    _arguments(parser, resume)
    parser = commands.add_parser(
        "retry",
        help=RETRY,
        description="Try the failed items of a batch again, and those that were skipped because of them.",
    )
    _arguments(parser, retry)


def _arguments(parser: argparse.ArgumentParser, call: Any) -> None:
    parser.add_argument("batch", metavar="BATCH", help="a batch id; `pressroom status` lists them")
    options.common(parser)
    parser.set_defaults(call=call)


def resume(arguments: argparse.Namespace) -> int:
    """Run `resume`."""
    result = at_rest(arguments.batch)
    if is_work_left(result, "unfinished"):
        return _again(arguments, "unfinished")
    waiting = f" {words.count(result['needs_review'], 'item')} to review: `pressroom review {arguments.batch}`."
    waits = waiting if result["needs_review"] else ""
    if result["failed"]:
        failed = f"{words.count(result['failed'], 'item')} failed: `pressroom retry {arguments.batch}`."
        return _show(result, arguments, f"Nothing is unfinished. {failed}{waits}")
    return _show(result, arguments, f"Nothing to do: {words.count(result['total'], 'item')}, all made.{waits}")


def retry(arguments: argparse.Namespace) -> int:
    """Run `retry`."""
    result = at_rest(arguments.batch)
    if is_work_left(result, "failed"):
        return _again(arguments, "failed")
    unfinished = result["pending"] + result["cancelled"]
    more = f" {words.count(unfinished, 'item')} unfinished: `pressroom resume {arguments.batch}`."
    return _show(result, arguments, "Nothing has failed." + (more if unfinished else ""))


def at_rest(batch_id: str) -> BatchDocument:
    """Read a batch that nobody is working on, or refuse with BATCH_BUSY."""
    from flows.command.ledger import await_ledger, result_of
    from tasks.errors import fault
    from tasks.ledger.batch_rows import AT_WORK

    await_ledger()
    result = result_of(batch_id)
    if result["status"] in AT_WORK:
        raise fault("BATCH_BUSY", batch_id=batch_id, owner=result["status"])
    return result


def is_work_left(result: BatchDocument, select: str) -> bool:
    """Say whether there is anything to take up again: of what is `unfinished`, or of what has `failed`."""
    if select == "failed":
        return bool(result["failed"] or result["skipped"])
    from tasks.ledger.glance import is_all_there

    ended = result["successful"] + result["failed"] + result["needs_review"]
    return not is_all_there(result) and not (result["failed"] and ended == result["total"])


def _show(result: BatchDocument, arguments: argparse.Namespace, why: str) -> int:
    """Show a batch that needed no work."""
    note(why)
    if arguments.json:
        document(result)
    else:
        from flows.command.summary import summary

        for line in summary(result):
            say(line)
    return exits.of_result(result)


def _again(arguments: argparse.Namespace, select: str) -> int:
    from flows.command.run import tell
    from flows.command.running import run_batch
    from tasks.models import Select

    kind, batch = stored(arguments.batch, Select(select))
    return tell(run_batch(kind, batch, read_from="the ledger", verbose=arguments.verbose), arguments)


def stored(batch_id: str, select: Select) -> tuple[str, BatchOptions]:
    """Return what was asked of a batch, as the ledger holds it, to be taken up again."""
    from flows.command.ledger import looking_at
    from tasks.specs import read_stored

    with looking_at(batch_id) as glance:
        kind, spec = glance.spec(batch_id)
    return kind, read_stored(kind, spec, select)
