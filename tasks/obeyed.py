"""What programs obey: files that no batch may write, for a spec may come from anybody.

Hidden files and folders (`.git`, `.venv`, `.env`, `.pressroom`, ...), those that programs and assistants take their
settings or orders from, modules of Python programs, and modules that a program would import because it is started in
their folder: whoever writes them decides what runs here next. A folder that a person names himself may be any; only
what lies below it is looked at.
"""

from __future__ import annotations

import os
import sysconfig
from functools import cache
from importlib.machinery import all_suffixes

_NAMES = {
    *("prefect.yaml", "prefect.toml", "pyproject.toml", "setup.py", "setup.cfg"),
    *("sitecustomize.py", "usercustomize.py", "conftest.py", "pytest.ini", "tox.ini", "noxfile.py", "uv.toml"),
    *("makefile", "gnumakefile", "justfile", "claude.md", "agents.md", "gemini.md"),
}
_ENDING = ".pth"
_MODULES = tuple(suffix.casefold() for suffix in all_suffixes())
_STARTS = ("prefect.yaml", "pyproject.toml", "setup.py", "setup.cfg")
"""Of these one lies in a folder that programs are started in: Python looks there before anywhere else."""


def why_folder(top: str, folder: str) -> str:
    """Say why no output may lie in a folder below `top`, both without links; empty where it may."""
    place = top
    for part in () if folder == top else os.path.relpath(folder, top).split(os.sep):
        place = os.path.join(place, part)
        if part.startswith("."):
            return f"{part!r} is hidden, and programs obey what lies there"
        if os.path.exists(os.path.join(place, "__init__.py")):
            return f"{part!r} is part of a program"
    return ""


def why_name(name: str) -> str:
    """Say the same of a file's name."""
    folded = name.casefold()
    if name.startswith(".") or folded in _NAMES or folded.endswith(_ENDING):
        return "programs obey a file of this name"
    if folded.startswith("__init__.") and folded.endswith(_MODULES):
        return "it would make its folder part of a program"
    return ""


def why_module(folder: str, name: str) -> str:
    """Say the same of a file that Python can import, by its folder without links."""
    if not name.casefold().endswith(_MODULES):
        return ""
    if _is_start(folder):
        return "programs that are started in its folder would import it"
    while (above := os.path.dirname(folder)) != folder:
        part = os.path.basename(folder)
        if part.casefold() in _shared_packages() and _is_start(above):
            return f"programs that are started in {above!r} would import it as part of {part!r}"
        folder = above
    return ""


def _is_start(folder: str) -> bool:
    return any(os.path.exists(os.path.join(folder, name)) for name in _STARTS)


@cache
def _shared_packages() -> frozenset[str]:
    """Name the installed packages that other folders may add modules to, which go before their own (PEP 420)."""
    tops = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    folders = [one for top in tops if os.path.isdir(top) for one in os.scandir(top) if one.is_dir()]
    return frozenset(one.name.casefold() for one in folders if not os.path.exists(f"{one.path}/__init__.py"))
