"""Names of templates as other dialects write them, such as `{{team-name}}`, made into names that generators know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_NAME = re.compile(r"[a-zA-Z_]\w*", re.ASCII)
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")
_ODD = re.compile(r"\W+", re.ASCII)


def is_name(text: str) -> bool:
    """Say whether a generator knows it as a name."""
    return _NAME.fullmatch(text) is not None


class NewNames:
    """Names that generators know for such as they don't, each given once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Give none of those that are taken."""
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def of(self, text: str) -> str:
        """Return the nearest name that is one and is not taken; the next call will not give it again."""
        base = _ODD.sub("_", text).strip("_") or "value"
        name = base = base if is_name(base) else f"_{base}"
        while name in self._taken:
            # Counted on from the last of its like, since ten thousand may be written the same.
            number = self._last[base] = self._last.get(base, 1) + 1
            name = f"{base}_{number}"
        self._taken.add(name)
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
