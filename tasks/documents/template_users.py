"""Which configs use a template, and how: by its file, through other templates, or as the text of their own."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tasks.complaints import nearest
from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parsing import own_id
from tasks.documents.config_parts import Generation
from tasks.documents.configs import LoadedConfig
from tasks.documents.dialects.recogniser import recognise
from tasks.documents.generators import generator_of
from tasks.documents.jinja import prepare, prepare_artifact
from tasks.documents.jinja_reading import read_source, read_template
from tasks.documents.jinja_templates import JailedLoader, JinjaRequest
from tasks.documents.plan import library_of
from tasks.documents.survey import survey
from tasks.errors import PressroomError, fault
from tasks.files import read_data

_SUFFIXES = (".json", ".yaml", ".yml")


@dataclass(frozen=True)
class TemplateUser:
    """A config that uses a template."""

    config_id: str
    path: Path
    why: str


@dataclass
class Users:
    """The configs that use a template, and those of which nobody can tell."""

    found: list[TemplateUser] = field(default_factory=list)
    unreadable: list[tuple[Path, PressroomError]] = field(default_factory=list)


def users_of(template: str, base_dir: Path) -> Users:
    """Find every config below a folder that uses a template; TEMPLATE_UNUSED when there is none.

    `template` is a file's name, or its path from anywhere above it. A template that stands in a config goes by the
    id of the config or of its pattern.
    """
    users, names, count = Users(), set[str](), 0
    wanted, others = _Wanted(template, base_dir), list[LoadedConfig]()
    for path in _config_files(base_dir):
        try:
            loaded = _load(path, base_dir)
            if loaded is None:
                continue
            count += 1
            why, known = _use(loaded, wanted, base_dir)
        except PressroomError as error:
            users.unreadable.append((path, error))
            continue
        names |= known
        if why:
            users.found.append(TemplateUser(loaded.config.id, path, why))
        elif isinstance(loaded.config, ArtifactConfig) or loaded.config.inputs is not None:
            others.append(loaded)
    users.found += _made_of(others, {str(user.path): user.config_id for user in users.found}, base_dir)
    if not users.found:
        hint = nearest(template, sorted(names)) or f"{count} configs were looked at."
        raise fault("TEMPLATE_UNUSED", template=template, folder=str(base_dir), hint=hint)
    return users


def _made_of(configs: list[LoadedConfig], users: dict[str, str], base_dir: Path) -> Iterator[TemplateUser]:
    """Find the configs that are made of what others make: their documents change with those."""
    library = library_of(str(base_dir))
    for loaded in configs:
        try:
            paths = survey(library, loaded, {}, has_model=True).paths
        except PressroomError:
            continue  # It cannot be made as it is, and says why when it is asked for.
        if parts := sorted(name for path, name in users.items() if path in paths):
            yield TemplateUser(loaded.config.id, loaded.path, f"is made of {', '.join(parts)}")


class _Wanted:
    """The template that is looked for."""

    def __init__(self, name: str, base_dir: Path) -> None:
        self.name = name
        self._tail = os.sep + os.path.normpath(name)
        self._places = {os.path.realpath(name), os.path.realpath(base_dir / name)}

    def is_at(self, path: Path) -> bool:
        """Say whether it is the file at a path, which need not exist."""
        return str(path) in self._places or str(path).endswith(self._tail)


def _config_files(base_dir: Path) -> Iterator[Path]:
    """Yield the files that may hold a config, wherever the library would find one."""
    for path in sorted([*base_dir.glob("*"), *(base_dir / "configs").rglob("*")]):
        if path.suffix in _SUFFIXES and path.is_file():
            yield path


def _load(path: Path, base_dir: Path) -> LoadedConfig | None:
    """Read the config in a file; None where there is none, or the library takes it from elsewhere."""
    value = read_data(path)
    name = own_id(value)
    if name is None or recognise(value) is None or (path.parent == base_dir and path.stem != name):
        return None
    loaded = library_of(str(base_dir)).load(name)
    return loaded if os.path.samefile(loaded.path, path) else None


def _use(loaded: LoadedConfig, wanted: _Wanted, base_dir: Path) -> tuple[str, set[str]]:
    """Say how a config uses the template, or nothing; and the names by which its templates go."""
    config = loaded.config
    if isinstance(config, ArtifactConfig):
        if config.metadata.strategy != "template":
            return "", set()
        return _use_of_files(prepare_artifact(config, config.context, base_dir), wanted)
    if read := next((path for path in loaded.files if wanted.is_at(path)), None):
        return f"uses {read.name}", set()
    if generator_of(config).lane == "write":
        return "", set()
    pattern = config.pattern(config.generator)
    request = prepare(_without_values(config), {}, base_dir) if config.generator == "jinja2" else None
    if request is not None and request.source is None:
        return _use_of_files(request, wanted)
    if wanted.name == config.id or wanted.is_at(loaded.path):
        return "its own text", {config.id}
    if wanted.name == pattern.id:
        return f"its own text, the pattern {pattern.id}", {pattern.id}
    why, names = _use_of_files(request, wanted) if request is not None else ("", set[str]())
    return why, {*names, config.id, pattern.id}


def _without_values(config: ContentConfig) -> ContentConfig:
    """Return a config that requires no values, since nothing is made of it here."""
    patterns = [
        one.model_copy(update={"placeholders": {}}) for one in (config.generation.patterns if config.generation else ())
    ]
    return config.model_copy(update={"generation": Generation(patterns=patterns)})


def _use_of_files(request: JinjaRequest, wanted: _Wanted) -> tuple[str, set[str]]:
    """Follow the templates that name each other, the nearest first, until the one that is looked for."""
    loader = JailedLoader(request.base_dir, request.template_dir)
    names: set[str] = set()
    waiting, seen = deque([([request.template], "uses")]), {request.template}
    like: list[str] | None = None
    while waiting:
        chain, verb = waiting.popleft()
        names |= {chain[-1], os.path.basename(chain[-1])}
        try:
            if request.source is not None and len(chain) == 1:
                references = read_source(request.source).references
            else:
                path = loader.locate(chain[-1])
                if wanted.is_at(path):
                    through = f" through {', '.join(chain[:-1])}" if len(chain) > 1 else ""
                    return f"{verb} {chain[-1]}{through}", names
                references = read_template(path).references
        except PressroomError:
            continue  # It cannot be read, and so names no other.
        for reference in references:
            # A name that is only known while rendering may be that of any file of the kind.
            if not reference.name and like is None:
                like = _all_like(request)
            doubt = verb if reference.name else "may use"
            found = [name for name in ([reference.name] if reference.name else like or ()) if name not in seen]
            seen.update(found)
            waiting.extend(([*chain, name], doubt) for name in found)
    return "", names


def _all_like(request: JinjaRequest) -> list[str]:
    folder, ending = request.template_dir, os.path.splitext(request.template)[1]
    near = [path.relative_to(folder) for path in sorted(folder.rglob(f"*{ending}"))]
    return [str(path) for path in near if not any(part.startswith(".") for part in path.parts)]
