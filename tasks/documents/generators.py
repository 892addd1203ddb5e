"""The generators there are: which lane each one's documents take, and where its code lies.

Light on purpose: planning and `capabilities` need the names, and only making needs the code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from tasks.errors import fault

if TYPE_CHECKING:
    from tasks.documents.config_models import ContentConfig
    from tasks.models import JsonObject

Fill = Callable[["ContentConfig", "JsonObject"], str]


class Generator(NamedTuple):
    """What planning, checking and making know of a generator."""

    lane: str
    """Lane of its documents: by how long one takes and whether it could hang."""
    module: str | None = None
    """Module of this folder whose `generate` only replaces text: quick enough to be tried while checking."""
    other_name: str | None = None
    """What configs may call it as well."""


GENERATORS = {
    "demonstration": Generator("fill", "demonstration"),
    "template_fill": Generator("fill", "template_fill"),
    "json_fill": Generator("fill", "json_fill"),
    "jinja2": Generator("render"),
    "bdd_scenario_assembly": Generator("fill", "bdd_scenario", other_name="bdd_scenario"),
    "code_generation": Generator("write"),
}

WRITTEN = "code_generation"
"""The generator whose texts a language model writes."""

_NAMES = {found.other_name: name for name, found in GENERATORS.items() if found.other_name}


def normal_type(name: str) -> str:
    """Return the one name of a generator that goes by several."""
    return _NAMES.get(name, name)


def available() -> list[str]:
    """Names, the one most often written of each, that a config may give."""
    return [found.other_name or name for name, found in GENERATORS.items()]


def generator_of(config: ContentConfig) -> Generator:
    """Return the generator that a config asks for, or refuse one that is not known."""
    found = GENERATORS.get(config.generator)
    if found is None:
        raise fault("GENERATOR_UNKNOWN", config_id=config.id, generator=config.generator, known=", ".join(GENERATORS))
    return found


@cache
def filler(name: str) -> Fill | None:
    """Load the code of a generator that only replaces text; None for one that does more."""
    found = GENERATORS.get(name)
    if found is None or found.module is None:
        return None
    return cast(Fill, import_module(f"tasks.documents.{found.module}").generate)
