"""From a spec file to a batch of its kind.

A kind is a folder of `tasks` with a `spec.py`, paired with the flow of the same name: kinds are
found, not listed, so that a new one edits no shared file. Kept light, since `validate` starts here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast
from uuid import uuid4

from pydantic import ValidationError

from tasks.asked_at import dated
from tasks.complaints import Problem, Remark, complaints, nearest
from tasks.errors import PressroomError, fault, rebuilt
from tasks.files import parse_data, read_text
from tasks.models import BatchOptions, BatchT, JsonObject, Select
from tasks.parameters import BOUNDLESS, SPILL_ABOVE, STORED, size_of_parameters
from tasks.reach import refuse_items_file, refuse_outside
from tasks.yaml_lines import line_of


class KindSpec(Protocol):
    """What `tasks/<kind>/spec.py` offers to the command line.

    A kind may offer more, and commands that need it say so where it is missing:

    - `REPLIES`: the documents of the kind's source (see `tasks/reports/replies.py`);
    - `plan(batch, claims) -> Planned`: the items of a named batch, and a function that says of each, asked in the
      order in which they enter, what would happen at every stage whose work can be reused (see `tasks/plans.py`).
      It asks a `Foresight` whether past work serves, and raises what the item would fail with;
    - `preview(batch, item_id, most)`: the texts of some items or of one, with where their values come from (see
      `tasks/previews.py`);
    - `divide(batch, cut)`: its parts, of which nothing is torn apart that belongs together (see `tasks/parts.py`);
    - `regenerate(template, base_dir, past, output_dir)`: what a changed template asks to be made again;
    - `SYNONYMS`: fields of its requests that say what a field of every batch says;
    - `SHAPES`: an example of every form of its requests;
    - `settle(batch)`: a named batch with what it leaves to the day of asking, so that a resume means the same;
    - `sections(execute, batch_id)`: what its reports tell beyond the rest (see `tasks/reports/sections.py`);
    - `remarks(batch)`: after a check, how files were read where that takes saying;
    - `review(case, connection)`: its part in a decision on an item that waits for review (see `tasks/reviews.py`);
    - `sentences()`: the forms of plain sentences that stand for its specs (see `tasks/sentences.py`).
    """

    BATCH: type[BatchOptions]

    def is_request(self, data: JsonObject) -> bool:
        """Say whether a spec that names no kind is a bare request for this one."""

    def size_of(self, batch: Any) -> int:
        """Count the items a batch asks for."""

    def spill(self, batch: Any, path: Path) -> BatchOptions:
        """Write the items to a file and return the batch that names it instead."""

    def check(self, batch: Any, file: str, text: str) -> Iterator[Problem]:
        """Find what is wrong with the items of a batch without making them."""


class Spec(NamedTuple):
    """A spec that has been read."""

    path: Path
    text: str
    kind: str
    batch: BatchOptions

    @property
    def batch_id(self) -> str:
        """Name of the batch."""
        return self.batch.batch_id or ""


class Checked(NamedTuple):
    """What was found in a spec and in what it names."""

    kind: str | None
    size: int
    problems: list[Problem]
    remarks: Sequence[Remark] = ()


def kinds() -> list[str]:
    """Names of the kinds there are; those that need least come first, as their `RANK` says."""
    found = [folder.parent.name for folder in Path(__file__).parent.glob("*/spec.py")]
    return sorted(found, key=lambda kind: (getattr(kind_spec(kind), "RANK", 100), kind))


def has_spec(kind: str) -> bool:
    """Say whether there is a kind of that name, other than a flow that is called directly only."""
    return kind.isidentifier() and (Path(__file__).parent / kind / "spec.py").is_file()


def kind_spec(kind: str) -> KindSpec:
    """Load what the command line knows of a kind; UNKNOWN_KIND when there is none."""
    if not has_spec(kind):
        known = sorted(folder.parent.name for folder in Path(__file__).parent.glob("*/spec.py"))
        meant = nearest(kind, known)
        raise fault("UNKNOWN_KIND", kind=kind, known=", ".join(known) + (f" ({meant})" if meant else ""))
    return cast(KindSpec, import_module(f"tasks.{kind}.spec"))


def hook(kind: str, name: str, purpose: str) -> Callable[..., Any]:
    """Return what a kind offers beyond the rest, or refuse what it is needed for."""
    found = getattr(kind_spec(kind), name, None)
    if found is None:
        raise fault("INVALID_INPUT", what=f"Batches of the kind {kind!r} cannot {purpose} in this version.")
    return cast("Callable[..., Any]", found)


def new_batch_id(kind: str) -> str:
    """Name a batch by its kind, the time, and a random end that tells two of one second apart."""
    return f"{kind}-{datetime.now():%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"


def name_batch(kind: str, batch: BatchT) -> BatchT:
    """Fill in what was left out and make folders absolute, so that the ledger's copy means the same everywhere."""
    batch_id = batch.batch_id or new_batch_id(kind)
    base = batch.base_dir.expanduser().resolve()
    output = base / (batch.output_dir or Path("output") / batch_id)
    named = batch.model_copy(update={"batch_id": batch_id, "base_dir": base, "output_dir": output})
    settle: Callable[[BatchT], BatchT] | None = getattr(kind_spec(kind), "settle", None) if has_spec(kind) else None
    return settle(named) if settle is not None else named


