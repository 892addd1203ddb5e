"""Tags of languages in what people write: one that names no language is refused, with what may have been meant.

Here, at the border, since nothing later on tells: a text that was to be in no language passes for any.
Which tags there are, langcodes knows from the registry of subtags (1 MB, and nothing beside it).
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from tasks.complaints import complaint
from tasks.prose.language_names import NAMES

_FORM = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOST = 3
"""Languages that are named at most to whoever has written none."""


def known_language(tag: str) -> str:
    """Return a tag as it is written; a complaint where it names no language."""
    if not _is_known(tag):
        near = _near(tag)
        hint = f"Did you mean {_listed(near)}?" if near else "Write its tag, such as 'en', 'th' or 'pt-BR'."
        raise complaint(f"there is no language {tag!r}", hint)
    return tag


Language = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(known_language)]
"""A language as `en`, `th` or `de-AT`."""


def _is_known(tag: str) -> bool:
    from langcodes import tag_is_valid

    return bool(_FORM.fullmatch(tag)) and tag_is_valid(tag)


def _near(tag: str) -> list[str]:
    """Return what may have been meant: the same written otherwise, by its name, by its country, else by its letters."""
    from langcodes.data_dicts import LIKELY_SUBTAGS

    language, *others = tag.replace("_", "-").split("-")
    language = language.casefold()
    if same := [one for one in ("-".join([language, *others]), language) if _is_known(one)]:
        return same[:1]
    codes = {name.casefold(): code for code, name in NAMES.items()}
    if named := get_close_matches(language, codes, n=1, cutoff=0.85):
        return [codes[named[0]]]
    if spoken := LIKELY_SUBTAGS.get(f"und-{language.upper()}"):
        return [spoken.partition("-")[0]]
    return get_close_matches(language, NAMES, n=_MOST, cutoff=0.5) if len(language) <= _MOST else []


def _listed(tags: list[str]) -> str:
    *first, last = [f"{tag!r} ({NAMES[tag]})" if tag in NAMES else repr(tag) for tag in tags]
    return f"{', '.join(first)} or {last}" if first else last
