"""`pressroom validate`: find what is wrong with a spec, and with all it names, without making anything."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document, say
from tasks import words

if TYPE_CHECKING:
    from tasks.complaints import Problem, Remark
    from tasks.specs import Checked

HELP = "check a spec and all it names, without running it"
DESCRIPTION = """Check a spec, the configs and templates it names, the values they are filled with, and the
output paths. Starts no server and writes nothing. Lists every problem with its file, line and field."""
MOST = 100
MOST_FILES = 20
MOST_NOTES = 5


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("validate", help=HELP, description=DESCRIPTION)
    options.spec(parser)
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.asked import read_asked
    from tasks.specs import check_read

    checked = check_read(*read_asked(arguments.spec))
    if arguments.json:
        document(as_document(arguments.spec, checked))
    else:
        for line in [
            *_report(arguments.spec, checked.kind, checked.size, checked.problems),
            *_remarks(checked.remarks),
        ]:
            say(line)
    return exits.REFUSED if checked.problems else exits.SUCCEEDED


def as_document(spec: str, checked: Checked) -> dict[str, Any]:
    """Tell what was found, for programs."""
    return {
        "spec": spec,
        "kind": checked.kind,
        "items": checked.size,
        "valid": not checked.problems,
        "problems": [problem._asdict() for problem in checked.problems],
        "notes": [{"file": one.file, "form": one.form, "notes": one.notes} for one in checked.remarks],
    }


def _report(spec: str, kind: str | None, size: int, problems: list[Problem]) -> list[str]:
    if not problems:
        return [f"✅ {spec}: {kind}, {words.count(size, 'item')}; nothing wrong was found"]
    lines = [f"❌ {spec}: {words.count(len(problems), 'problem')}", ""]
    for problem in problems[:MOST]:
        lines.append(f"{_place(problem)}: {problem.code}")
        lines.append(f"  {words.cut_words(problem.message)}")
        if problem.remedy.strip():
            lines.append(f"  {problem.remedy}")
    if len(problems) > MOST:
        codes = Counter(problem.code for problem in problems).most_common()
        lines += [f"and {len(problems) - MOST:,} more; in all: " + ", ".join(f"{code} {n:,}" for code, n in codes)]
    return lines


def _remarks(remarks: Sequence[Remark]) -> list[str]:
    """Tell what is good to know, such as of files that were read from another form, a few lines each."""
    from flows.command.paths import shown_path

    lines, heading = list[str](), ""
    for remark in remarks[:MOST_FILES]:
        if remark.heading != heading:
            heading = remark.heading
            lines += ["", f"{heading}:"]
        lines.append(f"{shown_path(remark.file)}: {remark.form}" if remark.file else f"{remark.form}:")
        lines += [f"  {note}" for note in remark.notes[:MOST_NOTES]]
        if len(remark.notes) > MOST_NOTES:
            lines.append(f"  and {len(remark.notes) - MOST_NOTES:,} more, which --json shows")
    if len(remarks) > MOST_FILES:
        lines.append(f"and {len(remarks) - MOST_FILES:,} more files, which --json shows")
    return lines


def _place(problem: Problem) -> str:
    from flows.command.paths import shown_path

    parts = [shown_path(problem.file) if problem.file else "", str(problem.line or ""), problem.field]
    return ":".join(part for part in parts if part) or "spec"