def load_spec(path: Path, given: JsonObject | None = None) -> Spec:
    """Read a spec, overlaid with what the command line gives; the first thing wrong with it is raised."""
    return whole_spec(*read_spec(path, given))


def whole_spec(spec: Spec | None, problems: Sequence[Problem]) -> Spec:
    """Return a spec that was read, or raise the first thing that is wrong with it."""
    if spec is None or problems:
        first, more = problems[0], len(problems) - 1
        also = f" (and {more} more: see `pressroom validate`)" if more else ""
        raise rebuilt(first.code, first.message + also, first.remedy)
    return spec


def read_spec(path: Path, given: JsonObject | None = None) -> tuple[Spec | None, list[Problem]]:
    """Read a spec; return it with no problems, or None with all that is wrong."""
    try:
        text = read_text(path)
    except PressroomError as error:
        return None, [Problem.of(error, str(path), _line_said(error))]
    return spec_in(text, path, given)


def spec_in(text: str, path: Path, given: JsonObject | None = None) -> tuple[Spec | None, list[Problem]]:
    """Read a spec from the text of a file, or from one that stands for a file; its folder is that of `path`."""
    try:
        data = _as_object(parse_data(dated(text), path), path)
        kind = _kind_of(data, path)
        module = kind_spec(kind)
    except PressroomError as error:
        if error.code == "UNKNOWN_KIND":
            return None, [Problem.of(error, str(path), line_of(text, ["kind"]), "kind")]
        return None, [Problem.of(error, str(path), _line_said(error))]
    whole, folder = _overlaid(data, given or {}, module), path.absolute().parent
    try:
        refuse_items_file(whole, folder, given or {})
    except PressroomError as error:
        return None, [_outside(error, path, text)]
    try:
        batch = module.BATCH.model_validate(whole, context=BOUNDLESS)
    except ValidationError as error:
        return None, complaints(error, module.BATCH, str(path), text)
    placed = _placed(kind, batch, folder)
    try:
        refuse_outside(placed, folder, given or {})
    except PressroomError as error:
        return None, [_outside(error, path, text)]
    return Spec(path, text, kind, placed), []


def _outside(error: PressroomError, path: Path, text: str) -> Problem:
    """Say which field of a spec names a place that is not its to name."""
    field = str(error.details["field"])
    return Problem.of(error, str(path), line_of(text, [field]), field)


def check_spec(path: Path) -> Checked:
    """Find all that is wrong with a spec and what it names."""
    return check_read(*read_spec(path))


