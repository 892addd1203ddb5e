"""`pressroom capabilities`: what this version can do, for programs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.screen import document

if TYPE_CHECKING:
    from tasks.sentences import Form

HELP = "say as JSON what this version can do"
DESCRIPTION = """Print, as JSON, the version, the kinds with the fields of their specs and the shapes of requests, the
generators, the forms of sentences and the limits."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("capabilities", help=HELP, description=DESCRIPTION)
    options.common(parser)
    parser.set_defaults(call=run)


def run(_arguments: argparse.Namespace) -> int:
    """Run the command."""
    document(as_document())
    return exits.SUCCEEDED


def as_document() -> dict[str, Any]:
    """Say what this version can do."""
    from importlib.metadata import version

    from tasks.models import Mode, Reuse
    from tasks.parameters import LIMIT, SPILL_ABOVE
    from tasks.sentences import FORMS
    from tasks.specs import kind_spec, kinds

    return {
        "name": "pressroom",
        "version": version("pressroom"),
        "kinds": {kind: _kind(kind_spec(kind)) for kind in kinds()},
        "sentences": _sentences(FORMS),
        "modes": [mode.value for mode in Mode],
        "reuse": [reuse.value for reuse in Reuse],
        "limits": {
            "max_batch_size": None,
            "max_parameter_bytes": LIMIT,
            "items_file_above_bytes": SPILL_ABOVE,
            "note": "A batch may have any number of items; above these bytes they go into an items_file.",
        },
    }


def _sentences(forms: Iterable[Form]) -> list[dict[str, str]]:
    return [{"form": form.written, "example": form.example} for form in forms]


def _kind(module: Any) -> dict[str, Any]:
    from tasks.sentences import own_forms

    schema = module.BATCH.model_json_schema()
    fields = {
        name: {
            "description": field.get("description", ""),
            **({"default": field["default"]} if "default" in field else {}),
        }
        for name, field in schema["properties"].items()
    }
    return {
        "spec_fields": fields,
        "request_shapes": getattr(module, "SHAPES", {}),
        "sentences": _sentences(own_forms(module)),
        "generators": list(getattr(module, "GENERATORS", ())),
        "schema": schema,
    }
