"""Names of templates as other dialects write them, such as `{{team-name}}`, made into names that generators know."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_NAME = re.compile(r"[a-zA-Z_]\w*", re.ASCII)
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")
_ODD = re.compile(r"\W+", re.ASCII)


def is_name(text: str) -> bool:
    """Say whether a generator knows it as a name."""
    return _NAME.fullmatch(text) is not None


def new_name(text: str, taken: Collection[str]) -> str:
    """Return the nearest name that is one and is not taken."""
    base = _ODD.sub("_", text).strip("_") or "value"
    base = base if is_name(base) else f"_{base}"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


def names_in(template: str) -> list[str]:
    """Return what stands between double braces, each once, in order."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(template)))


def renamed(template: str, names: Mapping[str, str]) -> str:
    """Return a template with other names between its double braces."""
    return _PLACEHOLDER.sub(lambda match: f"{{{{{names[match[1]]}}}}}" if match[1] in names else match[0], template)


def is_inline(template: str) -> bool:
    """Say whether a Jinja template is the text itself: no file is called like that."""
    return any(sign in template for sign in ("{{", "{%", "\n"))


def only_name(text: object) -> str | None:
    """Return the name of a value that is nothing but `{{name}}`; None for any other."""
    match = _PLACEHOLDER.fullmatch(text.strip()) if isinstance(text, str) else None
    return match[1] if match else None