def check_read(spec: Spec | None, problems: list[Problem]) -> Checked:
    """Find all that is wrong with what a spec names that was read; one that could not be has its problems already."""
    if spec is None:
        return Checked(None, 0, problems)
    module, file = kind_spec(spec.kind), str(spec.path)
    try:
        size = module.size_of(spec.batch)
        if size == 0:
            problems = [Problem.of(fault("EMPTY_BATCH"), file, 1, "the whole")]
        else:
            problems = list(module.check(spec.batch, file, spec.text))
    except PressroomError as error:
        return Checked(spec.kind, 0, [_placed_problem(error, file)])
    remarks = getattr(module, "remarks", None)
    return Checked(spec.kind, size, problems, () if remarks is None else list(remarks(spec.batch)))


def read_stored(kind: str, spec: str, select: Select) -> BatchOptions:
    """Read a batch back from the ledger's JSON, to take up its unfinished or its failed items."""
    batch = kind_spec(kind).BATCH.model_validate_json(spec, context=STORED)
    return batch.model_copy(update={"select": select})


def spilled(kind: str, batch: BatchOptions, home: Path) -> BatchOptions:
    """Write the items of a large batch to a file, so that Prefect takes the rest as parameters."""
    if size_of_parameters(batch) <= SPILL_ABOVE:
        return batch
    path = kept_items(home) / f"{batch.batch_id}.jsonl"
    return kind_spec(kind).spill(batch, path)


def kept_items(home: Path) -> Path:
    """Where the items of large batches are kept."""
    return home / "items"


def output_folder(batch: BatchOptions) -> Path:
    """Where the outputs of a batch go."""
    return batch.base_dir / (batch.output_dir or Path("output") / (batch.batch_id or ""))


def _placed(kind: str, batch: BatchOptions, folder: Path) -> BatchOptions:
    """Name the batch and read its folders from the spec's own, whatever folder the command runs in."""
    base = Path(os.path.normpath(folder / batch.base_dir.expanduser()))
    output = batch.output_dir and Path(os.path.normpath(folder / batch.output_dir.expanduser()))
    batch_id = batch.batch_id or new_batch_id(kind)
    return batch.model_copy(update={"batch_id": batch_id, "base_dir": base, "output_dir": output})


def _overlaid(data: JsonObject, given: JsonObject, module: KindSpec) -> JsonObject:
    """Lay what the command line gives over a spec, whatever the spec calls it."""
    synonyms: dict[str, str] = getattr(module, "SYNONYMS", {})
    kept = {name: value for name, value in data.items() if name != "kind" and synonyms.get(name) not in given}
    return kept | given


def _as_object(value: object, path: Path) -> JsonObject:
    if isinstance(value, dict):
        return value
    why = "it is empty" if value is None else "it does not hold an object of names and values"
    hint = "Begin with `kind: documents`."
    raise fault("SPEC_INVALID", path=str(path), line=1, field="the whole", why=why, hint=hint)


def _kind_of(data: JsonObject, path: Path) -> str:
    kind = data.get("kind")
    if isinstance(kind, str):
        return kind
    known = kinds()
    if kind is None:
        for one in known:
            if kind_spec(one).is_request(data):
                return one
    why = "it is missing" if kind is None else "it is not a text"
    hint = f"Known kinds: {', '.join(known)}."
    raise fault("SPEC_INVALID", path=str(path), line=1, field="kind", why=why, hint=hint)


def _placed_problem(error: PressroomError, file: str) -> Problem:
    """Describe what is wrong with all items: in the file that the spec names, where the error knows the line."""
    line = error.details.get("line", _line_said(error))
    if not isinstance(line, int):
        return Problem.of(error, file)
    return Problem.of(error, str(error.details.get("path", file)), line, str(error.details.get("field", "")))


def _line_said(error: PressroomError) -> int | None:
    """Line that a syntax error names in its text."""
    _, found, rest = error.message.partition("line ")
    digits = rest.split(",")[0].split(":")[0]
    return int(digits) if found and digits.isdecimal() else None
