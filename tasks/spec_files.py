"""Specs that a batch's `items_file` names, such as those of weekly schedules: read when the run starts.

A file that begins with a `kind` is a whole spec, where another one is a list of items. What is given beside
`items_file` goes before what the spec says, unless it is what would hold without it: forms send along all that they
show, and most of it nobody has set. The file is looked up from the folder that the run works in, and what the
spec names from the spec's own, as `pressroom run` does: so a spec that was tried by hand is the one that is scheduled.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from tasks.asked_at import dated
from tasks.errors import fault
from tasks.files import parse_data, read_text
from tasks.reach import refuse_place

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from tasks.models import BatchOptions

_ENDINGS = (".yaml", ".yml", ".json")
_NEVER_BOTH = ("items_file", "items_sha256", "kind")


def with_spec(model: type[BatchOptions], data: Any) -> Any:
    """Return what a batch is given with the spec that it names under it; all else as it is."""
    if not isinstance(data, Mapping) or not isinstance(named := data.get("items_file"), str | Path):
        return data
    path = Path(data.get("base_dir") or ".").expanduser() / named
    if path.suffix.lower() not in _ENDINGS or not path.is_file():
        return data
    spec = parse_data(dated(read_text(path)), path)
    if not isinstance(spec, dict) or "kind" not in spec:
        return data
    _refuse_another(model, spec.pop("kind"), path)
    placed = _placed(spec, path.absolute().parent)
    for field, folder in placed.items():
        refuse_place(field, Path(folder), path.absolute().parent)
    left = {name: value for name, value in data.items() if name not in _NEVER_BOTH}
    return _over(model, {**spec, **placed}, left)


def _refuse_another(model: type[BatchOptions], kind: Any, path: Path) -> None:
    """Refuse a spec for another kind's flow."""
    from tasks.specs import kind_spec

    if not isinstance(kind, str) or kind_spec(kind).BATCH is not model:
        why, hint = f"it is for {kind!r}, and not for this flow", "Name the spec in a deployment of its own kind."
        raise fault("SPEC_INVALID", path=str(path), line=1, field="kind", why=why, hint=hint)


def _placed(spec: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Read the spec's folders from its own."""
    given = {"base_dir": spec.get("base_dir") or "."}
    if spec.get("output_dir"):
        given["output_dir"] = spec["output_dir"]
    return {name: os.path.normpath(folder / Path(str(value)).expanduser()) for name, value in given.items()}


def _over(model: type[BaseModel], spec: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is given before what the spec says, field by field: of what has fields itself, each of those."""
    found = dict(spec)
    for name, value in given.items():
        field = model.model_fields.get(name)
        if field is not None and _is_default(field, value):
            continue
        inner, said = _shape_of(field), spec.get(name)
        if inner is not None and isinstance(said, Mapping) and isinstance(value, Mapping):
            found[name] = _over(inner, said, value)
        else:
            found[name] = value
    return found


def _shape_of(field: FieldInfo | None) -> type[BaseModel] | None:
    """Return what a field holds where that has fields itself."""
    kinds = (field.annotation, *get_args(field.annotation)) if field is not None else ()
    return next((one for one in kinds if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _is_default(field: FieldInfo, value: Any) -> bool:
    if field.is_required():
        return False
    default = field.get_default(call_default_factory=True, validated_data={})
    return bool(to_jsonable_python(default) == to_jsonable_python(value))
