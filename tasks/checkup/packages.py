"""Python and the packages: the versions that there are against those that are asked for."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata
from typing import TYPE_CHECKING

from tasks.checkup.finding import Finding, defect, ok

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

_MEANS = {
    "prefect": "stages run on parts of it that change from version to version",
    "fastapi": "with newer ones Prefect's server does not start",
    "sqlalchemy": "with 2.1 the scheduler of Prefect's server fails, and no schedule ever runs",
    "typst": "what books are set with may not be understood",
}
"""What another version means, where that is known."""
_REMEDY = "Run `uv sync`, or `pip install --upgrade pressroom` in an environment of its own."


def look() -> Iterator[Finding]:
    """Compare what is installed with what this version asks for."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    about = metadata.metadata("pressroom")
    yield _python(SpecifierSet(about["Requires-Python"] or ""))
    asked = [Requirement(line) for line in metadata.requires("pressroom") or ()]
    wanted = [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [found for one in wanted if (found := _compared(one))]
    yield from wrong
    if not wrong:
        yield ok("packages", f"all {len(wanted)} of the versions asked for")


def _python(asked: SpecifierSet) -> Finding:
    version = platform.python_version()
    if version in asked:
        return ok("python", version)
    return defect("python", f"it is {version}, and {asked} is asked for", "Install that one, then `uv sync`.")


def _compared(asked: Requirement) -> Finding | None:
    means = f": {_MEANS[asked.name]}" if asked.name in _MEANS else ""
    try:
        version = metadata.version(asked.name)
    except metadata.PackageNotFoundError:
        return defect(asked.name, f"it is not installed{means}", _REMEDY)
    if asked.specifier.contains(version, prereleases=True):
        return None
    return defect(asked.name, f"it is {version}, and {asked.specifier} is asked for{means}", _REMEDY)
