"""What a command is asked to make: a spec's file, or a plain sentence that stands for a spec or for another command."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from flows.command.screen import note

if TYPE_CHECKING:
    from tasks.complaints import Problem
    from tasks.ledger.glance import StatusDocument
    from tasks.models import JsonObject
    from tasks.sentences import Command
    from tasks.specs import Spec

SENTENCE = Path("the sentence")
"""Stands for the file where there is none: relative paths begin in the current folder."""
MOST = 5
"""Batches named at most, where one of several may be meant."""
_ENDINGS = (".yaml", ".yml", ".json")
_OPTIONS = ("batch_id", "output", "mode", "reuse", "max_parallel")


def read_asked(argument: str, given: JsonObject | None = None) -> tuple[Spec | None, list[Problem]]:
    """Read the spec that is named or said; return it, or None with all that is wrong."""
    from tasks.specs import read_spec, spec_in

    meaning = meaning_of(argument)
    if meaning is None:
        return read_spec(Path(argument), given)
    from tasks.errors import fault
    from tasks.sentences import Command

    if isinstance(meaning, Command):
        hint = f"`pressroom run` takes it, and reads it as `{shlex.join(['pressroom', *_words(meaning)])}`."
        raise fault("SENTENCE_UNCLEAR", sentence=argument, why="it stands for a command and not for a spec", hint=hint)
    text = json.dumps(meaning, ensure_ascii=False)
    note(f"Read as: {text}")
    return spec_in(text, SENTENCE, given)


def load_asked(argument: str, given: JsonObject | None = None) -> Spec:
    """Read the same; the first thing that is wrong with it is raised."""
    from tasks.specs import whole_spec

    return whole_spec(*read_asked(argument, given))


def meaning_of(argument: str) -> JsonObject | Command | None:
    """Return what a sentence means; None for what names a file. SENTENCE_UNCLEAR when it is neither."""
    if os.path.exists(argument):
        return None  # Most often: the grammar takes longer to load than such a spec to read.
    from tasks.sentences import is_sentence

    if not is_sentence(argument):
        return None
    from flows.cli import COMMANDS
    from tasks.errors import PressroomError
    from tasks.sentences import forms_of, read_sentence
    from tasks.specs import kind_spec, kinds

    try:
        return read_sentence(argument, forms_of([kind_spec(kind) for kind in kinds()]), list(COMMANDS))
    except PressroomError:
        if argument.endswith(_ENDINGS):
            return None  # A path that is not right, more likely.
        raise


def carry_out(command: Command, arguments: argparse.Namespace) -> int:
    """Run the command that a sentence stands for, with the options that were given."""
    from flows.cli import build_parser

    words = _words(command)
    note(f"Read as: {shlex.join(['pressroom', *words])}")
    words += [f"--{name}" for name in ("json", "verbose") if getattr(arguments, name)]
    for name in _OPTIONS:
        if (value := getattr(arguments, name)) is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    parsed = build_parser(words).parse_args(words)
    code: int = parsed.call(parsed)
    return code


def _words(command: Command) -> list[str]:
    if command.name == "retry":
        return ["retry", command.about.get("batch") or _failed_batch(is_last="is_last" in command.about)]
    return [command.name, *(word for name, value in command.about.items() for word in (f"--{name}", value))]


def _failed_batch(*, is_last: bool) -> str:
    """Return the one batch whose failed items can be meant; SENTENCE_UNCLEAR when there is none or more than one."""
    from flows.command.ledger import looking
    from tasks.ledger.batch_rows import AT_WORK

    with looking() as glance:
        known = glance.batches() if glance is not None else []
    failed = [one for one in known if one["status"] not in AT_WORK and _has_failed(one)]
    if is_last and known:
        last = [one for one in known if one["started_at"] == known[0]["started_at"]]
        if len(last) == 1 and last[0] in failed:
            return last[0]["batch_id"]
        name = " and ".join(repr(one["batch_id"]) for one in last)
        why = f"the last batch is {name}" + (", and nothing in it has failed" if len(last) == 1 else "")
    elif len(failed) == 1:
        return failed[0]["batch_id"]
    else:
        why = f"{len(failed)} batches have items that failed" if failed else "no batch has items that failed"
    raise _unclear(why, failed)


def _unclear(why: str, candidates: list[StatusDocument]) -> Exception:
    from tasks.errors import fault

    named = [f"`pressroom retry {one['batch_id']}`" for one in candidates[:MOST]]
    more = f" (and {len(candidates) - MOST} more)" if len(candidates) > MOST else ""
    hint = f"Say which: {', '.join(named)}{more}." if named else "`pressroom status` lists the batches."
    return fault("SENTENCE_UNCLEAR", sentence="the failed ones", why=why, hint=hint)


def _has_failed(one: StatusDocument) -> bool:
    return bool(one["counts"].get("failed") or one["counts"].get("skipped"))
