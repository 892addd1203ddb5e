"""`pressroom preview`: the texts that a spec would make, with the template, the values and what is missing."""

from __future__ import annotations

import argparse
import shutil
import sys
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document, quote, say
from tasks import words

if TYPE_CHECKING:
    from tasks.previews import Preview

HELP = "show what would be made of a spec, without writing it"
DESCRIPTION = """Make the first items of a spec, or one of them, and show their texts instead of writing them: with
the template and its hash, where each value comes from, which are missing and which are not used, and the size.
Starts no server and writes nothing."""
MOST = 5
LINES = 12
_number = options.number(1_000_000)


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("preview", help=HELP, description=DESCRIPTION)
    options.spec(parser)
    parser.add_argument("--item", metavar="ID", help="only this item, and all of its text")
    parser.add_argument(
        "--most",
        metavar="N",
        type=_number,
        default=MOST,
        help=f"show the first N items (default: {MOST})",
    )
    parser.add_argument(
        "--lines",
        metavar="N",
        type=_number,
        default=LINES,
        help=f"lines shown of each (default: {LINES})",
    )
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.asked import load_asked
    from tasks.specs import hook, name_batch

    spec = load_asked(arguments.spec)
    make = hook(spec.kind, "preview", "be previewed")
    total, previews = make(name_batch(spec.kind, spec.batch), arguments.item, arguments.most)
    shown: list[Preview] = []
    if not arguments.json:
        say(f"{spec.kind}: {words.count(total, 'item')} from {arguments.spec}")
    for preview in previews:
        shown.append(preview)
        if not arguments.json:
            _show(preview, None if arguments.item else arguments.lines)
    if arguments.json:
        document(as_document(arguments.spec, spec.kind, total, shown))
    elif arguments.item is None and total > len(shown):
        say()
        say(f"and {total - len(shown):,} more: --most N shows more, --item ID one in full")
    return exits.NOT_ALL if any(preview.error is not None for preview in shown) else exits.SUCCEEDED


def _show(preview: Preview, lines: int | None) -> None:
    """Show an item as soon as it is made; its text in full where `lines` is None."""
    say()
    for line in _about(preview):
        say(line)
    if preview.content is not None:
        say()
        if lines is None:
            quote(preview.content)
        else:
            for line in _beginning(preview.content, lines):
                quote(line)


def _about(preview: Preview) -> list[str]:
    from flows.command.paths import shown_path

    lines = [preview.item_id if preview.size is None else f"{preview.item_id} ({words.size(preview.size)})"]
    if preview.output_path:
        lines.append(f"  file:     {shown_path(preview.output_path)}")
    lines += [f"  {f'{name}:':<9} {fact}" for name, fact in preview.facts.items()]
    if preview.template:
        also = f", with {', '.join(preview.templates)}" if preview.templates else ""
        lines.append(f"  template: {preview.template} ({preview.template_hash}){also}, by {preview.generator}")
    for source, said in (
        ("request", "request:"),
        ("config", "config:"),
        ("example", "example:"),
        ("default", "default:"),
    ):
        named = [name for name, usage in preview.variable_usage.items() if usage.source == source]
        lines += [f"  {said:<9} {', '.join(named)}"] if named else []
    if preview.missing_variables:
        lines.append(f"  {words.WARNING} missing: {', '.join(preview.missing_variables)} ({preview.left})")
    if preview.unused_variables:
        lines.append(f"  {words.WARNING} given and not used: {', '.join(preview.unused_variables)}")
    if preview.is_open:
        lines.append(f"  {words.WARNING} names templates that are known only while rendering, and may use more")
    lines += [f"  {words.WARNING} {warning}" for warning in preview.warnings if preview.facts]
    if preview.error is not None:
        lines += [f"  {words.CROSS} {preview.error.code}: {preview.error.message}"]
        lines += [f"     {preview.error.remedy}"] if preview.error.remedy.strip() else []
    return lines


def _beginning(text: str, most: int) -> list[str]:
    lines = text.splitlines()
    width = shutil.get_terminal_size().columns - 5 if sys.stdout.isatty() else None
    shown = [line if width is None or len(line) <= width else f"{line[: width - 1]}…" for line in lines[:most]]
    more = [f"  … and {words.count(len(lines) - most, 'more line')}"] if len(lines) > most else []
    return [f"  │ {line}".rstrip() for line in shown] + more


def as_document(spec: str, kind: str, total: int, previews: list[Preview]) -> dict[str, Any]:
    """Tell previews for programs."""
    errors = [
        {"content_id": one.content_id, "code": one.error.code, "message": one.error.message}
        for one in previews
        if one.error is not None
    ]
    return {
        "success": not errors,
        "status": "preview",
        "spec": spec,
        "kind": kind,
        "total": total,
        "previewed": len(previews),
        "results": [item_document(preview) for preview in previews],
        "errors": errors,
    }


def item_document(preview: Preview) -> dict[str, Any]:
    """Tell one preview, its text in full."""
    error = preview.error
    return {
        "content_id": preview.content_id,
        "item_id": preview.item_id,
        "success": error is None,
        "status": "preview",
        "content": preview.content,
        "size": preview.size,
        "output_path": preview.output_path,
        "generator": preview.generator,
        "template": preview.template,
        "template_hash": preview.template_hash,
        "templates": preview.templates,
        "variable_usage": {name: dict(usage.__dict__) for name, usage in preview.variable_usage.items()},
        "missing_variables": preview.missing_variables,
        "unused_variables": preview.unused_variables,
        "facts": preview.facts,
        "warnings": preview.warnings,
        "error": {"code": error.code, "message": error.message, "remedy": error.remedy} if error else None,
    }
