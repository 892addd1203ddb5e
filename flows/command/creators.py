"""`pressroom creators`: the roster that weeks are planned for: try it with an invented one, list, import, export."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.paths import shown_path
from flows.command.screen import document, say
from tasks import words

if TYPE_CHECKING:
    from tasks.creators.store import Listed

HELP = "show, import and export the creators that weeks are planned for, or invent some"
DESCRIPTION = """The roster: creators, their copy, what their posts brought, and their audiences. It lies in the
ledger's database. Its files are creators.csv, copy.csv, performance.csv and audience.csv, or any of them."""
SAMPLE = """Invent creators with copy, sixteen weeks of posts and audiences, to try the planning with: the same for
the same seed. Two groups are among them. Their page names end with "(sample)", and a later sample may write them anew;
any other creator of the same id is left alone, and nothing is written, unless --replace is given."""
IMPORT = """Import a folder's files, or the files given: all of it or nothing. Every error is named with its file, line
and column. What is there already is updated, by the columns that a file has."""
EXPORT = """Write the whole roster as four CSV files that `import` takes. Texts stand as they are: a spreadsheet may
take one that begins with = + - or @ for a formula."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("creators", help=HELP, description=DESCRIPTION)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    sample = actions.add_parser("sample", help="invent creators to try with", description=SAMPLE)
    sample.add_argument("--creators", metavar="N", type=options.number(1000), default=12, help="how many (default: 12)")
    sample.add_argument("--seed", metavar="N", type=int, default=7, help="another seed invents others (default: 7)")
    sample.add_argument("--replace", action="store_true", help="overwrite creators of the same id")
    sample.add_argument("--csv", metavar="DIR", help="write CSV files there, and nothing into the database")
    _finish(sample, _sample)
    _finish(actions.add_parser("list", help="list the creators", description="List the creators."), _list)
    take = actions.add_parser("import", help="import CSV files", description=IMPORT)
    take.add_argument("files", metavar="DIR|FILE", nargs="+", help="a folder with the files, or the files")
    _finish(take, _import)
    give = actions.add_parser("export", help="write CSV files", description=EXPORT)
    give.add_argument("folder", metavar="DIR", help="folder to write into")
    _finish(give, _export)


def _finish(parser: argparse.ArgumentParser, call: Any) -> None:
    options.common(parser)
    parser.set_defaults(call=call)


def _sample(arguments: argparse.Namespace) -> int:
    from tasks.creators.sampling import sample_roster

    roster = sample_roster(arguments.creators, arguments.seed)
    if arguments.csv:
        from tasks.creators.roster_csv import write_roster

        place = shown_path(write_roster(roster.rows, Path(arguments.csv).expanduser().absolute()))
    else:
        from tasks.creators.store_roster import save_sample

        save_sample(roster.rows, replace=arguments.replace)
        place = "the database"
    counts = {name: len(rows) for name, rows in roster.rows.items()}
    if arguments.json:
        document({"creators": roster.creator_ids, "seed": arguments.seed, "written_to": place, "rows": counts})
    else:
        say(f"✅ Into {place}: {_counted(counts)}. All of it is invented.")
        say(f"To see them: {'the files there' if arguments.csv else 'pressroom creators list'}")
    return exits.SUCCEEDED


def _list(arguments: argparse.Namespace) -> int:
    import json

    from flows.command.ledger import looking
    from tasks.creators.store import listed

    with looking() as glance:
        found = listed(glance.execute) if glance is not None else []
    if arguments.json:
        document([one._asdict() | {"rules": json.loads(one.rules)} for one in found])
        return exits.SUCCEEDED
    for line in _table(found):
        say(line)
    return exits.SUCCEEDED


def _import(arguments: argparse.Namespace) -> int:
    from tasks.creators.roster_csv import import_roster

    imported = import_roster([Path(name).expanduser().absolute() for name in arguments.files])
    if arguments.json:
        document({"imported": imported.counts})
    else:
        say(f"✅ Imported {_counted(imported.counts)}.")
    return exits.SUCCEEDED


def _export(arguments: argparse.Namespace) -> int:
    from flows.command.ledger import looking
    from tasks.creators.roster_csv import export_roster

    folder = Path(arguments.folder).expanduser().absolute()
    with looking() as glance:
        counts = export_roster(glance.execute if glance is not None else lambda _query, _values: (), folder)
    if arguments.json:
        document({"folder": str(folder), "rows": counts})
    else:
        say(f"✅ Into {shown_path(folder)}: {_counted(counts)}.")
    return exits.SUCCEEDED


def _counted(counts: dict[str, int]) -> str:
    """Write how many rows of each file there are."""
    names = {"creators": "creator", "copy": "text", "performance": "post", "audience": "row"}
    parts = [words.count(number, names[name]) for name, number in counts.items()]
    return ", ".join(parts) + (" of audiences" if "audience" in counts else "")


def _table(found: list[Listed]) -> list[str]:
    if not found:
        return [
            "No creators yet. `pressroom creators sample` invents some; `pressroom creators import DIR` brings yours."
        ]
    from tasks.creators.rules import Tier

    rows = [("CREATOR", "PAGE", "ACTIVE", "TIER", "TIME ZONE", "GROUP", "COPIES", "SAMPLES")]
    for one in found:
        active, tier = "yes" if one.is_active else "no", Tier.of(one.audience_size).value
        numbers = (f"{one.copies:,}", f"{one.samples:,}")
        rows.append((one.creator_id, one.page_name, active, tier, one.time_zone, one.group or "-", *numbers))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(_cells(row, widths)).rstrip() for row in rows]


def _cells(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Pad cells; the last two are numbers."""
    texts, numbers = row[:-2], row[-2:]
    left = [f"{cell:<{width}}" for cell, width in zip(texts, widths, strict=False)]
    return left + [f"{cell:>{width}}" for cell, width in zip(numbers, widths[-2:], strict=True)]
