"""What programs obey: files that no batch may write, for a spec may come from anybody.

Hidden files and folders (`.git`, `.venv`, `.env`, `.pressroom`, ...), those that Prefect and Python take their settings
from, and modules of Python programs: whoever writes them decides what runs here next. A folder that a person names
himself may be any; only what lies below it is looked at.
"""

from __future__ import annotations

import os

_NAMES = {"prefect.yaml", "prefect.toml", "pyproject.toml", "sitecustomize.py", "usercustomize.py"}
_ENDING = ".pth"


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
    return ""
